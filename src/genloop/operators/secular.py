r"""Eigenvalues of $\operatorname{diag}(d) - \sqrt w \sqrt w^\top$, $w \ge 0$, from one equation.

The eigenvalues are the roots of $1 - \sum_i w_i/(d_i - \lambda)$, interlaced with the poles $d_i$.
Every function costs $O(K)$ per iteration and has exact first and second derivatives by two Newton
steps on a form of the equation that stays regular when poles merge.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array, Float

from ..bisection import bisected

_ITERATIONS = 60
_TIE = 4e-15
"""Poles as close as this are one, up to rounding."""


def largest_eigenvalue(
    diagonal: Float[Array, " k"], weights: Float[Array, " k"]
) -> Float[Array, ""]:
    r"""The root in $[d_{(2)}, d_{(1)}]$, as $d_{(1)} - \mu$ so that nothing cancels.

    With $g = d_{(1)} - d_{(2)}$ and $\psi(\mu) = \sum_{i > 2} w_i/(d_{(1)} - d_i - \mu)$ the number
    $\mu \in [0, g]$ solves $(1 + \psi)\,\mu (g - \mu) - w_1 (g - \mu) + w_2\,\mu = 0$. Where three
    poles or more tie the eigenvalue is repeated: its derivatives are those of their mean, right for
    changes that keep the tie.
    """
    place = jnp.arange(diagonal.size)
    first = place == jnp.argmax(diagonal)
    second = place == jnp.argmax(jnp.where(first, -jnp.inf, diagonal))
    pick = lambda values, where: jnp.where(where, values, 0.0).sum()
    top, runner_up = pick(diagonal, first), pick(diagonal, second)
    gap = top - runner_up
    # Poles that tie with the second one, to rounding, act as one pole of their joint weight.
    second = (top - diagonal <= gap) & ~first
    weight_first, weight_second = pick(weights, first), pick(weights, second)
    rest = ~first & ~second
    rest_weights = jnp.where(rest, weights, 0.0)
    rest_depth = jnp.where(rest, top - diagonal, jnp.inf)

    def potential(shift):
        terms = rest_weights / (rest_depth - shift)
        return terms.sum(), (terms / (rest_depth - shift)).sum()

    shift = _root_between_two_poles(*stop_gradient((gap, weight_first, weight_second)), potential)
    for _ in range(2):
        value, slope = potential(shift)
        room = gap - shift
        equation = (1 + value) * shift * room - weight_first * room + weight_second * shift
        rate = (1 + value) * (room - shift) + slope * shift * room + weight_first + weight_second
        # Two eigenvalues that merge have no derivative: the root stays where it was found.
        simple = rate > 1e-10 * (gap + weight_first + weight_second)
        shift = shift - jnp.where(simple, equation / jnp.where(simple, rate, 1.0), 0.0)
    # Three poles or more that tie are a repeated eigenvalue, which follows their mean.
    tied = top - diagonal <= _TIE * jnp.abs(top)
    mean = pick(diagonal, tied) / jnp.maximum(tied.sum(), 1)
    value = top - shift
    return jnp.where(tied.sum() > 2, stop_gradient(value - mean) + mean, value)


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
        value, slope = stop_gradient(potential(shift))
        room = gap - shift
        second = weight_second + slope * room**2
        constant = 1 + value - slope * room
        half = constant * gap + weight_first + second
        # half^2 - 4 constant weight_first gap, written without cancellation.
        discriminant = (constant * gap - weight_first + second) ** 2 + 4 * weight_first * second
        bottom = half + jnp.sqrt(discriminant)
        moved = 2 * weight_first * gap / jnp.where(bottom > 0, bottom, 1.0)
        moved = jnp.clip(moved, 0.0, gap)
        return moved, jnp.abs(moved - shift), count + 1

    def unfinished(state):
        shift, change, count = state
        return (change > 4e-16 * shift) & (count < _ITERATIONS)

    start = (0.5 * gap, jnp.full_like(gap, jnp.inf), 0)
    return jax.lax.while_loop(unfinished, advance, start)[0]


def smallest_eigenvalue(
    diagonal: Float[Array, " k"], weights: Float[Array, " k"]
) -> Float[Array, ""]:
    r"""The root below all poles, as $d_{(K)} - \nu$ with $\sum_i w_i/(d_i - d_{(K)} + \nu) = 1$.

    Newton on the reciprocal of the sum, which is concave and increasing in $\nu$, converges from
    the left without a safeguard.
    """
    last = jnp.argmin(diagonal)
    height = diagonal - diagonal[last]

    def newton(shift):
        bottom = height + shift
        terms = jnp.where(bottom > 0, weights / jnp.where(bottom > 0, bottom, 1.0), 0.0)
        slope = jnp.where(bottom > 0, terms / jnp.where(bottom > 0, bottom, 1.0), 0.0).sum()
        total = terms.sum()
        return shift + (total - 1) * total / jnp.where(slope > 0, slope, 1.0)

    def advance(state):
        shift, _, count = state
        moved = stop_gradient(newton(shift))
        return moved, jnp.abs(moved - shift), count + 1

    def unfinished(state):
        return (state[1] > 4e-16 * state[0]) & (state[2] < _ITERATIONS)

    start = stop_gradient(jnp.maximum(weights[last], 1e-300))
    start = (start, jnp.full_like(start, jnp.inf), 0)
    shift = jax.lax.while_loop(unfinished, advance, start)[0]
    # Where the smallest pole is itself the eigenvalue, the floor of the start must not show.
    return diagonal[last] - jnp.where(shift > 1e-290, newton(newton(shift)), 0.0)


def eigenvalues(diagonal: Float[Array, " k"], weights: Float[Array, " k"]) -> Float[Array, " k"]:
    """All eigenvalues, largest modulus first, by bisection between neighbouring poles.

    The cost is $O(K^2)$; use `largest_eigenvalue` where the top is enough. First derivatives are
    exact where eigenvalues are simple.
    """
    order = jnp.argsort(diagonal)
    poles, weights = diagonal[order], weights[order]
    below = jnp.concatenate([poles[:1] - weights.sum(), poles[:-1]])

    def root(pole, width):
        def examine(lower, upper):
            middle = 0.5 * (lower + upper)
            bottom = poles - pole + middle
            # The sum falls from +inf at the upper pole to -inf at the lower one.
            total = (weights / jnp.where(bottom == 0, jnp.inf, bottom)).sum()
            return middle, total > 1

        lower, upper = bisected(examine, jnp.zeros_like(width), width, steps=80)
        shift = stop_gradient(0.5 * (lower + upper))
        bottom = poles - pole + shift
        safe = jnp.where(jnp.abs(bottom) < 1e-300, jnp.inf, bottom)
        terms = weights / safe
        slope = (terms / safe).sum()
        step = jnp.where(slope > 0, (terms.sum() - 1) / jnp.where(slope > 0, slope, 1.0), 0.0)
        return pole - jnp.where(width > 0, jnp.clip(shift + step, 0.0, width), 0.0)

    values = jax.lax.map(lambda pair: root(*pair), (poles, poles - below), batch_size=64)
    return values[jnp.argsort(-jnp.abs(values))]
