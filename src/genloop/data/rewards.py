"""What curators think of the outcomes of a model: tokens and their rewards."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import InputError, shown
from ..models import Categorical, GivenRewards
from ..printing import plural
from . import sheet
from .columns import TOKENS
from .files import read
from .numbers import decimal_sign, number
from .records import Placed, rows_of
from .structure import Number, json_of

_REWARD = "reward"
_HEADER = "start it with the line token,reward (or token,reward_a,reward_b for several groups)"


def rewards(path: str | Path, real: Categorical, *, default: float | None = None) -> GivenRewards:
    r"""The rewards in a table of tokens, in the order of the outcomes of `real`.

    A CSV file with a header, or JSON as `counts` reads it: a column of tokens (token, word, ...)
    and a column `reward`, or for several groups of curators columns whose names begin with it
    (`reward_young`, `reward_old`). A reward is a logarithm of odds: of two candidates the one whose
    reward is larger by $\log 2$ is chosen twice as often.

    Without `default` every outcome needs one row, and there is no other row. With it tokens
    without a row have this reward, and rows of tokens that are not in the data are left out;
    `reading` says how many of each.

    Raises `InputError`: E201 to E204 and E208 as for every file, E211 to E213 malformed CSV, E216
    other JSON, E221 to E223 and E229 what is no number, E228 an empty token, E271 columns that are
    not clear, E272 a token twice, E273 a token without a reward, E274 a token that is not in the
    data, E275 no token in common; `ValueError` for data without labels.

    ```python
    real = gl.data.tokens("demo")
    pathlib.Path("rewards.csv").write_text("token,reward\nthe,1\n")
    gl.data.rewards("rewards.csv", real, default=0).different  # 2
    ```
    """
    if real.labels is None:
        raise ValueError(
            "rewards are read by the labels of outcomes, and this model has none; give "
            "genloop.language.parse(..., rewards=array) an array in its order."
        )
    if default is not None and not math.isfinite(default):
        raise InputError("E223", f"the default reward is {default:g}; give a finite number.")
    text, sha256 = read(path)
    rows, delimiter = _rows(text, path)
    token, columns = _columns([cell.strip() for cell in rows[0][1]], path)
    table = _table(rows, columns, delimiter)
    found = dict(zip(_tokens(rows[1:], token, path), table, strict=True))
    reading = _check_match(found, real.labels, default, path)
    values = np.array([found.get(one, [default] * len(columns)) for one in real.labels]).T
    names = tuple(columns)
    values = np.ascontiguousarray(values if len(names) > 1 else values[0])
    values.setflags(write=False)
    return GivenRewards(values, names, str(path), sha256, reading)


def _rows(text: str, path) -> tuple[list[Placed], str]:
    """The rows with their places, the names of the columns first, and what separates cells."""
    found = json_of(text, path, "E216")
    if found is not None:
        return rows_of(*found, path), "JSON"
    delimiter = sheet.delimiter(text)
    rows = sheet.rows(text, path, delimiter)
    return [(f"line {line} of {shown(path)}", cells) for line, cells in rows], delimiter


def _columns(names: list[str], path) -> tuple[int, dict[str, int]]:
    """The place of the tokens, and those of the rewards by name; `InputError` E271, E212."""
    sheet.check_names(names, path)
    rewards = {name: i for i, name in enumerate(names) if name.casefold().startswith(_REWARD)}
    tokens = [i for i, name in enumerate(names) if name.casefold() in TOKENS]
    if names == ["token", "count"] and not rewards:
        # An object of numbers in JSON has no names of its own.
        rewards = {_REWARD: 1}
    if len(tokens) != 1 or not rewards:
        listed = ", ".join(map(shown, names[:10]))
        raise InputError(
            "E271",
            f"which columns of {shown(path)} are tokens and rewards is not clear, its first line "
            f"has {listed}; {_HEADER}.",
        )
    return tokens[0], rewards


def _table(rows: list[Placed], columns: dict[str, int], delimiter: str) -> list[list[float]]:
    cells = [
        [(f"{name} in {place}", row[i]) for name, i in columns.items()] for place, row in rows[1:]
    ]
    json = [cell for row in cells for cell in row if not isinstance(cell[1], Number)]
    sign = decimal_sign(json, "," if delimiter != "," else "")
    return [
        [number(cell, where, "." if isinstance(cell, Number) else sign) for where, cell in row]
        for row in cells
    ]


def _tokens(rows: list[Placed], place: int, path) -> list[str]:
    """The tokens, letter by letter, each once; `InputError` E228, E272."""
    known: set[str] = set()
    for where, row in rows:
        token = row[place]
        if not token:
            raise InputError("E228", f"{where} has an empty token; name it or remove the row.")
        if token in known:
            raise InputError(
                "E272", f"{where} has the token {shown(token)} again; keep one row of it."
            )
        known.add(token)
    return [row[place] for _, row in rows]


def _check_match(
    found: dict[str, list[float]], labels: Sequence[str], default: float | None, path
) -> tuple[str, ...]:
    """Sentences on tokens without a row and on rows without a token, which a default allows."""
    known = set(labels)
    without = [one for one in labels if one not in found]
    unknown = [one for one in found if one not in known]
    if len(without) == len(labels):
        first = f" (it has {shown(next(iter(found)))})" if found else ""
        raise InputError(
            "E275",
            f"no token of the data has a reward in {shown(path)}{first}; give rewards of these "
            "data, with the tokens as they are there (those of --tokens are in lower case).",
        )
    if unknown and default is None:
        raise InputError(
            "E274",
            f"{shown(path)} has rewards of {plural(len(unknown), 'token')} not in the data, first "
            f"{shown(unknown[0])}; remove them, or give --default-reward X (in Python default=), "
            "which leaves them out.",
        )
    if without and default is None:
        raise InputError(
            "E273",
            f"{shown(path)} has no reward of {plural(len(without), 'token')} of the data, first "
            f"{shown(without[0])}; add rows, or give --default-reward X (in Python default=) for "
            "all of them.",
        )
    if default is None:
        return ()
    return (
        f"{plural(len(without), 'token')} without a row: reward {default:g}",
        f"{plural(len(unknown), 'row')} of tokens not in the data: left out",
    )
