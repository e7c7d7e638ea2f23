"""ST-A12: biased sampling."""

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import multipliers, spectral_radius, threshold
from ...certificates import certify_root
from ...loops.retraining import closed_forms
from ...models import Gaussian
from ...papers.bertrand2023 import biased_loop
from ...verification import closed_form, proves, scaled, theorem
from ._curved_family import REAL, CurvedFamily, derivative
from ._instances import generation

_BIASED = {
    "variance": closed_forms.tempered_variance,
    "threshold": closed_forms.temperature_threshold,
    "derivative": closed_forms.likelihood_multipliers,
}


@theorem(
    spec="ST-A12",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "Gaussian models sampled with T times their covariance, for the closed forms",
        "infinite data and exact maximum likelihood in every generation",
    ),
    claim=_BIASED,
    mutants={
        "the bias acts on the standard deviation": _BIASED
        | {"variance": lambda t, a: closed_forms.tempered_variance(t**2, a)},
        "variance 1 % high": scaled(_BIASED, 1.01, "variance"),
        "threshold 1 % high": scaled(_BIASED, 1.01, "threshold"),
        "derivative 1 % high": scaled(_BIASED, 1.01, "derivative"),
        "threshold 1/a instead of 1/q": _BIASED | {"threshold": lambda a: 1 / a},
        "unbiased response D = -B": _BIASED
        | {"derivative": lambda A, B, D, w: closed_forms.likelihood_multipliers(A, B, -B, w)},
    },
)
def biased_sampling(claim, trial):
    r"""Sampling at another temperature moves the fixed point of retraining and can destroy it.

    For Gaussians sampled at temperature $T$, $\sigma_*^2 = \sigma_r^2\,\frac a{1 - q T}$ with
    multipliers $q T$ of the variance and $q$ of the mean; it exists for $T < 1/q$, so $T > 1$ needs
    a real fraction $a > 1 - 1/T$. In general $J = -w (A + w \tilde B)^{-1} D$ at a fixed point,
    with the expected Hessians $A$ and $\tilde B$ of $\log p_\theta$ under the real and the sampled
    data and the derivative $D$ of the expected score in the sampled parameter.
    """
    real = Gaussian.of(1.5, 2.0)
    for heat, share in ((0.7, 0.2), (1.0, 0.5), (1.5, 0.4), (3.0, 0.7)):
        run = biased_loop(real, temperature=jnp.asarray(heat), real_fraction=jnp.asarray(share))
        claimed = Gaussian.of(1.5, 2.0 * claim["variance"](heat, share))
        again = generation(run, claimed).covariance
        yield closed_form(f"fixed point, T = {heat}, a = {share}", claimed.covariance, again)
        exact = sorted([1 - share, (1 - share) * heat])
        found = np.sort(np.real(multipliers(run, claimed)))
        yield closed_form(f"multipliers, T = {heat}, a = {share}", exact, found)
    for share in (0.1, 0.6):
        critical = trial.once(f"engine {share}", lambda a=share: _critical_temperature(real, a))
        what = f"variance of multiplier one by the engine, a = {share}"
        yield closed_form(what, claim["threshold"](share), critical, tolerance=1e-10)
        heat = jnp.asarray(claim["threshold"](share))
        run = biased_loop(real, temperature=heat, real_fraction=jnp.asarray(share))
        models = [real]
        for _ in range(3):
            models.append(generation(run, models[-1]))
        steps = np.diff([float(model.covariance[0, 0]) for model in models])
        what = f"at the threshold the variance grows by equal steps, a = {share}"
        yield closed_form(what, steps[1:] / steps[:-1], 1.0)
    for weight, heat in ((0.5, 0.8), (2.0, 1.2)):
        matrices, exact = trial.once(
            f"tempered digits {weight} {heat}", lambda w=weight, t=heat: _tempered_digits(w, t)
        )
        what = f"derivative of retraining, w = {weight}, T = {heat}"
        yield closed_form(what, claim["derivative"](*matrices, weight), exact, tolerance=1e-9)


def _critical_temperature(real, share):
    """The temperature where the multiplier of the map of the variance is one."""

    # One program for the whole search.
    @jax.jit
    def radius(temperature):
        run = biased_loop(real, temperature=temperature, real_fraction=jnp.asarray(share))
        variance = lambda c: run(Gaussian(real.mean, jnp.sqrt(c)[None, None])).covariance[0, 0]
        return spectral_radius(variance, jnp.array(1.0))

    return float(threshold(radius, 0.5, 5.0))


def _tempered_digits(synthetic_weight, temperature):
    """The matrices of the formula, and the derivative of the numerical maximiser beside them."""
    family, theta = CurvedFamily(curvature=0.5), np.array([1.0, -0.5])
    for _ in range(60):
        theta = family.retrain(theta, synthetic_weight, temperature)
    sampled = lambda at: family.sampled(at, temperature)
    response = derivative(lambda at: family.score(theta, sampled(at)), theta)
    matrices = (family.hessian(theta, REAL), family.hessian(theta, sampled(theta)), response)
    exact = derivative(lambda at: family.retrain(at, synthetic_weight, temperature), theta)
    return matrices, exact


@proves("ST-A12")
def proofs(digits):
    r"""$q T = 1$ in the temperature and in the real fraction."""
    level = lambda a, t: (1 - a) * t - 1
    return {
        "a = 0.3, temperature": certify_root(
            lambda t, a: level(a, t), "1", "2", parameters=["0.3"], digits=digits
        ),
        "T = 1.3, real fraction": certify_root(level, "0", "1", parameters=["1.3"], digits=digits),
    }
