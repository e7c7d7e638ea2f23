r"""Scalar tests for an eigenvalue, by bordered systems [Govaerts].

With columns $B$ and $C$ near the left and right eigenvectors of $J$ for the eigenvalue $\sigma$,

$$\begin{pmatrix} J - \sigma I & B \\ C^* & 0 \end{pmatrix}
\begin{pmatrix} V \\ G \end{pmatrix} = \begin{pmatrix} 0 \\ I \end{pmatrix}$$

is regular, and $G = 0$ exactly where $\sigma$ is an eigenvalue of geometric multiplicity $m$; then
$V$ are its right eigenvectors, and the transposed system gives the left ones.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from ... import numeric as xp
from ...operators import AbstractJacobian

_SWEEPS = 4


class Borders(NamedTuple):
    """The columns $B$ and $C$, each of shape `(n, m)`, with orthonormal columns."""

    left: Array
    right: Array


def right_test(
    operator: AbstractJacobian, borders: Borders, shift: complex | float | Array
) -> tuple[Array, Array]:
    r"""$V$ and $G$ for the eigenvalue $\sigma$ = `shift`, of shapes `(n, m)` and `(m, m)`."""
    border = borders.left, borders.right.conj().T
    return _bordered(operator, border, shift)


def left_test(
    operator: AbstractJacobian, borders: Borders, shift: complex | float | Array
) -> tuple[Array, Array]:
    r"""$W$ and $G^\top$, by the transposed system."""
    border = borders.right.conj(), borders.left.T
    return _bordered(operator.transpose(), border, shift)


def _bordered(
    operator: AbstractJacobian, border: tuple[Array, Array], shift: complex | float | Array
) -> tuple[Array, Array]:
    size, width = border[0].shape
    right_side = np.zeros((size, width), border[0].dtype), np.eye(width)
    return operator.bordered_solve((*border, np.zeros((width, width))), right_side, shift=shift)


def adapted_borders(
    operator: AbstractJacobian, shift: complex | float | Array, multiplicity: int = 1
) -> Borders:
    """Columns near the eigenvectors, by inverse iteration on the bordered system itself."""
    start = np.random.default_rng(1).normal(size=(2, operator.size, multiplicity))
    # A shift of JAX makes the borders arrays of JAX, like those after a sweep.
    borders = Borders(*(_orthonormal(columns + 0 * xp.asarray(shift)) for columns in start))

    def sweep(_, borders):
        left, _ = left_test(operator, borders, shift)
        right, _ = right_test(operator, borders, shift)
        return Borders(_orthonormal(left.conj()), _orthonormal(right))

    return xp.fori_loop(0, _SWEEPS, sweep, borders)


def _orthonormal(columns: Float[Array, "n m"]) -> Float[Array, "n m"]:
    if columns.shape[1] == 1:
        return columns / xp.linalg.norm(columns)
    return xp.linalg.qr(columns)[0]
