"""CA-A9: Mixtures of Gaussians lose their components by drift, and what is left collapses."""

import numpy as np

from ...laws import SeparatedMixture, transition_matrix
from ...loops.gaussian import mixtures
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from .._quadrature import chi_square_mean

_SAMPLES, _WEIGHT, _GENERATIONS, _APART = 24, 0.4, 2, 20.0

_MIXTURE = {
    "distance": mixtures.mixture_distance,
    "spread": lambda n, w, t: SeparatedMixture(n, 2).weight_variance(w, t),
    "determinant": lambda n, d, w, t: SeparatedMixture(n, d).log_determinant(w, t),
    "lost": lambda n, d, w, t: SeparatedMixture(n, d).lost(w, t),
}


@theorem(
    spec="CA-A9",
    paper="shumailov2024",
    status="derived",
    hypotheses=(
        "mixtures of Gaussians refitted by maximum likelihood to n samples, no real data",
        "components so far apart that each sample is known to be of one of them",
    ),
    claim=_MIXTURE,
    mutants={
        "distance without the overlap of the two": _MIXTURE
        | {
            "distance": lambda w, m, c, o: (
                mixtures.overlap(w, m, c, (w, m, c)) + mixtures.overlap(*o, o)
            )
        },
        "weights as of n - 1 samples": _MIXTURE
        | {"spread": lambda n, w, t: SeparatedMixture(n - 1, 2).weight_variance(w, t)},
        "every component has its mean count": _MIXTURE
        | {"determinant": lambda n, d, w, t: _fixed_counts(round(n * w), d) * np.arange(1, t + 1)},
        "lost only without a sample": _MIXTURE | {"lost": lambda n, d, w, t: _empty(n, w, t)},
        "distance 1 % large": scaled(_MIXTURE, 1.01, "distance"),
        "spread 1 % large": scaled(_MIXTURE, 1.01, "spread"),
        "determinant 1 % large": scaled(_MIXTURE, 1.01, "determinant"),
        "loss 1 % likelier": scaled(_MIXTURE, 1.01, "lost"),
    },
)
def separated_mixture(claim, trial):
    r"""Mixtures of Gaussians lose their components by drift, and what is left collapses.

    The counts of the components are multinomial in the weights, so that $\operatorname{Var} w_t =
    w (1 - w)(1 - (1 - \frac1n)^t)$ and one component is left in the end [CA-A2]; with $N$ samples
    a component has $E \log(\det \Sigma'/\det \Sigma) = \sum_{i=1}^d [\psi(\frac{N - i}2) +
    \log\frac2N]$ and is lost for $N \le d$. The squared $L^2$ distance of two mixtures is a sum of
    Gaussian densities, $\int (\sum_k w_k N_k)^2 = \sum_{k,l} w_k w_l N(\mu_k; \mu_l, \Sigma_k +
    \Sigma_l)$.
    """
    one = np.array([0.4, 0.6]), np.array([[-1.0], [2.0]]), np.array([[[0.5]], [[1.2]]])
    two = np.array([0.5, 0.5]), np.array([[-0.5], [2.0]]), np.array([[[0.8]], [[1.0]]])
    x = np.linspace(-15.0, 16.0, 20001)
    exact = ((_density(x, *one) - _density(x, *two)) ** 2).sum() * (x[1] - x[0])
    yield closed_form("distance by quadrature", claim["distance"](*one, two), exact)
    exact = trial.once("chain", _whole_chain)
    found = claim["spread"](_SAMPLES, 0.25, np.array([1, 3]))
    yield exact_law("variance of a weight in the chain", found, exact["variance"])
    found = claim["lost"](_SAMPLES, 2, 0.25, np.array([1, 3]))
    yield exact_law("lost in the chain", found, exact["lost"])
    found = claim["determinant"](_SAMPLES, 1, 0.25, 3)
    yield exact_law("log-variance path by path", found[-1], exact["log"])
    weight, log, alive = trial.once("EM", lambda: _fitted(trial))
    found = claim["spread"](_SAMPLES, _WEIGHT, np.array([1, 2]))
    yield monte_carlo("weights by EM", found, (weight - _WEIGHT) ** 2, resolution=0.2)
    found = claim["determinant"](_SAMPLES, 1, _WEIGHT, _GENERATIONS)
    for generation in range(_GENERATIONS):
        kept = alive[:, generation]
        what = f"log-variance by EM, generation {generation + 1}"
        yield monte_carlo(what, found[generation], log[kept, generation], resolution=0.25)


def _density(x, weights, means, covariances):
    spread = covariances[:, 0, 0]
    shape = np.exp(-((x[:, None] - means[:, 0]) ** 2) / (2 * spread))
    return (shape / np.sqrt(2 * np.pi * spread)) @ weights


def _fixed_counts(count, dimension):
    return SeparatedMixture(count, dimension).log_determinant(1.0, 1)[0]


def _empty(samples, weight, generations):
    law = np.zeros(samples + 1)
    law[round(weight * samples)] = 1.0
    powers = [np.linalg.matrix_power(transition_matrix(samples), t) for t in generations]
    return np.array([(law @ power)[0] for power in powers])


def _whole_chain():
    """The same from the full chain of counts: mean logarithms by sums over pairs of states."""
    chain, count = transition_matrix(_SAMPLES), np.arange(_SAMPLES + 1.0)
    law = chain[_SAMPLES // 4]
    third = law @ chain @ chain
    frequency = count / _SAMPLES
    variance = [w @ (frequency - 0.25) ** 2 for w in (law, third)]
    stopped = chain.copy()
    stopped[:3] = np.eye(len(count))[:3]
    after = np.linalg.matrix_power(stopped, 2)
    lost = [law[:3].sum(), (law @ after)[:3].sum()]
    # One dimension: a component needs two samples, and its drift is a mean of log chi-square.
    drift = np.zeros(len(count))
    for n in range(2, _SAMPLES + 1):
        drift[n] = chi_square_mean(np.log, n - 1) + np.log((n - 1) / n)
    kept = chain[2:, 2:]
    first, own = law[2:], drift[2:]
    left = kept @ np.ones(len(own))
    total = (first * own) @ (kept @ left)
    total += (first @ kept * own) @ left + (first @ kept @ kept) @ own
    return {"variance": variance, "lost": lost, "log": total / (first @ kept @ left)}


def _fitted(trial):
    """Expectation and maximisation on samples of two components far apart, point by point."""
    generator = np.random.default_rng([trial.seed, 9])
    runs = min(trial.replicates, 2**14)
    weights = np.full(runs, _WEIGHT)
    means, variances = np.array([-_APART, _APART]) * np.ones((runs, 2)), np.ones((runs, 2))
    alive, path = np.ones(runs, dtype=bool), []
    for _ in range(_GENERATIONS):
        first = generator.random((runs, _SAMPLES)) < weights[:, None]
        which = np.where(first, 0, 1)
        every = np.arange(runs)[:, None]
        points = means[every, which] + np.sqrt(variances[every, which]) * (
            generator.standard_normal(which.shape)
        )
        weights, means, variances = expectation_maximisation(points, weights, means, variances)
        count = weights * _SAMPLES
        alive = alive & (count > 1.5)
        # What is lost is fitted to nothing: its numbers are not used any more.
        variances = np.where(variances > 1e-12, variances, 1e-12)
        path.append((weights, np.log(variances[:, 0]), alive))
    return tuple(np.stack(column, axis=1) for column in zip(*path, strict=True))


def expectation_maximisation(points, weights, means, variances, steps=3):
    """Weight of the first of two components, means and variances, from where they were."""
    both = np.stack([weights, 1 - weights], axis=1)
    for _ in range(steps):
        gap = (points[:, None] - means[..., None]) ** 2 / variances[..., None]
        with np.errstate(divide="ignore"):
            score = np.log(both / np.sqrt(variances))[..., None] - gap / 2
        share = np.exp(score - score.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        count = share.sum(axis=2)
        safe = np.maximum(count, 1e-300)
        means = np.where(count > 1e-9, (share * points[:, None]).sum(axis=2) / safe, means)
        square = (share * (points[:, None] - means[..., None]) ** 2).sum(axis=2) / safe
        variances = np.where(count > 1e-9, np.maximum(square, 1e-12), variances)
        both = count / points.shape[1]
    return both[:, 0], means, variances
