"""The chain rule for structured derivatives."""

import jax.numpy as jnp

from .linear import AbstractJacobian
from .low_rank import (
    AbstractDiagonalPlusLowRank,
    DiagonalMinusRankOne,
    DiagonalPlusLowRank,
    Normalised,
    ScaledIdentity,
)


def compose(
    outer: AbstractJacobian | None, inner: AbstractJacobian | None
) -> AbstractJacobian | None:
    r"""The product $J_\mathrm{outer} J_\mathrm{inner}$, `None` where it has no known structure.

    $(D_1 + U_1 V_1^\top)(D_2 + U_2 V_2^\top) = D_1 D_2 + D_1 U_2\, V_2^\top
    + U_1 (D_2 V_1 + V_2\, U_2^\top V_1)^\top$: ranks add, but for maps that are only `Normalised`.

    ```python
    half = gl.operators.ScaledIdentity(0.5, 2)
    gl.operators.compose(half, half).multipliers()  # [0.25, 0.25]
    ```
    """
    match outer, inner:
        case ScaledIdentity(), ScaledIdentity():
            return ScaledIdentity(outer.scale * inner.scale, inner.size)
        case ScaledIdentity(), DiagonalMinusRankOne():
            return _scaled(inner, outer.scale)
        case Normalised(), ScaledIdentity():
            # What it leads to is what it was: only what comes in is scaled.
            scaled = inner.scale * outer.diagonal
            return Normalised(scaled, outer.left, scaled, outer.dropped)
        case DiagonalMinusRankOne(), ScaledIdentity():
            return _scaled(outer, inner.scale)
        case Normalised(), Normalised():
            return outer.after(inner)
        case AbstractDiagonalPlusLowRank(), Normalised():
            diagonal, left, right = outer.parts()
            return _product((inner.passed(diagonal), left, inner.passed(right)), inner.parts())
        case AbstractDiagonalPlusLowRank(), AbstractDiagonalPlusLowRank():
            return _product(outer.parts(), inner.parts())
    return None


def blend(operator: AbstractJacobian | None, share) -> AbstractJacobian | None:
    r"""$(1 - \gamma)\,I + \gamma J$ for $\gamma \ge 0$, `None` where $J$ has no known structure.

    ```python
    gl.operators.blend(gl.operators.ScaledIdentity(0.5, 2), 0.2).multipliers()  # [0.9, 0.9]
    ```
    """
    match operator:
        case ScaledIdentity():
            return ScaledIdentity(1 - share + share * operator.scale, operator.size)
        case DiagonalMinusRankOne():
            scaled = _scaled(operator, share)
            return DiagonalMinusRankOne(1 - share + scaled.diagonal, scaled.left, scaled.right)
        case AbstractDiagonalPlusLowRank():
            diagonal, left, right = operator.parts()
            return DiagonalPlusLowRank(1 - share + share * diagonal, share * left, right)
    return None


def _scaled(operator: DiagonalMinusRankOne, scale) -> DiagonalMinusRankOne:
    return DiagonalMinusRankOne(scale * operator.diagonal, scale * operator.left, operator.right)


def _product(outer, inner) -> DiagonalPlusLowRank:
    (diagonal, left, right), (inner_diagonal, inner_left, inner_right) = outer, inner
    passed = inner_diagonal[:, None] * right + inner_right @ (inner_left.T @ right)
    return DiagonalPlusLowRank(
        diagonal * inner_diagonal,
        jnp.concatenate([diagonal[:, None] * inner_left, left], axis=1),
        jnp.concatenate([inner_right, passed], axis=1),
    )
