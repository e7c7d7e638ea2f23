r"""Eigenvalues of $\operatorname{diag}(d) - \sqrt w \sqrt w^\top$, $w \ge 0$, from one equation.

The eigenvalues are the roots of $1 - \sum_i w_i/(d_i - \lambda)$, interlaced with the poles $d_i$.
Every function costs $O(K)$ per iteration and has exact derivatives by the theorem of the implicit
function, from a form of the equation that stays regular when poles merge.
"""

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float

from .. import numeric as xp
from ..bisection import bisected

_ITERATIONS = 60
_silent = np.errstate(all="ignore")
"""Numbers overflow and divide by zero here without a word, as arrays of JAX do."""
_TIE = 4e-15
"""Poles as close as this are one, up to rounding."""
_TOGETHER = 64
"""Eigenvalues that are searched at the same time."""


@_silent
def largest_eigenvalue(
    diagonal: Float[Array, " k"], weights: Float[Array, " k"]
) -> Float[Array, ""]:
    r"""The root in $[d_{(2)}, d_{(1)}]$. Where three poles or more tie it is repeated."""
    return _outermost(diagonal, weights, _below_first_pole(diagonal, weights))


@_silent
def smallest_eigenvalue(
    diagonal: Float[Array, " k"], weights: Float[Array, " k"]
) -> Float[Array, ""]:
    """The root below all poles."""
    return -_outermost(-diagonal, -weights, -_below_last_pole(diagonal, weights))


@_silent
def spectral_radius(diagonal: Float[Array, " k"], weights: Float[Array, " k"]) -> Float[Array, ""]:
    """The larger of the moduli of the largest and the smallest eigenvalue."""
    fixed = xp.stop_gradient((diagonal, weights))
    upper, lower = _below_first_pole(*fixed), _below_last_pole(*fixed)
    largest = fixed[0].max() - upper >= lower - fixed[0].min()
    sign = xp.where(largest, 1.0, -1.0)
    return _outermost(sign * diagonal, sign * weights, xp.where(largest, upper, -lower))


class _Poles(NamedTuple):
    """The gap of the first two poles, their weights, and those of the others with their depth."""

    gap: Float[Array, ""]
    first: Float[Array, ""]
    second: Float[Array, ""]
    weights: Float[Array, " k"]
    depth: Float[Array, " k"]

    @classmethod
    def of(cls, diagonal, weights, shift):
        """The largest two; for a root between them those that tie with the second are one."""
        first = xp.arange(diagonal.size) == xp.argmax(diagonal)
        pick = lambda values, where: xp.where(where, values, 0.0).sum()
        top = pick(diagonal, first)
        second = xp.arange(diagonal.size) == xp.argmax(xp.where(first, -np.inf, diagonal))
        gap = top - pick(diagonal, second)
        second = xp.where(shift >= 0, (top - diagonal <= gap) & ~first, second)
        rest = ~first & ~second
        far = xp.where(rest, weights, 0.0), xp.where(rest, top - diagonal, np.inf)
        return cls(gap, pick(weights, first), pick(weights, second), *far)

    def potential(self, shift):
        r"""$\psi(\mu)$ of the far poles, and its slope."""
        terms = self.weights / (self.depth - shift)
        return terms.sum(), (terms / (self.depth - shift)).sum()

    def equation(self, shift):
        """What is zero at the distance of a root, and its slope: infinite where two roots merge."""
        value, slope = self.potential(shift)
        room = self.gap - shift
        equation = (1 + value) * shift * room - self.first * room + self.second * shift
        rate = (1 + value) * (room - shift) + slope * shift * room + self.first + self.second
        # Two eigenvalues that merge have no derivative: the root stays where it was found.
        least = 1e-10 * (self.gap + xp.abs(self.first) + xp.abs(self.second))
        return equation, xp.where(xp.abs(rate) > least, rate, np.inf)


def _outermost(diagonal, weights, shift):
    r"""The root $d_{(1)} - \mu$ with its derivatives, given its distance $\mu$ from the first pole.

    With $g = d_{(1)} - d_{(2)}$ and $\psi(\mu) = \sum_{i > 2} w_i/(d_{(1)} - d_i - \mu)$ it solves
    $(1 + \psi)\,\mu (g - \mu) - w_1 (g - \mu) + w_2\,\mu = 0$. With the signs of $d, w$ changed
    the smallest root is the first. The derivatives of a repeated root are those of the mean of its
    poles, right for changes that keep the tie.
    """
    top = xp.where(xp.arange(diagonal.size) == xp.argmax(diagonal), diagonal, 0.0).sum()
    value = top - _root(_Poles.of(diagonal, weights, shift), shift)
    # Three poles or more that tie are a repeated eigenvalue, which follows their mean.
    tied = top - diagonal <= _TIE * xp.abs(top)
    mean = xp.where(tied, diagonal, 0.0).sum() / xp.maximum(tied.sum(), 1)
    repeated = (tied.sum() > 2) & (xp.stop_gradient(shift) >= 0)
    return xp.where(repeated, xp.stop_gradient(value - mean) + mean, value)


def _root(poles, shift):
    """The distance `shift` from the first pole, as a function of the poles."""
    return _implicit(poles, shift) if xp.of_jax(poles) else shift


@jax.custom_jvp
def _implicit(poles, shift):
    return shift


@_implicit.defjvp
def _implicit_jvp(primals, changes):
    poles, shift = primals
    root = _implicit(poles, shift)
    moved = jax.jvp(lambda here: here.equation(root)[0], (poles,), (changes[0],))[1]
    return root, -moved / poles.equation(root)[1]


def _below_first_pole(diagonal, weights):
    """The distance of the largest root from the first pole.

    The far poles are interpolated by one at the second pole: a quadratic equation per iteration.
    """
    poles = _Poles.of(*xp.stop_gradient((diagonal, weights)), 0.0)
    gap, first = poles.gap, poles.first

    def advance(state):
        shift, _, count = state
        value, slope = poles.potential(shift)
        room = gap - shift
        second = poles.second + slope * room**2
        excess = 1 + value - slope * room
        half = excess * gap + first + second
        # half^2 - 4 excess first gap, written without cancellation.
        discriminant = (excess * gap - first + second) ** 2 + 4 * first * second
        bottom = half + xp.sqrt(discriminant)
        moved = 2 * first * gap / xp.where(bottom > 0, bottom, 1.0)
        moved = xp.clip(moved, 0.0, gap)
        return moved, xp.abs(moved - shift), count + 1

    return _iterated(advance, 0.5 * gap)


def _below_last_pole(diagonal, weights):
    """The distance of the smallest root from the last pole: Newton's method for 1/sum.

    That is concave and increasing, and converges from the left without a safeguard.
    """
    diagonal, weights = xp.stop_gradient((diagonal, weights))
    height = diagonal - diagonal.min()

    def advance(state):
        shift, _, count = state
        bottom = xp.where(height + shift > 0, height + shift, np.inf)
        terms = weights / bottom
        total, slope = terms.sum(), (terms / bottom).sum()
        moved = shift + (total - 1) * total / xp.where(slope > 0, slope, 1.0)
        return moved, xp.abs(moved - shift), count + 1

    # The joint weight of the poles that tie there is not beyond the root.
    least = xp.where(height > 0, 0.0, weights).sum()
    found = _iterated(advance, xp.maximum(least, 1e-300))
    # Where the last pole is itself the eigenvalue, the floor of the start must not show.
    return xp.where(found > 1e-290, found, 0.0)


def _iterated(advance, start):
    def unfinished(state):
        shift, change, count = state
        return (change > 4e-16 * shift) & (count < _ITERATIONS)

    return xp.while_loop(unfinished, advance, (start, xp.full_like(start, np.inf), 0))[0]


@_silent
def eigenvalues(diagonal: Float[Array, " k"], weights: Float[Array, " k"]) -> Float[Array, " k"]:
    """All eigenvalues, largest modulus first, by bisection between neighbouring poles.

    The cost is $O(K^2)$; use `largest_eigenvalue` where the top is enough. First derivatives are
    exact where eigenvalues are simple.
    """
    order = xp.argsort(diagonal)
    poles, weights = diagonal[order], weights[order]
    below = xp.concatenate([poles[:1] - weights.sum(), poles[:-1]])

    def roots(pole, width):
        """Those below one pole, or below several in a row."""
        heights = poles - pole[..., None]

        def examine(lower, upper):
            middle = 0.5 * (lower + upper)
            bottom = heights + middle[..., None]
            # The sum falls from +inf at the upper pole to -inf at the lower one.
            total = (weights / xp.where(bottom == 0, np.inf, bottom)).sum(axis=-1)
            return middle, total > 1

        lower, upper = bisected(examine, xp.zeros_like(width), width, steps=80)
        shift = xp.stop_gradient(0.5 * (lower + upper))
        bottom = heights + shift[..., None]
        safe = xp.where(xp.abs(bottom) < 1e-300, np.inf, bottom)
        terms = weights / safe
        total, slope = terms.sum(axis=-1), (terms / safe).sum(axis=-1)
        step = xp.where(slope > 0, (total - 1) / xp.where(slope > 0, slope, 1.0), 0.0)
        return pole - xp.where(width > 0, xp.clip(shift + step, 0.0, width), 0.0)

    pairs = poles, poles - below
    if not xp.of_jax(diagonal, weights):
        pieces = range(0, poles.size, _TOGETHER)
        values = np.concatenate([roots(*(x[i : i + _TOGETHER] for x in pairs)) for i in pieces])
    else:
        values = jax.lax.map(lambda pair: roots(*pair), pairs, batch_size=_TOGETHER)
    return values[xp.argsort(-xp.abs(values))]
