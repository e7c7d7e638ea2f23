"""`genloop diagram`: what becomes of a loop at every temperature and real fraction."""

from typing import Annotated

import typer

from ...errors import InputError, shown
from .. import inputs, options, outputs, ranges, session
from ..document import document
from ..exits import DONE
from ..options import (
    CountColumn,
    Counts,
    Field,
    Json,
    Seed,
    TokenColumn,
    Tokens,
    Uniform,
    Words,
)
from ..terminal import deliver, percent, progress, table
from ..words.branches import MOST_WINNERS

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
_LIMITS = {"--temperature": {"lower": 1e-3, "upper": 1e3}}
_LIMITS |= {"--real-fraction": {"lower": 1e-6, "upper": 1.0}}


def command(
    tokens: Tokens = None,
    counts: Counts = None,
    words: Words = None,
    field: Field = None,
    token_column: TokenColumn = None,
    count_column: CountColumn = None,
    uniform: Uniform = None,
    temperature: Temperatures = "0.4:1.4:41",
    real_fraction: RealFractions = "0.02:0.98:41",
    along: Along = None,
    winners: Winners = None,
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """Draw the phase diagram of a loop over temperature and real fraction.

    Every point tells whether all first models end in the same state, and whether an outcome has
    won there: less than a share 1 - T of its mass comes from the real data.

    With --along: the bifurcation diagram in one parameter. Branches of the state that keeps to the
    real data and of states that a probable outcome has won, with the events on them (LP, a fold:
    two states meet; BP, a branch point: two branches cross; TP, a turning point), for example
    --along temperature --real-fraction 0.1.
    """
    chosen = {"tokens": tokens, "counts": counts, "words": words}
    chosen |= {"field": field, "token_column": token_column, "count_column": count_column}
    inputs.check_one(**chosen, uniform=uniform)
    options.check_seed(seed)
    outputs.check(
        {"--out": out}, inputs.files(**chosen), _SUFFIXES if along is None else _BRANCH_SUFFIXES
    )
    given = {"--temperature": temperature, "--real-fraction": real_fraction}
    if along is not None:
        fixed, ends = _one_axis(along, given)
        winners = _WINNERS if winners is None else winners
        options.check_count(winners, "--winners", 1, MOST_WINNERS)
        asked = along, fixed, *ends, winners
        return _branches({**chosen, "uniform": uniform}, asked, as_json, seed, out)
    if winners is not None:
        raise InputError("E115", "--winners is for the branches of --along; leave it out.")
    temperatures, fractions = (ranges.parse(given[name], name, **_LIMITS[name]) for name in given)
    with progress("solving") as show:
        session.start()
        from .. import diagram_fields

        real = inputs.read(**chosen, uniform=uniform)
        fields = diagram_fields.solve(real, temperatures, fractions, show)
        result = diagram_fields.summary(real, temperatures, fractions, fields)
        report = document("diagram", result, numerics={"tolerance": 1e-12}, seed=seed, model=real)
        files = _drawn(diagram_fields, out, result)
    deliver(report, lambda: _lines(result), as_json=as_json, out=out, files=files)
    return DONE


def _one_axis(along: str, given: dict[str, str]) -> tuple[float, tuple[float, float]]:
    """The number that stays, and the ends of the interval in the other parameter."""
    if along not in _AXES:
        hint = f"--along is {shown(along)}; write temperature or real-fraction."
        raise InputError("E115", hint)
    moving, other = (f"--{name}" for name in sorted(_AXES, key=lambda name: name != along))
    fixed = ranges.number(given[other], other, along=along, **_LIMITS[other])
    return fixed, ranges.interval(given[moving], moving, **_LIMITS[moving])


def _branches(chosen, asked, as_json, seed, out) -> int:
    with progress("following") as show:
        session.start()
        from .. import branches
        from ..words import branch_files, branches as branch_words

        real = inputs.read(**chosen)
        result = branches.solve(real, *asked, show)
        report = document("diagram", result, numerics={"tolerance": 1e-12}, seed=seed, model=real)
        files = _drawn(branch_files, out, result)
    deliver(report, lambda: branch_words.lines(result), as_json=as_json, out=out, files=files)
    return DONE


def _drawn(kind, out: str | None, result: dict) -> dict[str, bytes]:
    """The picture or the data; nothing where the document itself is asked for."""
    document_wanted = out is None or out.lower().endswith(".json")
    return {} if document_wanted else {out: kind.content(out, result)}


def _lines(result: dict):
    from ..diagram_fields import CURVES, REGIONS

    yield from inputs.lines(result["input"])
    rows = [(REGIONS[name], percent(share)) for name, share in result["shares"].items()]
    yield table("Shares of the diagram", ("what happens", "share"), rows)
    yield f"{len(result['temperature'])} x {len(result['real_fraction'])} points"
    if result["curves"] is not None:
        yield f"In a picture, known exactly: solid, {CURVES['unique']}; dashed, {CURVES['winner']}."
