"""A plain NumPy simulator, sample by sample; it shares no code with the library.

Every generation draws each point, pools the points and refits, as the papers describe it.
"""

import numpy as np


def categorical_generation(rng, probabilities, samples, *, temperature=1.0):
    """The frequencies of `samples` tokens, drawn one by one at a temperature."""
    weights = probabilities ** (1 / temperature)
    tokens = rng.choice(len(weights), size=samples, p=weights / weights.sum())
    return np.bincount(tokens, minlength=len(weights)) / samples


def categorical_orbit(
    rng, start, *, generations, samples, temperature=1.0, real=None, real_samples=0, fixed=None
):
    """The last generation's frequencies; real tokens join fresh or from one fixed set."""
    model = np.array(start)
    for _ in range(generations):
        synthetic = categorical_generation(rng, model, samples, temperature=temperature)
        if fixed is not None:
            own = np.bincount(fixed, minlength=len(model))
        else:
            own = (
                np.bincount(rng.choice(len(model), size=real_samples, p=real), minlength=len(model))
                if real_samples
                else np.zeros(len(model))
            )
        model = (samples * synthetic + own) / (samples + own.sum())
    return model


def gaussian_orbit(
    rng,
    mean,
    covariance,
    *,
    generations,
    samples,
    temperature=1.0,
    real=None,
    real_samples=0,
    divisor_offset=0,
):
    """Mean and covariance of the last generation, refitted to every single point."""
    mean, covariance = np.atleast_1d(mean), np.atleast_2d(covariance)
    for _ in range(generations):
        points = _sample(rng, mean, temperature * covariance, samples)
        if real_samples:
            points = np.concatenate([points, _sample(rng, *real, real_samples)])
        mean = points.mean(axis=0)
        scatter = (points - mean).T @ (points - mean)
        covariance = scatter / (len(points) - divisor_offset)
    return mean, covariance


def _sample(rng, mean, covariance, count):
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    return mean + rng.standard_normal((count, len(mean))) @ root.T


def collected_points(rng, first, *, schedule, real, temperature, window=None):
    """All points of a training set that keeps its generations, or the last `window` of them.

    `first` are the points at the start, one a row; `schedule` pairs of synthetic and real numbers.
    Frequencies of tokens if the points are whole numbers, else a Gaussian; refitted to every point.
    """
    kept = [first]
    for samples, real_samples in schedule:
        points = np.concatenate(kept)
        if points.dtype == int:
            share = np.bincount(points, minlength=len(real)) ** (1 / temperature)
            draw = lambda p, n: rng.choice(len(real), size=n, p=p / p.sum())
            new = [draw(share, samples), draw(real, real_samples)]
        else:
            gap = points - points.mean(axis=0)
            covariance = gap.T @ gap / len(points)
            new = [
                _sample(rng, points.mean(axis=0), temperature * covariance, samples),
                _sample(rng, *real, real_samples),
            ]
        kept.append(np.concatenate(new))
        kept = kept if window is None else kept[-window:]
    return np.concatenate(kept)
