"""An interrupted process ends at once, whatever it is doing, with one line that is true.

No exception is raised: it would be swallowed inside callbacks of JAX and in finalizers, and would
have to wait for native code. The handler, or a thread where the main one does not answer, removes
what is half done and leaves.
"""

import _thread
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator

from .. import files

WRITTEN = files.WRITTEN
"""The files that this run has written."""

_PATIENCE = 0.4
"""Seconds in which the main thread may answer before the watching one does."""

_DEEDS: list[Callable[[], None]] = []
_SIGNALS = {"SIGINT": "interrupted", "SIGTERM": "ended from outside", "SIGHUP": "terminal closed"}
_ending = _thread.allocate_lock()


def listen() -> None:
    """Answer signals from now on; those that are ignored, as under `nohup`, stay ignored."""
    if os.name != "posix":
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    for name in _SIGNALS:
        number = getattr(signal, name)
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _: _end(number))
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    _thread.start_new_thread(_watch, (reader,))


@contextlib.contextmanager
def deed_of_the_last_moment(deed: Callable[[], None]) -> Iterator[None]:
    """Carry out `deed` if the process is interrupted inside the `with` block, from any thread."""
    _DEEDS.append(deed)
    try:
        yield
    finally:
        _DEEDS.remove(deed)


def line(number: int = signal.SIGINT) -> str:
    """The line that says which files stand, or that none was written."""
    from ..errors import shown

    names = ", ".join(dict.fromkeys(shown(name, 5000) for name in WRITTEN))
    done = f"these files were written before: {names}" if names else "nothing was written"
    return f"E{128 + number} {_SIGNALS[signal.Signals(number).name]}; {done}."


def _watch(reader: int) -> None:
    number = os.read(reader, 1)[0]
    time.sleep(_PATIENCE)
    _end(number)
    # The main thread is ending the process and was stopped by something, such as a full pipe.
    time.sleep(_PATIENCE)
    os._exit(128 + number)


def _end(number: int) -> None:
    if not _ending.acquire(blocking=False):
        return
    for deed in (files.settle, *reversed(_DEEDS)):
        with contextlib.suppress(Exception):
            deed()
    with contextlib.suppress(OSError):
        # A progress bar has hidden the cursor and stands on the line.
        start = "\r\x1b[K\x1b[?25h" if os.isatty(2) else ""
        os.write(2, f"{start}{line(number)}\n".encode())
    os._exit(128 + number)
