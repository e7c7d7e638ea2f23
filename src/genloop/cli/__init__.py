"""The command line. Nothing heavy is imported before a command has checked its options."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code, never with a traceback."""
    try:
        from .run import run

        code = run(arguments)
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)
