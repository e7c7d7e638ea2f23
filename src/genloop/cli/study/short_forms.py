"""Options that are short forms of `--loop`, which says the same itself."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import typer

from ...errors import InputError
from .parameters import named, source


class ShortForm(NamedTuple):
    """How a loop says what an option says: the text, and the argument in it that is meant."""

    text: str
    argument: str | None


_FORMS = {
    "temperature": ShortForm("Temper({})", "temperature"),
    "real-fraction": ShortForm("Mix(real, {})", "real_fraction"),
    "nucleus": ShortForm("Nucleus({})", "mass"),
    "top-k": ShortForm("TopK({})", "outcomes"),
    "min-p": ShortForm("MinP({})", "ratio"),
    "samples": ShortForm("Draw({})", "samples"),
    "real-samples": ShortForm("Mix(real, a, samples={})", None),
    "ties": ShortForm('Nucleus(0.9, ties="{}")', None),
    "order": ShortForm("the stages in their order", None),
}


def check_alone(context: typer.Context, loop: str, *names: str) -> None:
    """Raises `InputError` E111 for options that are given beside a loop, by their long names.

    A loop that is typed beats what a study says in short forms.
    """
    known = named(context)
    beaten = ("COMMANDLINE",)
    if source(context, known["loop"]) != "COMMANDLINE":
        beaten += ("DEFAULT_MAP",)
    for name in names:
        if source(context, known[name]) in beaten:
            value = context.params[known[name].name]
            raise InputError(
                "E111", f"--{name} is a short form of --loop; {_remedy(loop, name, value)}."
            )


def _remedy(loop: str, name: str, value: Any) -> str:
    """What to write instead: a number for a parameter of the loop, or a stage."""
    form, number = _FORMS[name], f"{value:g}" if isinstance(value, int | float) else value
    for parameter in _parameters(loop, form.argument):
        return f"write --set {parameter}={number}"
    return f"write {form.text.format(number)} in the loop"


def _parameters(loop: str, argument: str | None) -> Iterator[str]:
    """The parameters of the loop that are such an argument."""
    from ...language import parse, uses

    pipeline = parse(loop)
    for name in pipeline.parameters:
        if any(use.argument.name == argument for use in uses.uses(pipeline, name)):
            yield name
