"""ST-F4: With a fixed bandwidth a kernel density loop has a limit, with and without real data."""

import numpy as np

from ...loops import kernel_density as kernel
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from ._points import fit_and_sample

_CLAIM = {"limit": kernel.fixed_bandwidth_limit, "pure": kernel.fixed_variance}


@theorem(
    spec="ST-F4",
    paper="borji2024",
    status="derived",
    hypotheses=(
        "N points a generation, a share a of them fresh and real, q = 1 - a",
        "a kernel of variance h^2 whatever the data; finite second moments",
    ),
    claim=_CLAIM,
    mutants={
        "the kernel is refitted away": _CLAIM
        | {"limit": lambda a, n, h: kernel.fixed_bandwidth_limit(a, n, 0.0)},
        "the limit of data, not of densities": _CLAIM
        | {"limit": lambda a, n, h: kernel.stationary_moments(a, n, bandwidth=h)},
        "limit 1 % large": scaled(_CLAIM, 1.01, "limit"),
        "n h^2 1 % large": scaled(_CLAIM, 1.01, "pure"),
    },
)
def fixed_bandwidth(claim, trial):
    r"""With a fixed bandwidth a kernel density loop has a limit, with and without real data.

    The variance $C$ of the density, kernel included, and the squared error $M$ of its mean follow
    $C' = \frac{N-1}N (a \sigma_0^2 + q C) + a q M + h^2$, $M' = q^2 M + \frac1N (a \sigma_0^2 + q
    C)$, with the limits $C_* = \frac{k a \sigma_0^2 + h^2}{1 - q k}$, $k = 1 - \frac1{N (1 + q)}$,
    and $M_* = \frac{a \sigma_0^2 + q C_*}{N (1 - q^2)}$. Without real data $C \to n h^2$ as $(1 -
    \frac1n)^t$.
    """
    for pool, share, bandwidth in ((1000, 0.1, 0.5), (10, 0.4, 0.3), (3, 1 / 3, 2.0)):
        limit = claim["limit"](share, pool, bandwidth)
        what = f"N = {pool}, a = {share:.3g}, h = {bandwidth}"
        again = _generation(*limit, share, pool, bandwidth)
        yield closed_form(f"the limit stays, {what}", limit, again)
        data, error = kernel.stationary_moments(share, pool, bandwidth=bandwidth)
        exact = ((1 - 1 / pool) * data + bandwidth**2, error)
        yield exact_law(f"from the limit of the data, {what}", limit, exact)
    for pool in (2, 10, 1000):
        pure = claim["pure"](pool, 0.7)
        after = _generation(pure, 0.0, 0.0, pool, 0.7)[0]
        yield closed_form(f"without real data, n = {pool}", pure, after)
    variances, errors = trial.once("points", lambda: _points(trial))
    limit = claim["limit"](0.4, 10, 0.5)
    yield monte_carlo("point by point, the variance", limit[0], variances)
    yield monte_carlo("point by point, the mean", limit[1], errors)


def _generation(variance, error, share, pool, bandwidth):
    rest = 1 - share
    drawn = share + rest * variance
    new = (1 - 1 / pool) * drawn + share * rest * error + bandwidth**2
    return new, rest**2 * error + drawn / pool


def _points(trial, generations=25):
    """Near the limit, with uniform real data: the variance of the density and the squared mean."""
    rng = np.random.default_rng([trial.seed, 7])
    runs = trial.replicates // 2
    real = lambda size: np.sqrt(3) * rng.uniform(-1, 1, (runs, size))
    data = real(10)
    for _ in range(generations):
        data = np.concatenate([fit_and_sample(rng, data, 6, bandwidth=0.5), real(4)], axis=1)
    return data.var(1) + 0.25, data.mean(1) ** 2
