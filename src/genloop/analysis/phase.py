"""Quantities on a grid of parameters."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

_LANES = 256
_POINTS = 4096


def phase_diagram(measure: Callable[..., dict[str, Array]], **axes: Any):
    r"""Everything `measure(**parameters)` returns, at every point of the grid of the `axes`.

    One compiled batch of fixed shape serves grids of any size, so memory is bounded and a point has
    the same bits in whatever grid it lies. A measure with an attribute `batched = True` takes
    arrays of parameters instead of numbers. Returns an `xarray.Dataset` with one variable a key;
    extra axes of a quantity come after those of the grid. Computed in float64. Points at which a
    parameter is out of range have NaN, as has a fixed point that was not found. Raises `ValueError`
    for an empty axis and for a measure that returns no dictionary.
    """
    import xarray

    if not axes:
        raise ValueError("a phase diagram needs at least one axis, such as temperature=[0.5, 1.0].")
    values = {name: np.atleast_1d(np.asarray(axis, dtype=float)) for name, axis in axes.items()}
    for name, axis in values.items():
        if axis.ndim != 1 or axis.size == 0:
            raise ValueError(f"the axis {name} must be a list of numbers, got shape {axis.shape}.")
    mesh = np.meshgrid(*values.values(), indexing="ij")
    points = np.stack([grid.ravel() for grid in mesh])
    count = points.shape[1]
    pieces = []
    for begin in range(0, count, _POINTS):
        piece = points[:, begin : begin + _POINTS]
        padded = np.pad(piece, ((0, 0), (0, _POINTS - piece.shape[1])), mode="edge")
        with jax.enable_x64(True):
            result = _measure_batch(measure, tuple(values), padded)
        pieces.append({key: np.asarray(v)[: piece.shape[1]] for key, v in result.items()})
    shape = mesh[0].shape
    fields = {}
    for key in pieces[0]:
        field = np.concatenate([piece[key] for piece in pieces])
        extra = [f"{key}_{i}" for i in range(field.ndim - 1)]
        fields[key] = ([*values, *extra], field.reshape(*shape, *field.shape[1:]))
    return xarray.Dataset(fields, coords=values)


def _quantities(result):
    if not isinstance(result, dict):
        raise ValueError(
            "a measure returns a dictionary of named quantities, such as {'radius': radius}, got "
            f"{type(result).__name__}."
        )
    return result


@eqx.filter_jit
def _measure_batch(measure, names, points):
    if getattr(measure, "batched", False):
        return _quantities(measure(**dict(zip(names, points, strict=True))))
    one = lambda point: _quantities(measure(**dict(zip(names, point, strict=True))))
    return jax.lax.map(one, jnp.asarray(points).T, batch_size=_LANES)
