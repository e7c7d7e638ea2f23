r"""Real fractions above which a loop has one attractor, without knowing its fixed points.

`birkhoff_*` is a proof of contraction for a given real distribution [HD-10], `universal_*` the
sharp value for all real distributions on $K$ outcomes [HD-11].
"""

import numpy as np
from jaxtyping import Array, Float

from ... import numeric as xp
from ...analysis import Threshold
from ...arguments import checked
from ...models import Categorical

_ITERATIONS = 40
COLDEST = 1e-300
"""Below it $1/T$ overflows, and no threshold changes by its rounding any more [HD-12 (iii)]."""


@xp.compiled
def birkhoff_constant(*, temperature, real_fraction, real: Categorical) -> Float[Array, "*batch"]:
    r"""$\kappa = \frac1T \tanh\frac\Delta4$ with $d_H(F(x), F(y)) \le \kappa\,d_H(x, y)$ [HD-10].

    $\Delta = \log(1 + \frac1{\mu r_{(1)}})(1 + \frac1{\mu r_{(2)}})$ from the two smallest real
    probabilities and $\mu = a/(1 - a)$; no smaller constant holds for all states $x, y$.
    """
    smallest = xp.sort(real.probabilities, axis=-1)[..., :2]
    odds = xp.asarray(real_fraction / (1 - real_fraction))
    diameter = xp.log1p(1 / (odds[..., None] * smallest)).sum(axis=-1)
    return xp.tanh(diameter / 4) / temperature


@xp.compiled
def birkhoff_fraction(*, temperature, real: Categorical) -> Float[Array, "*batch"]:
    r"""The real fraction with $\kappa = 1$: above it the loop contracts [HD-10]; 0 for $T \ge 1$.

    $a = 1/(1 + z)$, $z = \tfrac12 [\sqrt{(r_{(1)} - r_{(2)})^2 + 4 r_{(1)} r_{(2)} E^2} - r_{(1)} -
    r_{(2)}]$ with $E = (1 + T)/(1 - T)$; written so that nothing cancels for $T \to 1$.
    """
    part, relative, largest = _birkhoff_odds(temperature, real.probabilities)
    return part / (part + 8 * temperature * relative * largest)


def _birkhoff_odds(temperature, probabilities):
    r"""$P$, $f = r_{(1)}/r_{(2)}$ and $r_{(2)}$ with $z/r_{(1)} = 8 T/P$, $z/r_{(2)} = 8 T f/P$."""
    first, second = xp.moveaxis(xp.sort(probabilities, axis=-1)[..., :2], -1, 0)
    cooling, relative = xp.maximum(1 - xp.asarray(temperature), 0.0), first / second
    sum_ = cooling * (1 + relative)
    return cooling * (sum_ + xp.sqrt(sum_**2 + 16 * temperature * relative)), relative, second


def birkhoff_fraction_from_minimum(*, temperature, smallest) -> Float[Array, ""]:
    r"""$\mu \delta = (1 - T)/(2 T)$, $\delta = \min_i r_i$: a simpler sufficient fraction [HD-10].

    It equals `birkhoff_fraction` where the two smallest real probabilities do, and lies above it
    everywhere else; 0 for $T \ge 1$.
    """
    cooling = xp.maximum(1 - xp.asarray(temperature), 0.0)
    return cooling / (cooling + 2 * temperature * smallest)


@checked
def contraction_threshold(real: Categorical, *, temperature: float) -> Threshold:
    """`birkhoff_fraction` as a record; its residual is that of the contraction constant."""
    if temperature >= 1:
        return Threshold.absent("the loop contracts at every positive real fraction", "not needed")
    temperature = max(temperature, COLDEST)
    part, relative, largest = _birkhoff_odds(temperature, np.asarray(real.probabilities))
    steps = 8 * temperature * np.stack([np.ones(()), relative]) / part
    constant = np.tanh(np.log1p(steps).sum() / 4) / temperature
    return _explicit(1 / (1 + largest * steps[1]), constant)


@xp.compiled
def universal_multiplier(*, temperature, outcomes) -> Float[Array, ""]:
    r"""$\Lambda = \max_{\rho \ge 1} b\,\rho^{b-1} (2\rho + K - 2)/(2\rho^b + K - 2)$ [HD-11].

    The largest multiplier of $S_T$ at any state for $T < 1$, attained where two outcomes are $\rho$
    times as likely as each of the others. At the maximum $\Lambda = \rho^{b-1} = 1 + \epsilon (1 +
    u)$ with $\epsilon = b - 1$ and $\log u + \log(1 + \epsilon (1 + u))/\epsilon = \log(K/2 - 1)$,
    an equation in which nothing overflows. NaN for $T \ge 1$, where there is no bound.
    """
    return xp.where(temperature < 1, 1 + _growth(temperature, outcomes), np.nan)


@xp.compiled
def universal_fraction(*, temperature, outcomes) -> Float[Array, ""]:
    r"""$a = 1 - 1/\Lambda(T, K)$: above it one attractor for every real distribution [HD-11].

    Sharp: below it some real distribution has several. 0 for $T \ge 1$ [HD-7].
    """
    growth = _growth(temperature, outcomes)
    return xp.where(temperature < 1, growth / (1 + growth), 0.0)


@checked
def universal_odds(*, temperature: float, outcomes: int) -> float:
    r"""$\mu = a/(1 - a) = \Lambda(T, K) - 1$ at `universal_fraction`, $T < 1$, to all digits."""
    return float(_growth(max(temperature, COLDEST), outcomes))


@xp.compiled
def universal_ratio(*, temperature, outcomes) -> Float[Array, ""]:
    r"""The ratio $\rho = \Lambda^{1/(b - 1)}$ of winners to losers that attains $\Lambda$ [HD-11].

    It solves $\rho^b - b\rho = (b - 1)(K - 2)/2$.
    """
    growth = _growth(temperature, outcomes)
    return xp.exp(xp.log1p(growth) * temperature / (1 - temperature))


@checked
def universal_threshold(*, outcomes: int, temperature: float) -> Threshold:
    """`universal_fraction` as a record; the residual is that of the worst state's multiplier."""
    if temperature >= 1:
        reason = "there is one attractor at every positive real fraction"
        return Threshold.absent(reason, "not needed")
    temperature = max(temperature, COLDEST)
    value = universal_fraction(temperature=temperature, outcomes=outcomes)
    ratio = universal_ratio(temperature=temperature, outcomes=outcomes)
    growth = _growth(temperature, outcomes)
    return _explicit(value, _pair_multiplier(ratio, growth, temperature, outcomes) / (1 + growth))


def _explicit(value, level) -> Threshold:
    """A threshold in closed form at which `level` should be one."""
    value = float(value)
    rounding = 4 * float(np.finfo(float).eps) * value
    return Threshold(value, uncertainty=rounding, residual=abs(float(level) - 1))


def _pair_multiplier(ratio, growth, temperature, outcomes):
    r"""The largest multiplier of tempering where two outcomes lead all others by one ratio.

    `growth` is $\rho^{b-1} - 1$.
    """
    losers, power = outcomes - 2, 1 + growth
    return power * (2 * ratio + losers) / (2 * power * ratio + losers) / temperature


def _growth(temperature, outcomes):
    r"""$\Lambda - 1$."""
    safe = xp.where(temperature < 1, temperature, 0.5)
    excess = (1 - safe) / safe
    # For two outcomes the equation has the solution u = 0; a tiny number stands in for it.
    half = xp.asarray(0.5 * outcomes - 1, dtype=float)
    goal = xp.log(xp.maximum(half, np.finfo(half.dtype).tiny))

    def newton(v, excess, goal):
        growth = excess * (1 + xp.exp(v))
        slope = 1 + xp.exp(v) / (1 + growth)
        return v - (v + xp.log1p(growth) / excess - goal) / slope

    # Convex and increasing in v = log u: Newton from the right of the root never overshoots.
    fixed = xp.stop_gradient((excess, goal))
    start = fixed[1] - xp.log1p(fixed[0]) / fixed[0]
    v = xp.fori_loop(0, _ITERATIONS, lambda _, v: newton(v, *fixed), start)
    v = newton(newton(v, excess, goal), excess, goal)
    return excess * (1 + xp.exp(v))
