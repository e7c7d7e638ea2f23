"""Files that are written whole or not at all."""

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

WRITTEN: list[str] = []
"""The files that this process has written, by the names that were given."""

PENDING: dict[str, str] = {}
"""Drafts that have not become files yet, and the names that were given for these."""

_MOST_LINKS = 40
"""Links that lead from one to another before the system gives up."""


def write(path: str | Path, content: bytes) -> None:
    """Write one file as `write_all` does."""
    write_all({path: content})


def write_all(contents: Mapping[Path, bytes] | Mapping[str | Path, bytes]) -> None:
    """Write all files, each whole: a draft beside every file first, then one rename each.

    Where a draft cannot be written nothing is changed: the old files stand. A link stays a link,
    permissions stay as they were, and what is no regular file (a device, a pipe) is written to.
    Raises `OSError` with the name of the file.
    """
    drafts = []
    try:
        for path, content in contents.items():
            if is_special(path):
                _write_through(path, content)
            else:
                target = os.path.realpath(path)
                drafts.append((_draft(target, content, str(path)), target))
        for draft, target in drafts:
            os.replace(draft, target)
            WRITTEN.append(PENDING[draft])
            _keep_folder(target)
    finally:
        settle()


def settle() -> None:
    """Remove the drafts that are left; one that is gone has become its file."""
    for draft, name in list(PENDING.items()):
        try:
            os.unlink(draft)
        except FileNotFoundError:
            if name not in WRITTEN:
                WRITTEN.append(name)
        except OSError:
            continue
        PENDING.pop(draft, None)


def is_special(path: str | Path) -> bool:
    """Whether the name leads to a device, a pipe or an open file, such as `/dev/stdout`."""
    return not is_regular(path) or _is_open(os.path.abspath(path))


def is_regular(path: str | Path) -> bool:
    """Whether the name leads to what can be lost: to no device and no pipe, or to nothing yet."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return True
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def _is_open(path: str) -> bool:
    """Whether the name is one of an open file, which a rename would not reach, maybe by links."""
    for _ in range(_MOST_LINKS):
        folder = os.path.realpath(os.path.dirname(path))
        if folder == "/dev/fd" or folder.startswith("/proc/") and folder.endswith("/fd"):
            return True
        if not os.path.islink(path):
            return False
        path = os.path.join(folder, os.readlink(path))
    return False


def _write_through(path: str | Path, content: bytes) -> None:
    with open(path, "wb") as device:
        device.write(content)


def _draft(target: str, content: bytes, name: str) -> str:
    """A new file beside the target that holds the content, on the disk."""
    mode = _mode(target)
    draft = os.path.join(os.path.dirname(target), f".{secrets.token_hex(8)}.part")
    # Opened as any new file is, so that the user's mask decides who may read it.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    PENDING[draft] = name
    with open(descriptor, "wb") as file:
        if mode is not None:
            os.chmod(draft, mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _mode(target: str) -> int | None:
    """The permissions of a file that is there already; it must be one that may be written."""
    if not os.path.lexists(target):
        return None
    with open(target, "r+b"):
        return stat.S_IMODE(os.stat(target).st_mode)


def _keep_folder(target: str) -> None:
    """The new name is on the disk as well, where the system can promise that."""
    with contextlib.suppress(OSError):
        folder = os.open(os.path.dirname(target), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
