"""Numbers as people write them, without rounding, and only where they mean one thing."""

import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction

from ..errors import InputError, shown

POINT, COMMA = ".", ","
_LONGEST = 1000
"""Letters of a number that are read."""
_GROUP = "\u202f"
# Signs that never are a decimal sign: spaces that do not break, apostrophes, the Arabic comma.
_SAME = dict.fromkeys("\u00a0\u2007\u2009'\u2019\u066c", _GROUP) | {"\u2212": "-"}
_TRANSLATION = str.maketrans(_SAME)
_ARABIC = "\u066b"


def _grammar(sign: str, other: str) -> re.Pattern:
    """All numbers whose decimal sign is `sign`, in groups of three digits by `other` or spaces."""
    part = f"(?:[{sign}{_ARABIC}][0-9]*)?"
    plain = f"(?:[0-9]+{part}|[{sign}{_ARABIC}][0-9]+)(?:[eE][+-]?[0-9]+)?"
    groups = "|".join(f"(?:[{one}][0-9]{{3}})+" for one in (other, _GROUP))
    return re.compile(f"[+-]?(?:{plain}|[1-9][0-9]{{0,2}}(?:{groups}){part})")


_GRAMMARS = {POINT: _grammar(POINT, COMMA), COMMA: _grammar(COMMA, POINT)}
_OTHER = {POINT: COMMA, COMMA: POINT}
_WORDS = {POINT: "a decimal point", COMMA: "a decimal comma"}
_MANY_GROUPS = re.compile("[+-]?[0-9]+(?:([.,])[0-9]{3})(?:\\1[0-9]{3})+(?:[.,][0-9]*)?")
_EXPONENT = re.compile("[eE]([+-]?[0-9]+)$")


def decimal_sign(cells: Iterable[tuple[str, str]], doubted: str) -> str:
    """The decimal sign of numbers that belong together, from pairs of a place and a cell.

    Cells that can be read in one way only decide for all (1,234,567 or 0,5 or 1.5), and without
    any the sign is a point. Then 1.234 is refused where a point, and 1,234 where a comma may be
    the other sign: where it is one of `doubted`. Raises `InputError` E229 for these and for cells
    that contradict each other.
    """
    proofs: dict[str, list[tuple[str, str]]] = {POINT: [], COMMA: []}
    doubtful: list[tuple[str, str]] = []
    certain, last = set(), None
    for where, cell in cells:
        last, text = (where, cell), _normal(cell)
        if text.isdigit():
            continue
        values = {sign: _written(text, sign) for sign in _GRAMMARS}
        readings = [sign for sign, value in values.items() if value is not None]
        if len(readings) == 1:
            proofs[readings[0]].append((where, cell))
            certain |= set(readings) if _MANY_GROUPS.fullmatch(text) else set()
        elif readings and values[POINT] != values[COMMA]:
            doubtful.append((where, cell))
    if proofs[POINT] and proofs[COMMA]:
        raise _contradiction(proofs)
    sign = COMMA if proofs[COMMA] else POINT
    # A single odd cell among many may be a misprint, and the last one of a file may be cut.
    sure = len([proof for proof in proofs[sign] if proof != last])
    known = certain or sure >= min(2, len(doubtful))
    if not known:
        for where, cell in doubtful:
            if sign == COMMA or any(mark in cell for mark in doubted):
                raise _doubt(where, cell)
    return sign


def _contradiction(proofs) -> InputError:
    said = [f"{where} is {shown(cell)}" for (where, cell), *_ in proofs.values()]
    return InputError(
        "E229",
        f"{said[0]}, with {_WORDS[POINT]}, and {said[1]}, with {_WORDS[COMMA]}; write all numbers "
        "of the file in one way.",
    )


def _doubt(where: str, cell: str) -> InputError:
    text = _normal(cell)
    values = [str(_written(text, sign)) for sign in (POINT, COMMA)]
    whole = next(value for value in values if "." not in value)
    return InputError(
        "E229",
        f"{where} is {shown(cell)}, which can be read as {values[0]} and as {values[1]}, and the "
        f"other numbers of the file do not decide it; write {whole} for the one or "
        f"{text}0 for the other, and all numbers in that way.",
    )


def is_number(cell: str) -> bool:
    """Whether a cell holds a finite number in some way of writing numbers."""
    text = _normal(cell)
    return any(grammar.fullmatch(text) for grammar in _GRAMMARS.values())


def exact_number(cell: str, where: str, sign: str = POINT) -> int | Fraction:
    """The number in a cell, without rounding, where `sign` is the decimal sign.

    Raises `InputError`: E221 not a number or of more than 1,000 digits, E222 NaN, E223 infinite or
    beyond all numbers that are read.
    """
    text = _normal(cell)
    written = _written(text, sign)
    if written is not None:
        _check_size(written, where, cell)
        value = Fraction(written)
        return value.numerator if value.denominator == 1 else value
    word = text.lower().lstrip("+-")
    if word == "nan":
        raise InputError("E222", f"{where} is NaN; correct or remove the row.")
    if word in ("inf", "infinity"):
        raise InputError(
            "E223", f"{where} is {shown(cell)}, not finite; correct or remove the row."
        )
    raise InputError(
        "E221",
        f"{where} is {shown(cell)}, which is not a number; write it with the digits 0 to 9 and "
        f"{_WORDS[sign]}, or remove the row or column.",
    )


def _check_size(written: str, where: str, cell: str) -> None:
    exponent = _EXPONENT.search(written)
    if exponent and len(exponent[1].lstrip("+-").lstrip("0")) > 3:
        raise InputError(
            "E223",
            f"{where} is {shown(cell)}, beyond the exponents from -999 to 999 that are read; scale "
            "all numbers, or correct or remove the row.",
        )
    if len(written) > _LONGEST:
        raise InputError(
            "E221",
            f"{where} has {sum(map(str.isdigit, written)):,} digits, of which at most {_LONGEST:,} "
            "are read; divide all numbers by one power of ten, or correct or remove the row.",
        )


def number(cell: str, where: str, sign: str = POINT) -> float:
    """The finite double nearest to the number in a cell; errors as in `exact_number`."""
    try:
        return float(exact_number(cell, where, sign))
    except OverflowError:
        raise InputError(
            "E223", f"{where} is {shown(cell)}, beyond doubles; correct or remove the row."
        ) from None


def _normal(cell: str) -> str:
    """A cell with the digits 0 to 9 for those of every script, and one sign for groups."""
    text = cell.strip()
    if text.isascii() and "'" not in text:
        return text
    digits = (str(unicodedata.decimal(letter, letter)) for letter in text)
    return "".join(digits).translate(_TRANSLATION)


def _written(text: str, sign: str) -> str | None:
    """A number as Python writes it, `None` where `text` is none with this decimal sign."""
    if not _GRAMMARS[sign].fullmatch(text):
        return None
    for group in (_OTHER[sign], _GROUP):
        text = text.replace(group, "")
    return text.replace(sign, ".").replace(_ARABIC, ".")
