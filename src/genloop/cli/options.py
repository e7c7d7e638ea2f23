"""The options that commands share, and the checks of their values."""

import math
from typing import Annotated

import typer

from ..errors import InputError

_COLDEST = 1e-300

Tokens = Annotated[
    str | None,
    typer.Option(
        "--tokens",
        metavar="FILE|demo",
        help="A text, JSON with texts in it (see --field), or demo. Tokens are runs of letters "
        "and digits in lower case; all else separates.",
    ),
]
Field = Annotated[
    str | None,
    typer.Option(
        "--field",
        metavar="NAME",
        help="Which field of JSON for --tokens holds the text (default: text, or the only one).",
    ),
]
Counts = Annotated[
    str | None,
    typer.Option(
        "--counts",
        metavar="FILE",
        help="Tokens and their counts: CSV with any separator, uniq -c, or JSON.",
    ),
]
TokenColumn = Annotated[
    str | None,
    typer.Option(
        "--token-column",
        metavar="NAME",
        help="The column of the tokens in --counts: its name, or 1, 2, ... (default: token, word, "
        "...).",
    ),
]
CountColumn = Annotated[
    str | None,
    typer.Option(
        "--count-column",
        metavar="NAME",
        help="The column of the counts in --counts (default: count, frequency, ...).",
    ),
]
Table = Annotated[
    str | None,
    typer.Option(
        "--table",
        metavar="FILE",
        help="A numeric table as a Gaussian: CSV with a header, .npy, or Parquet.",
    ),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="A,B,...",
        help="The columns of --table that are taken: names, places, or ranges of places as 2-65 "
        "(default: all but an index of the rows).",
    ),
]
DropConstant = Annotated[
    bool | None,
    typer.Option(
        "--drop-constant", help="Leave out columns of --table that are the same in every row."
    ),
]
Words = Annotated[
    str | None,
    typer.Option("--words", metavar="LANG", help="The words of a language, for example en."),
]
Uniform = Annotated[
    int | None, typer.Option("--uniform", metavar="K", help="K equally likely outcomes.")
]
Rewards = Annotated[
    str | None,
    typer.Option(
        "--rewards",
        metavar="FILE",
        help="What reward is in --loop 'Choose(reward, among=4) >> Mix(real, a)': CSV or JSON with "
        "token,reward, or token,reward_a,reward_b for several groups of curators.",
    ),
]
DefaultReward = Annotated[
    float | None,
    typer.Option(
        "--default-reward",
        metavar="X",
        help="The reward of tokens without a row in --rewards (default: every token needs one).",
    ),
]
Temperature = Annotated[
    float, typer.Option("--temperature", "-T", metavar="T", help="Sampling temperature, > 0.")
]
RealFraction = Annotated[
    float,
    typer.Option("--real-fraction", "-a", metavar="A", help="Share of real data, 0 to 1."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Also print brackets or uncertainties, and residuals."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of all random numbers.")]
Out = Annotated[
    str | None, typer.Option("--out", metavar="FILE", help="Also write the JSON document there.")
]


def check_temperature(value: float) -> None:
    """Raises `InputError` E105 unless the temperature is a positive finite number."""
    if value == 0:
        raise InputError(
            "E105",
            "the temperature is 0, which is greedy sampling: always the likeliest token; write "
            "genloop threshold --top-k 1 for it, or a temperature above 0.",
        )
    if not 0 < value < math.inf:
        raise InputError(
            "E105",
            f"the temperature is {value:g}, it must be a finite number above 0; 1 is neutral.",
        )
    if value < _COLDEST:
        raise InputError(
            "E105",
            f"the temperature is {value:g}, whose reciprocal is beyond all numbers; take "
            f"{_COLDEST:g}, from which it differs by less than rounding.",
        )


def check_fraction(value: float, name: str = "the real fraction", code: str = "E106") -> None:
    """Raises `InputError` unless the value lies in [0, 1]."""
    if not 0 <= value <= 1:
        raise InputError(code, f"{name} is {value:g}, it must lie between 0 and 1.")


def check_count(value: int, name: str, least: int, most: int = 10**9) -> None:
    """Raises `InputError` E108 unless the whole number lies between `least` and `most`."""
    if not least <= value <= most:
        raise InputError("E108", f"{name} is {value}, it must lie between {least} and {most:,}.")


def check_seed(value: int) -> None:
    """Raises `InputError` E109 unless the seed fits 63 bits."""
    if not 0 <= value < 2**63:
        raise InputError("E109", f"--seed is {value}, it must lie between 0 and 2**63 - 1.")
