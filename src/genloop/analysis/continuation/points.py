"""Bifurcation points to rounding, with their derivatives in everything else."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Complex, Float, PyTree

from ..jacobian import is_double
from ..norms import maximum_norm
from .borders import Borders, adapted_borders, test_function
from .equations import Equations, Family, stopped
from .events import Kind

_ROUNDS = 30
_CROSSINGS = (Kind.BRANCH_POINT, Kind.TURNING_POINT)


class Bifurcation(eqx.Module):
    r"""A bifurcation of fixed points, as the solution of a regular extended system.

    `state` and `parameter`; `angle` $\theta$ of the critical multiplier $e^{i\theta}$; `right` and
    `left` its eigenvectors (columns, as many as the kernel has dimensions); `unfolding`, which
    vanishes where branches truly cross; `residual` of the extended system; `converged` whether it
    is solved at a valid state. What happens beside it is told by `normal_form`.
    """

    kind: Kind = eqx.field(static=True)
    state: PyTree
    parameter: Float[Array, ""]
    angle: Float[Array, ""]
    right: Float[Array, "n m"] | Complex[Array, "n m"]
    left: Float[Array, "n m"] | Complex[Array, "n m"]
    unfolding: Float[Array, ""]
    residual: Float[Array, ""]
    converged: Bool[Array, ""]
    period: int = eqx.field(static=True)

    @property
    def kernel(self) -> int:
        """The number of multipliers that are critical at once."""
        return self.right.shape[1]


def bifurcation_point(
    kind: Kind,
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]],
    state: PyTree,
    parameter: float | Float[Array, ""],
    *,
    angle: float | Float[Array, ""] | None = None,
    kernel: int = 1,
    period: int = 1,
    tolerance: float = 1e-11,
) -> Bifurcation:
    r"""The bifurcation of the given `kind` near a state and a parameter, to rounding.

    Newton's method on a minimally extended system [Govaerts; Kuznetsov, section 10.2]:
    $F(x; p) = x$ with the bordered test $g = 0$ for the multiplier $1$ (`FOLD`), $-1$ (`FLIP`) or
    $e^{i\theta}$ (`NEIMARK_SACKER`, from a first guess `angle`); a `BRANCH_POINT` (or the
    `TURNING_POINT` at the tip of a pitchfork) solves $F(x; p) + \beta b = x$, $g = 0$,
    $w^\top F_p = 0$, which is regular at transcritical and pitchfork points; with `kernel`
    $= m > 1$ (symmetry) $F + B \beta = x$, $\operatorname{tr} G = 0$ and no component of $x$
    along the kernel.

    State and parameter have exact first and second derivatives in everything `family` closes over.
    Runs under `jit` and `vmap`. Never raises for a mathematical outcome: read `converged`. Raises
    `ValueError` for float32 states and where an angle is needed and missing.
    """
    if not is_double(state):
        raise ValueError("a bifurcation needs float64 states; work inside `with genloop.x64():`.")
    kind = Kind(kind)
    if kind is Kind.NEIMARK_SACKER and angle is None:
        raise ValueError("a Neimark-Sacker point needs a first guess of its angle.")
    angle = {Kind.FLIP: jnp.pi}.get(kind, 0.0) if angle is None else angle
    numbers = jnp.asarray(parameter, float), jnp.asarray(angle, float)
    return _bifurcation_point(kind, family, state, *numbers, kernel, period, tolerance)


@eqx.filter_jit
def _bifurcation_point(kind, family, state, parameter, angle, kernel, period, tolerance):
    flat, vector = Family.of(family, state, period)
    known = vector, parameter[None], angle
    equations, unknowns = extended(kind, flat, *known, kernel)
    vector, unknowns = solve(equations, vector, unknowns, tolerance)
    return described(kind, equations, vector, unknowns, tolerance)


def extended(kind, family, vector, parameters, angle, kernel) -> tuple[Equations, Array]:
    """The extended system of a kind, and where its further unknowns begin.

    The parameters come first, then the angle of a Neimark-Sacker point or the unfolding.
    """
    operator = stopped(family.jacobian(vector, parameters))
    shift = jax.lax.stop_gradient(_shift(kind, angle))
    borders = stopped(adapted_borders(operator, shift, kernel))
    crossing = kind in _CROSSINGS
    further = jnp.zeros(kernel) if crossing else jnp.stack([angle])
    further = further if crossing or kind is Kind.NEIMARK_SACKER else jnp.zeros(0)
    unknowns = jnp.concatenate([parameters, further])
    conditions = _CONDITIONS[kind] if kernel == 1 else _symmetric_conditions
    return Equations(
        family,
        jnp.zeros_like(unknowns),
        jnp.ones_like(unknowns),
        parameters.size,
        borders.left if crossing else None,
        eqx.Partial(conditions, family, borders, jax.lax.stop_gradient(vector)),
    ), unknowns


def _shift(kind, angle):
    """The critical multiplier."""
    if kind is Kind.NEIMARK_SACKER:
        return jnp.exp(1j * angle)
    return jnp.where(kind is Kind.FLIP, -1.0, 1.0)


def _eigenvalue(shift, family, borders, _, vector, unknowns):
    test = test_function(family.jacobian(vector, unknowns), borders, shift)
    return test.defect[0]


def _fold(*arguments):
    return _eigenvalue(1.0, *arguments)


def _flip(*arguments):
    return _eigenvalue(-1.0, *arguments)


def _rotation(family, borders, start, vector, unknowns):
    shift = jnp.exp(1j * unknowns[-1])
    defect = _eigenvalue(shift, family, borders, start, vector, unknowns[:-1])[0]
    return jnp.stack([defect.real, defect.imag])


def _crossing(family, borders, start, vector, unknowns):
    """$g$, and $w^\\top F_p$ for the first parameter."""
    parameters = unknowns[:-1]
    test = test_function(family.jacobian(vector, parameters), borders, 1.0)
    along = jnp.zeros_like(parameters).at[0].set(1.0)
    slope = jax.jvp(lambda p: family.image(vector, p), (parameters,), (along,))[1]
    return jnp.stack([test.defect[0, 0], test.left[:, 0] @ slope])


def _symmetric_conditions(family, borders, start, vector, unknowns):
    count = borders.right.shape[1]
    test = test_function(family.jacobian(vector, unknowns[:-count]), borders, 1.0)
    return jnp.append(borders.right.T @ (vector - start), jnp.trace(test.defect))


_CONDITIONS = {
    Kind.FOLD: _fold,
    Kind.BRANCH_POINT: _crossing,
    Kind.TURNING_POINT: _crossing,
    Kind.FLIP: _flip,
    Kind.NEIMARK_SACKER: _rotation,
}


def solve(equations: Equations, vector, unknowns, tolerance) -> tuple[Array, Array]:
    """Newton's method on as many equations as unknowns, with derivatives by two further steps."""

    def step(vector, unknowns):
        at = equations.linearization(vector, unknowns)
        border, right_side = (at.columns, at.rows, at.corner), (at.residual, at.extra)
        columns = tuple(side[:, None] for side in right_side)
        dx, dy = at.operator.bordered_solve(border, columns)
        return vector - dx[:, 0], unknowns - dy[:, 0], maximum_norm(right_side)

    def improve(carry):
        vector, unknowns, _, count = carry
        return *stopped(step(vector, unknowns)), count + 1

    unfinished = lambda carry: (carry[2] > 1e-2 * tolerance) & (carry[3] < _ROUNDS)
    start = (*stopped((vector, unknowns)), jnp.inf, 0)
    vector, unknowns, _, _ = jax.lax.while_loop(unfinished, improve, start)
    polish = lambda _, carry: step(*carry)[:2]
    return jax.lax.fori_loop(0, 2, polish, (vector, unknowns))


def described(kind, equations, vector, unknowns, tolerance) -> Bifurcation:
    """The record of a solved extended system."""
    family, parameters = equations.family, unknowns[: equations.parameters]
    rotating, crossing = kind is Kind.NEIMARK_SACKER, kind in _CROSSINGS
    angle = unknowns[-1] if rotating else jnp.where(kind is Kind.FLIP, jnp.pi, 0.0)
    borders = equations.extra.args[1]
    test = test_function(family.jacobian(vector, parameters), borders, _shift(kind, angle))
    unfolding = maximum_norm(unknowns[equations.parameters :]) if crossing else jnp.zeros(())
    residual = equations.residual(vector, unknowns), equations.conditions(vector, unknowns)
    residual = maximum_norm(residual)
    # Where the unfolding is needed, no branches cross.
    converged = (residual <= tolerance) & (unfolding <= 1e-8) & family.inside(vector)
    return Bifurcation(
        kind,
        family.unravel(vector),
        parameters[0],
        angle,
        test.right,
        test.left,
        unfolding,
        residual,
        converged,
        family.period,
    )
