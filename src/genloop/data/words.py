"""Word frequencies of whole languages."""

from ..errors import InputError, shown
from ..models import Categorical
from .files import digest
from .outcomes import categorical


def words(language: str) -> Categorical:
    """The word frequencies of a language, most frequent first, from the package wordfreq.

    Its largest list for the language ("en": about 320,000 words), made to sum to one; the number of
    observations behind it is not known, so the size of the origin is `None`. The digest is that
    of the lines `word,frequency`. Raises `InputError`: E241 wordfreq is not installed, E242 it
    does not know the language.

    ```python
    english = gl.data.words("en")
    ```
    """
    try:
        import wordfreq
    except ImportError:
        raise InputError(
            "E241",
            "word frequencies need the package wordfreq, which is not installed; "
            "pip install wordfreq.",
        ) from None
    try:
        frequencies = wordfreq.get_frequency_dict(language, wordlist="best")
    except (LookupError, ValueError):
        known = ", ".join(sorted(wordfreq.available_languages("best")))
        raise InputError(
            "E242", f"wordfreq has no language {shown(language)}; it has {known}."
        ) from None
    ranked = sorted(frequencies.items(), key=lambda item: (-item[1], item[0]))
    labels, weights = zip(*ranked, strict=True)
    lines = "".join(f"{word},{frequency!r}\n" for word, frequency in ranked)
    source = f"wordfreq {language}"
    return categorical(labels, weights, source=source, sha256=digest(lines.encode()), size=None)
