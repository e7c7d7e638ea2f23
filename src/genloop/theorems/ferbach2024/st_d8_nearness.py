"""ST-D8: A quadratic reward makes the variance fall like 1/t; real data stop that."""

import jax.numpy as jnp
import numpy as np

from ...analysis import multipliers
from ...certificates import certify_fixed_point
from ...loops import curation
from ...models import Gaussian, QuadraticReward
from ...stages import Mix, Tilt
from ...verification import closed_form, proves, scaled, theorem

_CLAIM = {
    "alone": curation.curated_variance,
    "centred": curation.centred_variance,
    "multipliers": curation.centred_multipliers,
    "all": curation.quadratic_reward_variances,
}
_MEAN, _SCALE = 1.5, 2.0


@theorem(
    spec="ST-D8",
    paper="ferbach2024",
    status="derived",
    hypotheses=(
        "Gaussian models and real data, infinite data in every generation",
        "infinitely many candidates and a quadratic reward",
    ),
    claim=_CLAIM,
    mutants={
        "twice as fast": _CLAIM | {"alone": lambda t, w: curation.curated_variance(2 * t, w)},
        "geometric": _CLAIM | {"alone": lambda t, w: curation.curated_variance(1, w) ** t},
        "centred variance 1 % high": scaled(_CLAIM, 1.01, "centred"),
        "multipliers 1 % high": scaled(_CLAIM, 1.01, "multipliers"),
        "off-centre variances 1 % high": scaled(_CLAIM, 1.01, "all"),
        "no variance between the groups": _CLAIM
        | {"all": lambda a, w, e: curation.quadratic_reward_variances(a, w, 0.0)},
    },
)
def nearness(claim, trial):
    r"""A quadratic reward makes the variance fall like $1/t$; real data stop that.

    For $r = -|x - c|^2/(2 \tau^2)$ and a Gaussian fit: $1/s_t = 1/s_0 + t/\tau^2$ without real
    data. With a share $a$ and $c$ at the real mean, $s_*^2 + a (\tau^2 - s_0) s_* - a s_0 \tau^2 =
    0$ with multipliers $\frac{q \tau^2}{s_* + \tau^2}$ and its square over $q$. Elsewhere $s_* =
    \frac{q s_* \tau^2}{s_* + \tau^2} + a s_0 + \frac{a q e^2 s_*^2}{(s_* + a \tau^2)^2}$, $e = c -
    \mu_0$, with up to three solutions.
    """
    real = Gaussian.of(_MEAN, _SCALE**2)
    for width in (0.5, 3.0):
        model = real
        tilt = Tilt(QuadraticReward(_MEAN + 1.0, width * _SCALE))
        for generation in range(1, 6):
            model = tilt(model)
            found = float(model.covariance[0, 0]) / _SCALE**2
            claimed = claim["alone"](generation, width)
            yield closed_form(f"without real data, t = {generation}, {width}", claimed, found)
    for share, width in ((0.3, 0.5), (0.5, 1.0), (0.05, 4.0)):
        loop = Tilt(QuadraticReward(_MEAN, width * _SCALE)) >> Mix(real, share)
        state = Gaussian.of(_MEAN, claim["centred"](share, width) * _SCALE**2)
        what = f"a = {share}, width {width}"
        yield closed_form(f"fixed point, {what}", state.covariance, loop(state).covariance)
        found = np.sort(np.real(multipliers(loop, state)))[::-1]
        yield closed_form(f"multipliers, {what}", claim["multipliers"](share, width), found)
    for share, width, distance in ((0.3, 0.5, 1.0), (0.5, 1.0, 3.0), (0.14, 35.0, 42.0)):
        what = f"a = {share}, width {width}, off by {distance}"
        found = trial.once(f"scan {what}", lambda x=(share, width, distance): _scanned(real, *x))
        yield closed_form(f"all ends, {what}", claim["all"](share, width, distance), found)


def _scanned(real, share, width, distance):
    """The variances of all fixed points: signs of the composed map on a grid, then bisection."""
    loop = Tilt(QuadraticReward(_MEAN + distance * _SCALE, width * _SCALE)) >> Mix(real, share)
    rest = 1 - share

    def excess(variance):
        shift = rest * distance * variance / (variance + share * width**2)
        models = Gaussian(
            (_MEAN + shift * _SCALE)[:, None], (_SCALE * np.sqrt(variance))[:, None, None]
        )
        return np.asarray(loop(models).covariance)[:, 0, 0] / _SCALE**2 - variance

    grid = np.geomspace(1e-6, 1e6, 20001)
    values = excess(grid)
    starts = np.flatnonzero(values[1:] * values[:-1] < 0)
    below, above, sign = grid[starts], grid[starts + 1], np.sign(values[starts])
    for _ in range(60):
        middle = (below + above) / 2
        same = np.sign(excess(middle)) == sign
        below, above = np.where(same, middle, below), np.where(same, above, middle)
    return (below + above) / 2


@proves("ST-D8")
def proofs(digits):
    """The fixed point and its multipliers, at the real mean and beside it."""

    def generation(a, square, distance):
        def image(state):
            u, s = state
            tilted = (u * square + distance * s) / (s + square)
            spread = s * square / (s + square)
            rest = 1 - a
            return jnp.stack([rest * tilted, rest * spread + a + a * rest * tilted**2])

        return image

    options = {"digits": digits}
    middle = float(curation.centred_variance(0.5, 1.0))
    return {
        "a = 1/2, width 1, at the real mean": certify_fixed_point(
            generation, jnp.array([0.0, middle]), parameters=["1/2", "1", "0"], **options
        ),
        "a = 3/10, width 1, off by 2": certify_fixed_point(
            generation, _end(0.3, 1.0, 2.0), parameters=["3/10", "1", "2"], **options
        ),
    }


def _end(share, width, distance):
    variance = curation.quadratic_reward_variances(share, width, distance)[0]
    shift = (1 - share) * distance * variance / (variance + share * width**2)
    return jnp.array([shift, variance])
