"""CA-C3(kernel): A kernel density loop that keeps all data widens as slowly as a logarithm."""

import math

import numpy as np

from ...loops import kernel_density as kernel
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem

_CLAIM = {
    "variance": kernel.pooled_variance,
    "characteristic": kernel.pooled_characteristic,
    "smoothings": kernel.pooled_smoothings,
}


@theorem(
    spec="CA-C3(kernel)",
    paper="kazdan2024",
    status="derived",
    hypotheses=(
        "m points of the kernel density estimate of the pool join it; the first m are real",
        "a fixed bandwidth h; infinitely many samples for the characteristic function",
    ),
    claim=_CLAIM,
    mutants={
        "replaced data": _CLAIM
        | {"characteristic": lambda t, u, h, x=1.0: x * np.exp(-(t - 1) * (h * u) ** 2 / 2)},
        "one generation late": _CLAIM
        | {"variance": lambda t, m, h, v=1.0: kernel.pooled_variance(t - 1, m, h, v)},
        "Poisson smoothings": _CLAIM | {"smoothings": lambda t: _poisson(t)},
        "variance 1 % large": scaled(_CLAIM, 1.01, "variance"),
        "characteristic function 1 % large": scaled(_CLAIM, 1.01, "characteristic"),
        "smoothings 1 % likelier": scaled(_CLAIM, 1.01, "smoothings"),
    },
)
def accumulation(claim, trial):
    r"""A kernel density loop that keeps all data widens as slowly as a logarithm.

    $E\,v_{t+1} = E\,v_t (1 - \frac1{m (t+1)^2}) + h^2 \frac{m - 1/(t+1)}{(t+1) m}$, which grows as
    $h^2 \log t$. With infinitely many samples $\varphi_t = \frac{\Gamma(t + k)}{\Gamma(1 + k)
    \Gamma(t + 1)} \varphi_0$, $k = e^{-h^2 u^2/2}$: a point of the pool was smoothed $J$ times, one
    less than the number of records of a random order of $t$, $E J = H_t - 1$. If data are replaced
    it is $t - 1$ times.
    """
    for time in (1, 2, 7, 40):
        law = claim["smoothings"](time)
        exact = _records(time)
        yield exact_law(f"records, t = {time}", law, exact, scale=1.0)
        for frequency, bandwidth in ((1.0, 0.5), (2.0, 0.3)):
            kept = math.exp(-((frequency * bandwidth) ** 2) / 2)
            product = math.prod((s + kept) / (s + 1) for s in range(1, time))
            found = claim["characteristic"](time, frequency, bandwidth, 0.8)
            what = f"t = {time}, u = {frequency}"
            yield closed_form(f"one factor a generation, {what}", found, 0.8 * product)
            powers = kept ** np.arange(exact.size)
            yield closed_form(f"smoothings of the records, {what}", found, 0.8 * exact @ powers)
        many = claim["variance"](time, 1e12, 0.5, 2.0)
        harmonic = sum(1 / s for s in range(2, time + 1))
        yield closed_form(f"many samples, t = {time}", many, 2.0 + 0.25 * harmonic)
    pools = trial.once("pools", lambda: _pools(trial))
    for time in (1, 2, 5):
        expected = claim["variance"](time, 4, 0.6, 1.0)
        yield monte_carlo(f"the pool point by point, t = {time}", expected, pools[time - 1])


def _records(size):
    """The law of records less one, by the Stirling numbers' own recursion in whole numbers."""
    counts = [1]
    for s in range(1, size):
        counts = [s * a + b for a, b in zip([*counts, 0], [0, *counts], strict=True)]
    total = math.factorial(size)
    return np.array([count / total for count in counts])


def _poisson(time):
    mean = math.log(time) if time > 1 else 0.0
    return np.array([math.exp(-mean) * mean**j / math.factorial(j) for j in range(time)])


def _pools(trial, samples=4, bandwidth=0.6, generations=5):
    """The variances of pools of points."""
    rng = np.random.default_rng([trial.seed, 11])
    pool = rng.standard_normal((trial.replicates, samples))
    found = [pool.var(1)]
    for _ in range(generations - 1):
        chosen = rng.integers(0, pool.shape[1], (pool.shape[0], samples))
        new = np.take_along_axis(pool, chosen, axis=1)
        new = new + bandwidth * rng.standard_normal(new.shape)
        pool = np.concatenate([pool, new], axis=1)
        found.append(pool.var(1))
    return found
