"""Functions by their values at Chebyshev points, and affine maps of them, without subtraction."""

import numpy as np


def chebyshev_points(count: int, reach: float) -> np.ndarray:
    r"""The points $r \sin^2 \frac{\pi k}{2 m}$, $k = 0, \dots, m$, from 0 to $r$."""
    return reach * np.sin(np.pi * np.arange(count + 1) / (2 * count)) ** 2


def interpolate(nodes, rows, moves) -> np.ndarray:
    r"""$\ell_j(z_i + h) - \ell_j(z_i)$ of Lagrange's polynomials for nodes $i$ and moves $h$.

    The barycentric formula, with the small factor $h$ kept apart; `moves` has shape
    `(rows, moves)`, the result `(rows, moves, nodes)`.
    """
    weights = (-1.0) ** np.arange(len(nodes))
    weights[[0, -1]] /= 2
    gaps = (nodes[rows, None] - nodes)[:, None, :] + moves[:, :, None]
    # At another node the formula is 0/0; next to it, it is right.
    terms = weights / np.where(gaps == 0, 1e-300, gaps)
    every = np.arange(len(rows))
    terms[every, :, rows] = 0
    scale = moves / (weights[rows, None] + moves * terms.sum(axis=-1))
    change = scale[:, :, None] * terms
    change[every, :, rows] = -change.sum(axis=-1)
    return change


def twice(matrix, source):
    """The affine map u -> u + M u + z applied twice."""
    return 2 * matrix + matrix @ matrix, 2 * source + matrix @ source
