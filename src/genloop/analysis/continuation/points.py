"""Bifurcation points to rounding, with their derivatives in everything else."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Complex, Float, PyTree

from ... import numeric as xp
from ...arguments import check_number, check_positive
from ...operators import AbstractJacobian, maximum_norm
from ...printing import readable, short
from ...programs import at_once
from ..state_checks import check_double, check_floating, checked_family, checked_state
from .borders import Borders, adapted_borders, left_test, right_test
from .equations import Equations, Family
from .events import BifurcationKind
from .newton import damped_newton

_ROUNDS = 30
_NEGLIGIBLE, _WEAK, _LARGEST = 1e-7, 1e-5, 1e6
_CROSSINGS = (BifurcationKind.BRANCH_POINT, BifurcationKind.PITCHFORK_TIP)


@readable
class Bifurcation(eqx.Module):
    r"""A bifurcation of fixed points, as the solution of a regular extended system.

    `state` and `parameter`; `angle` $\theta$ of the critical multiplier $e^{i\theta}$; `right` and
    `left` its eigenvectors (columns, as many as the null space has dimensions); `unfolding`, which
    vanishes where branches truly cross; `residual` of the extended system; `converged` whether it
    is solved at a valid state. What happens beside it is told by `normal_form`.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    gl.continuation.bifurcation_point("flip", family, jnp.array(0.6), 2.9).parameter  # 3
    ```
    """

    kind: BifurcationKind = eqx.field(static=True)
    state: PyTree
    parameter: Float[Array, ""]
    angle: Float[Array, ""]
    right: Float[Array, "n m"] | Complex[Array, "n m"]
    left: Float[Array, "n m"] | Complex[Array, "n m"]
    unfolding: Float[Array, ""]
    residual: Float[Array, ""]
    converged: Bool[Array, ""]
    period: int = eqx.field(static=True)

    def _heading(self) -> str:
        return f"Bifurcation: {self.kind.title} at {short(self.parameter)}"

    def _printed(self):
        rotating = self.kind is BifurcationKind.NEIMARK_SACKER
        return {
            "state": self.state,
            "angle": self.angle if rotating else None,
            "multiplicity": self.multiplicity if self.multiplicity > 1 else None,
            "period": self.period if self.period > 1 else None,
            "residual": self.residual,
            "converged": self.converged,
        }

    @property
    def multiplicity(self) -> int:
        """The number of multipliers that are critical at once."""
        return self.right.shape[1]


def bifurcation_point(
    kind: BifurcationKind | str,
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]],
    state: PyTree,
    parameter: float | Float[Array, ""],
    *,
    angle: float | Float[Array, ""] | None = None,
    multiplicity: int = 1,
    period: int = 1,
    tolerance: float = 1e-11,
) -> Bifurcation:
    r"""The bifurcation of the given `kind`, such as `"fold"`, near a state, to rounding.

    Newton's method on a minimally extended system [Govaerts; Kuznetsov, section 10.2]:
    $F(x; p) = x$ with the bordered test $g = 0$ for the multiplier $1$ (`FOLD`), $-1$ (`FLIP`) or
    $e^{i\theta}$ (`NEIMARK_SACKER`, from a first guess `angle`); a `BRANCH_POINT` (or the
    `PITCHFORK_TIP` at the tip of a pitchfork) solves $F(x; p) + \beta b = x$, $g = 0$,
    $w^\top F_p = 0$, which is regular at transcritical and pitchfork points; with `multiplicity`
    $= m > 1$ (symmetry) $F + B \beta = x$, $\operatorname{tr} G = 0$ and no component of $x$
    along the null space. A `FLIP` with several $-1$ solves $\operatorname{tr} G = 0$ too.

    State and parameter have exact first and second derivatives in everything `family` closes over.
    Runs under `jit` and `vmap`. Never raises for a mathematical outcome: read `converged`, which is
    false also where the null space has another number of dimensions than `multiplicity`. Raises
    `ValueError` for float32 states and where an angle is needed and missing.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    gl.continuation.bifurcation_point("flip", family, jnp.array(0.6), 2.9).parameter  # 3
    ```
    """
    state = checked_state(state)
    check_double(state, "a bifurcation")
    check_floating(state)
    check_number(parameter=parameter)
    check_positive(tolerance=tolerance)
    family = checked_family(family, state, jnp.asarray(parameter, float))
    kind = BifurcationKind(kind)
    if kind is BifurcationKind.NEIMARK_SACKER and angle is None:
        raise ValueError("a Neimark-Sacker point needs a first guess of its angle.")
    if multiplicity > 1 and kind not in (*_CROSSINGS, BifurcationKind.FLIP):
        raise ValueError(
            f"a {kind.title} has one critical multiplier, got multiplicity={multiplicity}."
        )
    angle = {BifurcationKind.FLIP: np.pi}.get(kind, 0.0) if angle is None else angle
    numbers = (xp.asarray(number, dtype=float) for number in (parameter, angle))
    return _bifurcation_point(kind, family, state, *numbers, multiplicity, period, tolerance)


@at_once
def _bifurcation_point(
    kind: BifurcationKind,
    family: Callable,
    state: PyTree,
    parameter: Array,
    angle: Array,
    multiplicity: int,
    period: int,
    tolerance: float,
) -> Bifurcation:
    flat, vector = Family.of(family, state, period)
    known = vector, parameter[None], angle
    equations, unknowns = extended(kind, flat, *known, multiplicity)
    vector, unknowns = solve(equations, vector, unknowns, tolerance)
    return described(kind, equations, vector, unknowns, tolerance)


def extended(
    kind: BifurcationKind,
    family: Family,
    vector: Float[Array, " n"],
    parameters: Float[Array, " k"],
    angle: Float[Array, ""],
    multiplicity: int,
    *,
    adaptive: bool = False,
) -> tuple[Equations, Array]:
    """The extended system of a kind, and a first guess of its unknowns.

    The parameters come first, then the angle of a Neimark-Sacker point or the unfolding. Borders
    are those of the start, or with `adaptive` those of every point.
    """
    shift = xp.stop_gradient(critical_multiplier(kind, angle))
    at_start = _Adapted(shift, multiplicity)(family.jacobian(vector, parameters))
    borders = _Adapted(shift, multiplicity) if adaptive else _Fixed(at_start)
    crossing = kind in _CROSSINGS
    further = np.zeros(multiplicity) if crossing else angle[None]
    further = further if crossing or kind is BifurcationKind.NEIMARK_SACKER else np.zeros(0)
    unknowns = xp.concatenate([parameters, further])
    conditions = _symmetric_conditions if crossing and multiplicity > 1 else _CONDITIONS[kind]
    return Equations(
        family,
        xp.zeros_like(unknowns),
        xp.ones_like(unknowns),
        parameters.size,
        at_start.left if crossing else None,
        eqx.Partial(conditions, family, borders, xp.stop_gradient(vector)),
    ), unknowns


class _Fixed(eqx.Module):
    """The same borders everywhere."""

    borders: Borders

    def __call__(self, operator: AbstractJacobian) -> Borders:
        return self.borders


class _Adapted(eqx.Module):
    """Borders near the eigenvectors of the operator, which do not count as functions of it."""

    shift: Array
    multiplicity: int = eqx.field(static=True)

    def __call__(self, operator: AbstractJacobian) -> Borders:
        return xp.stop_gradient(
            adapted_borders(xp.stop_gradient(operator), self.shift, self.multiplicity)
        )


def critical_multiplier(kind: BifurcationKind, angle: Array) -> Array:
    r"""$1$, $-1$ at a flip or $e^{i\theta}$ at a Neimark-Sacker point."""
    if kind is BifurcationKind.NEIMARK_SACKER:
        return xp.exp(1j * angle)
    return np.array(-1.0 if kind is BifurcationKind.FLIP else 1.0)


# The conditions of the kinds take the family, the borders as a function of the operator, the start
# of the search, and then the point: its state and the unknowns.


def _eigenvalue(shift, family: Family, borders: _Fixed | _Adapted, _, vector, unknowns):
    r"""$\operatorname{tr} G$, zero where `shift` is an eigenvalue."""
    operator = family.jacobian(vector, unknowns)
    return jnp.trace(right_test(operator, borders(operator), shift)[1])[None]


def _fold(*arguments):
    return _eigenvalue(1.0, *arguments)


def _flip(*arguments):
    return _eigenvalue(-1.0, *arguments)


def _rotation(family: Family, borders: _Fixed | _Adapted, start, vector, unknowns):
    r"""$\Re g$ and $\Im g$ at the angle that comes last among the unknowns."""
    shift = jnp.exp(1j * unknowns[-1])
    defect = _eigenvalue(shift, family, borders, start, vector, unknowns[:-1])[0]
    return jnp.stack([defect.real, defect.imag])


def _crossing(family: Family, borders: _Fixed | _Adapted, start, vector, unknowns):
    r"""$g$, and $w^\top F_p$ for the first parameter."""
    parameters = unknowns[:-1]
    operator = family.jacobian(vector, parameters)
    left, defect = left_test(operator, borders(operator), 1.0)
    return jnp.stack([defect[0, 0], left[:, 0] @ first_slope(family, vector, parameters)])


def first_slope(family: Family, vector: Array, parameters: Array) -> Array:
    """$F_p$ for the first parameter."""
    along = jnp.zeros_like(parameters).at[0].set(1.0)
    return jax.jvp(lambda p: family.image(vector, p), (parameters,), (along,))[1]


def _symmetric_conditions(family: Family, borders: _Fixed, start, vector, unknowns):
    r"""Components along the null space since the start, and $\operatorname{tr} G$."""
    null_vectors = borders.borders.right
    operator = family.jacobian(vector, unknowns[: -null_vectors.shape[1]])
    defect = right_test(operator, borders(operator), 1.0)[1]
    return jnp.append(null_vectors.T @ (vector - start), jnp.trace(defect))


_CONDITIONS = {
    BifurcationKind.FOLD: _fold,
    BifurcationKind.BRANCH_POINT: _crossing,
    BifurcationKind.PITCHFORK_TIP: _crossing,
    BifurcationKind.FLIP: _flip,
    BifurcationKind.NEIMARK_SACKER: _rotation,
}


def solve(
    equations: Equations, vector: Array, unknowns: Array, tolerance: float
) -> tuple[Array, Array]:
    """Newton's method on as many equations as unknowns, with derivatives by two further steps."""
    size = vector.size

    def correction(z):
        at, inside = equations.look(z)
        border, right_side = (at.columns, at.rows, at.corner), (at.residual, at.extra)
        columns = [side[:, None] for side in right_side]
        step = xp.concatenate(at.operator.bordered_solve(border, columns))[:, 0]
        return step, xp.where(inside, maximum_norm(right_side), np.inf), ()

    start = xp.stop_gradient(xp.concatenate([vector, unknowns]))
    options = {"tolerance": 1e-2 * tolerance, "iterations": _ROUNDS}
    z, *_ = damped_newton(lambda z: xp.stop_gradient(correction(z)), start, **options)
    z = xp.stop_gradient(z)
    polished = xp.fori_loop(0, 2, lambda _, z: z - correction(z)[0], z)
    z = xp.where(xp.isfinite(polished).all(), polished, z)
    return z[:size], z[size:]


def _regular(operator: AbstractJacobian, borders: Borders, shift: Array) -> Bool[Array, ""]:
    """Whether the bordered system is well posed: the null space is no larger than its borders."""
    size, width = borders.left.shape
    probe = np.random.default_rng(3).normal(size=(size, 1)) / size**0.5, np.zeros((width, 1))
    border = borders.left, borders.right.conj().T, np.zeros((width, width))
    answer, _ = operator.bordered_solve(border, probe, shift=shift)
    return xp.linalg.norm(answer) < _LARGEST


def described(
    kind: BifurcationKind, equations: Equations, vector: Array, unknowns: Array, tolerance: float
) -> Bifurcation:
    """The record of a solved extended system, whose unknowns are in their own units."""
    family, parameters = equations.family, unknowns[: equations.parameters]
    rotating, crossing = kind is BifurcationKind.NEIMARK_SACKER, kind in _CROSSINGS
    angle = unknowns[-1] if rotating else np.array(np.pi if kind is BifurcationKind.FLIP else 0.0)
    conditions: Any = equations.extra
    shift = critical_multiplier(kind, angle)
    at, inside = xp.stop_gradient(equations.look(xp.concatenate([vector, unknowns])))
    # Of all that is seen there only the eigenvectors have derivatives.
    operator = family.jacobian(vector, parameters) if xp.of_jax(vector) else at.operator
    borders = conditions.args[1](operator)
    right, defect = right_test(operator, borders, shift)
    left, _ = left_test(operator, borders, shift)
    unfolding = maximum_norm(unknowns[equations.parameters :]) if crossing else np.zeros(())
    residual = maximum_norm((at.residual, at.extra))
    # Where the unfolding is needed, no branches cross; the whole null space must be critical, and
    # no more than that.
    converged = (residual <= tolerance) & (unfolding <= 10 * tolerance) & inside
    converged = converged & (xp.abs(defect).max() <= _NEGLIGIBLE)
    converged = converged & _regular(operator, borders, shift)
    if kind is BifurcationKind.FOLD:
        # Where branches cross, there is no fold.
        slope = xp.abs(left[:, 0] @ at.columns[:, 0]) * (1 + xp.abs(parameters[0]))
        converged = converged & (slope > _WEAK * xp.linalg.norm(left))
    if rotating:
        converged = converged & (xp.abs(xp.sin(angle)) > _NEGLIGIBLE)
    return Bifurcation(
        kind,
        family.state(vector),
        parameters[0],
        angle,
        right,
        left,
        unfolding,
        residual,
        converged,
        family.period,
    )
