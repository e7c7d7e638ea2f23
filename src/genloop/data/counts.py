"""Counts that were made elsewhere."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ..errors import InputError, shown
from ..models import Categorical
from .files import read
from .layouts import Counted, counted
from .outcomes import categorical


def counts(
    path: str | Path, *, token_column: str | None = None, count_column: str | None = None
) -> Categorical:
    r"""The distribution in a table of tokens and counts, in the order of the file.

    CSV with commas, tabs, semicolons or bars between cells; lists with spaces between them, as
    `uniq -c` writes them; JSON: an object of counts by token, a list of pairs or of objects, or one
    such list or object a line. Tokens are taken letter by letter. Columns are found by their names
    (token, word, ...; count, frequency, ...), or `token_column` and `count_column` name them, also
    by their places counted from one. Without a header two columns are read if one holds a number
    and the other does not.

    A count is a positive number, whole or not, and is taken without rounding (`weights` of the
    origin); the size of the origin is their sum, rounded (`None` where that is zero or beyond
    doubles). Digits may be of any script and in groups of three (1,234,567; also with points or
    spaces that do not break); what can be read in two ways is refused. Zero counts are refused,
    because an outcome that was never seen has no part in a loop. `reading` of the origin says what
    was chosen.

    Raises `InputError`: E201 to E204 and E208 as for every file, E206 one token, E207 too wide a
    range, E211 to E213 malformed CSV, E214 columns that are not clear, E215 no rows, E216 other
    JSON, E218 two readings, E219 no such column, E220 a line without a count, E221 not a number,
    E222 NaN, E223 infinite, E224 negative, E225 zero, E226 all zero, E227 a token twice, E228 an
    empty token, E229 a number with two readings.

    ```python
    pathlib.Path("counts.csv").write_text("token,count\nyes,30\nno,10\n")
    gl.data.counts("counts.csv").probabilities  # [0.75, 0.25]
    ```
    """
    text, sha256 = read(path)
    found = counted(text, path, token_column=token_column, count_column=count_column)
    _check_tokens(found)
    weights = found.weights()
    _check_counts(found, weights)
    _check_seen(found.labels, weights, path)
    return categorical(
        found.labels,
        weights,
        source=str(path),
        sha256=sha256,
        size=_size(sum(weights)),
        reading=found.reading,
    )


def _size(total: int | Fraction) -> int | None:
    return round(total) or None if total < 2**1023 else None


def _check_tokens(found: Counted) -> None:
    known = set()
    for place, label in zip(found.places, found.labels, strict=True):
        if not label:
            raise InputError("E228", f"{place} has an empty token; name it or remove the row.")
        if label in known:
            raise InputError(
                "E227", f"{place} has the token {shown(label)} again; add its counts into one row."
            )
        known.add(label)


def _check_counts(found: Counted, weights: Sequence[int | Fraction]) -> None:
    for (where, cell), weight in zip(found.named(), weights, strict=True):
        if weight < 0:
            raise InputError(
                "E224", f"{where} is {shown(cell)}, negative; correct or remove the row."
            )


def _check_seen(labels: Sequence[str], weights: Sequence[int | Fraction], path) -> None:
    if not weights:
        raise InputError("E215", f"{shown(path)} has a header and no rows; add one row a token.")
    unseen = [label for label, weight in zip(labels, weights, strict=True) if weight == 0]
    if len(unseen) == len(weights):
        raise InputError("E226", f"all counts of {shown(path)} are zero; nothing was counted.")
    if unseen:
        raise InputError(
            "E225",
            f"{shown(path)} has count 0 for {len(unseen):,} of its tokens, first "
            f"{shown(unseen[0])}; remove these rows.",
        )
