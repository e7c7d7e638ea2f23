"""Fixed points of a map on a pytree, each with its residual and its stability."""

from collections.abc import Callable, Iterable

import equinox as eqx
import jax
import numpy as np
import optimistix as optx
from jaxtyping import Array, Bool, Complex, Float, PyTree

from .. import numeric as xp
from ..arguments import listed
from ..operators import AbstractJacobian, flattened
from ..printing import host, number, readable, rough
from ..programs import at_once, known, traced
from .equation import Equation
from .search import FEW_STEPS, MOST_STEPS, Search
from .stability import Stability, is_known, radius_uncertainty, same_point
from .state_checks import checked_map, checked_start, own_domain


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

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.fixed_point(gl.Temper(0.8) >> gl.Mix(real, 0.3), real).stability  # stable
    ```
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
            "multipliers": self.jacobian.shown_multipliers() if found else None,
            "reason": self.reason,
        }

    @property
    @at_once
    def converged(self) -> Bool[Array, ""]:
        """Whether the residual met the tolerance at a valid state."""
        return known(self.result == optx.RESULTS.successful)

    @property
    def _stability(self) -> Stability:
        return Stability(*known((self.spectral_radius, self.uncertainty)))

    @property
    @at_once
    def stable(self) -> Bool[Array, ""]:
        """Whether all multipliers are less than one in modulus, beyond the uncertainty."""
        return known(self.converged) & self._stability.stable

    @property
    @at_once
    def unstable(self) -> Bool[Array, ""]:
        """Whether some multiplier is greater than one in modulus, beyond the uncertainty."""
        return known(self.converged) & self._stability.unstable

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
        return _multipliers(self)


@at_once
def _multipliers(point):
    return _if_found(known(point.converged), point.jacobian.multipliers())


def fixed_point(
    function: Callable[[PyTree], PyTree],
    start: PyTree,
    *,
    tolerance: float = 1e-12,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
    continued: bool = True,
) -> FixedPoint:
    r"""The state that a map leaves as it is, $F(x) = x$, found from `start`, with its stability.

    For a loop it is where its generations end. Returns a `FixedPoint`, which says whether small
    errors die out (stable) or grow, or why none was found. Newton's method on $x = (1 - s)\,x_0 +
    s\,F(x)$ follows the branch from $s = 0$ to $1$ in steps that adapt, then refines with damping
    inside the domain. Started at the real distribution of a loop, $s$ sweeps the real fraction down
    from one: the answer is the healthy branch, that of the real data, while it exists and attracts.
    Where it does not, the orbit of `start` under the map is followed first, so that the answer is
    where the loop ends up (a start that is itself a repelling point stays).
    Unless `continued` it is a few steps of Newton's method, for a start that is near the point.

    `valid(state)` tells the domain; states with a method `valid()` bring their own. The state has
    exact first and second derivatives in everything the map closes over (implicit function
    theorem). Never raises for a mathematical outcome: read `result`. Raises `ValueError` for
    float32 states, whose rounding is above the tolerance, for whole numbers and for what is no map.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.fixed_point(gl.Temper(0.8) >> gl.Mix(real, 0.3), real).spectral_radius  # 0.784325
    ```
    """
    start = checked_start(start, tolerance)
    inside = valid or own_domain
    steps = xp.where(continued, MOST_STEPS, FEW_STEPS)
    return _fixed_point(checked_map(function, start), start, tolerance, inside, continued, steps)


def _fixed_point(
    function: Callable[[PyTree], PyTree],
    start: PyTree,
    tolerance: float,
    valid: Callable[[PyTree], Array],
    continued: bool = True,
    steps: int = MOST_STEPS,
) -> FixedPoint:
    # What has no derivative is told so: under `grad` it is known, and found at once.
    fixed = *xp.stop_gradient((function, start, valid)), tolerance
    found, operator, near = _found(*fixed, continued, steps)
    value, keep = _polished(*fixed, found, operator, near)
    state, operator, radius = _differentiable(function, start, value, keep)
    *errors, converged = _judged(*fixed, near, value, xp.stop_gradient(radius))
    (residual, uncertainty), reason = errors, _reason(converged)
    state, radius, uncertainty = _if_found(converged, (state, radius, uncertainty))
    return FixedPoint(state, residual, radius, uncertainty, reason, operator)


@at_once
def _found(function, start, valid, tolerance, continued, steps):
    """A state that meets the tolerance, its derivative, and whether a fixed point is near."""
    equation, origin = Equation.of(function, start, valid)
    found, converged = Search(equation, origin, tolerance, steps)(continued)
    here = equation.look(found)
    near = converged & is_known(here.operator, equation, found, here.image - found)
    return found, here.operator, near


@at_once
def _polished(function, start, valid, tolerance, found, operator, near):
    """The state after two more steps, if it is one, and whether it is."""
    equation, _ = Equation.of(function, start, valid)
    moved = found
    for _ in range(2):
        moved = moved + operator.newton_step(equation.evaluate(moved) - moved)
    there = equation.look(moved)
    keep = near & there.inside & (there.size <= tolerance)
    return xp.where(keep, moved, found), keep


@at_once
def _differentiable(function, start, value, keep):
    """The state that was found, its derivative and the spectral radius, with their derivatives."""
    equation = Equation(function, own_domain, np.zeros(()), flattened(start)[1])
    state = _solution(value, equation, keep) if xp.of_jax(value) else value
    operator, settled = equation.linear(state), equation.unravel(state)
    # A model of known numbers refuses what is no number: such a state was not found.
    if xp.of_jax(state) or np.isfinite(state).all():
        settled = getattr(settled, "normalised", lambda: settled)()
    return settled, operator, operator.spectral_radius()


@eqx.filter_custom_jvp
def _solution(value, equation, keep):
    return value


@_solution.def_jvp
def _implicit(primals, changes):
    r"""$\dot x = (I - J)^{-1} \dot F(x)$."""
    value, equation, keep = primals
    state = _solution(value, equation, keep)
    operator = equation.linear(state)
    step = lambda moved: operator.newton_step(moved.evaluate(state) - state)
    change = eqx.filter_jvp(step, (equation,), (changes[1],))[1]
    # A product, not a choice: what was not found, or has no step, has derivatives of NaN.
    return state, change * xp.where(keep, 1.0, np.nan)


@at_once
def _judged(function, start, valid, tolerance, near, state, radius):
    """The residual, the uncertainty of the radius, and whether the state is a fixed point."""
    equation, _ = Equation.of(function, start, valid)
    here = equation.look(state)
    converged = near & (here.size <= tolerance) & here.inside
    return here.size, radius_uncertainty(equation, state, radius), converged


def _reason(converged):
    """The reason for which the search stopped."""
    reasons = optx.RESULTS.successful, optx.RESULTS.nonlinear_max_steps_reached
    return optx.RESULTS.where(converged, *reasons) if traced(converged) else reasons[not converged]


def _if_found(converged, tree):
    """The numbers of the tree, or NaN: a product, whose derivatives are NaN as well."""
    if not traced(converged) and converged:
        return tree
    one = xp.where(converged, 1.0, np.nan)
    return jax.tree.map(lambda leaf: leaf * one.astype(leaf.dtype), tree)


def fixed_points(
    function: Callable[[PyTree], PyTree],
    starts: Iterable[PyTree],
    *,
    tolerance: float = 1e-12,
    separation: float = 1e-7,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
) -> list[FixedPoint]:
    r"""All states with $F(x) = x$ that are found from many starts, each once, stable ones first.

    From every start the map is switched on as in `fixed_point`, and Newton's method is also tried
    directly, which finds repelling points nearby. Two points closer than `separation` count as one,
    and so do neighbours where everything between them meets the tolerance as well: at a multiple
    root every search ends at another of its states. Searches that did not converge are left out:
    what is returned is found, not guessed. Distances and errors as in `fixed_point`.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    starts = [real, gl.Categorical.of([1, 0, 98])]
    len(gl.fixed_points(gl.Temper(0.5) >> gl.Mix(real, 0.1), starts))  # 3
    ```
    """
    found: list[tuple[FixedPoint, float]] = []
    inside = valid or own_domain
    for start in listed("starts", starts):
        start = checked_start(start, tolerance)
        here = checked_map(function, start)
        scale = float(Equation.of(here, start, inside)[0].scale)
        same = lambda point, other, unit, here=here, scale=scale: same_point(
            here, point.state, other.state, (tolerance, separation, _smaller(unit, scale))
        )
        for continued in (True, False):
            point = _fixed_point(here, start, tolerance, inside, continued)
            if bool(point.converged) and not any(bool(same(point, *other)) for other in found):
                found.append((point, scale))
    points = [point for point, _ in found]
    return sorted(points, key=lambda point: (not bool(point.stable), bool(point.unstable)))


def _smaller(unit: float, other: float) -> float:
    """The smaller of two units, of which zero says nothing."""
    return min(unit, other) or max(unit, other)
