"""`--top-k`, `--nucleus` and `--min-p`: sampling from the likeliest tokens only."""

from typing import Annotated

import typer

from ..errors import InputError, shown
from .options import check_count

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
