"""Texts as distributions of tokens."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError, shown
from ..models import Categorical
from .outcomes import categorical
from .prose import Text, dropped, text_of

TOKENISATION = "runs of letters, marks and digits in lower case; all else separates"
_OUTER_APOSTROPHE = re.compile(r"(?<![^\s'])'|'(?![^\s'])")
_UNSPACED = {
    "Chinese or Japanese": ("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]", 3),
    "Thai, Lao, Khmer or Burmese": ("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]", 7),
}
"""Scripts without spaces between words, and the most letters that their words have on average."""


def tokens(path: str | Path, *, field: str | None = None) -> Categorical:
    r"""The relative frequencies of the tokens in a text file, most frequent first.

    UTF-8, or UTF-16 with a byte order mark, also in gzip. The text is brought to lower case and to
    Unicode normal form C. A token is then a maximal run of letters, marks and digits (Unicode
    categories L, M and N) that is not of marks alone; an apostrophe (straight or curly, counted as
    the same) belongs to a token where it stands between two of these: "don't" is one token,
    "e-mail" two. All else separates, and drops out. Tokens of equal frequency are in code point
    order. Scripts without spaces (Chinese, Japanese, Thai) are not cut into words: a whole clause
    is a token there, so put spaces between words, or count them elsewhere and use `counts`.

    Of JSON (one value, or one a line) the texts in `field` are read, by default "text" or the only
    field that holds text. The origin says it (`reading`), and what the text may not mean
    (`warnings`: clauses as tokens, symbols that drop out, markup, cells of a table).

    `tokens("demo")` is `demo()`; write "./demo" for a file of that name. Raises `InputError`: E201
    no such file, E202 not readable, E203 not such text, E204 empty, E205 no token in it, E206 one
    distinct token, E208 too long, E209 JSON without such a field, E210 a table or markup.

    ```python
    pathlib.Path("text.txt").write_text("to be or not to be")
    gl.data.tokens("text.txt").labels  # [be, to, not, ...] (4 in all)
    ```
    """
    return _distribution(text_of(path, field))


def demo() -> Categorical:
    """The tokens of the English documentation that comes with every Python (`pydoc_data.topics`).

    Some 65,000 tokens; text and digest differ between versions of Python.

    ```python
    real = gl.data.demo()
    real.labels[0]  # the
    ```
    """
    return _distribution(text_of("demo"))


def tokenise(text: str) -> list[str]:
    """The tokens of a text in their order, by the rule of `tokens`."""
    text = unicodedata.normalize("NFC", text.lower()).replace("\u2019", "'")
    separators = {
        ord(c): " " for c in set(text) if c != "'" and unicodedata.category(c)[0] not in "LMN"
    }
    found = _OUTER_APOSTROPHE.sub(" ", text.translate(separators)).split()
    marks = {c for c in set(text) if unicodedata.category(c)[0] == "M"}
    return [token for token in found if not marks.issuperset(token)] if marks else found


def noticed(text: Text, found: Mapping[str, int]) -> dict[str, Any]:
    """The fields of an `Origin` on the rule for tokens and on doubts about them."""
    warnings = (*text.warnings, *_clauses(found), *dropped(text.content, sum(found.values())))
    return {"tokenisation": TOKENISATION, "reading": text.reading, "warnings": warnings}


def _clauses(found: Mapping[str, int]):
    """Sentences on tokens that are too long for words of their script."""
    for script, (letters, usual) in _UNSPACED.items():
        whole = {token: times for token, times in found.items() if re.search(letters, token)}
        number = sum(whole.values())
        if sum(len(token) * times for token, times in whole.items()) > usual * number:
            yield (
                f"{number:,} tokens are clauses of {script} and no words, such as "
                f"{shown(max(whole, key=len), 30)}; put spaces between words, or count words "
                "elsewhere and give --counts"
            )


def _distribution(text: Text) -> Categorical:
    found = Counter(tokenise(text.content))
    if not found:
        raise InputError(
            "E205", f"{shown(text.source)} holds no letter or digit; give a text that does."
        )
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    labels, weights = zip(*ranked, strict=True)
    return categorical(
        labels,
        weights,
        source=text.source,
        sha256=text.sha256,
        size=found.total(),
        **noticed(text, found),
    )
