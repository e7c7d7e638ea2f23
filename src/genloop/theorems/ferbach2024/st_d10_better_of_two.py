"""ST-D10: The better of two, by a linear reward with logistic noise, in closed form."""

import math

import jax.numpy as jnp
import numpy as np

from ...analysis import bifurcation_point
from ...certificates import certify_root
from ...loops import curation
from ...models import Gaussian, LinearReward
from ...models.curation.best_of import best_of_many
from ...stages import Choose, Mix
from ...verification import bound, closed_form, monte_carlo, proves, scaled, theorem

_CLAIM = {
    "shift": curation.choice_shift,
    "fraction": curation.choice_fraction,
    "variances": curation.choice_variances,
    "variance": lambda spread: spread**2 - float(curation.choice_shift(spread)) ** 2,
}


@theorem(
    spec="ST-D10",
    paper="ferbach2024",
    status="derived",
    hypotheses=(
        "Gaussian models and real data, infinite data in every generation",
        "two candidates, compared by a linear reward with logistic noise",
    ),
    claim=_CLAIM,
    mutants={
        "shift 1 % high": scaled(_CLAIM, 1.01, "shift"),
        "threshold 1 % high": scaled(_CLAIM, 1.01, "fraction"),
        "fixed points 1 % high": scaled(_CLAIM, 1.01, "variances"),
        "the variance stays": _CLAIM | {"variance": lambda spread: spread**2},
        "a choice without noise": _CLAIM | {"shift": lambda spread: spread / math.sqrt(math.pi)},
        "the threshold without noise": _CLAIM
        | {"fraction": lambda B: curation.HARD_CHOICE_FRACTION},
    },
)
def better_of_two(claim, trial):
    r"""The better of two shifts a Gaussian by $h$ and takes $h^2$ from its variance.

    $h(\sigma) = \frac12 \mathbb{E}[D \tanh(D/2)]$, $D \sim N(0, 2 \sigma^2)$, for a reward of
    deviation $\sigma$, exactly; without noise $\sigma/\sqrt\pi$. With real data $v = B + (q/a)^2
    h(\sqrt v)^2$ at a fixed point, $B$ the variance of the reward in the real data: for $B <
    \pi^2/6$ two of them meet at a fold, and no reward needs more real data than $a_c = 1/(1 +
    \sqrt\pi) = 0.3607$, which is the threshold from $B = \pi^2/6$ on.
    """
    for spread in (0.1, 1.0, 6.0):
        shift, variance = (float(one) for one in best_of_many(np.asarray(spread), 2))
        yield closed_form(f"shift by Gumbel noise, {spread}", claim["shift"](spread), shift)
        yield closed_form(
            f"variance by Gumbel noise, {spread}", claim["variance"](spread), variance
        )
    hard = 1e6 / math.sqrt(math.pi)
    yield closed_form("without noise", claim["shift"](1e6), hard, tolerance=1e-10)
    chosen = trial.once("choices", lambda: _choices(trial, 1.5))
    yield monte_carlo("shift of choices", claim["shift"](1.5), chosen)
    square = claim["variance"](1.5) + claim["shift"](1.5) ** 2
    yield monte_carlo("mean square of choices", square, chosen**2)
    for slope in (0.5, 1.0):
        fold = trial.once(f"fold {slope}", lambda b=slope: _fold(b))
        what = f"fold by the engine, slope {slope}"
        yield closed_form(what, claim["fraction"](slope**2), fold, tolerance=1e-11)
    for slope, share in ((0.5, 0.5), (2.0, 0.4), (2.0, 0.362), (0.5, 0.3)):
        found = _again(slope, share, np.asarray(claim["variances"](share, slope**2)))
        claimed = np.asarray(claim["variances"](share, slope**2))
        yield closed_form(f"fixed points, {slope}, a = {share}", claimed, found, tolerance=1e-10)
    for square in (math.pi**2 / 6, 2.0, 50.0):
        known = claim["fraction"](square)
        yield closed_form(
            f"the most that is needed, B = {square:.4g}", known, 1 / (1 + math.pi**0.5)
        )
        variance = square + np.geomspace(1e-3, 1e6, 400)
        ratio = (variance - square) / np.asarray(curation.choice_shift(np.sqrt(variance))) ** 2
        yield bound(f"approached at infinity only, B = {square:.4g}", ratio, math.pi)


def _choices(trial, spread):
    """Values of the better of two in many comparisons."""
    rng = np.random.default_rng([trial.seed, 10])
    one, other = spread * rng.normal(size=(2, trial.replicates))
    first = rng.random(trial.replicates) < 1 / (1 + np.exp(other - one))
    return np.where(first, one, other)


def _fold(slope):
    real, reward = Gaussian.of(0.0, 1.0), LinearReward(slope)
    share = curation.choice_fraction(slope**2) + 1e-4
    variance = curation.choice_variances(share, slope**2)[0]
    start = _state(slope, share, variance)
    family = lambda a: Choose(reward, among=2) >> Mix(real, a)
    found = bifurcation_point("fold", family, start, share)
    return float(found.parameter) if bool(found.converged) else np.nan


def _state(slope, share, variance):
    """The fixed point with this variance of the reward."""
    shift = float(curation.choice_shift(math.sqrt(variance)))
    return Gaussian.of((1 - share) / share * shift / slope, variance / slope**2)


def _again(slope, share, variances):
    """The variances of the reward one generation of the composed loop later."""
    loop = Choose(LinearReward(slope), among=2) >> Mix(Gaussian.of(0.0, 1.0), share)
    later = [loop(_state(slope, share, variance)).covariance[0, 0] for variance in variances]
    return slope**2 * np.asarray(later)


@proves("ST-D10")
def proofs(digits):
    r"""$(q/a)^2 = \pi$: the threshold of a choice without noise, the most any reward needs."""
    excess = lambda a: (1 - a) ** 2 - 4 * jnp.arctan(jnp.ones_like(a)) * a**2
    return {"without noise": certify_root(excess, "0", "1", digits=digits)}
