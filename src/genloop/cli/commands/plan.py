"""`genloop plan`: schedules of a loop, and the least real data that keep a goal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError, shown
from .. import frame, options, outputs, resources
from ..exits import DONE, NOT_MET
from ..goals import parse
from ..study import loops
from ..study.loops import Find, Loop, Settings
from ..words import plans

if TYPE_CHECKING:
    pass

Schedule = Annotated[
    list[str] | None,
    typer.Option(
        "--schedule",
        metavar="NAME=FORMULA",
        help="A parameter that changes, by a formula in the generation t = 0, 1, 2, ...: "
        "'a=0.5/(t+1)', repeatable. The loop itself may have t in it, too.",
    ),
]
Table = Annotated[
    str | None,
    typer.Option(
        "--schedule-table",
        metavar="CSV",
        help="Parameters that change, in a table: generation,a and a row for each generation.",
    ),
]
Generations = Annotated[
    int | None,
    typer.Option(
        "--generations",
        metavar="H",
        help="How many (default: as many as --schedule-table has, or 20).",
    ),
]
Goals = Annotated[
    list[str] | None,
    typer.Option(
        "--goal",
        metavar="NAME=X",
        help="What is to be kept, repeatable. For a table: variance=0.9 (share of the variance), "
        "mean=0.1 (error of the mean), w2=0.2 (Wasserstein distance), both in real standard "
        "deviations. For tokens: diversity=0.9 (temperature 1), or tv=0.1, kl=0.05, "
        "vocabulary=0.9 (infinite data).",
    ),
]
When = Annotated[
    str, typer.Option("--when", metavar="every|end", help="Keep the goals always, or at the end.")
]
Cost = Annotated[
    str | None,
    typer.Option(
        "--cost",
        metavar="FORMULA",
        help="What a generation costs: a formula in the parameters and t, such as '5*m + 0.01*n' "
        "(default: the parameter that is found).",
    ),
]


@frame.command(reads=frame.LOOPS)
def command(
    run: frame.Frame,
    loop: Loop = None,
    settings: Settings = None,
    schedule: Schedule = None,
    schedule_table: Table = None,
    find: Find = None,
    generations: Generations = None,
    goal: Goals = None,
    when: When = "every",
    cost: Cost = None,
) -> int:
    """Numbers that change: what becomes of the loop, and the cheapest schedule that keeps a goal.

    With --find NAME the cheapest numbers of one parameter, such as the real points of each
    generation, beside the best constant. Without it all numbers are given: is the goal kept, and is
    the error bounded, vanishing or growing when the schedule goes on for ever?
    """
    if loop is None:
        raise InputError(
            "E111",
            "there is no loop; give --loop 'Temper(0.9) >> Draw(1000) >> Mix(real, m/(1000+m), "
            "samples=m)' --find m.",
        )
    if generations is not None:
        options.check_count(generations, "--generations", 1, 10**4)
    if when not in ("every", "end"):
        raise InputError("E142", f"--when is {shown(when)}; write every or end.")
    if cost is not None and find is None:
        raise InputError("E143", "--cost goes with --find; say which parameter is to be found.")
    # The table is read, too, and must not be written over.
    outputs.check({"--out": run.out}, {**run.read_files, "--schedule-table": schedule_table})
    run.check_outputs()
    with run.solving("planning"):
        from ...answers import plan
        from ...answers.plans.checks import length_of

        given = _schedules(schedule, schedule_table)
        # A parameter t of the loop is the generation itself.
        choice = loops.choose(
            loop, settings, find, scheduled=tuple(given), meant=("t",), context=run.context
        )
        assert choice is not None
        real, choice = run.read_for(choice)
        _check_cost(real, generations or length_of(given), choice.find is not None)
        answer = plan(
            real,
            **choice.asked(),
            schedule=given,
            generations=generations,
            goals=_goals(goal, table=run.inputs["table"] is not None),
            when=when,
            cost=cost,
        )
    run.deliver(answer, lambda: plans.lines(answer))
    return NOT_MET if answer.met is False else DONE


def _schedules(formulas: Sequence[str] | None, path: str | None) -> dict[str, Any]:
    """The formulas and the columns of the table, by name."""
    found: dict[str, Any] = {}
    if path is not None:
        from ...answers import real_data

        found |= real_data.schedules(path)
    for text in formulas or ():
        name, equals, formula = text.partition("=")
        name = name.strip()
        if not equals:
            raise InputError(
                "E141", f"--schedule is {shown(text)}; write NAME=FORMULA, such as 'a=0.5/(t+1)'."
            )
        if name in found:
            raise InputError("E141", f"{shown(name)} has two schedules; keep one of them.")
        found[name] = formula
    return found


def _goals(texts: Sequence[str] | None, *, table: bool) -> Mapping[str, float]:
    from ...answers.plans.readings import DIVERSITY, OUTCOMES, TABLE

    return parse(texts, table=table, known=TABLE if table else {**DIVERSITY, **OUTCOMES})


def _check_cost(real, generations: int, searched: bool) -> None:
    """Whether the states, and of a search their derivatives in every generation, fit."""
    numbers = getattr(real, "outcomes", None) or real.dimension**2
    wide = generations if searched else 1
    resources.check(
        f"{generations:,} generations of {numbers:,} numbers",
        size=100 * numbers * wide,
        steps=20 * numbers * generations * (30 * wide if searched else 1),
        remedy="ask for fewer with --generations, or give fewer outcomes",
    )
