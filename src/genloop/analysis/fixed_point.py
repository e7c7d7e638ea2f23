"""Fixed points of a map on a pytree, each with its residual and its stability."""

from collections.abc import Callable, Iterable

import equinox as eqx
import jax
import jax.numpy as jnp
import optimistix as optx
from jax.flatten_util import ravel_pytree
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Complex, Float, PyTree

from .jacobian import is_double, linearize
from .norms import distance, maximum_norm
from .operators import AbstractJacobian

_HOMOTOPY_STEPS = 12
_MAXIMUM_STEPS = 200
_ITERATES = 16


class FixedPoint(eqx.Module):
    r"""A state with $F(x) = x$, as found.

    `state` the point, `residual` $\max_i |F(x)_i - x_i|$, `spectral_radius` the largest modulus of
    the multipliers, `stable` whether it is below one, `result` why the search stopped, `jacobian`
    the derivative of the map there. A search that failed has `converged` and `stable` false.
    """

    state: PyTree
    residual: Float[Array, ""]
    spectral_radius: Float[Array, ""]
    stable: Bool[Array, ""]
    result: optx.RESULTS
    jacobian: AbstractJacobian

    @property
    def converged(self) -> Bool[Array, ""]:
        """Whether the residual met the tolerance at a valid state."""
        return self.result == optx.RESULTS.successful

    @property
    def multipliers(self) -> Float[Array, " k"] | Complex[Array, " k"]:
        """All eigenvalues of the derivative, largest modulus first."""
        return self.jacobian.multipliers()


def fixed_point(
    map: Callable[[PyTree], PyTree],
    start: PyTree,
    *,
    tolerance: float = 1e-12,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
) -> FixedPoint:
    r"""The fixed point that continues `start` as the map is switched on.

    Newton's method on $x = (1 - s)\,x_0 + s\,F(x)$ from $s = 0$ to $1$, then with damping inside
    the domain, then iteration of the map where Newton does not progress. Started at the real
    distribution of a loop, $s$ sweeps the real fraction down from one: the answer is the healthy
    branch while it exists, and where the loop ends up once it does not.

    `valid(state)` tells the domain; states with a method `valid()` bring their own. The state has
    exact first and second derivatives in everything the map closes over (implicit function
    theorem). Never raises for a mathematical outcome: read `result`. Raises `ValueError` for
    float32 states, whose rounding is above the tolerance.
    """
    _check_precision(start, tolerance)
    return _fixed_point(map, start, tolerance, valid or _own_domain, jnp.array(True))


def _check_precision(start, tolerance):
    if not is_double(start) and tolerance < 1e-6:
        raise ValueError(
            f"a residual of {tolerance:g} needs float64 states; work inside `with genloop.x64():` "
            "or set jax_enable_x64."
        )


@eqx.filter_jit
def _fixed_point(map, start, tolerance, valid, continued):
    origin, unravel = ravel_pytree(start)
    evaluate = lambda x: ravel_pytree(map(unravel(x)))[0]
    inside = lambda x: valid(unravel(x)) & jnp.isfinite(x).all()

    def newton(x, share=1.0):
        residual = (1 - share) * origin + share * evaluate(x) - x
        return x + linearize(map, unravel(x)).newton_step(residual, share)

    found, converged = stop_gradient(
        _search(evaluate, newton, inside, stop_gradient(origin), tolerance, continued)
    )
    # Newton from a converged point: two steps carry the first and second implicit derivatives.
    polished = jax.lax.fori_loop(0, 2, lambda _, x: newton(x), found)
    keep = converged & inside(polished) & (maximum_norm(evaluate(polished) - polished) <= tolerance)
    state = jnp.where(keep, polished, found)
    residual = maximum_norm(evaluate(state) - state)
    operator = linearize(map, unravel(state))
    radius = operator.spectral_radius()
    converged = converged & (residual <= tolerance) & inside(state)
    result = optx.RESULTS.where(
        converged, optx.RESULTS.successful, optx.RESULTS.nonlinear_max_steps_reached
    )
    return FixedPoint(unravel(state), residual, radius, converged & (radius < 1), result, operator)


def _search(evaluate, newton, inside, origin, tolerance, continued):
    size = lambda x: maximum_norm(evaluate(x) - x)

    def switch_on(step, x):
        # Slower towards the end, where branches lie closest; two Newton steps each.
        share = 1 - (1 - (step // 2 + 1) / _HOMOTOPY_STEPS) ** 2
        moved = newton(x, share)
        return jnp.where(inside(moved), moved, (1 - share) * origin + share * evaluate(x))

    def improve(carry):
        x, residual, damping, count = carry
        moved = x + damping * (newton(x) - x)
        moved_residual = jnp.where(inside(moved), size(moved), jnp.inf)
        accept = moved_residual < residual
        stuck = ~accept & (damping < 1e-2)
        iterated = jax.lax.cond(
            stuck, lambda: jax.lax.fori_loop(0, _ITERATES, lambda _, y: evaluate(y), x), lambda: x
        )
        x = jnp.where(accept, moved, iterated)
        residual = jnp.where(accept, moved_residual, jnp.where(stuck, size(iterated), residual))
        damping = jnp.where(accept, jnp.minimum(1.0, 4 * damping), damping / 4)
        return x, residual, jnp.where(stuck, 1.0, damping), count + 1

    def unfinished(carry):
        return (carry[1] > tolerance) & (carry[3] < _MAXIMUM_STEPS)

    steps = jnp.where(continued, 2 * _HOMOTOPY_STEPS, 0)
    x = jax.lax.fori_loop(0, steps, switch_on, origin)
    x = jnp.where(inside(x), x, origin)
    x, residual, *_ = jax.lax.while_loop(unfinished, improve, (x, size(x), jnp.ones(()), 0))
    return x, (residual <= tolerance) & inside(x)


def _own_domain(state):
    own = getattr(state, "valid", None)
    return jnp.ones((), bool) if own is None else own()


def fixed_points(
    map: Callable[[PyTree], PyTree],
    starts: Iterable[PyTree],
    *,
    tolerance: float = 1e-12,
    separation: float = 1e-7,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
) -> list[FixedPoint]:
    r"""All fixed points found from many starts, each once, stable ones first.

    From every start the map is switched on as in `fixed_point`, and Newton's method is also tried
    directly, which finds repelling points nearby. Two points closer than `separation` in every
    coordinate count as one. Searches that did not converge are left out: what is returned is
    found, not guessed. Errors as in `fixed_point`.
    """
    found: list[FixedPoint] = []
    for start in starts:
        _check_precision(start, tolerance)
        for continued in (True, False):
            flag = jnp.array(continued)
            point = _fixed_point(map, start, tolerance, valid or _own_domain, flag)
            known = any(float(distance(point.state, other.state)) < separation for other in found)
            if bool(point.converged) and not known:
                found.append(point)
    return sorted(found, key=lambda point: not bool(point.stable))
