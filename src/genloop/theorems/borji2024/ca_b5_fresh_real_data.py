"""CA-B5: Some fresh real data in every generation keep a kernel density loop from blowing up."""

import numpy as np

from ...certificates import certify_root
from ...loops import gaussian, kernel_density as kernel
from ...loops.kernel_density import equations
from ...verification import bound, closed_form, exact_law, monte_carlo, proves, scaled, theorem
from ._points import fit_and_sample


def _step(variance, error, samples, real_samples, factor=0.0, bandwidth=0.0):
    """V and D one generation later."""
    law = kernel.KernelMoments(samples, real_samples, factor, bandwidth)
    return law.after(1, variance, error)


def _step_alone(variance, error, samples, real_samples, **widths):
    """As if real points counted for nothing."""
    return _step(variance, error, samples + real_samples, 0, **widths)


_CLAIM = {
    "step": _step,
    "limit": kernel.stationary_moments,
    "fraction": kernel.required_real_fraction,
    "population": kernel.population_real_fraction,
}
_DESIGNS = ((900, 100, 1), (90, 10, 1), (6, 4, 2))


@theorem(
    spec="CA-B5",
    paper="borji2024",
    status="derived",
    hypotheses=(
        "N points a generation: n_s of the kernel density estimate of the one before, n_r real",
        "kernel of variance f^2 S^2 + h^2; any distributions with finite second moments",
    ),
    claim=_CLAIM,
    mutants={
        "the fraction of an infinite population": _CLAIM
        | {"fraction": kernel.population_real_fraction},
        "the population with the mean": _CLAIM | {"population": kernel.required_real_fraction},
        "real points count for nothing": _CLAIM | {"step": _step_alone},
        "step 1 % large": scaled(_CLAIM, 1.01, "step"),
        "the limit of one real point more": _CLAIM
        | {"limit": lambda a, n, **o: kernel.stationary_moments(a + 1 / n, n, **o)},
        "limit 1 % large": scaled(_CLAIM, 1.01, "limit"),
        "fraction 1 % large": scaled(_CLAIM, 1.01, "fraction"),
        "population fraction 1 % large": scaled(_CLAIM, 1.01, "population"),
    },
)
def fresh_real_data(claim, trial):
    r"""Some fresh real data in every generation keep a kernel density loop from blowing up.

    With $q = n_s/N = 1 - a$ and $c = 1 - \frac1N + f^2$: $V' = q (c V + h^2) + a \sigma_0^2 +
    \frac{n_s n_r}{N (N-1)} D$, $D' = q^2 D + \frac1N [q (c V + h^2) + a \sigma_0^2]$, which is a
    Gaussian loop at temperature $c$ [ST-B3]. Bounded if and only if $\frac{c N}{N-1} q^2 + (c - 1)
    q < 1$: $a > 1 - \frac2{c - 1 + \sqrt{(c-1)^2 + 4 c N/(N-1)}}$; without the fluctuation of the
    mean $a > 1 - \frac1c$, a little less. In $d$ dimensions Scott's rule needs about
    $N^{-2/(d+4)}$.
    """
    for samples, real_samples, dimension in _DESIGNS:
        pool = samples + real_samples
        factor = kernel.scott_factor(pool, dimension)
        what = f"{samples} + {real_samples}, d = {dimension}"
        for widths in ({"factor": factor / 2}, {"bandwidth": 0.5}):
            law = kernel.KernelMoments(samples, real_samples, **widths)
            limit = claim["limit"](real_samples / pool, pool, **widths)
            again = claim["step"](*limit, samples, real_samples, **widths)
            yield exact_law(f"the limit stays, {what}, {widths}", limit, again)
            yield exact_law(f"the limit by algebra, {what}, {widths}", limit, law.stationary())
        growth = kernel.variance_growth(pool, factor)
        least = float(claim["fraction"](pool, factor))
        radius = _radius(growth, least, pool)
        yield exact_law(f"the multiplier is one, {what}", 1.0, radius)
        engine = trial.once(what, lambda g=growth, n=pool: _gaussian_fraction(g, n))
        yield closed_form(f"a Gaussian loop at temperature c, {what}", least, engine)
        population = float(claim["population"](pool, factor))
        yield closed_form(f"the population, {what}", (1 - population) * growth, 1.0)
        yield bound(f"the mean needs a little more, {what}", population, least)
    for dimension in (1, 2, 10):
        size = 10.0**12
        found = claim["fraction"](size, kernel.scott_factor(size, dimension))
        large = size ** (-2 / (dimension + 4))
        yield closed_form(f"many points, d = {dimension}", found, large, tolerance=3 * large + 1e-8)
    path, state = trial.once("points", lambda: _points(trial)), np.array([1.0, 0.0])
    for generation, draws in enumerate(path, 1):
        state = claim["step"](*state, 6, 4, factor=0.8, bandwidth=0.3)
        yield monte_carlo(f"V and D of generation {generation}", state, draws)


def _radius(growth, real_fraction, pool):
    """The largest multiplier at any real fraction, also between whole numbers of points."""
    q, a = 1 - real_fraction, real_fraction
    matrix = [[q * growth, q * a * pool / (pool - 1)], [q * growth / pool, q**2]]
    return np.abs(np.linalg.eigvals(np.array(matrix))).max()


def _gaussian_fraction(growth, pool):
    return float(gaussian.required_real_fraction(growth, pool))


def _points(trial, generations=3):
    """Point by point, with exponential real data: variances and squared errors of the mean."""
    rng = np.random.default_rng([trial.seed, 5])
    data, path = rng.exponential(size=(trial.replicates, 10)) - 1, []
    # At the start the mean is the true one, and the variance 1: D = 0 and V = 1.
    data = (data - data.mean(1, keepdims=True)) / data.std(1, ddof=1, keepdims=True)
    for _ in range(generations):
        synthetic = fit_and_sample(rng, data, 6, 0.8, 0.3)
        real = rng.exponential(size=(trial.replicates, 4)) - 1
        data = np.concatenate([synthetic, real], axis=1)
        path.append(np.stack([data.var(1, ddof=1), data.mean(1) ** 2], axis=-1))
    return path


@proves("CA-B5")
def proofs(digits):
    r"""The real fraction at which the multiplier is one with Scott's rule, exact and population."""
    found = {}
    for pool in ("100", "1000", "10000"):
        known = {"parameters": [pool, "1"], "digits": digits}
        found[f"N = {pool}"] = certify_root(equations.bounded_fraction, "0", "1/2", **known)
        what = f"N = {pool}, population"
        found[what] = certify_root(equations.population_fraction, "0", "1/2", **known)
    return found
