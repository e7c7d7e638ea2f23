r"""Scalar tests for an eigenvalue, by bordered systems [Govaerts].

With columns $B$ and $C$ near the left and right eigenvectors of $J$ for the eigenvalue $\sigma$,

$$\begin{pmatrix} J - \sigma I & B \\ C^* & 0 \end{pmatrix}
\begin{pmatrix} V \\ G \end{pmatrix} = \begin{pmatrix} 0 \\ I \end{pmatrix}$$

is regular, and $G = 0$ exactly where $\sigma$ is an eigenvalue of geometric multiplicity $m$; then
$V$ are its right eigenvectors, and the transposed system gives the left ones.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float

from ..operators import AbstractJacobian

_SWEEPS = 4


class Borders(NamedTuple):
    """The columns $B$ and $C$, each of shape `(n, m)`, with orthonormal columns."""

    left: Array
    right: Array


class Test(NamedTuple):
    """$G$ of shape `(m, m)`, and $V$ and $W$ of shape `(n, m)`."""

    defect: Array
    right: Array
    left: Array


def test_function(
    operator: AbstractJacobian, borders: Borders, shift: complex | float | Array
) -> Test:
    r"""$G$, $V$ and $W$ for the eigenvalue $\sigma$ = `shift`."""
    width = borders.right.shape[1]
    corner = jnp.zeros((width, width))
    right_side = jnp.zeros_like(borders.right), jnp.eye(width)
    border = borders.left, borders.right.conj().T, corner
    right, defect = operator.bordered_solve(border, right_side, shift=shift)
    border = borders.right.conj(), borders.left.T, corner
    left, _ = operator.transpose().bordered_solve(border, right_side, shift=shift)
    return Test(defect, right, left)


def adapted_borders(
    operator: AbstractJacobian, shift: complex | float | Array, multiplicity: int = 1
) -> Borders:
    """Columns near the eigenvectors, by inverse iteration on the bordered system itself."""
    start = jr.normal(jr.key(1), (2, operator.size, multiplicity))
    dtype = jnp.result_type(shift, float)
    borders = Borders(*(_orthonormal(columns.astype(dtype)) for columns in start))

    def sweep(_, borders):
        test = test_function(operator, borders, shift)
        return Borders(_orthonormal(test.left.conj()), _orthonormal(test.right))

    return jax.lax.fori_loop(0, _SWEEPS, sweep, borders)


def _orthonormal(columns: Float[Array, "n m"]) -> Float[Array, "n m"]:
    if columns.shape[1] == 1:
        return columns / jnp.linalg.norm(columns)
    return jnp.linalg.qr(columns)[0]
