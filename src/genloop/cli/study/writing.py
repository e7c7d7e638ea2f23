"""`--dump-config`: the options that were chosen, as a study."""

import os
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from .. import outputs
from . import toml
from .parameters import has_names, is_list, is_path, named, source

DumpConfig = Annotated[
    str | None,
    typer.Option(
        "--dump-config",
        metavar="[FILE.toml]",
        help="Write what is chosen here as a study, or show it, and do nothing else.",
    ),
]
SCREEN = "-"
"""Instead of a file: the study is printed."""


def completed(arguments: list[str]) -> list[str]:
    """The arguments, with the screen where `--dump-config` names no file."""
    found = []
    for one, following in zip(arguments, [*arguments[1:], "--"], strict=True):
        alone = one == "--dump-config" and following.startswith("-") and following != SCREEN
        found += [one, SCREEN] if alone else [one]
    return found


def dump(
    path: str, context: typer.Context, chosen: Mapping[str, Any], inputs: Mapping[str, Any]
) -> None:
    """Write the study of the `chosen` options to a file or to standard output.

    Raises `InputError` E112 or E120 for a name that it must not have, as `outputs.check` does.
    """
    on_screen = path == SCREEN
    folder = "" if on_screen else os.path.dirname(path)
    if not on_screen:
        outputs.check({"--dump-config": path}, inputs)
    text = study(context, chosen, folder)
    if on_screen:
        sys.stdout.write(text)
    else:
        outputs.write({path: text.encode()})


def study(context: typer.Context, chosen: Mapping[str, Any], folder: str = "") -> str:
    """The text of the study, in which files are named as they are seen from its `folder`."""
    found = {}
    for name, parameter in named(context).items():
        value = chosen[parameter.name]
        if source(context, parameter) != "DEFAULT" and value not in (None, []):
            found[name] = _written(parameter, value, folder)
    return f"# A study for: {context.command_path} --config FILE\n{toml.dumps(found)}"


def _written(parameter: Any, value: Any, folder: str) -> Any:
    if is_list(parameter):
        pairs = [one.partition("=") for one in value]
        if has_names(parameter) and all(equals for _, equals, _ in pairs):
            return {name: toml.literal(number) for name, _, number in pairs}
        return [_placed(parameter, one, folder) for one in value]
    return _placed(parameter, value, folder) if isinstance(value, str) else value


def _placed(parameter: Any, value: str, folder: str) -> str:
    if not is_path(parameter, value) or os.path.isabs(value):
        return value
    return os.path.relpath(value, folder or os.curdir)
