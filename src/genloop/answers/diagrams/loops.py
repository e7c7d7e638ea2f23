"""Diagrams of loops that are typed: what is solved is answered from there, else by the engine."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from ...arguments import check_at_least, checked, listed
from ...language import Pipeline
from ...models import Categorical, Gaussian
from ..composed import ChosenLoop, TemperatureLoop, chosen, recognised
from ..real_data import check_no_points
from .branches import AXES, branch_diagram
from .composed import traced_branches
from .grids import LoopDiagram, grid_of_ends
from .phases import PhaseDiagram, phase_diagram
from .records import BranchDiagram


@checked
def loop_branches(
    real: Categorical | Gaussian,
    *,
    loop: str | Pipeline,
    along: str,
    interval: Sequence[float],
    values: Mapping[str, float] | None = None,
    winners: int = 3,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> BranchDiagram:
    """The branches of fixed points of any loop as the parameter `along` moves over an interval.

    A temperature loop on outcomes is answered by `branch_diagram`. Every other is followed by the
    engine from all fixed points that are found at both ends of the interval, and behind jumps of
    the map. `values` are those of the other parameters, `winners` the number of likely outcomes
    from whose collapse is started. Where training data are kept, the multipliers are those of the
    loop that replaces them: its folds are the same. `progress` is told the per cent that are done.
    Raises `InputError` for a parameter without a number, and for one that takes whole numbers.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    moving = {"along": "a", "interval": (0.05, 0.9)}
    genloop.answers.loop_branches(real, loop="TopK(2) >> Mix(real, a)", **moving).events
    ```
    """
    check_at_least("winners", winners, 1)
    if len(ends := listed("ends of the interval", interval)) != 2 or not ends[0] < ends[1]:
        raise ValueError("the interval is a lower and an upper end, such as (0.05, 0.9).")
    check_no_points(real, "branches")
    lower, upper = map(float, ends)
    asked = chosen(loop, real, values=values, unknown=along, interval=(lower, upper), seed=seed)
    form, tell = _solved(asked), progress or (lambda done, note: None)
    if form is None or along not in (form.temperature, form.real_fraction):
        return traced_branches(asked, winners, tell)
    name = AXES[(form.temperature, form.real_fraction).index(along)]
    (other,) = set(AXES) - {name}
    found = branch_diagram(
        real,
        along=name,
        fixed=getattr(form, other),
        interval=(lower, upper),
        winners=winners,
        progress=progress,
    )
    return dataclasses.replace(found, loop=asked.text, along=along)


@checked
def loop_diagram(
    real: Categorical | Gaussian,
    *,
    loop: str | Pipeline,
    axes: Mapping[str, Sequence[float]],
    values: Mapping[str, float] | None = None,
    winners: int = 3,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> LoopDiagram | PhaseDiagram:
    """The ends of any loop at every point of a grid of two of its parameters.

    `axes` are the values of each by name. The temperature and the real fraction of a temperature
    loop on outcomes are answered by `phase_diagram`; everywhere else the ends from the real data
    and from other first models are solved one by one. `values` are those of the other parameters.
    `progress` is told the per cent that are done. Raises `InputError` for a parameter without a
    number.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    grid = {"T": [0.5, 0.8], "a": [0.1, 0.5]}
    genloop.answers.loop_diagram(real, loop="TopK(2) >> Temper(T) >> Mix(real, a)", axes=grid)
    ```
    """
    if len(axes) != 2 or not all(listed(f"values of {name}", axes[name]) for name in axes):
        raise ValueError("axes are the values of two parameters, each a list by its name.")
    check_no_points(real, "grids of two parameters")
    (down, rows), (across, columns) = axes.items()
    known = dict(values or {})
    loops = [_row(loop, real, {**known, down: row}, across, columns, seed) for row in rows]
    if is_phase_diagram(real, loops[0].pipeline, known, (down, across)):
        form = recognised(dataclasses.replace(loops[0], values=known, unknown=None))
        return phase_diagram(
            real,
            temperatures=axes[form.temperature],
            real_fractions=axes[form.real_fraction],
            progress=progress,
        )
    tell = progress or (lambda done, note: None)
    numbers = {name: tuple(map(float, one)) for name, one in axes.items()}
    return grid_of_ends(loops, numbers, winners, tell)


def _row(loop, real, values, across: str, columns: Sequence[float], seed: int) -> ChosenLoop:
    """The loop of a row, checked at both ends of its columns, which may count something."""
    ends = min(columns), max(columns)
    for end in ends:
        asked = chosen(loop, real, values={**values, across: end}, findable=False, seed=seed)
    return dataclasses.replace(
        asked, values=values, unknown=across, interval=(float(ends[0]), float(ends[1]))
    )


def is_phase_diagram(
    real: Categorical | Gaussian,
    loop: Pipeline,
    values: Mapping[str, float],
    names: Sequence[str],
) -> bool:
    """Whether the two names are the temperature and the real fraction of a temperature loop."""
    form = _solved(ChosenLoop(loop, real, values))
    return form is not None and {form.temperature, form.real_fraction} == set(names)


def _solved(asked: ChosenLoop) -> TemperatureLoop | None:
    """The temperature loop that is drawn from closed forms; windows have other multipliers."""
    form = recognised(asked)
    return form if form is not None and form.rule is None and form.window is None else None
