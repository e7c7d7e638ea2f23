"""Standard output and error that may be closed, full, or read no further."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator

from .exits import FileProblem


def occupy() -> None:
    """Let no file that is opened later take the number of a standard stream that is closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Printing to a reader that has had enough does nothing; any other failure is E403.

    Text that a stream cannot show is escaped.
    """
    before = sys.stdout, sys.stderr
    for stream in before:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = _Closed() if sys.stdout is None else _Output(sys.stdout)
    sys.stderr = io.StringIO() if sys.stderr is None else sys.stderr
    try:
        yield
        sys.stdout.flush()
    finally:
        sys.stdout, sys.stderr = before


class _Output:
    """A stream whose failures are those of `guarded`; after one of them nothing more is tried."""

    def __init__(self, stream):
        self._stream = stream
        self._failure: OSError | None = None

    def __getattr__(self, name: str):
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        self._attempt(self._stream.write, text)
        return len(text)

    def flush(self) -> None:
        self._attempt(self._stream.flush)

    def _attempt(self, deed, *arguments) -> None:
        if self._failure is None:
            try:
                deed(*arguments)
            except OSError as failure:
                self._failure = failure
                self._forget()
        # Typer tries streams out and swallows what they raise, so it is raised every time.
        if self._failure is not None and not isinstance(self._failure, BrokenPipeError):
            raise _cannot(self._failure.strerror) from None

    def _forget(self) -> None:
        """Throws away the rest of the buffer, which would fail again when Python ends."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            self._stream.flush()


class _Closed(io.StringIO):
    def write(self, text: str) -> int:
        raise _cannot("it is closed")


def _cannot(reason: str | None) -> FileProblem:
    return FileProblem(
        "E403", f"cannot write to standard output ({reason}); give it a place to go, or --out FILE."
    )
