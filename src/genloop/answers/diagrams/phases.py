"""The fate of a loop at every temperature and real fraction of a grid."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from ...arguments import check_number, checked, listed
from ...loops.temperature import (
    Phase,
    branches,
    folds,
    local_threshold,
    unique_threshold,
)
from ...models import Categorical
from ...printing import readable
from ..answer import Answer, tuples
from ..documents import verdicts
from ..real_data import RealOutcomes, described, effective_vocabulary

REGIONS = ("one", "winner", "either", "winners", "unresolved")
"""One end without a winner or with one, with or without by the first model, several winners."""
_CURVE_POINTS = 31
_SAME = 1e-6
_DISTURBANCE = 1e-6
_LEAST, _NUMBERS = 16, 2**22
"""The least points, and the most numbers in their states (32 MiB), that are solved together."""
_COPIES, _POINT, _OPERATIONS = 12, 2000, 2000
"""Arrays of the size of the states that are held at once; bytes that a point takes in the document;
operations that a number of a state costs, three times about a hundred iterations."""


Numbers = tuple[tuple[float, ...], ...]


@dataclasses.dataclass(frozen=True)
class Fields:
    """Numbers about the end of the loop from the real data; rows are temperatures.

    `stable` is `None` where it is undecided; `total_variation` is the distance from the real data
    and `vocabulary_kept` a share of theirs.
    """

    spectral_radius: Numbers
    residual: Numbers
    total_variation: Numbers
    effective_vocabulary: Numbers
    stable: tuple[tuple[bool | None, ...], ...]
    vocabulary_kept: Numbers


@dataclasses.dataclass(frozen=True)
class Curves:
    """Real fractions by the temperature: of the last fold, and below which one outcome wins."""

    temperature: tuple[float, ...]
    unique: tuple[float, ...]
    winner: tuple[float, ...]


@readable
@dataclasses.dataclass(frozen=True)
class PhaseDiagram(Answer):
    """The region of every point by its name in `REGIONS`, their shares, and fields.

    `curves` divide the regions in closed form; `None` where there are none.

    ```python
    grid = {"temperatures": [0.6, 0.8, 1.0], "real_fractions": [0.1, 0.3, 0.5]}
    gl.answers.phase_diagram(gl.Categorical.of([5, 3, 2]), **grid).temperature  # [0.6, 0.8, 1]
    ```
    """

    question: ClassVar[str] = "diagram"
    numerics: ClassVar[Mapping[str, Any]] = {"tolerance": 1e-12}

    input: RealOutcomes
    temperature: tuple[float, ...]
    real_fraction: tuple[float, ...]
    shares: Mapping[str, float]
    region: tuple[tuple[str, ...], ...]
    fields: Fields
    curves: Curves | None


class Plan(NamedTuple):
    """The number of points solved together, the bytes that are held, the numbers computed."""

    together: int
    size: int
    steps: int


def plan(real: Categorical, points: int) -> Plan:
    """The plan for a diagram of so many points."""
    together = min(points, max(_LEAST, _NUMBERS // real.outcomes))
    size = 8 * _COPIES * together * real.outcomes + _POINT * points
    return Plan(together, size, _OPERATIONS * points * real.outcomes)


@checked
def phase_diagram(
    real: Categorical,
    *,
    temperatures: Sequence[float],
    real_fractions: Sequence[float],
    progress: Callable[[float, str], None] | None = None,
) -> PhaseDiagram:
    """The fate of a loop on these data at evenly spaced temperatures and real fractions.

    Whether all first models end in the same state, and whether an outcome has won there: less than
    a share $1 - T$ of its mass comes from the real data. `progress` is told the per cent that are
    done. Raises `ValueError` for temperatures and real fractions out of range.

    ```python
    grid = {"temperatures": [0.6, 0.8, 1.0], "real_fractions": [0.1, 0.3, 0.5]}
    genloop.answers.phase_diagram(genloop.Categorical.of([5, 3, 2]), **grid).region
    ```
    """
    temperatures = _numbers("temperatures", temperatures)
    real_fractions = _numbers("real_fractions", real_fractions)
    found = solved(real, temperatures, real_fractions, progress)
    region = found["region"]
    shares = {name: float((region == code).mean()) for code, name in enumerate(REGIONS)}
    kept = found["effective_vocabulary"] / effective_vocabulary(real.probabilities)
    stable = verdicts(found["stable"], found["stable"] | found["unstable"])
    fields = Fields(
        tuples(found["spectral_radius"]),
        tuples(found["residual"]),
        tuples(found["total_variation"]),
        tuples(found["effective_vocabulary"]),
        tuples(stable),
        tuples(kept),
    )
    return PhaseDiagram(
        described(real),
        temperatures,
        real_fractions,
        shares,
        tuple(tuple(REGIONS[code] for code in row) for row in region),
        fields,
        _curves(real, temperatures),
        model=real,
    )


def _numbers(name: str, values: Sequence[float]) -> tuple[float, ...]:
    """The values as numbers; `ValueError` unless there is one, and all of them are."""
    if not (values := listed(name, values)):
        raise ValueError(f"{name} are empty; give one at least.")
    for value in values:
        check_number(**{f"every one of the {name}": value})
    return tuple(map(float, values))


def solved(real: Categorical, temperatures, fractions, progress) -> dict[str, np.ndarray]:
    """The ends of the loop from three first models; the fields are those of the first one.

    It starts at the real data with the smallest disturbance, which leaves states that are unstable
    by symmetry. Folds are ordered like the real probabilities [HD-9], so besides it only states
    that one of the two most probable outcomes has nearly won have to be tried.
    """
    # Without where they were read from, so that programs serve all data of one size.
    real = Categorical(real.probabilities)
    axes = np.meshgrid(temperatures, fractions, indexing="ij")
    points = dict(zip(("temperature", "real_fraction"), map(np.ravel, axes), strict=True))
    starts = [_won(real, *start) for start in ((0, _DISTURBANCE), (0, 0.999), (1, 0.999))]
    measures = [eqx.filter_jit(Phase(real, start)) for start in starts]
    count = axes[0].size
    block = plan(real, count).together
    pieces = []
    for begin in range(0, count, block):
        # One compiled shape serves all blocks.
        place = np.minimum(np.arange(begin, begin + block), count - 1)
        here = {name: jnp.asarray(values[place]) for name, values in points.items()}
        ends = []
        for index, measure in enumerate(measures):
            if progress is not None:
                progress(100 * (begin + index * block / 3) / count, "solving")
            ends.append({name: np.asarray(field) for name, field in measure(**here).items()})
        pieces.append(ends[0] | {"region": _regions(ends)})
    joined = lambda name: np.concatenate([piece[name] for piece in pieces])[:count]
    return {name: joined(name).reshape(axes[0].shape) for name in pieces[0]}


def _won(real: Categorical, rank: int, share: float) -> Categorical:
    """The real data with a share of everything moved to the outcome of this rank."""
    probabilities = np.asarray(real.probabilities)
    won = (1 - share) * probabilities
    won[np.argsort(-probabilities, kind="stable")[rank]] += 1 - won.sum()
    return Categorical(won, real.read_from)


def _regions(ends: list[dict]) -> np.ndarray:
    """Index into `REGIONS`: whether the ends are the same, and whether the first has a winner."""
    first, *others = ends
    alone = np.ones(first["branch"].shape, dtype=bool)
    for end in others:
        near = np.abs(end["total_variation"] - first["total_variation"]) < _SAME
        # Exchanging equally probable outcomes leaves the distance, but not the winner.
        alone &= near & ((end["winner"] == first["winner"]) | (end["branch"] == 0))
    unresolved = np.any([end["branch"] == 2 for end in ends], axis=0)
    region = np.minimum(first["branch"], 1) + np.where(alone, 0, 2)
    return np.where(unresolved, 4, region)


def _curves(real: Categorical, temperatures) -> Curves | None:
    """The real fractions that divide the regions, in closed form, by the temperature.

    None where there are no such curves: from temperature one on, and with outcomes that the real
    data have not. NaN where a fold was not resolved.
    """
    edges = cells(temperatures)
    coldest, hottest = max(edges[0], 0.5 * temperatures[0]), min(edges[-1], 1.0)
    if coldest >= 1 or float(np.min(real.probabilities)) < np.finfo(float).tiny:
        return None
    along = np.linspace(coldest, hottest, _CURVE_POINTS).tolist()
    rows = [_dividing(real, temperature) if temperature < 1 else (0, 0) for temperature in along]
    unique, winner = np.array(rows, dtype=float).T
    return Curves(tuple(along), tuples(unique), tuples(winner))


def _dividing(real, temperature) -> tuple[float | None, float | None]:
    """The real fractions of the last fold and of the first winner from the real data."""
    unique = unique_threshold(real, temperature=temperature).value
    local = local_threshold(real, temperature=temperature)
    if local.status != "does not apply":
        return unique, local.value
    classes, won = branches.ProbabilityClasses.of(real), folds.middle_logit(temperature)
    return unique, folds.real_fraction_at(classes, temperature, 0, won)


def cells(values) -> np.ndarray:
    """The ends of the cells around evenly spaced numbers; a number alone has a cell as well."""
    half = 0.5 * (values[-1] - values[0]) / max(len(values) - 1, 1) or 0.1 * abs(values[0]) or 0.5
    return np.append(np.asarray(values) - half, values[-1] + half)
