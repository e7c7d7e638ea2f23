"""Fixed points of a map on a pytree, each with its residual and its stability."""

from collections.abc import Callable, Iterable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optimistix as optx
from jax.flatten_util import ravel_pytree
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Complex, Float, PyTree

from ..arguments import listed
from ..operators import AbstractJacobian, maximum_norm
from ..printing import host, number, readable, rough
from .jacobian import linearize
from .search import Search
from .stability import Stability, gap_of, is_known, radius_uncertainty, same_point, scale_of
from .state_checks import check_map, checked_start, own_domain


@readable
class FixedPoint(eqx.Module):
    r"""A state with $F(x) = x$, as found, and what is known of its stability.

    `state` the point and `residual` the distance of $F(x)$ from $x$ in the units of the state: the
    method `separation` of the state where it has one (relative for every probability, free of units
    for a Gaussian), else $\max_i |F(x)_i - x_i|$ as a share of the largest number in the state, its
    image and the start. `spectral_radius` is the largest modulus of the multipliers and
    `uncertainty` how far it may be off, because the state is known to about the residual divided by
    one minus a multiplier only. `stable` and `unstable` are claimed beyond that; where neither is,
    the derivative does not decide. `result` is the reason for which the search stopped.

    A search that failed has `converged`, `stable` and `unstable` false, and its state, radius and
    multipliers are NaN, with derivatives NaN: only the residual says how near it came.
    """

    state: PyTree
    residual: Float[Array, ""]
    spectral_radius: Float[Array, ""]
    uncertainty: Float[Array, ""]
    result: optx.RESULTS
    jacobian: AbstractJacobian

    def _heading(self) -> str:
        host(self.residual)
        return f"FixedPoint: {self.stability}"

    def _printed(self):
        if host(self.residual).ndim:
            known = {"stable": np.asarray(self.stable), "unstable": np.asarray(self.unstable)}
            numbers = {"state": self.state, "residual": self.residual}
            return {**numbers, "spectral radius": self.spectral_radius, **known}
        found = bool(self.converged)
        radius = f"{number(self.spectral_radius)} +/- {rough(self.uncertainty)}"
        return {
            "state": self.state if found else None,
            "residual": self.residual,
            "spectral radius": radius if found else None,
            "multipliers": self.jacobian.host_multipliers() if found else None,
            "reason": self.reason,
        }

    @property
    def converged(self) -> Bool[Array, ""]:
        """Whether the residual met the tolerance at a valid state."""
        return self.result == optx.RESULTS.successful

    @property
    def _stability(self) -> Stability:
        return Stability(self.spectral_radius, self.uncertainty)

    @property
    def stable(self) -> Bool[Array, ""]:
        """Whether all multipliers are less than one in modulus, beyond the uncertainty."""
        return self.converged & self._stability.stable

    @property
    def unstable(self) -> Bool[Array, ""]:
        """Whether some multiplier is greater than one in modulus, beyond the uncertainty."""
        return self.converged & self._stability.unstable

    @property
    def stability(self) -> str:
        """In a word: "stable", "unstable", "undecided" or "not found"."""
        if not bool(self.converged):
            return "not found"
        return {True: "stable", False: "unstable", None: "undecided"}[self._stability.verdict]

    @property
    def reason(self) -> str | None:
        """The reason for no state or no verdict on its stability; `None` where there are both."""
        if not bool(self.converged):
            return (
                f"the search ended at a residual of {float(self.residual):.1e}, not near a solution"
            )
        return self._stability.reason

    @property
    def multipliers(self) -> Float[Array, " k"] | Complex[Array, " k"]:
        """All eigenvalues of the derivative, largest modulus first."""
        return self.jacobian.multipliers() * jnp.where(self.converged, 1.0, jnp.nan)


def fixed_point(
    function: Callable[[PyTree], PyTree],
    start: PyTree,
    *,
    tolerance: float = 1e-12,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
) -> FixedPoint:
    r"""The fixed point that continues `start` as the map is switched on.

    Newton's method on $x = (1 - s)\,x_0 + s\,F(x)$ follows the branch from $s = 0$ to $1$ in steps
    that adapt, then refines with damping inside the domain. Started at the real distribution of a
    loop, $s$ sweeps the real fraction down from one: the answer is the healthy branch while it
    exists and attracts. Where it does not, the orbit of `start` under the map is followed first, so
    that the answer is where the loop ends up (a start that is itself a repelling point stays).

    `valid(state)` tells the domain; states with a method `valid()` bring their own. The state has
    exact first and second derivatives in everything the map closes over (implicit function
    theorem). Never raises for a mathematical outcome: read `result`. Raises `ValueError` for
    float32 states, whose rounding is above the tolerance, for whole numbers and for what is no map.
    """
    start = checked_start(start, tolerance)
    return _fixed_point(function, start, tolerance, valid or own_domain, jnp.array(True))


@eqx.filter_jit
def _fixed_point(
    function: Callable[[PyTree], PyTree],
    start: PyTree,
    tolerance: float,
    valid: Callable[[PyTree], Array],
    continued: Bool[Array, ""],
) -> FixedPoint:
    check_map(function, start)
    origin, unravel = ravel_pytree(start)
    evaluate = lambda x: ravel_pytree(function(unravel(x)))[0]
    inside = lambda x: valid(unravel(x)) & jnp.isfinite(x).all()

    def newton(x, share=1.0):
        residual = (1 - share) * origin + share * evaluate(x) - x
        return x + linearize(function, unravel(x)).newton_step(residual, share)

    scale = scale_of(origin, evaluate(origin))
    gap = gap_of(start, scale)
    # A gap that is not finite counts as infinite, never as zero.
    size = lambda x: maximum_norm(gap(unravel(x), unravel(evaluate(x))))

    search = Search(evaluate, newton, inside, size, stop_gradient(origin), tolerance)
    linear = lambda x: linearize(function, unravel(x))
    repels = lambda x: linear(x).spectral_radius() >= 1
    found, converged = stop_gradient(search(continued, repels))
    # Two steps from a converged point carry the first and second implicit derivatives, and that of
    # the inverse is not needed: it would be divided by the square of one minus a multiplier.
    operator = _constant(linear(found))
    apart = lambda x, y: gap(unravel(x), unravel(y))
    residual = stop_gradient(evaluate(found) - found)
    converged = converged & is_known(operator, apart, found, residual)
    step = lambda _, x: x + operator.newton_step(evaluate(x) - x)
    polished = jax.lax.fori_loop(0, 2, step, found)
    keep = converged & inside(polished) & (size(polished) <= tolerance)
    state = jnp.where(keep, polished, found)
    residual = size(state)
    operator = linearize(function, unravel(state))
    radius = operator.spectral_radius()
    converged = converged & (residual <= tolerance) & inside(state)
    result = optx.RESULTS.where(
        converged, optx.RESULTS.successful, optx.RESULTS.nonlinear_max_steps_reached
    )
    fixed = stop_gradient(state)
    uncertainty = radius_uncertainty(evaluate, linear, inside, fixed, stop_gradient(radius), scale)
    # A product, not a choice: the derivatives of what was not found are NaN as well.
    known = jnp.where(converged, 1.0, jnp.nan)
    settled = getattr(unravel(state), "normalised", lambda: unravel(state))()
    return FixedPoint(
        jax.tree.map(lambda leaf: leaf * known.astype(leaf.dtype), settled),
        residual,
        radius * known,
        uncertainty * known,
        result,
        operator,
    )


def _constant(operator: AbstractJacobian) -> AbstractJacobian:
    """The operator without derivatives in what it is made of."""
    numbers, rest = eqx.partition(operator, eqx.is_inexact_array)
    return eqx.combine(stop_gradient(numbers), rest)


def fixed_points(
    function: Callable[[PyTree], PyTree],
    starts: Iterable[PyTree],
    *,
    tolerance: float = 1e-12,
    separation: float = 1e-7,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
) -> list[FixedPoint]:
    r"""All fixed points found from many starts, each once, stable ones first.

    From every start the map is switched on as in `fixed_point`, and Newton's method is also tried
    directly, which finds repelling points nearby. Two points closer than `separation` count as one,
    and so do neighbours where everything between them meets the tolerance as well: at a multiple
    root every search ends at another of its states. Searches that did not converge are left out:
    what is returned is found, not guessed. Distances and errors as in `fixed_point`.
    """
    found: list[tuple[FixedPoint, float]] = []
    inside = valid or own_domain
    for start in listed("starts", starts):
        start = checked_start(start, tolerance)
        scale = float(scale_of(start, function(start)))
        for continued in (True, False):
            flag = jnp.array(continued)
            point = _fixed_point(function, start, tolerance, inside, flag)
            if not bool(point.converged):
                continue
            same = lambda other, unit, point=point, scale=scale: same_point(
                function, point.state, other.state, (tolerance, separation, _smaller(unit, scale))
            )
            if not any(bool(same(*other)) for other in found):
                found.append((point, scale))
    points = [point for point, _ in found]
    return sorted(points, key=lambda point: (not bool(point.stable), bool(point.unstable)))


def _smaller(unit: float, other: float) -> float:
    """The smaller of two units, of which zero says nothing."""
    return min(unit, other) or max(unit, other)
