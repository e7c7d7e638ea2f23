"""What top-k, nucleus or min-p sampling does, for `genloop threshold`."""

from typing import Annotated, Any, NamedTuple

import typer

from ..errors import InputError, shown
from .options import check_count
from .terminal import counted, percent, percent_above, table

Nucleus = Annotated[
    float | None,
    typer.Option("--nucleus", metavar="C", help="Sample from the likeliest tokens of mass C only."),
]
TopK = Annotated[
    int | None,
    typer.Option(
        "--top-k",
        metavar="M",
        help="Sample from the M likeliest tokens only; 1 is greedy sampling.",
    ),
]
MinP = Annotated[
    float | None,
    typer.Option("--min-p", metavar="R", help="Drop tokens below R times the likeliest."),
]
Ties = Annotated[
    str,
    typer.Option(
        "--ties",
        metavar="first|all",
        help="Of tokens as likely as the last one kept by --top-k or --nucleus, keep those that "
        "come first, or all.",
    ),
]
Order = Annotated[
    str,
    typer.Option(
        "--order",
        metavar="temperature-first|temperature-last",
        help="Whether --top-k, --nucleus and --min-p (in this order, each on what the one before "
        "it kept) choose after the temperature, as in vLLM, or before it, as llama.cpp does by "
        "default.",
    ),
]
FIRST, LAST = "temperature-first", "temperature-last"
_SHOWN = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
_GENERATIONS = 1000


class Rule(NamedTuple):
    """The sampling that was asked for, and its words."""

    stage: Any
    words: str
    temperature_first: bool


def check(nucleus, top_k, min_p, ties: str = "first", order: str = FIRST) -> None:
    """Raises `InputError` for rules outside their range and for unknown words."""
    given = {"--nucleus": nucleus, "--min-p": min_p}
    for name, value in given.items():
        if value is not None and not 0 < value <= 1:
            raise InputError("E106", f"{name} is {value:g}, it must lie above 0 and up to 1.")
    if top_k is not None:
        check_count(top_k, "--top-k", 1)
    if ties not in ("first", "all"):
        raise InputError("E111", f"--ties is {shown(ties)}; write first or all.")
    if order not in (FIRST, LAST):
        raise InputError("E111", f"--order is {shown(order)}; write {FIRST} or {LAST}.")
    if (nucleus, top_k, min_p) == (None, None, None) and (ties, order) != ("first", FIRST):
        raise InputError("E111", "--ties and --order go with --top-k, --nucleus or --min-p.")


def rule_of(nucleus, top_k, min_p, ties: str = "first", order: str = FIRST) -> Rule | None:
    """The rules that are given, top-k before nucleus before min-p; nothing without one."""
    from ..stages import InTurn, MinP, Nucleus, TopK

    stages, words = [], []
    if top_k is not None:
        stages.append(TopK(top_k, ties))
        words.append(f"top-{top_k}{' with all ties' if ties == 'all' else ''}")
    if nucleus is not None:
        stages.append(Nucleus(nucleus, ties))
        words.append(f"nucleus {nucleus:g}{' with all ties' if ties == 'all' else ''}")
    if min_p is not None:
        stages.append(MinP(min_p))
        words.append(f"min-p {min_p:g}")
    if not stages:
        return None
    stage = stages[0] if len(stages) == 1 else InTurn(stages)
    return Rule(stage, ", then ".join(words), order == FIRST)


def sampled(words: str, temperature: float, temperature_first: bool) -> str:
    """The sampling in the order in which it happens."""
    heat = f"temperature {temperature:g}"
    return f"{heat}, then {words}" if temperature_first else f"{words}, then {heat}"


def solve(real, rule: Rule, temperature: float, real_fraction: float, goal: float) -> dict:
    """The loop with the rule, without and with real data, and what a goal needs of them."""
    from ..analysis import Threshold
    from ..loops.truncation.paths import truncated_fidelity
    from .threshold_outcomes import record

    if temperature == 1:
        fidelity = truncated_fidelity(rule.stage, real, goal=goal)
    else:
        reason = "with truncation it is known for temperature 1 only"
        fidelity = Threshold.absent(reason, "not resolved")
    return {
        "rule": rule.words,
        "temperature_first": rule.temperature_first,
        "without_real_data": _path(real, rule, temperature, 0.0),
        "with_real_data": _path(real, rule, temperature, real_fraction),
        "goal": goal,
        "fidelity": record(fidelity),
    }


def _path(real, rule, temperature, real_fraction) -> dict:
    import numpy as np

    from ..loops.truncation.paths import truncation_path
    from .threshold_outcomes import measures

    options = {"temperature": temperature, "real_fraction": real_fraction}
    options |= {"temperature_first": rule.temperature_first, "generations": _GENERATIONS}
    found = truncation_path(rule.stage, real, **options)
    return {
        "real_fraction": real_fraction,
        "rests": found.rests,
        "kept": found.kept,
        "effective_vocabulary": found.effective_vocabulary,
        "end": measures(np.asarray(found.state.probabilities), np.asarray(real.probabilities)),
    }


def lines(answer: dict):
    """A table of both loops and what it means."""
    found = answer["truncation"]
    if found is None:
        return
    yield _needed(answer)
    paths = found["without_real_data"], found["with_real_data"]
    longest = max(len(path["kept"]) for path in paths)
    listed = [t for t in _SHOWN if t < longest] + [longest]
    shares = [percent(path["real_fraction"]) for path in paths]
    columns = ("generation", *(f"{what}, {share} real" for share in shares for what in _COLUMNS))
    rows = [(t, *(cell for path in paths for cell in _cells(path, t))) for t in listed]
    yield table(f"With {found['rule']}: tokens sampled and effective vocabulary", columns, rows)
    for path in paths:
        yield _fate(path, answer["input"]["outcomes"])
    yield (
        "Everything above is of the loop with this sampling, started at the real data. Thresholds "
        "and collapsed states are known without it only: leave it out to see them."
    )


def _needed(answer: dict) -> str:
    """The answer to the goal."""
    found = answer["truncation"]
    fidelity, goal = found["fidelity"], f"total variation at most {found['goal']:g}"
    if fidelity["value"] is None:
        return f"Real data for {goal} in the long run: {fidelity['status']}: {fidelity['reason']}."
    need = percent_above(fidelity["value"])
    return f"{goal[:1].upper()}{goal[1:]} in the long run needs {need} real data."


_COLUMNS = ("sampled", "vocabulary")


def _cells(path: dict, generation: int) -> tuple[str, str]:
    index = min(generation, len(path["kept"])) - 1
    return f"{path['kept'][index]:,}", f"{path['effective_vocabulary'][index]:,.4g}"


def _fate(path: dict, outcomes: int) -> str:
    generations, kept = len(path["kept"]), path["kept"][-1]
    when = (
        f"after {counted(generations, 'generation')}"
        if path["rests"]
        else f"by then ({generations:,})"
    )
    are = "is" if kept == 1 else "are"
    if path["real_fraction"] == 0:
        return (
            f"Without real data {kept:,} of {outcomes:,} tokens {are} left {when}, for good, with "
            f"an effective vocabulary of {path['end']['effective_vocabulary']:,.4g}."
        )
    share = percent(path["real_fraction"])
    if kept == outcomes:
        return f"With {share} real data all {outcomes:,} tokens are sampled {when}."
    return (
        f"With {share} real data {kept:,} of {outcomes:,} tokens {are} sampled {when}; every other "
        f"one stays at {share} of its real frequency, and the effective vocabulary is "
        f"{percent(path['end']['vocabulary_kept'])} of the real one."
    )
