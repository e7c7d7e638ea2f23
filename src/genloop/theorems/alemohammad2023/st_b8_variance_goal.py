"""ST-B8: The real fraction that keeps the expected variance within a goal, in closed form."""

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf

from ...certificates import certify_root
from ...laws import PooledMoments
from ...loops.gaussian import closed_forms, equations
from ...models import Gaussian
from ...stages import Mix, Temper
from ...verification import closed_form, exact_law, proves, scaled, theorem
from ._instances import POOL

_GOAL = {
    "fraction": closed_forms.real_fraction_for_variance,
    "truncation": closed_forms.truncation_temperature,
}


@theorem(
    spec="ST-B8",
    paper="alemohammad2023",
    status="derived",
    hypotheses=(
        "Gaussian models sampled with T times their covariance, pooled with fresh real data",
        "a goal below 1 for T < 1, above 1 for T > 1",
    ),
    claim=_GOAL,
    mutants={
        "the goal is for the standard deviation": _GOAL
        | {"fraction": lambda r, **o: closed_forms.real_fraction_for_variance(r**2, **o)},
        "real fraction 1 % more": scaled(_GOAL, 1.01, "fraction"),
        "temperature of a truncation 1 % high": scaled(_GOAL, 1.01, "truncation"),
        "the pool is infinite": _GOAL
        | {
            "fraction": lambda r, temperature, **o: closed_forms.real_fraction_for_variance(
                r, temperature=temperature
            )
        },
        "truncation at one side": _GOAL
        | {"truncation": lambda c, **o: 1 - (1 - closed_forms.truncation_temperature(c, **o)) / 2},
        "truncation in one dimension": _GOAL
        | {"truncation": lambda c, dimension: closed_forms.truncation_temperature(c)},
    },
)
def variance_goal(claim, trial):
    r"""The real fraction that keeps the expected variance within a goal, in closed form.

    The limit of $E\,\Sigma$ is $\rho S_0$ at $a = \frac{\rho (1 - T)}{1 - \rho T}$ for infinitely
    many samples; with a pool of $N$, $a = 1 - q$ solves
    $N (\rho T - 1) q^2 + [N + (N-1)(\rho T - 1) - \rho (N-\kappa)] q = \rho (N-\kappa) - N + 1$.
    Keeping the samples within $c$ standard deviations is sampling at temperature
    $T = 1 - \frac{2 c \varphi(c)}{2 \Phi(c) - 1}$, and in $d$ dimensions at
    $F_{d+2}(c^2)/F_d(c^2)$ with the distribution functions of chi-square laws.
    """
    for samples, real_samples, heat, unbiased in (
        (90, 10, 0.8, True),
        (5, 5, 0.5, False),
        (60, 40, 1.3, True),
        (9, 91, 3.0, False),
    ):
        law = PooledMoments(samples, real_samples, heat, unbiased)
        found = claim["fraction"](
            law.stationary()[1], temperature=heat, pool=law.pool, unbiased=unbiased
        )
        what = f"{samples} + {real_samples}, T = {heat}, unbiased = {unbiased}"
        yield exact_law(what, found, real_samples / law.pool)
    for goal, heat in ((0.5, 0.7), (0.9, 0.2), (2.0, 1.5)):
        share = claim["fraction"](goal, temperature=heat)
        real, model = Gaussian.of(0.0, 1.0), Gaussian.of(0.0, goal)
        after = (Temper(heat) >> Mix(real, float(share)))(model)
        what = f"the goal is the fixed point, goal = {goal}, T = {heat}"
        yield closed_form(what, goal, after.covariance[0, 0])
    cutoffs = np.array([0.5, 1.0, 2.0, 3.0])
    nodes, weights = np.polynomial.legendre.leggauss(60)
    nodes = (nodes + 1) / 2
    density = weights * np.exp(-((cutoffs[:, None] * nodes) ** 2) / 2)
    for dimension in (1, 3, 10):
        radial = density * nodes ** (dimension - 1)
        moment = (radial * (cutoffs[:, None] * nodes) ** 2).sum(axis=1) / dimension
        claimed = claim["truncation"](cutoffs, dimension=dimension)
        what = f"variance of a truncated normal, d = {dimension}"
        yield closed_form(what, claimed, moment / radial.sum(axis=1))


def _truncated(c, t):
    r"""$(1 - T)\,(2 \Phi(c) - 1) - 2 c\,\varphi(c)$, with roots of two that stay exact."""
    half = c**2 / 2
    return (1 - t) * erf(jnp.sqrt(half)) - 2 * jnp.sqrt(half / jnp.pi) * jnp.exp(-half)


@proves("ST-B8")
def proofs(digits):
    """The real fraction for a goal, with infinitely many samples and with a pool; a truncation."""
    limit = lambda a, t, rho: a - rho * (1 - (1 - a) * t)
    known, pool = ["0.8", "0.5"], [str(POOL), str(POOL - 1)]
    return {
        "T = 0.8, goal 0.5, infinitely many samples": certify_root(
            limit, "0", "1", parameters=known, digits=digits
        ),
        f"T = 0.8, goal 0.5, N = {POOL}": certify_root(
            equations.variance, "0", "1", parameters=[*known, *pool], digits=digits
        ),
        "cut-off with T = 0.8": certify_root(
            _truncated,
            "1",
            "5",
            parameters=["0.8"],
            digits=digits,
        ),
    }
