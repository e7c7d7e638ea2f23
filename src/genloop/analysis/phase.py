"""Quantities on a grid of parameters."""

import itertools
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
    r"""An `xarray.Dataset` of all that `measure(**parameters)` returns, on the grid of the `axes`.

    One variable a key; extra axes of a quantity come after those of the grid. One compiled batch of
    fixed shape serves grids of any size, so memory is bounded and a point has the same bits in
    whatever grid it lies. A measure with an attribute `batched = True` takes arrays of parameters
    instead of numbers. Computed in float64. A fixed point that was not found is NaN.

    Before anything is computed the measure is built, not run, at the corners of the grid: what a
    stage says of a parameter out of range is raised there. (A parameter that is computed with
    `jax.numpy` first is not seen then, and gives NaN where it is out of range.) Raises `ValueError`
    for that, for an axis that is empty or no list of numbers, and for a measure that returns no
    dictionary.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    axes = {"temperature": [0.8, 1.2], "real_fraction": [0.2, 0.5]}
    gl.phase_diagram(gl.loops.temperature.Phase(real), **axes)["total_variation"].values
    ```
    """
    import xarray

    if not callable(measure):
        raise ValueError(
            "a measure is a function of named parameters that returns a dictionary, got "
            f"{type(measure).__name__}; give it first."
        )
    if not axes:
        raise ValueError("a phase diagram needs at least one axis, such as temperature=[0.5, 1.0].")
    values = {name: _numbers(name, axis) for name, axis in axes.items()}
    with jax.enable_x64(True):
        _check_corners(measure, values)
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


def _numbers(name, axis) -> np.ndarray:
    """The values of an axis, which are numbers as they were written."""
    entries = np.atleast_1d(np.asarray(axis, dtype=object)).ravel()
    # The common type of True and 0.5 is that of numbers: each entry is looked at.
    if not all(np.ndim(entry) == 0 and np.asarray(entry).dtype.kind in "iuf" for entry in entries):
        raise ValueError(
            f"the axis {name} must be a list of numbers, such as [0.5, 1.0], got {str(axis):.60}."
        )
    written = np.atleast_1d(np.asarray(axis, dtype=float))
    if written.ndim != 1 or written.size == 0:
        raise ValueError(f"the axis {name} must be a list of numbers, got shape {written.shape}.")
    if np.isnan(written).any():
        raise ValueError(f"the axis {name} has a value that is no number (NaN); leave it out.")
    return written


def _check_corners(measure, values):
    """Let every stage that the measure builds see the extreme parameters as numbers."""
    corners = itertools.product(*({axis.min(), axis.max()} for axis in values.values()))
    points = np.array(list(corners)).T
    if getattr(measure, "batched", False):
        points = [np.pad(points, ((0, 0), (0, _POINTS - points.shape[1])), mode="edge")]
    else:
        points = points.T
    for point in points:
        # Closed over, the numbers stay numbers: nothing is compiled and nothing is computed.
        jax.eval_shape(lambda point=point: measure(**dict(zip(values, point, strict=True))))


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
