"""What is typed beats what the study says, also where two options speak of one thing."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from .. import inputs
from .parameters import has_names, named, source

_OF_A_PARAMETER = ("set", "find", "along")
"""The options that say what becomes of a parameter of the loop."""


def merged(context: typer.Context, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the options, by the names of their Python parameters.

    A typed input replaces that of the study. Of a list of `NAME=VALUE` the typed names replace
    those of the study and the others stay. What a typed option says of a parameter of the loop,
    that it is set, found or followed, replaces all that the study says of it.
    """
    known = named(context)
    typed = {name for name, one in known.items() if source(context, one) == "COMMANDLINE"}
    filed = {name for name, one in known.items() if one.name in (context.default_map or {})}
    result = dict(chosen)
    if typed & set(inputs.NAMES):
        of_input = {*inputs.NAMES, *(name.replace("_", "-") for name in inputs.HOW)}
        result |= {known[name].name: None for name in (filed - typed) & of_input}
    spoken = _subjects(chosen[known[name].name] for name in typed & set(_OF_A_PARAMETER))
    for name in filed:
        key, of_a_parameter = known[name].name, name in _OF_A_PARAMETER
        own = chosen[key] if name in typed else None
        if has_names(known[name]):
            beaten = spoken if of_a_parameter else _subjects([own])
            filed_values = context.default_map[key]
            kept = [one for one in filed_values if _name(one) not in beaten]
            # Words that give nothing a value, as of --along real-fraction, are beaten as a whole.
            words = own and not any("=" in one for one in (*own, *filed_values))
            result[key] = [*(() if words else kept), *(own or ())]
        elif of_a_parameter and own is None and _name(chosen[key]) in spoken:
            result[key] = None
    return result


def known_to(
    parameters: Sequence[str],
    option: str,
    given: str | Sequence[str] | None,
    context: typer.Context | None,
) -> list[str]:
    """What is given for an option, `set`, `find` or `along`, without what a typed loop beats.

    That is what the study says of other `parameters` than the loop has.
    """
    several = [given] if isinstance(given, str) else list(given or ())
    if context is None or not context.default_map:
        return several
    known = named(context)
    if option not in known or source(context, known["loop"]) != "COMMANDLINE":
        return several
    filed = context.default_map.get(known[option].name) or ()
    return [one for one in several if _name(one) in parameters or one not in filed]


def _subjects(values: Any) -> set[str]:
    """The names that options, or lists of them, speak of."""
    several = (value if isinstance(value, list) else [value] for value in values if value)
    return {_name(one) for values in several for one in values}


def _name(value: str) -> str:
    return value.partition("=")[0].strip()
