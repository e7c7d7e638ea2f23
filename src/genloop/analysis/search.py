"""Newton's method that is switched on along a branch, and kept from running away."""

import dataclasses
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from ..operators import maximum_norm

_FIRST_STRIDE = 0.125
_SMALLEST_STRIDE = 1e-4
_MAXIMUM_STEPS = 200
_ITERATES = 16
_LONGEST_ORBIT = 4000


@dataclasses.dataclass(frozen=True)
class Search:
    """Where Newton's method starts, and how it is kept from running away."""

    evaluate: Callable
    newton: Callable
    inside: Callable
    size: Callable
    origin: Array
    tolerance: float

    def __call__(self, continued, repels):
        def attempt(carry):
            first, orbit = carry[3] == 0, carry[3] == 1
            x, ended = self.switched_on(continued & first)
            x = self.followed(x, orbit | ended)
            x, residual = self.refined(x)
            converged = (residual <= self.tolerance) & self.inside(x)
            # A second attempt that fails leaves the repelling point of the first.
            x = jnp.where(first | converged, x, carry[0])
            converged = converged | carry[1]
            return x, converged, ~converged | repels(x), carry[3] + 1

        attempts = jnp.where(continued, 2, 1)
        unfinished = lambda carry: carry[2] & (carry[3] < attempts)
        no, yes = jnp.array(False), jnp.array(True)
        return jax.lax.while_loop(unfinished, attempt, (self.origin, no, yes, 0))[:2]

    def switched_on(self, wanted):
        """The end of the branch from the origin, and whether that came before the whole map."""

        def switch_on(carry):
            x, share, stride = carry
            aim = jnp.minimum(1.0, share + stride)
            once = self.newton(x, aim)
            twice = self.newton(once, aim)
            change, rest = maximum_norm(once - x), maximum_norm(twice - once)
            # A step counts only if Newton's corrections shrink tenfold: no jumps between branches.
            accept = self.inside(once) & self.inside(twice) & (rest <= 0.1 * change + 1e-14)
            return (
                jnp.where(accept, twice, x),
                jnp.where(accept, aim, share),
                jnp.where(accept, 1.5 * stride, 0.5 * stride),
            )

        going_on = lambda carry: (carry[1] < 1) & (carry[2] > _SMALLEST_STRIDE)
        begin = (self.origin, jnp.where(wanted, 0.0, 1.0), _FIRST_STRIDE)
        x, share, _ = jax.lax.while_loop(going_on, switch_on, begin)
        return x, share < 1

    def followed(self, x, wanted):
        """The orbit of `x` until it rests, or `x` itself where that is not wanted."""
        going_on = lambda carry: (carry[1] > 1e-10) & (carry[2] < _LONGEST_ORBIT)
        follow = lambda carry: (self.evaluate(carry[0]), self.size(carry[0]), carry[2] + 1)
        begin = (x, jnp.where(wanted, jnp.inf, 0.0), 0)
        followed = jax.lax.while_loop(going_on, follow, begin)[0]
        return jnp.where(self.inside(followed), followed, self.origin)

    def refined(self, x):
        """Damped Newton; where no damping helps, a stretch of the orbit."""

        def improve(carry):
            x, residual, damping, count = carry
            moved = x + damping * (self.newton(x) - x)
            moved_residual = jnp.where(self.inside(moved), self.size(moved), jnp.inf)
            accept = moved_residual < residual
            stuck = ~accept & (damping < 1e-2)
            iterates = jnp.where(stuck, _ITERATES, 0)
            iterated = jax.lax.fori_loop(0, iterates, lambda _, y: self.evaluate(y), x)
            x = jnp.where(accept, moved, iterated)
            residual = jnp.where(accept, moved_residual, self.size(x))
            damping = jnp.where(accept, jnp.minimum(1.0, 4 * damping), damping / 4)
            return x, residual, jnp.where(stuck, 1.0, damping), count + 1

        unfinished = lambda carry: (carry[1] > self.tolerance) & (carry[3] < _MAXIMUM_STEPS)
        begin = (x, self.size(x), jnp.ones(()), 0)
        return jax.lax.while_loop(unfinished, improve, begin)[:2]
