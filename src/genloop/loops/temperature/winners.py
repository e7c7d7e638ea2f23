r"""All winners of a temperature loop at once, in one parameter that they share ($T < 1$).

In units in which the sampled part of the loop is $z \mapsto z^b$, every outcome of a fixed point
solves $z - z^b = \kappa r_j$; the winner $i$ sits on the upper root $u$, all others on the lower
root $l$ [HD-9], and

$$a_i(\kappa) = \frac{\kappa}{Z(\kappa) + u(\kappa r_i) - l(\kappa r_i)}, \qquad
Z = \sum_j l(\kappa r_j).$$

The sum $Z$ is the same for all winners, so it is tabulated once; then a winner costs as much in a
vocabulary of 50,000 tokens as in one of two. The state is stable exactly where $a_i$ rises [HD-8].
$\kappa$ is measured by the distance $\xi$ in $\log z$ of the most probable outcome from the
turning point of its equation, on a logarithmic scale: all roots are analytic functions of
$\log \xi$ in a strip, however close together the real probabilities are.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from ... import numeric as xp
from ...bisection import last_where
from .branches import ProbabilityClasses, lower_root

_NEAREST, _FARTHEST = -14.0, 4.4
r"""The range of $\log\xi$: $a$ is flat to rounding at one end, below $10^{-30}$ at the other."""


class LowerRoots(NamedTuple):
    r"""The common part of all winners at one $\kappa$ (`scale`): every outcome on its lower root.

    `roots` $z_j$ and `log_slope` $\log d_j = \log b w_j$, $w = z^{b-1}$, of every class; `rest` and
    `size`, the sum of the roots without and with the most probable outcomes; `response`
    $P = \sum_j z_j w_j/(1 - d_j)$: a state is stable while this is below the winner's own part.
    """

    scale: Float[Array, "*n"]
    roots: Float[Array, "*n l"]
    log_slope: Float[Array, "*n l"]
    rest: Float[Array, "*n"]
    size: Float[Array, "*n"]
    response: Float[Array, "*n"]


class WinnerRoots(NamedTuple):
    r"""The logarithms of the two roots of $z - z^b = y$ as seen by a winner."""

    log_lower: Float[Array, "*n"]
    log_upper: Float[Array, "*n"]
    temperature: Float[Array, ""]

    @property
    def lower(self) -> Float[Array, "*n"]:
        """$l$."""
        return xp.exp(self.log_lower)

    @property
    def upper(self) -> Float[Array, "*n"]:
        """$u$."""
        return xp.exp(self.log_upper)

    @property
    def gap(self) -> Float[Array, "*n"]:
        r"""$u - l$."""
        return self.lower * xp.expm1(self.log_upper - self.log_lower)

    @property
    def log_slope(self) -> tuple[Float[Array, "*n"], Float[Array, "*n"]]:
        r"""$\log d$ of each root."""
        roots = self.log_lower, self.log_upper
        return tuple(_log_slope(root, self.temperature) for root in roots)

    @property
    def response(self) -> Float[Array, "*n"]:
        r"""$l w_l/(1 - d_l) + u w_u/(d_u - 1)$."""
        low, high = self.log_slope
        own = response_of(self.lower, low, self.temperature)
        return own - response_of(self.upper, high, self.temperature)


def mode_root(classes: ProbabilityClasses, temperature, position):
    r"""$\kappa$, root and $\log d$ of the most probable outcomes, explicit in $\log\xi$."""
    excess, distance = (1 - temperature) / temperature, xp.exp(position)
    log_slope = -excess * distance
    root = xp.exp(-xp.log1p(excess) / excess - distance)
    # 1 - z^(b - 1) without cancellation, as the slope is that of b z^(b - 1).
    scale = root * -xp.expm1(log_slope - xp.log1p(excess)) / classes.values[0]
    return scale, root, log_slope


def lower_roots(classes: ProbabilityClasses, temperature, position) -> LowerRoots:
    r"""The lower roots at one $\log\xi$ (`position`)."""
    scale, first, first_log_slope = mode_root(classes, temperature, position)
    values, counts = classes.values, classes.counts
    logs = _log_lower(xp.log(scale)[..., None] + xp.log(values[1:]), temperature)
    roots = xp.exp(logs)
    log_slope = _joined(first_log_slope, _log_slope(logs, temperature))
    rest = (counts[1:] * roots).sum(-1)
    roots = _joined(first, roots)
    response = (counts * response_of(roots, log_slope, temperature)).sum(-1)
    return LowerRoots(scale, roots, log_slope, rest, rest + counts[0] * first, response)


def _joined(first: Float[Array, "*n"], others: Float[Array, "*n m"]) -> Float[Array, "*n m+1"]:
    return xp.concatenate([first[..., None], others], -1)


def winner_roots(scale: Float[Array, "*n"], value: Float[Array, "*n"], temperature) -> WinnerRoots:
    r"""Both roots at $y = \kappa r$, below the maximum of $z - z^b$."""
    log_forcing = xp.log(scale) + xp.log(value)
    return WinnerRoots(
        _log_lower(log_forcing, temperature), _log_upper(log_forcing, temperature), temperature
    )


def _log_lower(log_forcing, temperature):
    return lower_root(log_forcing, np.ones(()), np.zeros(()), (1 - temperature) / temperature)


def _log_upper(log_forcing: Float[Array, "*n"], temperature) -> Float[Array, "*n"]:
    r"""$\log z$ of the root of $z - z^b = y$ that continues $z = 1$ from $y = 0$.

    `log_forcing` is $\log y$.

    Newton's method on $\log[y\,e^{-z} + e^{\epsilon z}]$, which is convex and rises here, needs no
    safeguard from the right; the root is exact relative to its own small size.
    """
    excess = (1 - temperature) / temperature
    turn = -xp.log1p(excess) / excess

    def advance(state):
        root, _, count = state
        forced, power = xp.exp(log_forcing - root), xp.expm1(excess * root)
        slope = (excess * (1 + power) - forced) / (1 + forced + power)
        step = xp.log1p(forced + power) / xp.where(slope > 0, slope, np.inf)
        moved = xp.maximum(xp.minimum(root - step, root), turn)
        return moved, root - moved, count + 1

    unfinished = lambda state: (state[1] > 4e-16 * xp.abs(state[0])).any() & (state[2] < 100)
    start = xp.zeros_like(log_forcing)
    return xp.while_loop(unfinished, advance, (start, xp.full_like(start, np.inf), 0))[0]


def roots_of_gap(gap: Float[Array, ""], temperature) -> tuple[Float[Array, ""], WinnerRoots]:
    r"""The $y$ at which the roots differ by `gap`, and the roots.

    With $2h = \log(u/l)$: $u - l = 2 m \sinh h$ and $y = m \sinh((b - 1) h)/\sinh(b h)$ for the
    geometric mean $m = [\sinh h/\sinh(b h)]^{1/(b - 1)}$. The gap grows with $h$ from 0 to 1.
    """
    sharpness, excess = 1 / temperature, (1 - temperature) / temperature
    mean = lambda h: (_log_sinh(h) - _log_sinh(sharpness * h)) / excess
    short = lambda h: xp.log(2.0) + mean(h) + _log_sinh(h) < xp.log(gap)
    h = xp.exp(last_where(lambda x: short(xp.exp(x)), -20.0, 6.0))
    forcing = xp.exp(mean(h) + _log_sinh(excess * h) - _log_sinh(sharpness * h))
    # u^(b - 1) = (1 - e^(-2h))/(1 - e^(-2bh)), where nothing cancels for T -> 0.
    upper = (xp.log(-xp.expm1(-2 * h)) - xp.log(-xp.expm1(-2 * sharpness * h))) / excess
    return forcing, WinnerRoots(upper - 2 * h, upper, temperature)


def fold_position(classes: ProbabilityClasses, temperature, value) -> Float[Array, ""]:
    r"""The $\log\xi$ at which the winner of real probability `value` has its largest real fraction.

    A stable state begins at $a = 0$, $\xi \to \infty$; $P$ exceeds the winner's own response from
    the fold on.
    """

    def unstable(position):
        shared = lower_roots(classes, temperature, position)
        return relative_difference(
            shared.response, winner_roots(shared.scale, value, temperature).response
        )

    return crossing(unstable, _FARTHEST, nearest(temperature))


@np.errstate(all="ignore")
def fold(classes: ProbabilityClasses, temperature, value) -> tuple[Float[Array, ""], ...]:
    r"""The largest real fraction of the winner of real probability `value`.

    With the logit of its synthetic share there, the imbalance that is left, and the relative
    difference to the real fractions close by.
    """
    position = fold_position(classes, temperature, value)

    def at(position):
        shared = lower_roots(classes, temperature, position)
        roots = winner_roots(shared.scale, value, temperature)
        excess = relative_difference(shared.response, roots.response)
        return real_fraction(shared, roots.gap), roots.log_upper, shared.scale, excess

    found, upper, scale, excess = at(position)
    # A fold is flat: a position that is off by this much shows what its own error can do.
    off = xp.abs(at(position + 1e-9)[0] / found - 1)
    share = (1 / temperature - 1) * upper
    logit = share + upper - xp.log(scale) - xp.log(value)
    return found, logit, xp.abs(excess), off


def nearest(temperature: float | Array) -> Float[Array, ""]:
    r"""The end of the range of $\log\xi$: for $T \to 0$ all happens at $\xi$ of order $T$."""
    return _NEAREST + xp.minimum(xp.log(temperature), 0.0)


def multiplier(
    classes: ProbabilityClasses, shared: LowerRoots, roots: WinnerRoots
) -> Float[Array, ""]:
    r"""The largest multiplier of a winner with these roots, by the secular equation [HD-6].

    $\sum_j s_j/(d_j - \mu) = 0$ between the largest pole of the losers and that of the winner, who
    need not be an outcome: its lower root is taken out of the sum as if it were one.
    """
    poles, weights = xp.exp(shared.log_slope), classes.counts * shared.roots
    (low, high), top = map(xp.exp, roots.log_slope), poles[..., 0]
    depth, reach = top[..., None] - poles, high - top

    def below(position):
        shift = reach * xp.sigmoid(position)
        losers = (weights * poles / (depth + shift[..., None])).sum(-1)
        losers = losers - roots.lower * low / (top - low + shift)
        return losers > roots.upper * high / (reach * xp.sigmoid(-position))

    place = last_where(below, -600.0 - xp.log1p(reach), xp.full_like(reach, 40.0))
    return top + reach * xp.sigmoid(place)


def real_fraction(shared: LowerRoots, gap) -> Float[Array, "*n"]:
    r"""$a = \kappa/(Z + u - l)$."""
    return shared.scale / (shared.size + gap)


def crossing(excess: Callable, below, above) -> Float[Array, "*n"]:
    """Zeros of a vector of functions, each from negative at `below` to positive at `above`.

    The false-position method with halved ordinates (Illinois), on all at once. The ordinates of the
    ends are never asked for: one each stands in for them.
    """
    below, above = (xp.asarray(end, dtype=float) for end in (below, above))

    def advance(state):
        (left, low), (right, high), side, _, count = state
        spread = xp.where(high > low, high - low, 1.0)
        middle = left - low * (right - left) / spread
        value = excess(middle)
        up = value > 0
        # An end that stays twice loses half of its ordinate, so that it moves the next time.
        low_now = xp.where(up, xp.where(side > 0, 0.5 * low, low), value)
        high_now = xp.where(up, value, xp.where(side < 0, 0.5 * high, high))
        left, right = xp.where(up, left, middle), xp.where(up, middle, right)
        return (left, low_now), (right, high_now), xp.where(up, 1, -1), value, count + 1

    def unfinished(state):
        (left, _), (right, _), _, value, count = state
        narrow = xp.abs(right - left) <= 4e-16 * (xp.abs(left) + 1)
        return ~(narrow | (xp.abs(value) <= 1e-16)).all() & (count < 80)

    ones = xp.ones_like(below)
    start = ((below, -ones), (above, ones), xp.zeros(below.shape, int), ones, 0)
    (left, low), (right, high), *_ = xp.while_loop(unfinished, advance, start)
    return xp.where(xp.abs(low) <= xp.abs(high), left, right)


class Conditions(NamedTuple):
    r"""Conditions on states at one $\log\xi$, as differences that change their sign once.

    `unstable` for the winner of a given real probability, `reached` for its real fraction `found`
    against a given one, `fraction`; `impossible` for any winner at that real fraction.
    """

    shared: LowerRoots
    roots: WinnerRoots
    fraction: Float[Array, ""]

    @classmethod
    def at(cls, classes: ProbabilityClasses, temperature, position, value, fraction):
        """The conditions for a winner of real probability `value`."""
        shared = lower_roots(classes, temperature, position)
        return cls(shared, winner_roots(shared.scale, value, temperature), fraction)

    @property
    def found(self) -> Float[Array, ""]:
        return real_fraction(self.shared, self.roots.gap)

    @property
    def unstable(self) -> Float[Array, ""]:
        return relative_difference(self.shared.response, self.roots.response)

    @property
    def reached(self) -> Float[Array, ""]:
        return relative_difference(self.found, self.fraction)

    @property
    def impossible(self) -> Float[Array, ""]:
        gap = self.shared.scale / self.fraction - self.shared.size
        _, roots = roots_of_gap(xp.clip(gap, 1e-300, 1.0), self.roots.temperature)
        return xp.maximum(relative_difference(self.shared.response, roots.response), gap - 1)


@np.errstate(all="ignore")
def stable_stretch(
    classes: ProbabilityClasses, temperature: float, fraction: float, value: float
) -> tuple[float, float] | None:
    r"""The $\log\xi$ between which the stable states of all winners of at most `value` lie.

    First (with a margin for rounding) the winner of real probability `value`, last the least
    probable winner of all that is possible at this real fraction: along the states of one real
    fraction the real probability of the winner falls with $\kappa$ exactly while they are stable.
    `None` if there is none.
    """
    conditions = lambda x: Conditions.at(classes, temperature, x, value, fraction)

    def edge(name, first, last):
        measure = lambda x: getattr(conditions(x), name)
        if measure(first) < 0 < measure(last):
            return float(crossing(measure, first, last))
        # What does not change its sign in the range holds until its end, or not at all.
        return last if measure(first) < 0 else first

    top = edge("unstable", _FARTHEST, float(nearest(temperature)))
    if not conditions(top).found > fraction:
        return None
    first = edge("reached", _FARTHEST, top) + 1e-9
    # Rarer winners fold at smaller kappa, so that all lies before the fold of the first one.
    return first, edge("impossible", first, top)


def relative_difference(left: Array, right: Array | float) -> Array:
    """The relative difference of two positive numbers, in (-1, 1)."""
    return (left - right) / (left + right)


def _log_slope(log_root, temperature):
    excess = (1 - temperature) / temperature
    return excess * log_root + xp.log1p(excess)


def response_of(root: Array, log_slope: Array, temperature: float | Array) -> Array:
    r"""$z w/(1 - d)$ of a root $z$ whose `log_slope` is $\log d$, $d = b w$ and $w = z^{b-1}$."""
    return root * temperature * xp.exp(log_slope) / -xp.expm1(log_slope)


def _log_sinh(x):
    return x + xp.log(-xp.expm1(-2 * x)) - xp.log(2.0)
