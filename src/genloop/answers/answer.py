"""The base of all answers: frozen, typed, and one JSON document with where it comes from."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..printing import readable
from . import documents


def hidden(default: Any = None) -> Any:
    """A field of an answer that its document does not have: models, and what only words need."""
    return dataclasses.field(default=default, repr=False, kw_only=True, metadata={"hidden": True})


@readable
@dataclasses.dataclass(frozen=True)
class Answer:
    """The answer to one question. Its fields are the `result` of its document, by name.

    ```python
    answer = gl.answers.bounds(gl.Categorical.of([5, 3, 2]), temperature=0.8)
    answer.document()["schema"]  # genloop/bounds/1
    ```
    """

    question: ClassVar[str]
    numerics: ClassVar[Mapping[str, Any]] = {}
    _: dataclasses.KW_ONLY
    model: Any = hidden()
    rewards: Any = hidden()

    def result(self) -> dict[str, Any]:
        """The fields as dictionaries, lists, words and numbers."""
        return fields_of(self)

    def document(self, *, seed: int = 0, command: Sequence[str] = ()) -> dict[str, Any]:
        """One JSON-ready document: schema, result, numerics and provenance.

        `command` is what was typed to get it. Numbers that are not finite become null, and
        `numerics.reasons` says of each what it was.
        """
        return documents.document(
            self.question,
            self.result(),
            numerics=self.numerics,
            seed=seed,
            model=self.model,
            rewards=self.rewards,
            command=command,
        )


def fields_of(value: Any) -> Any:
    """The fields of frozen classes and named tuples as dictionaries, at every depth."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = (f for f in dataclasses.fields(value) if not f.metadata.get("hidden"))
        return {field.name: fields_of(getattr(value, field.name)) for field in shown}
    if named := getattr(value, "_asdict", None):
        return {name: fields_of(item) for name, item in named().items()}
    if isinstance(value, Mapping):
        return {name: fields_of(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [fields_of(item) for item in value]
    return value


def tuples(array: Any) -> Any:
    """An array as plain numbers in tuples, at every depth: so an answer has lists of numbers."""
    listed = array.tolist() if hasattr(array, "tolist") else array
    return tuple(map(tuples, listed)) if isinstance(listed, list | tuple) else listed
