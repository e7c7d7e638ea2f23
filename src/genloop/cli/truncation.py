"""What top-k, nucleus or min-p sampling does, for `genloop threshold`."""

from typing import Annotated

import typer

from ..errors import InputError
from .options import check_count
from .screen import percent, table

Nucleus = Annotated[
    float | None,
    typer.Option("--nucleus", metavar="C", help="Also sample from the likeliest mass C only."),
]
TopK = Annotated[
    int | None,
    typer.Option("--top-k", metavar="M", help="Also sample from the M likeliest tokens only."),
]
MinP = Annotated[
    float | None,
    typer.Option("--min-p", metavar="R", help="Also drop tokens below R times the likeliest."),
]
_SHOWN = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)
_GENERATIONS = 1000


def check(nucleus: float | None, top_k: int | None, min_p: float | None) -> None:
    """Raises `InputError` for rules that exclude each other or lie outside their range."""
    given = {"--nucleus": nucleus, "--top-k": top_k, "--min-p": min_p}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InputError("E111", f"{' and '.join(named)} exclude each other; give one of them.")
    for name in ("--nucleus", "--min-p"):
        if given[name] is not None and not 0 < given[name] <= 1:
            raise InputError("E106", f"{name} is {given[name]:g}, it must lie above 0 and up to 1.")
    if top_k is not None:
        check_count(top_k, "--top-k", 1)


def rule_of(nucleus: float | None, top_k: int | None, min_p: float | None):
    """The stage of the one rule that is given, and its words; nothing without one."""
    from ..stages import MinP, Nucleus, TopK

    if nucleus is not None:
        return Nucleus(nucleus), f"nucleus sampling of mass {nucleus:g}"
    if top_k is not None:
        return TopK(top_k), f"top-{top_k} sampling"
    if min_p is not None:
        return MinP(min_p), f"min-p sampling at {min_p:g}"
    return None


def solve(real, rule, words: str, temperature: float, real_fraction: float, goal: float) -> dict:
    """The loop with the rule, without and with real data, and what a goal needs of them."""
    from ..analysis import Threshold
    from ..papers.marchi2024 import truncated_fidelity
    from .threshold_outcomes import record

    if temperature == 1:
        fidelity = truncated_fidelity(rule, real, goal=goal)
    else:
        reason = "with truncation it is known for temperature one only"
        fidelity = Threshold.absent(reason, "not resolved")
    return {
        "rule": words,
        "without_real_data": _path(real, rule, temperature, 0.0),
        "with_real_data": _path(real, rule, temperature, real_fraction),
        "goal": goal,
        "fidelity": record(fidelity),
    }


def _path(real, rule, temperature, real_fraction) -> dict:
    import numpy as np

    from ..papers.marchi2024 import truncation_path
    from .threshold_outcomes import measures

    options = {"temperature": temperature, "real_fraction": real_fraction}
    found = truncation_path(rule, real, **options, generations=_GENERATIONS)
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
    paths = found["without_real_data"], found["with_real_data"]
    longest = max(len(path["kept"]) for path in paths)
    shown = [t for t in _SHOWN if t < longest] + [longest]
    shares = [percent(path["real_fraction"]) for path in paths]
    columns = ("generation", *(f"{what}, {share} real" for share in shares for what in _COLUMNS))
    rows = [(t, *(cell for path in paths for cell in _cells(path, t))) for t in shown]
    title = f"With {found['rule']}: tokens sampled and effective vocabulary (all above is without)"
    yield table(title, columns, rows)
    for path in paths:
        yield _fate(path, answer["input"]["outcomes"])
    fidelity = found["fidelity"]
    goal = f"Total variation at most {found['goal']:g} in the long run"
    if fidelity["value"] is None:
        yield f"{goal}: {fidelity['reason']}."
    else:
        yield f"{goal} needs {percent(fidelity['value'])} real data with this sampling."


_COLUMNS = ("sampled", "vocabulary")


def _cells(path: dict, generation: int) -> tuple[str, str]:
    index = min(generation, len(path["kept"])) - 1
    return f"{path['kept'][index]:,}", f"{path['effective_vocabulary'][index]:,.4g}"


def _fate(path: dict, outcomes: int) -> str:
    generations, kept = len(path["kept"]), path["kept"][-1]
    when = f"after {generations:,} generations" if path["rests"] else f"by then ({generations:,})"
    if path["real_fraction"] == 0:
        are = "is" if kept == 1 else "are"
        return (
            f"Without real data {kept:,} of {outcomes:,} tokens {are} left {when}, for good, with "
            f"an effective vocabulary of {path['end']['effective_vocabulary']:,.4g}."
        )
    share = percent(path["real_fraction"])
    return (
        f"With {share} real data {kept:,} of {outcomes:,} tokens are sampled {when}; every other "
        f"one stays at {share} of its real frequency, and the effective vocabulary is "
        f"{percent(path['end']['vocabulary_kept'])} of the real one."
    )
