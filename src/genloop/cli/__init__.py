"""The command line. Nothing heavy is imported before a command has checked its options."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: "Sequence[str] | None" = None) -> None:
    """Run one command and exit with its code, never with a traceback."""
    if arguments is None:
        _process()
    from .run import run

    raise SystemExit(run(arguments))


def _process() -> None:
    """Run the command of this process and leave at once: nothing is left to interrupt."""
    import os
    import sys
    import warnings

    try:
        from . import interrupts, streams

        streams.occupy()
        interrupts.listen()
        if not sys.warnoptions:
            # A person reads sentences of genloop; its dependencies warn developers.
            warnings.simplefilter("ignore")
        from .run import run

        code = run()
    except KeyboardInterrupt:
        # Only before there was anybody to listen.
        os.write(2, b"E130 interrupted; nothing was written.\n")
        code = 130
    os._exit(code)
