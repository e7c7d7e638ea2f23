"""Texts as distributions of tokens."""

import json
import platform
import re
import unicodedata
from collections import Counter
from pathlib import Path

from ..errors import InputError, shown
from ..models import Categorical
from .files import digest, read
from .outcomes import categorical

_OUTER_APOSTROPHE = re.compile(r"(?<![^\s'])'|'(?![^\s'])")


def tokens(path: str | Path, *, field: str | None = None) -> Categorical:
    r"""The relative frequencies of the tokens in a UTF-8 text file, most frequent first.

    The text is brought to lower case and to Unicode normal form C. A token is then a maximal run
    of letters, marks and digits (Unicode categories L, M and N); an apostrophe (straight or curly,
    counted as the same) belongs to a token where it stands between two of these: "don't" is one
    token, "e-mail" two. All else separates, and drops out. Tokens of equal frequency are in code
    point order. Scripts without spaces (Chinese, Japanese, Thai) are not cut into words: a whole
    clause is a token there, so count words elsewhere and use `counts`. Of JSON lines the text in
    `field` is read, by default "text" or the only field that holds text.

    `tokens("demo")` is `demo()`; write "./demo" for a file of that name. Raises `InputError`: E201
    no such file, E202 not readable, E203 not UTF-8 text, E204 empty, E205 no token in it, E206 one
    distinct token, E209 JSON lines without such a field.
    """
    return _distribution(*text_of(path, field))


def demo() -> Categorical:
    """The tokens of the English documentation that comes with every Python (`pydoc_data.topics`).

    Some 65,000 tokens; text and digest differ between versions of Python.
    """
    return _distribution(*text_of("demo"))


def text_of(path: str | Path, field: str | None = None) -> tuple[str, str, str]:
    """The text of a file or of the demo, what it is called, and the SHA-256 of its bytes.

    Raises `InputError`: E201 to E204 as for every file, E209 JSON lines without one field of text.
    """
    if str(path) != "demo":
        text, sha256 = read(path)
        text, chosen = _prose(text, path, field)
        return text, str(path) if chosen is None else f"{path} (field {chosen})", sha256
    from pydoc_data.topics import topics

    text = "\n".join(topics[name] for name in sorted(topics))
    source = f"documentation of Python {platform.python_version()} (pydoc_data.topics)"
    return text, source, digest(text.encode())


def _prose(text: str, path, field: str | None) -> tuple[str, str | None]:
    """The text itself, or that in one field of JSON lines, and the field: names are no words."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not all(line.lstrip().startswith("{") for line in (lines[0], lines[-1])):
        return text, None
    try:
        records = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return text, None
    if not all(isinstance(one, dict) for one in records):
        return text, None
    names = {name for one in records for name, value in one.items() if isinstance(value, str)}
    chosen = field or ("text" if "text" in names else names.pop() if len(names) == 1 else None)
    if chosen is None or not all(isinstance(one.get(chosen), str) for one in records):
        raise InputError(
            "E209",
            f"{shown(path)} holds JSON lines with no field 'text' in each of them (fields with "
            f"text: {', '.join(map(shown, sorted(names))) or 'none'}); give a file with the text "
            "alone, or choose the field with genloop.data.tokens(path, field=...).",
        )
    return "\n".join(one[chosen] for one in records), chosen


def tokenise(text: str) -> list[str]:
    """The tokens of a text in their order, by the rule of `tokens`."""
    text = unicodedata.normalize("NFC", text.lower()).replace("\u2019", "'")
    separators = {
        ord(c): " " for c in set(text) if c != "'" and unicodedata.category(c)[0] not in "LMN"
    }
    return _OUTER_APOSTROPHE.sub(" ", text.translate(separators)).split()


def _distribution(text: str, source: str, sha256: str) -> Categorical:
    found = Counter(tokenise(text))
    if not found:
        raise InputError(
            "E205", f"{shown(source)} holds no letter or digit; give a text that does."
        )
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    labels, weights = zip(*ranked, strict=True)
    return categorical(labels, weights, source=source, sha256=sha256, size=found.total())
