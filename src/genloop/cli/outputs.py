"""The files of a command: names that are checked before any work, and files that stand whole."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from .. import files
from ..errors import InputError, shown
from .exits import FileProblem

_JSON = (".json",)
_SUFFIXES = {"--dump-config": (".toml",)}
Names = Mapping[str, str | None | list[str]]
"""Options with the files that they name."""


def check(
    outputs: Mapping[str, str | None],
    inputs: Names = MappingProxyType({}),
    suffixes: tuple[str, ...] = (".json",),
) -> None:
    """Whether the files can be written without harm.

    Raises `InputError` E112 where a name has not one of the `suffixes`, E120 where an output is an
    input or another output, under whatever name; `FileProblem` E401 where a file could not be
    written after long work.
    """
    named = [(option, path) for option, path in outputs.items() if path is not None]
    for option, path in named:
        _check_suffix(option, path, suffixes if option == "--out" else _SUFFIXES.get(option, _JSON))
    for place, (option, path) in enumerate(named):
        for other, known in [*_named(inputs), *named[:place]]:
            if _same(path, known):
                raise InputError(
                    "E120",
                    f"{option} {shown(path)} is the file of {other}, which would be lost; choose "
                    "another name.",
                )
    for _, path in named:
        _check_writable(path)


def write(contents: Mapping[str, bytes]) -> None:
    """Write all files or none. Raises `FileProblem` E402 where the system refuses."""
    try:
        files.write_all(contents)
    except OSError as failure:
        names = " and ".join(map(shown, contents))
        raise FileProblem(
            "E402", f"cannot write {names} ({failure.strerror}); choose another file."
        ) from None


def _named(inputs: Names) -> Iterator[tuple[str, str]]:
    for option, paths in inputs.items():
        for path in [paths] if isinstance(paths, str) else paths or ():
            yield option, path


def _check_suffix(option: str, path: str, suffixes: tuple[str, ...]) -> None:
    if not files.is_special(path) and not path.lower().endswith(suffixes):
        names = " or ".join(suffixes)
        raise InputError("E112", f"{option} is {shown(path)}, its name must end in {names}.")


def _same(one: str, other: str) -> bool:
    """Whether two names lead to one file, now or once both are written; a device is no file."""
    if not files.is_regular(one):
        return False
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        fold = lambda path: os.path.normcase(os.path.realpath(path))
        return fold(one) == fold(other)


def _check_writable(path: str) -> None:
    # Where a link leads to nothing yet, its folder must be there too.
    folder = Path(path if files.is_special(path) else os.path.realpath(path)).parent
    if (failure := _failure(path)) is not None:
        reason = failure
    elif os.path.isdir(path):
        reason = "it is a folder"
    elif not folder.is_dir() or not os.access(folder, os.W_OK) and not files.is_special(path):
        reason = f"{shown(folder)} is no writable folder"
    elif os.path.exists(path) and not os.access(path, os.W_OK):
        reason = "it is read-only"
    else:
        return
    raise FileProblem("E401", f"cannot write {shown(path)} ({reason}); choose another file.")


def _failure(path: str) -> str | None:
    """The reason why the system cannot even look for the name: too long, or links in circles."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as failure:
        return failure.strerror
    return None
