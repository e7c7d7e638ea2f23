"""`--config`: the options of a study from its file, where no flag says otherwise."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import InputError, did_you_mean, shown
from .. import arguments
from . import toml
from .parameters import is_list, is_path, name_of, named

_LARGEST = 10**6
"""The most bytes of a study."""


def _load(context: typer.Context, path: str | None) -> str | None:
    """Make what the file says the defaults of the options that follow."""
    if path is not None:
        known = named(context)
        chosen = _chosen(_read(path), context, path)
        typed = {known[name]: _typed(known[name], chosen[name], name, path) for name in chosen}
        context.default_map = {parameter.name: value for parameter, value in typed.items()}
        said = ((option, value) for one, value in typed.items() for option in one.opts)
        arguments.FILED.set(tuple(pair for pair in said if isinstance(pair[1], str)))
    return path


Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        callback=_load,
        is_eager=True,
        help="A study: options by their long names, temperature = 0.8. What is typed beats it.",
    ),
]


def _read(path: str) -> dict[str, Any]:
    """The values of a file; numbers with a point stay as they are written.

    Raises `InputError` E138 for what is no file of TOML.
    """
    try:
        if os.path.getsize(path) > _LARGEST:
            raise InputError("E138", f"{shown(path)} is too large for a study; give a TOML file.")
        return tomllib.loads(Path(path).read_text(encoding="utf-8"), parse_float=toml.Literal)
    except (OSError, ValueError, RecursionError) as failure:
        if isinstance(failure, InputError):
            raise
        reason = getattr(failure, "strerror", None) or str(failure) or "it is too deep"
        raise InputError(
            "E138",
            f"cannot read the study {shown(path)} ({shown(reason, 120)}); write TOML, for example "
            "temperature = 0.8; genloop threshold ... --dump-config study.toml makes one.",
        ) from None


def _chosen(read: Mapping[str, Any], context: typer.Context, path: str) -> dict[str, Any]:
    """What the file says to this command: at its top, and in the table of the command.

    Raises `InputError` E137 for a key that is no option.
    """
    commands = set(getattr(context.parent.command, "commands", ())) if context.parent else set()
    own = read.get(context.info_name or "", {})
    top = {key: value for key, value in read.items() if key not in commands}
    known = named(context)
    chosen = top | (own if isinstance(own, dict) else {})
    for key in chosen:
        if key not in known:
            place = _elsewhere(key, context)
            raise InputError(
                "E137",
                f"the study {shown(path)} has {shown(key)}, which {context.command_path} does not "
                f"take{place or did_you_mean(key, known)}; it takes {', '.join(known)}.",
            )
    return chosen


def _typed(parameter: Any, value: Any, name: str, path: str) -> Any:
    """A value as it would be typed; files are looked for beside the study.

    A table is `NAME=VALUE` for a list of those. Raises `InputError` E137 for anything else.
    """
    if is_list(parameter):
        if isinstance(value, dict):
            value = [f"{key}={_text(one, name, path)}" for key, one in value.items()]
        listed = value if isinstance(value, list) else [value]
        return [_placed(parameter, _text(one, name, path), path) for one in listed]
    if isinstance(value, bool) and getattr(parameter, "is_flag", False):
        return value
    return _placed(parameter, _text(value, name, path), path)


def _text(value: Any, name: str, path: str) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return repr(value)
    raise _wrong(name, value, path)


def _placed(parameter: Any, value: str, path: str) -> str:
    return os.path.join(os.path.dirname(path), value) if is_path(parameter, value) else value


def _wrong(name: str, value: Any, path: str) -> InputError:
    return InputError(
        "E137",
        f"the study {shown(path)} says {shown(name)} is {shown(value)}, which is not what --{name} "
        "takes; write it as it would be typed.",
    )


def _elsewhere(key: str, context: typer.Context) -> str:
    """The remedy for an option of other commands: the table of one of them."""
    commands = getattr(context.parent.command, "commands", {}) if context.parent else {}
    takers = [name for name, one in commands.items() if any(name_of(p) == key for p in one.params)]
    return f" (put it under [{takers[0]}])" if takers else ""
