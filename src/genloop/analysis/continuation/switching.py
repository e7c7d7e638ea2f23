"""The branches that leave a bifurcation."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Bool, Float, PyTree

from ... import numeric as xp
from ...arguments import check_one
from ...programs import at_once, kernel, known
from .branch import Branch, joined, parameter_equations, traced_branch
from .equations import Equations, Family
from .events import BifurcationKind
from .points import Bifurcation, solve
from .tracing import Control

_SAME = 0.995
"""Directions whose cosine is larger are one."""


def directions(
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]],
    point: Bifurcation,
    *,
    width: float | Array = 1.0,
    distance: float | Array = 1e-2,
    scale: float | Array | None = None,
) -> np.ndarray:
    r"""The directions in which branches leave a bifurcation, as rows.

    They are those of $(x/\text{scale}, p/\text{width})$.
    At a simple crossing the roots $(s, t)$ of $\alpha s^2 + 2\beta s t + \gamma t^2 = 0$, the
    quadratic form of $w^\top F''$ on the null space of $(F_x - I, F_p)$: one row for every branch.
    With a null space of several dimensions the fixed points at the given `distance` in it, found
    from many starts: one row for every half of a branch. At a flip the eigenvector, for the map of
    twice the period. At a fold, and at a Neimark-Sacker point, nothing.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    flip = gl.continuation.bifurcation_point("flip", family, jnp.array(0.6), 2.9)
    gl.continuation.directions(family, flip).shape  # [1, 2]
    ```
    """
    if point.kind is BifurcationKind.FLIP:
        return _flip_direction(point)
    if point.kind not in (BifurcationKind.BRANCH_POINT, BifurcationKind.PITCHFORK_TIP):
        return np.zeros((0, point.right.shape[0] + 1))
    width = np.asarray(width, float)
    if point.multiplicity == 1:
        rows = np.asarray(_crossing_directions(family, point, width, scale))
        # A negative discriminant: an isolated point, which no branch leaves.
        return rows[np.isfinite(rows).all(axis=1)]
    distance = np.asarray(distance, float)
    found, good = _symmetric_directions(family, point, width, distance, scale)
    return _distinct(np.asarray(found)[np.asarray(good)])


def branches_from(
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]],
    point: Bifurcation,
    lower: float,
    upper: float,
    *,
    except_along: list[np.ndarray] | None = None,
    scale: float | Array | None = None,
    distance: float = 1e-2,
    steps: int = 300,
    stride: float = 0.02,
    longest_stride: float = 0.05,
    tolerance: float = 1e-12,
    capacity: int = 8,
) -> list[Branch]:
    """The branches that leave a bifurcation, traced from it; period doubled at a flip.

    `except_along` are chords of branches known already (see `Events.chord`): what leaves along
    them is left out. `distance` is where a branch begins, other options are as in `branch`.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    flip = gl.continuation.bifurcation_point("flip", family, jnp.array(0.6), 2.9)
    gl.continuation.branches_from(family, flip, 1.5, 3.2)[0].period  # 2
    ```
    """
    check_one("point", point, Bifurcation)
    scale = Family.of(family, known(point.state), scale=scale)[0].scale
    rows = directions(family, point, width=upper - lower, distance=distance, scale=scale)
    units = np.append(np.full(rows.shape[1] - 1, scale), upper - lower)
    passed = [np.asarray(chord) / units for chord in except_along or []]
    passed = [chord / np.linalg.norm(chord) for chord in passed]
    # A crossing gives whole branches, a symmetric null space and a flip give halves.
    whole = point.kind is not BifurcationKind.FLIP and point.multiplicity == 1
    overlap = lambda row, chord: abs(row @ chord) if whole else row @ chord
    rows = [row for row in rows if all(overlap(row, chord) < _SAME for chord in passed)]
    signs = (-1.0, 1.0) if whole else (1.0,)
    period = point.period * (2 if point.kind is BifurcationKind.FLIP else 1)
    low, high, away = (np.asarray(x, float) for x in (lower, upper, distance))
    control = [np.asarray(x, float) for x in (stride, longest_stride, tolerance)]
    return [
        _branch_along(
            family,
            point,
            row,
            signs,
            scale,
            low,
            high,
            away,
            control,
            period,
            steps,
            capacity,
        )
        for row in rows
    ]


@at_once
def _branch_along(
    family: Callable,
    point: Bifurcation,
    row: Array,
    signs: tuple[float, ...],
    scale: Array,
    lower: Array,
    upper: Array,
    distance: Array,
    control: list[Array],
    period: int,
    steps: int,
    capacity: int,
) -> Branch:
    flat, vector = Family.of(family, point.state, period, scale)
    equations = parameter_equations(flat, lower, upper)
    start = xp.append(vector, equations.scaled(point.parameter[None]))
    bounds = Control(np.zeros(1), np.ones(1), *control)
    one = lambda row: traced_branch(equations, start, row, bounds, distance, steps, capacity)
    return joined(xp.one_by_one(one, np.array(signs)[:, None] * row[None]))


def _flip_direction(point):
    vector = np.asarray(point.right)[:, 0]
    # The two signs lead to the two phases of one cycle: that with the larger number is taken.
    vector = vector * np.where(vector[np.abs(vector).argmax()] < 0, -1.0, 1.0)
    return np.append(vector / np.linalg.norm(vector), 0.0)[None]


@kernel
def _crossing_directions(
    family: Callable, point: Bifurcation, width: Array, scale: float | Array | None
) -> Float[Array, "2 n+1"]:
    flat, vector = Family.of(family, point.state, point.period, scale)
    start = jnp.append(vector, point.parameter)
    image = lambda z: flat.image(z[:-1], z[-1:])
    second = lambda a, b: jax.jvp(lambda z: jax.jvp(image, (z,), (a,))[1], (start,), (b,))[1]
    v = point.right[:, 0] / jnp.linalg.norm(point.right[:, 0])
    w = point.left[:, 0]
    along = jnp.zeros_like(start).at[-1].set(1.0)
    slope = jax.jvp(image, (start,), (along,))[1]
    border = w[:, None], v[None], jnp.zeros((1, 1))
    operator = flat.jacobian(vector, point.parameter[None])
    drift, _ = operator.bordered_solve(border, (-slope[:, None], jnp.zeros((1, 1))))
    along = jnp.append(v, 0.0), jnp.append(drift[:, 0], 1.0)
    alpha, beta, gamma = (w @ second(along[i], along[j]) for i, j in ((0, 0), (0, 1), (1, 1)))
    root = jnp.sqrt(beta**2 - alpha * gamma)
    # Both roots without cancellation, also where alpha vanishes (pitchfork).
    q = -(beta + jnp.where(beta < 0, -1.0, 1.0) * root)
    rows = jnp.stack(
        [
            q * along[0] + alpha * along[1],
            gamma * along[0] + q * along[1],
        ]
    )
    rows = rows.at[:, -1].divide(width)
    return rows / jnp.linalg.norm(rows, axis=1, keepdims=True)


@kernel
def _symmetric_directions(
    family: Callable,
    point: Bifurcation,
    width: Array,
    distance: Array,
    scale: float | Array | None,
) -> tuple[Float[Array, "s n+1"], Bool[Array, " s"]]:
    """Directions from many starts in the null space, and whether each is one of a branch."""
    flat, vector = Family.of(family, point.state, point.period, scale)
    basis = jnp.linalg.qr(point.right)[0]
    count = basis.shape[1]

    def sphere(x, unknowns):
        inside = basis.T @ (x - vector)
        return jnp.stack([inside @ inside / distance - distance])

    numbers = point.parameter[None]
    equations = Equations(flat, numbers, numbers + 1, 1, None, sphere)
    axes = jnp.concatenate([basis, -basis])
    pairs = (basis[:, None] + basis[None]).reshape(-1, count)
    random = jr.normal(jr.key(2), (64 * count, count))
    starts = jnp.concatenate([axes, pairs, -pairs, random])

    def one(start):
        length = jnp.linalg.norm(start)
        unit = start / jnp.where(length > 1e-8, length, 1.0)
        x, y = solve(equations, vector + distance * basis @ unit, jnp.zeros(1), 1e-11)
        at = equations.residual(x, y), sphere(x, y)
        small = jnp.abs(jnp.concatenate(at)).max() < 1e-9
        near = jnp.linalg.norm(x - vector) < 10 * distance
        row = jnp.append(x - vector, y[0] / width)
        return row / jnp.linalg.norm(row), small & near & flat.inside(x) & (length > 1e-8)

    return jax.lax.map(one, starts, batch_size=64)


def _distinct(rows: np.ndarray) -> np.ndarray:
    kept: list[np.ndarray] = []
    for row in rows:
        if all(row @ other < _SAME for other in kept):
            kept.append(row)
    return np.array(kept).reshape(-1, rows.shape[1])
