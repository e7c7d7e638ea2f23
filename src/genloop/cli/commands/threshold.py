"""`genloop threshold`: how much real data a loop needs."""

from typing import Annotated

import typer

from ...errors import InputError
from .. import (
    goals,
    inputs,
    options,
    outputs,
    proofs,
    resources,
    session,
    truncation,
)
from ..document import document
from ..goals import Goals
from ..options import (
    CountColumn,
    Counts,
    Field,
    Json,
    Out,
    Seed,
    Table,
    Temperature,
    TokenColumn,
    Tokens,
    Uniform,
    Verbose,
    Words,
)
from ..proofs import Certificates, Certify, Digits
from ..sample_sizes import RealSamples, check_points, real_samples_of
from ..terminal import deliver, progress
from ..truncation import MinP, Nucleus, Order, Ties, TopK

RealFraction = Annotated[
    float | None,
    typer.Option(
        "--real-fraction",
        "-a",
        metavar="A",
        help="Also say what happens with this share of real data, and exit with 1 unless it "
        "meets the goals.",
    ),
]
Samples = Annotated[
    int | None,
    typer.Option("--samples", metavar="N", help="For --table: synthetic points a generation."),
]
_SAMPLES = 1000
_COST = resources.Cost(600, 5e3, level_size=2000, level_steps=8e5)


def command(
    tokens: Tokens = None,
    counts: Counts = None,
    table: Table = None,
    words: Words = None,
    field: Field = None,
    token_column: TokenColumn = None,
    count_column: CountColumn = None,
    uniform: Uniform = None,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = None,
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
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """How much real data keeps a loop on this input alive?

    Every generation learns from a share A of real data and 1 - A of the output of the generation
    before it, sampled at temperature T. Staying healthy and recovering from a collapse can have
    different thresholds; both are told, with the tokens that win. Give exactly one input.

    With --real-fraction: exit code 0 if the goals of --goal are met at that fraction (total
    variation of 0.1 where none is asked), 1 if they are not.
    """
    chosen = {"tokens": tokens, "counts": counts, "table": table, "words": words}
    chosen |= {"field": field, "token_column": token_column, "count_column": count_column}
    inputs.check_one(**chosen, uniform=uniform)
    options.check_temperature(temperature)
    options.check_fraction(0.0 if real_fraction is None else real_fraction)
    asked = goals.parse(goal, table=table is not None)
    truncation.check(nucleus, top_k, min_p, ties, order)
    samples = _check_kind(table is not None, samples, (nucleus, top_k, min_p))
    proofs.check(certify, digits, certificates)
    check_points(samples, real_samples, real_fraction, table=table is not None)
    options.check_seed(seed)
    outputs.check({"--out": out, "--certificates": certificates}, inputs.files(**chosen))
    with progress("solving"):
        session.start()
        real = inputs.read(**chosen, uniform=uniform)
        _check_cost(real, temperature)
        if table is None:
            from .. import threshold_outcomes as kind

            rule = truncation.rule_of(nucleus, top_k, min_p, ties, order)
            answer = kind.solve(real, temperature, real_fraction, asked, rule)
        else:
            from .. import threshold_table as kind

            given = real_fraction is not None
            pool = real_samples_of(samples, real_samples, real_fraction) if given else real_samples
            answer = kind.solve(real, temperature, samples, pool, asked)
        proved = _proved(real, temperature, answer, real_fraction, digits) if certify else {}
    answer["certificates"] = {name: proofs.recorded(found) for name, found in proved.items()}
    report = document("threshold", answer, seed=seed, model=real)
    said = lambda: _lines(kind, real, answer, certificates, verbose)
    deliver(report, said, as_json=as_json, out=out, files=proofs.files(certificates, proved))
    return kind.exit_code(answer)


def _check_cost(real, temperature: float) -> None:
    """At temperature one some other temperatures are solved as well."""
    cost = _COST._replace(level_steps=(5 if temperature == 1 else 1) * _COST.level_steps)
    resources.check_outcomes("thresholds", real, cost)


def _check_kind(table: bool, samples: int | None, rule: tuple) -> int:
    """The number of samples; raises `InputError` E111 for options of the other kind of input."""
    if not table and samples is not None:
        raise InputError(
            "E111", "--samples goes with --table; thresholds here are of infinite data."
        )
    if table and rule != (None, None, None):
        raise InputError("E111", "--nucleus, --top-k and --min-p go with tokens, not with --table.")
    return _SAMPLES if samples is None else samples


def _proved(real, temperature, answer: dict, real_fraction, digits) -> dict:
    from .. import threshold_proofs

    text = proofs.typed(temperature, "--temperature", "-T")
    goals = {name: repr(goal["level"]) for name, goal in answer["goals"].items()}
    digits = proofs.DIGITS if digits is None else digits
    if "samples" in answer:
        pool = answer["samples"], answer["real_samples"]
        return threshold_proofs.solve_table(*pool, text, goals["variance"], digits)
    if real_fraction is not None:
        real_fraction = proofs.typed(real_fraction, "--real-fraction", "-a")
    return threshold_proofs.solve(real, text, goals, digits, real_fraction)


def _lines(kind, real, answer: dict, path: str | None, verbose: bool):
    yield from kind.lines(answer, verbose)
    if answer["certificates"]:
        from .. import threshold_proofs

        named = answer["questions"]
        if "samples" not in answer:
            named = threshold_proofs.titles(real, named, answer["asked_at"])
        truncated = answer.get("truncation") is not None
        yield from threshold_proofs.lines(real, answer["certificates"], named, path, truncated)
