"""The meanings of "enough": the goals of `--goal NAME=NUMBER`."""

import difflib
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

import typer

from ..answers.goals import CURATED as CURATED, OUTCOMES, TABLE, UPPER
from ..errors import InputError, shown

Goals = Annotated[
    list[str] | None,
    typer.Option(
        "--goal",
        metavar="NAME=X",
        help="What counts as enough, repeatable. For tokens: tv=0.1 (total variation at most X), "
        "kl=0.05 (divergence at most X nats), vocabulary=0.9 (effective vocabulary within X of "
        "the real one); where curators choose also kept=0.5 (every token keeps X of its real "
        "share), grown=2 (none grows more than X times). For a table: variance=0.9 (share of the "
        "variance kept).",
    ),
]


def parse(
    texts: Sequence[str] | None,
    *,
    table: bool,
    known: Mapping[str, float] | None = None,
    more: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, float]:
    """The goals asked for, by name: of a table, of outcomes and `more`, or of `known` ones.

    Raises `InputError` E110 for anything that is not `NAME=NUMBER` with a known name, a number in
    the range of that goal, and each name once.
    """
    known = (TABLE if table else OUTCOMES | more) if known is None else known
    asked: dict[str, float] = {}
    for text in texts or ():
        name, _, number = text.partition("=")
        _check_name(name, text, known, asked)
        asked[name] = _value(name, number, text)
    return asked


def _check_name(name, text, known, asked) -> None:
    if name in asked:
        raise InputError("E110", f"the goal {name} is given twice; give it once.")
    if name in known:
        return
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f" (did you mean {close[0]}?)" if close else ""
    if name in TABLE or name in OUTCOMES:
        hint = ", it belongs to --table" if name in TABLE else ", it belongs to tokens"
    examples = " or ".join(f"{key}={value}" for key, value in known.items())
    raise InputError("E110", f"{shown(text)} is no goal here{hint}; use {examples}.")


def _value(name: str, number: str, text: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not 0 < value < UPPER[name]:
        upper = "any number above 0" if UPPER[name] == math.inf else "a number between 0 and 1"
        raise InputError("E110", f"the goal {shown(text)} needs {upper} after the equals sign.")
    return value
