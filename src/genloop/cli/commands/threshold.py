"""`genloop threshold`: how much real data a loop needs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError
from .. import frame, goals, options, proofs, resources, truncation
from ..exits import DONE, NOT_MET, UNDECIDED
from ..goals import Goals
from ..options import Temperature, Verbose
from ..proofs import Certificates, Certify, Digits
from ..sample_sizes import RealSamples, check_points
from ..study import loops
from ..study.loops import Find, Loop, Settings
from ..study.short_forms import check_alone
from ..truncation import MinP, Nucleus, Order, Ties, TopK
from ..words import composed_thresholds, outcome_thresholds, threshold_proofs
from ..words.kernels import thresholds as kernel_thresholds
from ..words.tables import standings as table_standings, thresholds as table_thresholds

if TYPE_CHECKING:
    from ...answers import Thresholds

RealFraction = Annotated[
    float | None,
    typer.Option(
        "--real-fraction",
        "--at",
        "-a",
        metavar="A",
        help="Also say what happens with this share of real data (with --loop: at this value of "
        "the unknown), and exit with 1 unless it meets the goals.",
    ),
]
Samples = Annotated[
    int | None,
    typer.Option("--samples", metavar="N", help="For --table: synthetic points a generation."),
]
_SAMPLES = 1000
_COST = resources.Cost(600, 5e3, class_size=2000, class_steps=8e5)
_COST_COMPOSED = resources.Cost(3000, 2.5e7)


@frame.command(reads=frame.LOOPS)
def command(
    run: frame.Frame,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = None,
    loop: Loop = None,
    settings: Settings = None,
    find: Find = None,
    goal: Goals = None,
    nucleus: Nucleus = None,
    top_k: TopK = None,
    min_p: MinP = None,
    ties: Ties = "first",
    order: Order = truncation.FIRST,
    samples: Samples = None,
    real_samples: RealSamples = None,
    certify: Certify = False,
    digits: Digits = None,
    certificates: Certificates = None,
    verbose: Verbose = False,
) -> int:
    """How much real data keeps a loop on this input alive?

    Every generation learns from a share A of real data and 1 - A of the output of the generation
    before it, sampled at temperature T. Staying healthy and recovering from a collapse can have
    different thresholds; both are told, with the tokens that win. Give exactly one input.

    With --real-fraction: exit code 0 if the goals of --goal are met at that fraction (total
    variation of 0.1 where none is asked), 1 if they are not. Without it 1 where no value of the
    unknown meets a goal of --goal.

    With --loop: any loop, and how much of its unknown it needs. What is solved is answered from
    closed forms; every other loop is solved from the real data and from collapsed models. With
    numbers everywhere a loop on a table is told what it does in the long run.
    """
    table = run.inputs["table"] is not None
    # Without a loop nobody chooses.
    asked = goals.parse(goal, table=table, more=goals.CURATED if loop is not None else {})
    proofs.check(certify, digits, certificates)
    run.check_outputs(certificates=certificates)
    points = _SAMPLES if samples is None else samples
    if loop is not None:
        check_alone(run.context, loop, "temperature", "nucleus", "top-k", "min-p", "ties", "order")
        check_alone(run.context, loop, "samples", "real-samples")
    else:
        options.check_temperature(temperature)
        options.check_fraction(0.0 if real_fraction is None else real_fraction)
        truncation.check(nucleus, top_k, min_p, ties, order)
        _check_kind(table, samples, (nucleus, top_k, min_p))
        check_points(points, real_samples, real_fraction, table=table)
    with run.solving() as show:
        from ...answers import sampling, threshold

        choice = loops.choose(loop, settings, find, implied=True, context=run.context)
        real, choice = run.read_for(choice)
        rule = sampling(nucleus=nucleus, top_k=top_k, min_p=min_p, ties=ties)
        composed = choice is not None or (rule is not None and temperature != 1)
        _check_cost(real, choice, temperature, composed)
        if choice is not None:
            loops.check_sought(choice, real, real_fraction)
            chosen = choice.asked() | {"at": real_fraction, "seed": run.seed}
        else:
            chosen = {"temperature": temperature, "real_fraction": real_fraction}
        if choice is None and table:
            chosen |= {"samples": points, "real_samples": real_samples}
        elif choice is None:
            chosen |= {"sampling": rule, "temperature_first": order == truncation.FIRST}
        if composed:
            chosen["progress"] = show
        answer = threshold(real, goals=asked, **chosen)
        if certify:
            answer = answer.certified(**_exact(temperature, real_fraction, digits, loop))
    files = proofs.files(certificates, answer.certificates)
    run.deliver(answer, lambda: _lines(answer, certificates, verbose), files)
    return _exit_code(answer, asked)


def _check_kind(table: bool, samples: int | None, rules: tuple) -> None:
    """Raises `InputError` E111 for options of the other kind of input."""
    if not table and samples is not None:
        raise InputError(
            "E111", "--samples goes with --table; thresholds here are of infinite data."
        )
    if table and rules != (None, None, None):
        raise InputError("E111", "--nucleus, --top-k and --min-p go with tokens, not with --table.")


def _check_cost(real, choice, temperature: float, composed: bool) -> None:
    """At temperature one some other temperatures are solved as well."""
    if composed:
        solved = loops.solved_data(choice, real)
        resources.check_outcomes("thresholds of any loop", solved, _COST_COMPOSED)
        return
    cost = _COST._replace(class_steps=(5 if temperature == 1 else 1) * _COST.class_steps)
    resources.check_outcomes("thresholds", real, cost)


def _exact(
    temperature: float, real_fraction: float | None, digits: int | None, loop: str | None
) -> dict[str, Any]:
    """The numbers that proofs are about, as they were typed, and to how many digits."""
    typed: dict[str, Any] = {"digits": proofs.DIGITS if digits is None else digits}
    if loop is None:
        typed["temperature"] = proofs.typed(temperature, "--temperature", "-T")
    if real_fraction is not None:
        typed["real_fraction"] = proofs.typed(real_fraction, "--real-fraction", "-a")
    return typed


def _lines(answer: "Thresholds", path: str | None, verbose: bool):
    from ...answers import KernelThresholds, LoopThresholds, OutcomeThresholds, TableStanding

    if isinstance(answer, TableStanding):
        yield from table_standings.lines(answer)
        return
    if isinstance(answer, KernelThresholds):
        yield from kernel_thresholds.lines(answer, verbose)
        return
    if isinstance(answer, LoopThresholds):
        yield from composed_thresholds.lines(answer, verbose)
        return
    outcomes = isinstance(answer, OutcomeThresholds)
    words = outcome_thresholds.lines if outcomes else table_thresholds.lines
    yield from words(answer, verbose)
    if answer.certificates:
        words = threshold_proofs.outcome_lines if outcomes else threshold_proofs.table_lines
        yield from words(answer, path)


def _exit_code(answer: "Thresholds", asked: Mapping[str, float]) -> int:
    """Whether every goal is met; where no amount is named, whether those that were typed can be."""
    if not answer.decided:
        return UNDECIDED
    sought = asked if answer.asked_at is None and answer.thresholds else ()
    if any(answer.needed(name).status == "not reachable" for name in sought):
        return NOT_MET
    return NOT_MET if answer.met is False else DONE
