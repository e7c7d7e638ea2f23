r"""What a family does beyond the points of its support: tails, moments, growth.

Points on the whole line, or in a box that holds all mass, stand for more than they are: a quantity
of theirs is one of the family only if it does not grow with their reach.
"""

import dataclasses
import math
from typing import Self

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from scipy.special import logsumexp

from ...models import Parametric, Points
from ...programs import kernel
from .landscape import row_of

_MANY = 1024
_STEP = 0.1
_DOUBLINGS = 20
_LATE = 5
"""Growth over the last of the doublings is growth without end."""
_CUT_OFF = 1e-5
"""With more mass than this beyond a box the family is one in the box."""
_CENTRE = (8.0, 0.004)
"""Where $|u|$ is below the first, steps of $u$ are as small as the second."""


@dataclasses.dataclass(frozen=True)
class Rays:
    r"""Straight lines out of the points: $c + r v$ for $r$ from where each leaves their box."""

    centre: Float[np.ndarray, " d"]
    directions: Float[np.ndarray, "k d"]
    exits: Float[np.ndarray, " k"]

    @classmethod
    def of(cls, points: Float[np.ndarray, "n d"]) -> Self:
        """Along the axes and two diagonals of the box around the points."""
        centre, half = (points.max(0) + points.min(0)) / 2, np.ptp(points, axis=0) / 2
        half = np.maximum(half, 1e-9)
        corners = np.stack([half, -half])[: 0 if len(half) == 1 else 2]
        ends = np.concatenate([np.diag(half), -np.diag(half), corners])
        exits = np.linalg.norm(ends, axis=1)
        return cls(centre, ends / exits[:, None], exits)

    def at(self, factors: Float[np.ndarray, " m"]) -> Float[np.ndarray, "k m d"]:
        """The places so many times as far as where the rays leave the box."""
        reach = self.exits[:, None, None] * factors[:, None]
        return self.centre + reach * self.directions[:, None]


@dataclasses.dataclass(frozen=True)
class Tails:
    """Mass and first absolute moment beyond the points, and how much of it is from far away."""

    mass: float
    moment: float
    late: float

    @classmethod
    def of(cls, model: Parametric, points: Float[np.ndarray, "n d"]) -> Self:
        """Those of a model, by integrals along rays to where numbers end."""
        rays, size = Rays.of(points), points.shape[1]
        steps = np.arange(_STEP, _largest_logarithm() - np.log(rays.exits.max()), _STEP)
        logarithm = log_densities(model, rays.at(np.exp(steps)))
        radius = np.log(rays.exits)[:, None] + steps
        area = 2 * math.pi ** (size / 2) / math.gamma(size / 2) / len(rays.exits) * _STEP
        with np.errstate(over="ignore", invalid="ignore"):
            mass = np.nan_to_num(area * np.exp(logarithm + size * radius), nan=0.0)
            moment = np.nan_to_num(area * np.exp(logarithm + (size + 1) * radius), nan=0.0)
        # Where a density is not a number its space ends, or its formula.
        seen = ~np.isnan(logarithm)
        last = np.where(seen, steps, 0.0).max(1, keepdims=True)
        return cls(mass.sum(), moment.sum(), moment[steps > last / 2].sum())


def log_densities(model: Parametric, places: Float[np.ndarray, "... d"]) -> np.ndarray:
    """The log-density at places of any number, NaN where it has no value."""
    family, row = model.family, row_of(model)
    shape = np.shape(family.support.points_of(model.parameters))[1:]
    points, log_measure = family.nodes
    written = lambda points: in_pieces(_written, family.density, row, points, _MANY)
    found = written(places.reshape(-1, *shape)).astype(float)
    if not family.estimated:
        found = found - logsumexp(written(points) + log_measure)
    return np.where(found < np.inf, found, np.nan).reshape(places.shape[:-1])


@kernel
def _written(density, vector, points):
    return density(vector, points)


def in_pieces(program, density, vector, points, size: int = 64):
    """A program at many points, of which it takes so many at a time."""
    full = np.resize(points, (-len(points) // size * -size, *points.shape[1:]))
    pieces = full.reshape(-1, size, *points.shape[1:])
    return np.concatenate([program(density, vector, piece) for piece in pieces])[: len(points)]


def in_rows(points) -> Float[np.ndarray, "n d"]:
    """Points in rows, also those on a line."""
    points = np.asarray(points, float)
    return points.reshape(len(points), -1)


def reaches_beyond(model: Parametric) -> bool:
    """Whether the points of the support stand for more than the box around them.

    A box is the whole space where the density, as it is written, has mass beyond it.
    """
    support = model.family.support
    if support.discrete:
        return False
    if model.family.estimated or support.whole:
        return True
    return Tails.of(model, in_rows(support.points)).mass <= _CUT_OFF


def beyond(model: Parametric, norms, places, value: float) -> tuple[float, str]:
    """The largest norm in and beyond the places, and in words what it does there."""
    if not np.isfinite(value):
        return np.inf, "not bounded: the derivatives are not finite at one of the points"
    if not reaches_beyond(model):
        return value, ""
    far = Rays.of(in_rows(places)).at(2.0 ** np.arange(1, _DOUBLINGS + 1))
    inside = np.isfinite(log_densities(model, far))
    seen = np.full(inside.shape, -np.inf)
    if inside.any():
        rows = far[inside].reshape(-1, *places.shape[1:])
        seen[inside] = np.nan_to_num(np.asarray(norms(rows)), nan=np.inf)
    largest = float(seen.max())
    if largest <= value * (1 + 1e-9):
        return value, ""
    before = max(value, float(seen[:, :-_LATE].max()))
    if not largest <= 1.001 * before:
        return (
            np.inf,
            f"infinite as far as can be seen: it grows beyond the {value:.4g} of the points",
        )
    return largest, ", beyond the points"


def distance_on_the_line(model: Parametric, real: Points) -> tuple[float, float]:
    r"""$W_1 = \int |F - G|$ on the whole line, and how much it changes with half the places.

    $x = c + s \sinh u$ out to where numbers end. Both are NaN where the mass there is not one.
    """
    law = model.law()
    points, masses = np.asarray(law.points, float).ravel(), np.asarray(law.masses, float)
    order = np.argsort(points)
    below = np.cumsum(masses[order])
    first, centre, last = points[order][np.searchsorted(below, [0.25, 0.5, 0.75])]
    scale = max(last - first, 1e-6 * max(1.0, np.ptp(points) / len(points)))
    u = _places(_largest_logarithm() - max(0.0, np.log(scale)))
    x = centre + scale * np.sinh(u)
    logarithm = log_densities(model, x[:, None])
    density = np.exp(np.nan_to_num(logarithm, nan=-np.inf)) * scale * np.cosh(u)
    data = np.asarray(real.points, float).ravel(), np.asarray(real.masses, float)
    fine, coarse = (_line_distance(u[::k], x[::k], density[::k], *data) for k in (1, 2))
    return fine, abs(fine - coarse)


def _places(reach):
    near, step = _CENTRE
    out = np.arange(near + _STEP / 2, reach, _STEP / 2)
    return np.concatenate([-out[::-1], np.arange(-near, near + step / 2, step), out])


def _line_distance(u, x, density, places, masses):
    pieces = (density[1:] + density[:-1]) / 2 * np.diff(u)
    if not abs(pieces.sum() - 1) <= 1e-3:
        return np.nan
    pieces = pieces / pieces.sum()
    # Both tails from their own end: far out the difference of two ones is only rounding.
    left = np.concatenate([[0.0], np.cumsum(pieces)])
    right = np.concatenate([np.cumsum(pieces[::-1])[::-1], [0.0]])
    order = np.argsort(places)
    places, masses = places[order], masses[order]
    nodes = np.unique(np.concatenate([x, places]))
    count = np.searchsorted(places, nodes[:-1], side="right")
    under = np.concatenate([[0.0], np.cumsum(masses)])[count]
    over = np.concatenate([np.cumsum(masses[::-1])[::-1], [0.0]])[count]
    on_the_left = nodes[:-1] < x[len(x) // 2]
    left, right = np.interp(nodes, x, left), np.interp(nodes, x, right)
    start = np.where(on_the_left, left[:-1] - under, over - right[:-1])
    end = np.where(on_the_left, left[1:] - under, over - right[1:])
    return float(_areas(start, end) @ np.diff(nodes))


def _areas(start, end):
    """Means of the size of what goes straight from start to end."""
    total = np.abs(start) + np.abs(end)
    crossing = (start**2 + end**2) / np.where(total > 0, 2 * total, 1.0)
    return np.where(start * end >= 0, total / 2, crossing)


def _largest_logarithm() -> float:
    """Of a number whose square is one as well."""
    return float(np.log(np.finfo(jnp.zeros(()).dtype).max)) / 2 - 5
