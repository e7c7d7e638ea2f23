"""The statements of the theorems."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from .. import theorems, verification
from ..errors import InputError
from ..printing import readable
from ..verification import Theorem
from .answer import Answer


@readable
@dataclasses.dataclass(frozen=True)
class FalseNeighbour:
    """A statement near a theorem that is false; `verdict` is that of a check, if one was run.

    ```python
    len(gl.answers.theory("HD-6").theorems[0].mutants) >= 2  # True
    ```
    """

    statement: str
    verdict: str | None = None


@readable
@dataclasses.dataclass(frozen=True)
class Statement:
    """A theorem in words, LaTeX between dollars; `spec` are the items of `theory/` it states.

    `refutes` are published statements that it shows to be false.

    ```python
    gl.answers.theory("HD-6").theorems[0].status  # derived
    ```
    """

    id: str
    spec: tuple[str, ...]
    paper: str
    status: str
    title: str
    statement: str
    hypotheses: tuple[str, ...]
    verdict: str | None
    checks: tuple[Any, ...]
    mutants: tuple[FalseNeighbour, ...]
    refutes: tuple[FalseNeighbour, ...] = ()

    def _in_short(self) -> str:
        verdict = "" if self.verdict is None else f" {self.verdict}"
        return f"{', '.join(self.spec)}{verdict}: {self.title}"


@readable
@dataclasses.dataclass(frozen=True)
class Theory(Answer):
    """Theorems as they are stated; none of them was checked for it.

    ```python
    len(gl.answers.theory("marchi2024").theorems) > 10  # True
    ```
    """

    question: ClassVar[str] = "theory"

    theorems: tuple[Statement, ...]

    def document(self, *, seed: int = 0, command: Sequence[str] = ()) -> dict[str, Any]:
        document = super().document(seed=seed, command=command)
        reason = "not run; use genloop verify"
        document["numerics"]["reasons"]["result.theorems[].verdict"] = reason
        return document


def theory(names: str | Theorem | Iterable[str | Theorem] | None = None) -> Theory:
    """The theorems of these names: claim, hypotheses, source and status.

    Names are those of `select`; without any, all theorems are stated.

    ```python
    genloop.answers.theory("HD-6").theorems[0].statement
    ```
    """
    return Theory(tuple(map(_stated, select(names))))


def select(names: str | Theorem | Iterable[str | Theorem] | None = None) -> list[Theorem]:
    """The theorems that are called HD-6, come from marchi2024 or have an id; all without a name.

    Raises `InputError` E107 for a name that matches nothing, with the nearest one.

    ```python
    gl.answers.select("HD-6")[0].paper  # marchi2024
    ```
    """
    theorems.load()
    try:
        return verification.select(names)
    except ValueError as failure:
        hint = str(failure).replace("see the list of theorems", "see genloop theory")
        raise InputError("E107", hint) from None


def _stated(theorem: Theorem) -> Statement:
    return Statement(
        theorem.id,
        tuple(theorem.spec.split()),
        theorem.paper,
        theorem.status,
        theorem.title,
        theorem.statement,
        tuple(theorem.hypotheses),
        None,
        (),
        tuple(map(FalseNeighbour, theorem.mutants)),
        tuple(map(FalseNeighbour, theorem.refutes)),
    )
