"""The loops of papers by their short names."""

import functools
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from .. import papers
from ..errors import did_you_mean
from .meaning import OTHER_NAMES, REAL, RESERVED, constructors
from .places import Place

_NAME = re.compile(r"(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")

_SOME = ("heat-death", "mad-fresh", "retraining", "accumulate", "recursive-process")


class Recipe(NamedTuple):
    """A loop of a paper: its text, and the module of `genloop.papers` that it is from.

    ```python
    gl.language.recipes()["heat-death"].paper  # marchi2024
    ```
    """

    text: str
    paper: str


@functools.cache
def recipes() -> Mapping[str, Recipe]:
    """The recipes by name, those of one paper after those of another.

    ```python
    gl.language.recipes()["heat-death"].text
    gl.language.parse("heat-death").parameters
    ```
    """
    found = {}
    for paper in sorted(papers.__all__):
        for name, text in getattr(getattr(papers, paper), "LOOPS", {}).items():
            found[name] = Recipe(text, paper)
    return MappingProxyType(found)


def recipe(text: str) -> str:
    """The text of the recipe that `text` names; any other text as it is.

    Raises `InputError` E132 for a lone name that is neither a recipe nor known otherwise.
    """
    name = text.strip()
    if not _NAME.fullmatch(name) or name in (REAL, *RESERVED):
        return text
    known = recipes()
    if name in known:
        return known[name].text
    stages = [one for one, found in constructors().items() if found.kind == "stage"]
    some = ", ".join(one for one in _SOME if one in known)
    kind, there = "recipe", f"recipes are {some} and others (genloop.language.recipes() has all)"
    if "-" not in name:
        kind, there = "recipe or stage", f"there are the stages {', '.join(stages)}; {there}"
    raise Place(name, 0, len(name)).error(
        "E132", f"there is no {kind} of this name{_meant(name, stages, known)}", there
    )


def _meant(name: str, stages: Sequence[str], known: Mapping[str, Recipe]) -> str:
    """The question whether a recipe or a stage was meant, as that of a stage with other names."""
    other = OTHER_NAMES.get(name.casefold())
    return f" (did you mean {other}?)" if other else did_you_mean(name, [*stages, *known])
