"""From arguments to an exit code: every failure becomes one line on stderr."""

import contextlib
import difflib
import os
import re
import sys
from collections.abc import Sequence

import typer

from ..errors import InputError, escaped, shown
from . import arguments as typed, interrupts, resources, streams
from .app import app
from .exits import BAD_INPUT, DONE, FILE_PROBLEM, INTERRUPTED, UNDECIDED, FileProblem
from .study.writing import completed

# Typer names one kind of what can be wrong with options only; this is what all of them are.
_USAGE_ERROR = typer.BadParameter.__base__


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command of `arguments` (by default those of the process); returns its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    token, study = typed.TYPED.set(tuple(arguments)), typed.FILED.set(())
    interrupts.WRITTEN.clear()
    try:
        return _outcome(arguments)
    finally:
        typed.FILED.reset(study)
        typed.TYPED.reset(token)


def _outcome(arguments: list[str]) -> int:
    try:
        code = _execute(arguments)
    except InputError as failure:
        return _complain(str(failure), BAD_INPUT)
    except FileProblem as failure:
        return _complain(str(failure), FILE_PROBLEM)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except ModuleNotFoundError as failure:
        if failure.name and failure.name.startswith("genloop"):
            raise
        return _complain(
            f"E407 this command needs {failure.name}, which is not installed; install genloop with "
            "its dependencies (without them only certify-check works).",
            FILE_PROBLEM,
        )
    except Exception as failure:
        if "GENLOOP_TRACEBACK" in os.environ:
            raise
        if resources.exhausted(failure):
            return _complain(f"E405 the memory is used up; {resources.REMEDY}.", FILE_PROBLEM)
        if type(failure) is ValueError:
            return _complain(f"E190 {failure}", BAD_INPUT)
        return _complain(
            f"E390 {type(failure).__name__}: {failure}; this is a defect of genloop: please report "
            "it with the output of `genloop doctor --json` (GENLOOP_TRACEBACK=1 shows where).",
            UNDECIDED,
        )
    if code == INTERRUPTED:
        return _complain(interrupts.line(), INTERRUPTED)
    return code or DONE


def _execute(arguments: list[str]) -> int | None:
    command = typer.main.get_command(app)
    arguments = completed(arguments)
    try:
        with streams.guarded():
            return command.main(args=arguments, prog_name="genloop", standalone_mode=False)
    except _USAGE_ERROR as failure:
        raise _usage(command, failure) from None


_VALUES = {
    "a valid (number|float)": "write a number with a point, such as 0.8",
    "a valid integer": "write a whole number, such as 3",
    "a valid boolean": "write true or false",
}
"""The remedies said for the words of the library, by the kind of value it asks for."""


def _usage(command, failure) -> InputError:
    """The error for options that were wrong, with the nearest right one."""
    context = getattr(failure, "ctx", None)
    path = "genloop" if context is None else context.command_path
    if (option := getattr(failure, "option_name", None)) and "No such" in failure.message:
        known = [name for p in context.command.params for name in p.opts if name.startswith("--")]
        hint = _nearest(option, [*known, "--help"])
        return InputError("E101", f"{path} has no option {shown(option)}{hint or help_of(path)}")
    if "No such command" in failure.message:
        name = next((a for a in typed.TYPED.get() if not a.startswith("-")), "")
        hint = _nearest(name, list(command.commands))
        return InputError("E102", f"there is no command {shown(name)}{hint or help_of(path)}")
    message = " ".join(failure.format_message().split()).rstrip(".")
    for kind, words in _VALUES.items():
        message = re.sub(f": (Input should be|.* is not) {kind}.*", f": {words}", message)
    names = getattr(getattr(failure, "param", None), "opts", ())
    if (value := next(typed.values_of(names), None)) is not None:
        message += f", got {shown(value)}"
        message += " from the study" * (not any(typed.typed_values(names)))
    return InputError("E103", f"{message[:1].lower()}{message[1:]}{help_of(path)}")


def help_of(path: str) -> str:
    """The words that point to the help of a command."""
    return f"; see {path} --help."


def _nearest(name: str, known: list[str]) -> str:
    longer = [one for one in known if one.startswith(name)]
    close = longer or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""


def _complain(message: str, code: int) -> int:
    # Where nobody can read the line, the exit code still says what happened.
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.write(escaped(" ".join(message.split())) + "\n")
            sys.stderr.flush()
    return code
