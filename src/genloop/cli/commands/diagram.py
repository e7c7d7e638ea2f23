"""`genloop diagram`: what becomes of a loop at every temperature and real fraction."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError, shown
from .. import frame, inputs, options, ranges, resources
from ..exits import DONE
from ..terminal import percent, table
from ..words import branches as branch_words
from ..words.phases import CURVES, REGIONS

if TYPE_CHECKING:
    from ...answers import Answer, PhaseDiagram

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
    str | None,
    typer.Option(
        "--along",
        metavar="temperature|real-fraction",
        help="Follow the branches of states in this parameter, low:high; the other is one number.",
    ),
]
Winners = Annotated[
    int | None,
    typer.Option("--winners", metavar="N", help="With --along: branches of so many winners [3]."),
]
_SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".npz", ".json")
_BRANCH_SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".json")
_AXES = ("temperature", "real-fraction")
_WINNERS = 3
_MOST_OUTCOMES = 50_000
"""The most outcomes whose branches are followed."""
_LIMITS = {"--temperature": {"lower": 1e-3, "upper": 1e3}}
_LIMITS |= {"--real-fraction": {"lower": 1e-6, "upper": 1.0}}


@frame.command(reads=frame.OUTCOMES, suffixes=_SUFFIXES, out=Out)
def command(
    run: frame.Frame,
    temperature: Temperatures = "0.4:1.4:41",
    real_fraction: RealFractions = "0.02:0.98:41",
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
    """
    given = {"--temperature": temperature, "--real-fraction": real_fraction}
    if along is not None:
        run.suffixes = _BRANCH_SUFFIXES
        run.check_outputs()
        return _branches(run, along, given, _WINNERS if winners is None else winners)
    run.check_outputs()
    if winners is not None:
        raise InputError("E115", "--winners is for the branches of --along; leave it out.")
    return _phases(run, *(ranges.parse(given[name], name, **_LIMITS[name]) for name in given))


def _phases(run: frame.Frame, temperatures: list[float], fractions: list[float]) -> int:
    with run.solving() as show:
        from ...answers import phase_diagram
        from ..words import phase_pictures

        real = run.read()
        _check_cost(real, len(temperatures) * len(fractions))
        axes = {"temperatures": temperatures, "real_fractions": fractions}
        answer = phase_diagram(real, **axes, progress=show)
        files = _drawn(phase_pictures.content, run.out, answer)
    run.deliver(answer, lambda: _lines(answer), files)
    return DONE


def _check_cost(real, points: int) -> None:
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
    options.check_count(winners, "--winners", 1, branch_words.MOST_WINNERS)
    with run.solving("following") as show:
        from ...answers import branch_diagram
        from ..words import branch_pictures

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
        files = _drawn(branch_pictures.content, run.out, answer)
    run.deliver(answer, lambda: branch_words.lines(answer), files)
    return DONE


def _one_axis(along: str, given: dict[str, str]) -> tuple[float, tuple[float, float]]:
    """The number that stays, and the ends of the interval in the other parameter."""
    if along not in _AXES:
        hint = f"--along is {shown(along)}; write temperature or real-fraction."
        raise InputError("E115", hint)
    moving, other = (f"--{name}" for name in sorted(_AXES, key=lambda name: name != along))
    fixed = ranges.number(given[other], other, along=along, **_LIMITS[other])
    return fixed, ranges.interval(given[moving], moving, **_LIMITS[moving])


def _drawn(
    draw: Callable[[str, Any], bytes], out: str | None, answer: "Answer"
) -> dict[str, bytes]:
    """The picture or the data; nothing where the document itself is asked for."""
    document_wanted = out is None or out.lower().endswith(".json")
    return {} if document_wanted else {out: draw(out, answer)}


def _lines(answer: "PhaseDiagram"):
    yield from inputs.lines(answer.input)
    rows = [(REGIONS[name], percent(share)) for name, share in answer.shares.items()]
    yield table("Shares of the diagram", ("what happens", "share"), rows)
    yield f"{len(answer.temperature)} x {len(answer.real_fraction)} points"
    if answer.curves is not None:
        yield f"In a picture, known exactly: solid, {CURVES['unique']}; dashed, {CURVES['winner']}."
