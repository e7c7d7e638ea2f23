r"""Eigenvalues of $\operatorname{diag}(d) - \sqrt w \sqrt w^\top$, $w \ge 0$, from one equation.

The eigenvalues are the roots of $1 - \sum_i w_i/(d_i - \lambda)$, interlaced with the poles $d_i$.
Every function costs $O(K)$ per iteration and has exact first and second derivatives by two Newton
steps on a form of the equation that stays regular when poles merge.
"""

from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array, Float

from .. import numeric as xp
from ..bisection import bisected

_ITERATIONS = 60
_TIE = 4e-15
"""Poles as close as this are one, up to rounding."""
_TOGETHER = 64
"""Eigenvalues that are searched at the same time."""


def largest_eigenvalue(
    diagonal: Float[Array, " k"], weights: Float[Array, " k"]
) -> Float[Array, ""]:
    r"""The root in $[d_{(2)}, d_{(1)}]$, as $d_{(1)} - \mu$ so that nothing cancels.

    With $g = d_{(1)} - d_{(2)}$ and $\psi(\mu) = \sum_{i > 2} w_i/(d_{(1)} - d_i - \mu)$ the number
    $\mu \in [0, g]$ solves $(1 + \psi)\,\mu (g - \mu) - w_1 (g - \mu) + w_2\,\mu = 0$. Where three
    poles or more tie the eigenvalue is repeated: its derivatives are those of their mean, right for
    changes that keep the tie.
    """
    place = xp.arange(diagonal.size)
    first = place == xp.argmax(diagonal)
    second = place == xp.argmax(xp.where(first, -np.inf, diagonal))
    pick = lambda values, where: xp.where(where, values, 0.0).sum()
    top, runner_up = pick(diagonal, first), pick(diagonal, second)
    gap = top - runner_up
    # Poles that tie with the second one, to rounding, act as one pole of their joint weight.
    second = (top - diagonal <= gap) & ~first
    weight_first, weight_second = pick(weights, first), pick(weights, second)
    rest = ~first & ~second
    rest_weights = xp.where(rest, weights, 0.0)
    rest_depth = xp.where(rest, top - diagonal, np.inf)

    def potential(shift):
        terms = rest_weights / (rest_depth - shift)
        return terms.sum(), (terms / (rest_depth - shift)).sum()

    shift = _root_between_two_poles(
        *xp.stop_gradient((gap, weight_first, weight_second)), potential
    )
    for _ in range(2):
        value, slope = potential(shift)
        room = gap - shift
        equation = (1 + value) * shift * room - weight_first * room + weight_second * shift
        rate = (1 + value) * (room - shift) + slope * shift * room + weight_first + weight_second
        # Two eigenvalues that merge have no derivative: the root stays where it was found.
        simple = rate > 1e-10 * (gap + weight_first + weight_second)
        shift = shift - xp.where(simple, equation / xp.where(simple, rate, 1.0), 0.0)
    # Three poles or more that tie are a repeated eigenvalue, which follows their mean.
    tied = top - diagonal <= _TIE * xp.abs(top)
    mean = pick(diagonal, tied) / xp.maximum(tied.sum(), 1)
    value = top - shift
    return xp.where(tied.sum() > 2, xp.stop_gradient(value - mean) + mean, value)


def _root_between_two_poles(
    gap: Array,
    weight_first: Array,
    weight_second: Array,
    potential: Callable[[Array], tuple[Array, Array]],
) -> Array:
    """The distance of the root from the first pole.

    The far poles are interpolated by one at the second pole: a quadratic equation per iteration.
    """

    def advance(state):
        shift, _, count = state
        value, slope = xp.stop_gradient(potential(shift))
        room = gap - shift
        second = weight_second + slope * room**2
        excess = 1 + value - slope * room
        half = excess * gap + weight_first + second
        # half^2 - 4 excess weight_first gap, written without cancellation.
        discriminant = (excess * gap - weight_first + second) ** 2 + 4 * weight_first * second
        bottom = half + xp.sqrt(discriminant)
        moved = 2 * weight_first * gap / xp.where(bottom > 0, bottom, 1.0)
        moved = xp.clip(moved, 0.0, gap)
        return moved, xp.abs(moved - shift), count + 1

    def unfinished(state):
        shift, change, count = state
        return (change > 4e-16 * shift) & (count < _ITERATIONS)

    start = (0.5 * gap, xp.full_like(gap, np.inf), 0)
    return xp.while_loop(unfinished, advance, start)[0]


def smallest_eigenvalue(
    diagonal: Float[Array, " k"], weights: Float[Array, " k"]
) -> Float[Array, ""]:
    r"""The root below all poles, as $d_{(K)} - \nu$ with $\sum_i w_i/(d_i - d_{(K)} + \nu) = 1$.

    Newton on the reciprocal of the sum, which is concave and increasing in $\nu$, converges from
    the left without a safeguard.
    """
    last = xp.argmin(diagonal)
    height = diagonal - diagonal[last]

    def newton(shift):
        bottom = height + shift
        terms = xp.where(bottom > 0, weights / xp.where(bottom > 0, bottom, 1.0), 0.0)
        slope = xp.where(bottom > 0, terms / xp.where(bottom > 0, bottom, 1.0), 0.0).sum()
        total = terms.sum()
        return shift + (total - 1) * total / xp.where(slope > 0, slope, 1.0)

    def advance(state):
        shift, _, count = state
        moved = xp.stop_gradient(newton(shift))
        return moved, xp.abs(moved - shift), count + 1

    def unfinished(state):
        return (state[1] > 4e-16 * state[0]) & (state[2] < _ITERATIONS)

    start = xp.stop_gradient(xp.maximum(weights[last], 1e-300))
    start = (start, xp.full_like(start, np.inf), 0)
    shift = xp.while_loop(unfinished, advance, start)[0]
    # Where the smallest pole is itself the eigenvalue, the floor of the start must not show.
    return diagonal[last] - xp.where(shift > 1e-290, newton(newton(shift)), 0.0)


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
