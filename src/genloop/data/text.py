"""Texts as distributions of tokens."""

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


def tokens(path: str | Path) -> Categorical:
    r"""The relative frequencies of the tokens in a UTF-8 text file, most frequent first.

    The text is brought to lower case and to Unicode normal form C. A token is then a maximal run
    of letters, marks and digits (Unicode categories L, M and N); an apostrophe (straight or curly,
    counted as the same) belongs to a token where it stands between two of these: "don't" is one
    token, "e-mail" two. All else separates. Tokens of equal frequency are in code point order.

    `tokens("demo")` is `demo()`; write "./demo" for a file of that name. Raises `InputError`: E201
    no such file, E202 not readable, E203 not UTF-8 text, E204 empty, E205 no token in it, E206 one
    distinct token.
    """
    return _distribution(*text_of(path))


def demo() -> Categorical:
    """The tokens of the English documentation that comes with every Python (`pydoc_data.topics`).

    Some 65,000 tokens; text and digest differ between versions of Python.
    """
    return _distribution(*text_of("demo"))


def text_of(path: str | Path) -> tuple[str, str, str]:
    """The text of a file or of the demo, what it is called, and the SHA-256 of its bytes.

    Raises `InputError`: E201 to E204 as for every file.
    """
    if str(path) != "demo":
        text, sha256 = read(path)
        return text, str(path), sha256
    from pydoc_data.topics import topics

    text = "\n".join(topics[name] for name in sorted(topics))
    source = f"documentation of Python {platform.python_version()} (pydoc_data.topics)"
    return text, source, digest(text.encode())


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
