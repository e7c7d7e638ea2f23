"""The columns of a table that hold the tokens and the counts."""

from collections.abc import Callable, Sequence

from ..errors import InputError, shown
from .numbers import is_number
from .sheet import check_names

TOKENS = ("token", "tokens", "word", "words", "term", "type", "ngram", "n-gram", "text", "label")
_COUNTS = ("count", "counts", "frequency", "freq", "n", "occurrences", "number")
_CHOICE = (
    "choose two with --token-column NAME and --count-column NAME (in Python token_column= and "
    "count_column=; a number is the place of a column)"
)


def columns(
    first: Sequence[str],
    path,
    *,
    token_column: str | None = None,
    count_column: str | None = None,
    numeric: Callable[[str], bool] = is_number,
) -> tuple[int, int, bool]:
    """The places of tokens and counts, and whether the first row is a header.

    Columns are found by their names, or by the only number of a first row of two cells. Raises
    `InputError` E214 where they cannot be found, E218 where both may
    hold counts, E219 where there is no column of a chosen name.
    """
    names = [str(cell).strip() for cell in first]
    token = None if token_column is None else place_of(token_column, names, path)
    count = None if count_column is None else place_of(count_column, names, path)
    if token is None and count is None:
        numbers = [place for place, cell in enumerate(first) if numeric(cell)]
        if len(names) == len(numbers) == 2:
            raise InputError(
                "E218",
                f"both columns of {shown(path)} begin with a number, {_listed(names)}; start it "
                f"with the line token,count or {_CHOICE}.",
            )
        if len(names) == 2 and len(numbers) == 1 and "token" not in names:
            return 1 - numbers[0], numbers[0], False
        token, count = _known(names, TOKENS, path), _known(names, _COUNTS, path)
    elif token is None:
        token = _known(names, TOKENS, path, but=count)
    elif count is None:
        count = _known(names, _COUNTS, path, but=token)
    if len(names) == 2:
        token = 1 - count if token is None and count is not None else token
        count = 1 - token if count is None and token is not None else count
    if token is None or count is None or token == count:
        raise _unknown(names, path)
    return token, count, not numeric(first[count])


def place_of(name: str, names: list[str], path) -> int:
    """The place of the column of this name, or of this number from 1 on; `InputError` E219."""
    if name in names:
        return names.index(name)
    if name.isascii() and name.isdigit() and 1 <= int(name[:9]) <= len(names):
        return int(name) - 1
    raise InputError(
        "E219",
        f"{shown(path)} has no column {shown(name)}; it has {_listed(names)} (a number is the "
        "place of a column).",
    )


def _known(names: list[str], known: tuple[str, ...], path, but: int | None = None) -> int | None:
    """The column of the first of the known names, or the only one with another of them."""
    found = [place for place, name in enumerate(names) if name.casefold() in known and place != but]
    exact = [place for place in found if names[place].casefold() == known[0]]
    check_names((names[place] for place in exact), path)
    return (exact or found)[0] if len(exact or found) == 1 else None


def _unknown(names: list[str], path) -> InputError:
    if len(names) == 1:
        return InputError(
            "E214",
            f"{shown(path)} has one column, its first line is {shown(names[0])}; give tokens and "
            "counts with a comma, a tab, a semicolon, a bar or a space between them, or count "
            "tokens with --tokens.",
        )
    return InputError(
        "E214",
        f"which columns of {shown(path)} are tokens and counts is not clear, its first line has "
        f"{_listed(names)}; start it with the line token,count or {_CHOICE}.",
    )


def _listed(names: list[str]) -> str:
    listed = ", ".join(map(shown, names[:10]))
    return listed if len(names) <= 10 else f"{listed} and {len(names) - 10:,} more"
