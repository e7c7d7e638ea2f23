"""The loops of papers by their short names."""

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .. import papers
from ..errors import did_you_mean
from .places import Place

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


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

    Raises `InputError` E132 for what looks like the name of a recipe and is none.
    """
    name = text.strip()
    known = recipes() if _NAME.fullmatch(name) else {}
    if name in known:
        return known[name].text
    if "-" not in name or not known:
        return text
    hint = did_you_mean(name, known)
    names = ", ".join(known)
    raise Place(name, 0, len(name)).error(
        "E132", f"there is no recipe of this name{hint}", f"there are {names}"
    )
