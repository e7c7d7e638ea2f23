"""The options of the running command by their long names, as a study names them."""

import re
from typing import Any

import typer

OWN = ("config", "dump-config")
"""The options that are about the study itself."""
_FILES = re.compile(r"\[?(FILE|CSV)\b")


def named(context: typer.Context) -> dict[str, Any]:
    """The options and arguments that a study can hold, by name."""
    found = {name_of(one): one for one in context.command.params}
    return {name: one for name, one in found.items() if name not in OWN}


def name_of(parameter: Any) -> str:
    """The long name without its dashes, `real-fraction`; of an argument its own name."""
    long = (one[2:] for one in parameter.opts if one.startswith("--"))
    return next(long, str(parameter.name))


def is_list(parameter: Any) -> bool:
    """Whether it is given several times, or takes several values."""
    return getattr(parameter, "multiple", False) or parameter.nargs != 1


def has_names(parameter: Any) -> bool:
    """Whether it is a list of `NAME=VALUE`."""
    return is_list(parameter) and "=" in (parameter.metavar or "")


def is_path(parameter: Any, value: str) -> bool:
    """Whether the value is the name of a file, told by how the help calls it."""
    return bool(_FILES.match(parameter.metavar or "")) and value not in ("demo", "-")


def source(context: typer.Context, parameter: Any) -> str:
    """Where the value is from: `COMMANDLINE`, `DEFAULT_MAP` (the study), `DEFAULT`, ..."""
    found = context.get_parameter_source(parameter.name)
    return "DEFAULT" if found is None else found.name
