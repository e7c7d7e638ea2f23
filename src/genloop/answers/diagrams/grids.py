"""The ends of any loop at every point of a grid of two of its parameters, by the engine."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from ...analysis import FixedPoint
from ...analysis.following import fixed_point_of_many
from ...models import Categorical, Gaussian
from ...operators import distance
from ...printing import readable
from ..answer import Answer
from ..composed import ChosenLoop, first_models, radius_of, solvable
from ..composed.firsts import APART
from ..real_data import RealData, described

SHARES = ("none", "one", "several")
"""How many stable ends were found at a point."""
_VERDICTS = {"stable": True, "unstable": False}
_POINT, _ONE, _OUTCOME, _DENSE = 2000, 1e6, 3e4, 20
"""Bytes that a point takes in the document; operations of one solution, more for each outcome, and
of a table for each triple of its numbers: as measured."""

Numbers = tuple[tuple[float, ...], ...]


@dataclasses.dataclass(frozen=True)
class LoopFields:
    """Numbers about the end from the real data; rows are values of the first parameter.

    `stable` is `None` where it is undecided or nothing was found, and so is `meets`: whether the
    end keeps to the goal. `distances` are those from the real data, by name.
    """

    stable: tuple[tuple[bool | None, ...], ...]
    meets: tuple[tuple[bool | None, ...], ...]
    spectral_radius: Numbers
    residual: Numbers
    distances: Mapping[str, Numbers]


@readable
@dataclasses.dataclass(frozen=True)
class LoopDiagram(Answer):
    """How many different stable ends of a loop were found at every point of a grid.

    `axes` are the values of the two parameters by name, the first of them along the rows. Ends were
    sought from the real data and from so many other `first_models`; `shares` says how many points
    have none, one or several, `met` at how many the end from the real data keeps to the `goal`.

    ```python
    grid = {"T": [0.5, 0.8], "a": [0.1, 0.5]}
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.loop_diagram(real, loop="TopK(2) >> Temper(T) >> Mix(real, a)", axes=grid).ends
    ```
    """

    question: ClassVar[str] = "diagram"
    numerics: ClassVar[Mapping[str, Any]] = {"tolerance": 1e-12}

    input: RealData
    loop: str
    axes: Mapping[str, tuple[float, ...]]
    first_models: int
    goal: str
    shares: Mapping[str, float]
    met: float
    ends: tuple[tuple[int, ...], ...]
    fields: LoopFields


class _Point(NamedTuple):
    """The ends at a point: how many are stable, and that from the real data."""

    ends: int
    stable: bool | None
    meets: bool | None
    spectral_radius: float
    residual: float
    distances: Mapping[str, float]


def grid_cost(real: Categorical | Gaussian, points: int, winners: int) -> tuple[int, float]:
    """The bytes and the operations of a grid of so many points, each solved from all models."""
    solutions = points * (1 + len(first_models(real, winners)))
    if isinstance(real, Gaussian):
        numbers = real.dimension * (real.dimension + 1)
        return 200 * numbers**2 + _POINT * points, solutions * (_ONE + _DENSE * numbers**3)
    return 2000 * real.outcomes + _POINT * points, solutions * (_ONE + _OUTCOME * real.outcomes)


def grid_of_ends(
    rows: Sequence[ChosenLoop], axes: Mapping[str, tuple[float, ...]], winners: int, tell
) -> LoopDiagram:
    """The ends of loops, one for each value of the first parameter, at those of the second."""
    real, (_, across) = rows[0].real, axes.values()
    solved = [solvable(row) for row in rows]
    fit, firsts = solved[0].fit, first_models(solved[0].loop.real, winners)
    name, level = next(iter(fit.goals.items()))
    table: list[list[_Point]] = []
    for index, (one, value) in enumerate(itertools.product(solved, across)):
        tell(100 * index / (len(rows) * len(across)), "solving")
        if index % len(across) == 0:
            table.append([])
        table[-1].append(_point(one.loop, value, firsts, fit, (name, level)))
    taken = lambda of: tuple(tuple(map(of, row)) for row in table)
    points = [point for row in table for point in row]
    share = lambda holds: sum(map(holds, points)) / len(points)
    return LoopDiagram(
        described(real),
        rows[0].pipeline.with_values(_fixed(rows[0], axes)).text,
        axes,
        len(firsts),
        fit.question(name, level),
        {
            SHARES[0]: share(lambda point: point.ends == 0),
            SHARES[1]: share(lambda point: point.ends == 1),
            SHARES[2]: share(lambda point: point.ends > 1),
        },
        share(lambda point: point.meets is True),
        taken(lambda point: point.ends),
        LoopFields(
            taken(lambda point: point.stable),
            taken(lambda point: point.meets),
            taken(lambda point: point.spectral_radius),
            taken(lambda point: point.residual),
            {
                key: taken(lambda point, key=key: point.distances[key])
                for key in points[0].distances
            },
        ),
        model=real,
        rewards=rows[0].rewards,
    )


def _fixed(row: ChosenLoop, axes) -> dict[str, float]:
    return {name: value for name, value in row.values.items() if name not in axes}


def _point(loop: ChosenLoop, value: float, firsts, fit, goal: tuple[str, float]) -> _Point:
    function = loop.map(value)
    healthy = fixed_point_of_many(function, loop.real)
    stable = [healthy] if bool(healthy.stable) else []
    for first in firsts:
        point = fixed_point_of_many(function, first)
        if bool(point.stable) and not any(_same(point, other) for other in stable):
            stable.append(point)
    verdict = _VERDICTS.get(healthy.stability)
    measured = fit.distances(healthy.state)
    if not bool(healthy.converged):
        measured = dict.fromkeys(measured, float("nan"))
    return _Point(
        len(stable),
        verdict,
        None if verdict is None else verdict and fit.excess(*goal, healthy.state) <= 0,
        radius_of(loop, value, healthy),
        float(healthy.residual),
        measured,
    )


def _same(point: FixedPoint, other: FixedPoint) -> bool:
    return float(distance(point.state, other.state)) < APART
