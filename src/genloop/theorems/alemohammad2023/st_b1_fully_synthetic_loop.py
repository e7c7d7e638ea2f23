"""ST-B1: fully synthetic loop."""

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln

from ...certificates import certify_root
from ...laws import LogVariance
from ...laws.chi_square import mean_chi
from ...models import Gaussian
from ...papers.alemohammad2023 import fully_synthetic
from ...verification import (
    bound,
    closed_form,
    exact_law,
    monte_carlo,
    proves,
    scaled,
    theorem,
)
from ._instances import GENERATIONS, SAMPLES, plane


def _mean_deviation(generations, samples, temperature):
    r"""$(\sqrt T c_4)^t$."""
    return (np.sqrt(temperature) * float(mean_chi(samples - 1.0))) ** generations


_SYNTHETIC = {
    "covariance": lambda covariance, temperature, samples: temperature * covariance,
    "deviation": _mean_deviation,
}


@theorem(
    spec="ST-B1",
    paper="alemohammad2023",
    status="published",
    hypotheses=(
        "Gaussian models sampled with T times their covariance",
        "unbiased mean and covariance of n samples, no real data",
        "temperature T <= 1 for the collapse",
    ),
    claim=_SYNTHETIC,
    mutants={
        "the fit is maximum likelihood": _SYNTHETIC
        | {"covariance": lambda c, t, n: t * c * (n - 1) / n},
        "the bias acts on the standard deviation": _SYNTHETIC
        | {"covariance": lambda c, t, n: t**2 * c},
        "the covariance 1 % large": scaled(_SYNTHETIC, 1.01, "covariance"),
        "the standard deviation decays 1 % faster": _SYNTHETIC
        | {"deviation": lambda t, n, heat: _mean_deviation(1.01 * t, n, heat)},
    },
)
def fully_synthetic_loop(claim, trial):
    r"""Without real data the covariance collapses almost surely at every temperature up to one.

    $E[\Sigma_{t+1} | \Sigma_t] = T \Sigma_t$ and $E[\mu_{t+1} | \mu_t] = \mu_t$, yet $\Sigma_t \to
    0$ also at $T = 1$: in every direction $E\,\sigma_t = (\sqrt T c_4(n))^t \sigma_0$ with $c_4(n)
    < 1$, hence $P(\sigma_t^2 > x \sigma_0^2) \le (\sqrt T c_4)^t/\sqrt x$ is summable.
    """
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    for samples, heat in ((5, 0.7), (20, 1.0), (20, 1.3)):
        start = Gaussian.of([1.0, -1.0], covariance)
        after = fully_synthetic(samples=samples, temperature=heat).moments(start.moments())
        claimed = claim["covariance"](covariance, heat, samples)
        what = f"one generation by composed moments, n = {samples}, T = {heat}"
        yield closed_form(what, claimed, after.covariance, tolerance=1e-12, scale=1.0)
        yield closed_form(f"{what}: the mean", start.mean, after.mean, scale=1.0)
    for samples, heat in ((3, 1.0), (10, 0.9), (100, 1.0)):
        for generations in (1, 20, 300):
            law = LogVariance(samples, generations, (samples - 1) / heat)
            levels = np.array([1e-6, 1e-3, 0.1, 1.0, 3.0])
            alive = law.survival(np.log(levels))
            deviation = claim["deviation"](generations, samples, heat)
            what = f"n = {samples}, T = {heat}, t = {generations}"
            yield exact_law(f"E sigma, {what}", deviation, law.moment(0.5), tolerance=1e-9)
            yield bound(f"survival below its bound, {what}", alive, deviation / np.sqrt(levels))
    means, factors = trial.once("plane", lambda: plane(0.8, trial))
    covariance = np.diag([1.0, 4.0]) / 0.8
    for _ in range(GENERATIONS):
        covariance = claim["covariance"](covariance, 0.8, SAMPLES)
    last = factors[:, -1] @ np.swapaxes(factors[:, -1], -1, -2)
    yield monte_carlo("E Sigma at t = 3", covariance, last, scale=2.0)
    yield monte_carlo("E mu at t = 3", [0.0, 0.0], means[:, -1], scale=1.0)


@proves("ST-B1")
def proofs(digits):
    r"""$\sqrt T c_4(n) = 1$: below it the expected standard deviation goes to zero."""
    growth = lambda t, n: (
        jnp.log(t) / 2 + jnp.log(2 / (n - 1)) / 2 + gammaln(n / 2) - gammaln((n - 1) / 2)
    )
    return {
        f"n = {SAMPLES}, temperature": certify_root(
            growth, "1/2", "2", parameters=[str(SAMPLES)], digits=digits
        )
    }
