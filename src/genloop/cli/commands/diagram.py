"""`genloop diagram`: what becomes of a loop as one or two of its parameters move."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError, shown
from .. import frame, options, ranges, resources
from ..exits import DONE
from ..study import loops
from ..study.loops import Loop, Settings
from ..study.short_forms import check_alone
from ..words import branches as branch_words, loop_diagrams, phases as phase_words

if TYPE_CHECKING:
    from ...answers import Answer
    from ..study.loops import LoopChoice, Unknown

Temperatures = Annotated[
    str,
    typer.Option("--temperature", "-T", metavar="LO:HI:STEPS", help="Range of temperatures."),
]
RealFractions = Annotated[
    str,
    typer.Option("--real-fraction", "-a", metavar="LO:HI:STEPS", help="Range of real fractions."),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="A picture (.png, .svg, .pdf), data (.csv, .npz) or the document (.json).",
    ),
]
Along = Annotated[
    list[str] | None,
    typer.Option(
        "--along",
        metavar="temperature|real-fraction|NAME=LO:HI[:STEPS]",
        help="Follow the branches of states in this parameter, low:high; the other is one number. "
        "With --loop: the parameter NAME from LO to HI; given twice, a grid of so many steps "
        "each [21].",
    ),
]
Winners = Annotated[
    int | None,
    typer.Option(
        "--winners", metavar="N", help="With --along: start also where each of the N likeliest won."
    ),
]
_SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".npz", ".json")
_BRANCH_SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".json")
_AXES = ("temperature", "real-fraction")
_WINNERS, _STEPS = 3, 21
_MOST_OUTCOMES = 50_000
"""The most outcomes whose branches are followed."""
_LIMITS = {"--temperature": {"lower": 1e-3, "upper": 1e3}}
_LIMITS |= {"--real-fraction": {"lower": 1e-6, "upper": 1.0}}
_TEMPERATURES, _FRACTIONS = "0.4:1.4:41", "0.02:0.98:41"


@frame.command(reads=frame.LOOPS, suffixes=_SUFFIXES, out=Out)
def command(
    run: frame.Frame,
    temperature: Temperatures = _TEMPERATURES,
    real_fraction: RealFractions = _FRACTIONS,
    loop: Loop = None,
    settings: Settings = None,
    along: Along = None,
    winners: Winners = None,
) -> int:
    """Draw the phase diagram of a loop over temperature and real fraction.

    Every point tells whether all first models end in the same state, and whether an outcome has
    won there: less than a share 1 - T of its mass comes from the real data.

    With --along: the bifurcation diagram in one parameter. Branches of the state that keeps to the
    real data and of states that a probable outcome has won, with the events on them (LP, a fold:
    two states meet; BP, a branch point: two branches cross; TP, the tip of a pitchfork), for
    example --along temperature --real-fraction 0.1.

    With --loop: any loop. --along a=0.05:0.9 draws its branches in the parameter a; --along
    T=0.4:1.2:21 --along a=0.05:0.9:21 tells at every point how many ends were found.
    """
    given = {"--temperature": temperature, "--real-fraction": real_fraction}
    number = _WINNERS if winners is None else winners
    options.check_count(number, "--winners", 1, branch_words.MOST_WINNERS)
    run.suffixes = _BRANCH_SUFFIXES if len(along or ()) == 1 else _SUFFIXES
    run.check_outputs()
    if loop is not None:
        check_alone(run.context, loop, "temperature", "real-fraction")
        return _of_any_loop(run, loop, settings, along, number)
    _check_short(run, settings, along)
    if along:
        return _branches(run, along[0], given, number)
    if winners is not None:
        raise InputError("E115", "--winners is for the branches of --along; leave it out.")
    return _phases(run, *(ranges.parse(given[name], name, **_LIMITS[name]) for name in given))


def _check_short(run: frame.Frame, settings: list[str] | None, along: list[str] | None) -> None:
    """Raises `InputError` for what is understood with `--loop` only."""
    loops.choose(None, settings)
    if run.inputs["table"] is not None:
        example = "--loop 'Temper(0.8) >> Mix(real, a)' --along a=0.05:0.9"
        raise InputError(
            "E111", f"a diagram of a table needs --loop and --along; give them, such as {example}."
        )
    if along and (len(along) > 1 or "=" in along[0]):
        raise InputError(
            "E115",
            f"--along is {shown(along[-1])}; without --loop write temperature or real-fraction, "
            "once.",
        )


def _phases(run: frame.Frame, temperatures: list[float], fractions: list[float]) -> int:
    with run.solving() as show:
        from ...answers import phase_diagram

        real = run.read()
        _check_phases(real, len(temperatures) * len(fractions))
        axes = {"temperatures": temperatures, "real_fractions": fractions}
        answer = phase_diagram(real, **axes, progress=show)
        files = _drawn(run.out, answer)
    return _delivered(run, answer, files)


def _check_phases(real, points: int) -> None:
    from ...answers.diagrams import plan

    needed = plan(real, points)
    resources.check(
        f"a diagram of {points:,} points of {real.outcomes:,} outcomes",
        size=needed.size,
        steps=needed.steps,
        remedy="ask for fewer steps of --temperature and --real-fraction, or give fewer outcomes",
    )


def _branches(run: frame.Frame, along: str, given: dict[str, str], winners: int) -> int:
    fixed, interval = _one_axis(along, given)
    with run.solving("following") as show:
        from ...answers import branch_diagram

        real = run.read()
        options.check_count(real.outcomes, "the number of outcomes", 2, _MOST_OUTCOMES)
        answer = branch_diagram(
            real,
            along=along.replace("-", "_"),
            fixed=fixed,
            interval=interval,
            winners=winners,
            progress=show,
        )
        files = _drawn(run.out, answer)
    return _delivered(run, answer, files)


def _one_axis(along: str, given: dict[str, str]) -> tuple[float, tuple[float, float]]:
    """The number that stays, and the ends of the interval in the other parameter."""
    if along not in _AXES:
        hint = f"--along is {shown(along)}; write temperature or real-fraction."
        raise InputError("E115", hint)
    moving, other = (f"--{name}" for name in sorted(_AXES, key=lambda name: name != along))
    fixed = ranges.number(given[other], other, along=along, **_LIMITS[other])
    return fixed, ranges.interval(given[moving], moving, **_LIMITS[moving])


def _of_any_loop(
    run: frame.Frame, loop: str, settings: list[str] | None, along: list[str] | None, winners: int
) -> int:
    with run.solving("following") as show:
        from ...answers import loop_branches, loop_diagram

        choice = _choice(run, loop, settings, along)
        real, choice = run.read_for(choice)
        known = {"loop": choice.pipeline, "values": dict(choice.values)}
        known |= {"winners": winners, "seed": run.seed, "progress": show}
        if len(choice.along) == 1:
            (moved,) = choice.along
            _check_branches(loops.solved_data(choice, real))
            interval = moved.lower, moved.upper
            answer = loop_branches(real, along=moved.name, interval=interval, **known)
        else:
            axes = {one.name: _values(one) for one in choice.along}
            _check_grid(real, choice, axes, winners)
            answer = loop_diagram(real, axes=axes, **known)
        files = _drawn(run.out, answer)
    return _delivered(run, answer, files)


def _choice(
    run: frame.Frame, loop: str, settings: list[str] | None, along: list[str] | None
) -> "LoopChoice":
    """The loop with one or two parameters that move; `InputError` E115 for any other number."""
    if not 0 < len(along or ()) < 3:
        raise InputError(
            "E115",
            "a diagram of a loop moves one or two of its parameters; give --along once, such as "
            "--along a=0.05:0.9, or twice.",
        )
    choice = loops.choose(loop, settings, along=along, context=run.context)
    if len(choice.along) == 1 and choice.along[0].steps is not None:
        name = choice.along[0].name
        raise InputError(
            "E115",
            f"branches choose their steps themselves, which a grid of two parameters does not; "
            f"write --along {name}=LO:HI, or give --along twice.",
        )
    return choice


def _values(moved: "Unknown") -> list[float]:
    """The evenly spaced values of a parameter of a grid."""
    steps, width = moved.steps or _STEPS, moved.upper - moved.lower
    return [moved.lower + width * i / (steps - 1) for i in range(steps)]


def _check_branches(real) -> None:
    """Every branch has some hundred rows, and up to forty are followed."""
    from ...answers.diagrams import MOST_BRANCHES

    options.check_count(getattr(real, "outcomes", 2), "the number of outcomes", 2, _MOST_OUTCOMES)
    cost = resources.Cost(2500 * MOST_BRANCHES, 8e5 * MOST_BRANCHES)
    remedy = "give fewer outcomes"
    resources.check_outcomes("branches of any loop", real, cost, base=1e10, remedy=remedy)


def _check_grid(real, choice: "LoopChoice", axes: dict[str, list[float]], winners: int) -> None:
    from ...answers.diagrams import grid_cost

    points = 1
    for values in axes.values():
        points *= len(values)
    if _is_solved(real, choice):
        _check_phases(real, points)
        return
    size, steps = grid_cost(loops.solved_data(choice, real), points, winners)
    names = " and ".join(axes)
    resources.check(
        f"a diagram of {points:,} points of this loop",
        size=size,
        steps=steps,
        remedy=f"ask for fewer steps of {names}, for fewer --winners, or give fewer outcomes",
    )


def _is_solved(real, choice: "LoopChoice") -> bool:
    from ...answers.diagrams import is_phase_diagram

    names = [one.name for one in choice.along]
    return is_phase_diagram(real, choice.pipeline, choice.values, names)


def _drawn(out: str | None, answer: "Answer") -> dict[str, bytes]:
    """The picture or the data; nothing where the document itself is asked for."""
    document_wanted = out is None or out.lower().endswith(".json")
    return {} if document_wanted else {out: _pictures(answer)(out, answer)}


def _pictures(answer: "Answer") -> Callable[[str, Any], bytes]:
    from ...answers import BranchDiagram, PhaseDiagram
    from ..words import branch_pictures, loop_pictures, phase_pictures

    if isinstance(answer, BranchDiagram):
        return branch_pictures.content
    drawn = phase_pictures if isinstance(answer, PhaseDiagram) else loop_pictures
    return drawn.content


def _words(answer: "Answer"):
    from ...answers import BranchDiagram, PhaseDiagram

    if isinstance(answer, BranchDiagram):
        return branch_words.lines(answer)
    words = phase_words if isinstance(answer, PhaseDiagram) else loop_diagrams
    return words.lines(answer)


def _delivered(run: frame.Frame, answer: "Answer", files: dict[str, bytes]) -> int:
    run.deliver(answer, lambda: _words(answer), files)
    return DONE
