"""Arrays over groups of points: sums, joining, and drawing from them."""

import dataclasses
import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ... import numeric as xp
from ...sampling import normal
from ...sampling.elementary import uniform
from ...sampling.words import words

_PLACE = np.int32
"""Numbers of places: 64-bit integers have no vector conversion on most processors."""

_FEW = 4


def over_groups(values: Float[Array, "*batch g"], groups: tuple[int, ...]):
    """The value of its group for every point."""
    if len(groups) == 1:
        return xp.broadcast_to(values, (*np.shape(values)[:-1], groups[0]))
    return values[..., np.repeat(np.arange(len(groups)), groups)]


def sums(values: Float[Array, "*batch n d"], groups: tuple[int, ...]) -> Float[Array, "*batch g d"]:
    """The sum over the points of every group."""
    ends = np.cumsum(groups)
    parts = [
        values[..., end - count : end, :].sum(-2) for count, end in zip(groups, ends, strict=True)
    ]
    return xp.stack(parts, axis=-2)


def group_moments(points, weights, groups: tuple[int, ...]):
    """The means and the covariances of the points of every group, `(*batch, g, ...)`.

    Group by group: no number that is known when a program runs stands inside of a long sum.
    """
    found, first = [], 0
    for count in groups:
        rows = points[..., first : first + count, :].mT
        own = None if weights is None else weights[..., first : first + count]
        found.append(_two_moments(rows, own))
        first += count
    means, covariances = zip(*found, strict=True)
    return xp.stack(means, axis=-2), xp.stack(covariances, axis=-3)


def _two_moments(rows, weights):
    average = lambda values: values.sum(-1) / values.shape[-1]
    if weights is not None:
        average = lambda values: (values * _aligned(weights, values)).sum(-1)
    mean = average(rows)
    centred = rows - mean[..., None]
    if rows.shape[-2] > _FEW:
        weighted = centred / rows.shape[-1] if weights is None else centred * weights[..., None, :]
        return mean, weighted @ centred.mT
    # Products of long and narrow matrices are five times as slow as the sums of which they are.
    return mean, average(centred[..., :, None, :] * centred[..., None, :, :])


def _aligned(weights, values):
    return weights.reshape(*weights.shape[:-1], *[1] * (values.ndim - weights.ndim), -1)


def joined(own: Any, other: Any, share) -> Any:
    """The points of both with their shares."""
    both = lambda first, second, axis: jnp.concatenate([first, second], axis=axis)
    changes = {
        "points": both(own.points, other.points, -2),
        "shares": both((1 - share) * own.shares, share * other.shares, -1),
        "groups": own.groups + other.groups,
    }
    if own.weights is not None or other.weights is not None:
        changes["weights"] = both(_weights(own), _weights(other), -1)
    for name, trailing in (("kernels", 2), ("widths", 1)):
        if getattr(own, name) is not None or getattr(other, name) is not None:
            parts = [_or_zero(model, name, trailing) for model in (own, other)]
            changes[name] = both(*parts, -1 - trailing)
    return dataclasses.replace(own, **changes, recorded=None)


def _weights(model):
    if model.weights is not None:
        return model.weights
    alike = over_groups(1 / np.array(model.groups, float), model.groups)
    return jnp.broadcast_to(alike, model.points.shape[:-1])


def _or_zero(model, name, trailing):
    known = getattr(model, name)
    if known is not None:
        return known
    shape = (*model.batch_shape, len(model.groups), *[model.dimension] * trailing)
    return jnp.zeros(shape)


# The random words are a hundred operations, which are traced once.
@functools.partial(jax.jit, static_argnames="samples")
def drawn(key: PRNGKeyArray, model: Any, samples: int) -> Float[Array, "*batch m d"]:
    r"""Points $x_I + L \epsilon + w (u - \frac12)$ with $I$ by the masses."""
    pick_key, noise_key, box_key = jr.split(key, 3)
    batch, shape = len(model.batch_shape), (*model.batch_shape, samples)
    group, index = _picked(uniform(words(pick_key, 1, shape)[0]), model)
    points = _rows(model.points, index)
    if model.kernels is not None:
        noise = normal(noise_key, points.shape)
        points = points + _apply(_of_group(model.kernels, group, batch), noise)
    if model.widths is not None:
        within = uniform(words(box_key, 1, points.shape)[0]) - 0.5
        points = points + _of_group(model.widths, group, batch) * within
    return points


def _picked(level, model):
    """The group and the place of the points at levels of the distribution function."""
    groups = np.array(model.groups, _PLACE)
    if model.weights is not None:
        index = _searched(jnp.cumsum(model.masses, axis=-1), level)
        return jnp.asarray(np.repeat(np.arange(len(groups)), groups))[index], index
    if len(groups) == 1:
        # The product can be rounded up to the number itself.
        return None, jnp.minimum((level * groups[0]).astype(_PLACE), _PLACE(groups[0] - 1))
    ends = jnp.cumsum(model.shares, axis=-1)[..., None, :]
    group = (level[..., None] >= ends[..., :-1]).sum(-1, dtype=_PLACE)
    column = lambda values: _rows(jnp.asarray(values)[..., None], group)[..., 0]
    inside = (level - column(ends[..., 0, :] - model.shares)) / column(model.shares)
    count = jnp.asarray(groups)[group]
    place = jnp.clip((inside * count).astype(_PLACE), 0, count - 1)
    return group, jnp.asarray(np.cumsum(groups, dtype=_PLACE) - groups)[group] + place


def _searched(ends, level):
    """The first place of a row whose number is above a level."""
    search = lambda ends, level: jnp.searchsorted(ends, level * ends[-1], side="right")
    for _ in range(ends.ndim - 1):
        search = jax.vmap(search)
    return jnp.minimum(search(ends, level), ends.shape[-1] - 1)


def _rows(values, index):
    """The rows of a table at places, for every table of a batch."""
    values = jnp.asarray(values)
    rows, width = values.shape[-2:]
    if values.ndim == 2:
        return values[index]
    # Indices into a single axis are looked up twice as fast.
    tables = math.prod(values.shape[:-2])
    first = rows * jnp.arange(tables, dtype=index.dtype).reshape(*values.shape[:-2], 1)
    return values.reshape(-1, width)[first + index]


def _of_group(values, group, batch):
    """The value of its group for every point, or the only one."""
    if group is None:
        return values
    table = values.reshape(*values.shape[: batch + 1], -1)
    return _rows(table, group).reshape(*group.shape, *values.shape[batch + 1 :])


def _apply(roots, noise):
    """A root for every vector, or the same for all, on the vectors."""
    if noise.shape[-1] == 1:
        return roots[..., 0] * noise
    if roots.shape[-3] == 1:
        return noise @ roots[..., 0, :, :].mT
    return (roots @ noise[..., None])[..., 0]


def density(model: Any, x: Float[Array, "m d"]) -> Float[Array, " m"]:
    """The density of one sample with kernels at points."""
    masses, total, first = model.masses, jnp.zeros(len(x)), 0
    for root, count in zip(model.kernels, model.groups, strict=True):
        rows = slice(first, first + count)
        inverse = jnp.linalg.inv(root)
        gaps = (x[:, None, :] - model.points[None, rows]) @ inverse.T
        height = jnp.abs(jnp.linalg.det(inverse)) / (2 * np.pi) ** (x.shape[-1] / 2)
        total = total + height * jnp.exp(-(gaps**2).sum(-1) / 2) @ masses[rows]
        first += count
    return total
