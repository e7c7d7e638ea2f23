"""Files as text."""

import gzip
import hashlib
import io
import zlib
from pathlib import Path

from ..errors import InputError, shown

_LONGEST = 2**30
"""Bytes of a file that are read."""
_GZIP = b"\x1f\x8b"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Byte order marks of texts whose letters have zero bytes, and what decodes these."""
_FORMATS = {_GZIP: "a gzip file", b"PK": "a zip file", b"%P": "a PDF", b"BZ": "a bzip2 file"}
_FORMATS |= {b"\xfd7": "an xz file", b"(\xb5": "a zstandard file", b"PA": "a Parquet file"}


def digest(content: bytes) -> str:
    """The hexadecimal SHA-256 of `content`."""
    return hashlib.sha256(content).hexdigest()


def read(path: str | Path) -> tuple[str, str]:
    """The text of a file, without a byte order mark, and the SHA-256 of its bytes.

    UTF-8, or UTF-16 with a byte order mark; a gzip file is read as what was compressed. Raises
    `InputError`: E201 no such file, E202 not readable, E203 not such text, E204 empty, E208 longer
    than 1 GiB.
    """
    content, sha256 = contents(path)
    return decoded(content, path), sha256


def contents(path: str | Path, *, formats: tuple[bytes, ...] = ()) -> tuple[bytes, str]:
    """The bytes of a file, of a gzip file those that were compressed, and the SHA-256 of the file.

    What is neither text nor begins as one of the `formats` need not be whole. Raises `InputError`
    E201, E202 and E208 as `read` does.
    """
    try:
        content = _bytes(path, formats)
    except FileNotFoundError:
        raise InputError("E201", f"there is no file {shown(path)}; check the path.") from None
    except (OSError, ValueError) as failure:
        reason = getattr(failure, "strerror", None) or failure
        raise InputError(
            "E202", f"{shown(path)} cannot be read ({reason}); give a readable text file."
        ) from None
    inner = _decompressed(content, path) if content.startswith(_GZIP) else content
    return inner, digest(content)


def _bytes(path, formats: tuple[bytes, ...]) -> bytes:
    """The content; what has no end, such as a device, is not read on once it cannot be text."""
    with open(path, "rb") as file:
        begin = file.read(2**16)
        if 0 in begin and not begin.startswith((*_MARKS, _GZIP, *formats)):
            return begin
        content = begin + file.read(_LONGEST)
    _check_length(content, path)
    return content


def _check_length(content: bytes, path) -> None:
    if len(content) > _LONGEST:
        raise InputError(
            "E208",
            f"{shown(path)} is longer than {_LONGEST >> 30} GiB; give a part of it, or count its "
            "tokens elsewhere and give --counts.",
        )


def _decompressed(content: bytes, path) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            inner = file.read(_LONGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise InputError(
            "E202",
            f"{shown(path)} is a damaged gzip file (gunzip -t says where); make it again or give "
            "the text in it.",
        ) from None
    _check_length(inner, path)
    return inner


def decoded(content: bytes, path: str | Path) -> str:
    """The text in the bytes of a file; raises `InputError` E203 and E204 as `read` does."""
    try:
        text = content.decode(_MARKS.get(content[:2], "utf-8-sig")).removeprefix("\ufeff")
        zero = text.find("\0")
    except UnicodeDecodeError as failure:
        text, zero = "", failure.start
    if zero >= 0:
        raise InputError(
            "E203",
            f"{shown(path)} is not UTF-8 text (byte 0x{content[min(zero, len(content) - 1)]:02x} "
            f"at position {zero}{_looks(content)}); convert it to UTF-8 (iconv -f ENCODING -t "
            "utf-8) or give the text it was made from.",
        )
    if not text.strip():
        raise InputError("E204", f"{shown(path)} is empty; give a file with data in it.")
    return text


def _looks(content: bytes) -> str:
    """A clause on the format that bytes which are no text may have."""
    known = _FORMATS.get(content[:2])
    if content[:2] in _MARKS:
        known = "damaged UTF-16"
    elif 0 in content[:2] and content[:2] != b"\0\0":
        known = "UTF-16 without a byte order mark"
    return "" if known is None else f", it looks like {known}"
