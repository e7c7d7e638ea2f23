"""CU-7: A Gaussian that is fitted to what groups choose ends with the variance V - tau^2."""

import jax.numpy as jnp
import numpy as np

from ...analysis import multipliers
from ...certificates import certify_root
from ...loops.curation import plural
from ...models import Gaussian, QuadraticReward
from ...stages import Tilt
from ...verification import bound, closed_form, exact_law, proves, scaled, theorem

_CASES = (
    (1.0, (-1.5, 1.5), (0.5, 0.5)),
    (0.6, (-1.0, 0.5, 2.0), (0.5, 0.2, 0.3)),
    (1.0, (-0.5, 0.6), (0.4, 0.6)),
)

_CLAIM = {"variance": plural.refitted_variance, "multipliers": plural.refitted_multipliers}


@theorem(
    spec="CU-7",
    paper="curation",
    status="derived",
    hypotheses=(
        "rewards -|x - c|^2/(2 tau^2) of points of a line, infinitely many candidates and data",
        "a Gaussian is fitted in every generation, without real data",
    ),
    claim=_CLAIM,
    mutants={
        "the variance of the ideals": _CLAIM | {"variance": lambda v, *, width: v},
        "the width is subtracted": _CLAIM
        | {"variance": lambda v, *, width: np.maximum(v - width, 0)},
        "variance 1 % high": scaled(_CLAIM, 1.01, "variance"),
        "multipliers 1 % high": scaled(_CLAIM, 1.01, "multipliers"),
    },
)
def gaussian_refit(claim, trial):
    r"""A Gaussian that is fitted to what groups choose ends with the variance V - tau^2.

    $m' = \frac{\tau^2 m + s \bar c}{s + \tau^2}$ and $s' = \frac{s \tau^2}{s + \tau^2} + \frac{s^2
    V}{(s + \tau^2)^2}$ with the mean $\bar c$ and the variance $V$ of the ideals. If $V > \tau^2$,
    $s \to V - \tau^2$ with the multipliers $\frac{\tau^2}V$ (mean) and $1 - (1 -
    \frac{\tau^2}V)^2$ (variance), from every start: diversity survives. If $V \le \tau^2$ it is
    lost like a power of the generations, as with one group.
    """
    for width, ideals, shares in _CASES:
        what = f"width {width}, ideals {ideals}"
        spread = np.dot(shares, np.square(ideals)) - np.dot(shares, ideals) ** 2
        loop = Tilt([QuadraticReward(c, width) for c in ideals], jnp.array(shares))
        after = loop(Gaussian.of(0.3, 0.9))
        mean, variance = trial.once(what, lambda w=width, c=ideals, q=shares: _moments(w, c, q))
        yield exact_law(f"mean by integration, {what}", after.mean, mean, tolerance=1e-9)
        yield exact_law(f"variance, {what}", after.covariance, variance, tolerance=1e-9)
        limit = float(claim["variance"](spread, width=width))
        fixed = Gaussian.of(np.dot(shares, ideals), limit if limit > 0 else 1e-9)
        again = loop(fixed).covariance
        yield closed_form(f"fixed point, {what}", limit, again, tolerance=1e-9, scale=1.0)
        if limit > 0:
            claimed = np.sort(claim["multipliers"](spread, width=width))
            found = np.sort(np.real(multipliers(loop, fixed)))
            yield closed_form(f"multipliers by the engine, {what}", claimed, found)
        else:
            yield closed_form(f"neutral, {what}", claim["multipliers"](spread, width=width), 1.0)
        states = [loop(Gaussian.of(0.3, 8.0)), loop(Gaussian.of(0.3, limit / 4 + 1e-3))]
        above, below = (float(state.covariance[0, 0]) for state in states)
        yield bound(f"it falls from above, {what}", above, 8.0)
        if limit > 0:
            yield bound(f"it rises from below, {what}", limit / 4 + 1e-3, below)


def _moments(width, ideals, shares):
    """Mean and variance of what is chosen, from the density on a fine grid."""
    x = np.linspace(-15, 15, 40_001)
    density = np.exp(-((x - 0.3) ** 2) / 1.8)
    odds = np.exp(-((x - np.array(ideals)[:, None]) ** 2) / (2 * width**2))
    chosen = density * odds
    law = np.array(shares) @ (chosen / chosen.sum(axis=1, keepdims=True))
    mean = law @ x
    return mean, law @ (x - mean) ** 2


@proves("CU-7")
def proofs(digits):
    r"""The fixed point of the variance for $\tau = 1$, $V = 3$."""
    level = lambda s, v: s / (s + 1) + s**2 * v / (s + 1) ** 2 - s
    return {"V = 3": certify_root(level, "1", "3", parameters=["3"], digits=digits)}
