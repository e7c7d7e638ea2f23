"""The registry: a theorem is a body that checks a claim, with the claim's mutants beside it."""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..printing import readable

STATUSES = ("published", "reconstructed", "derived", "numerical")

REGISTRY: dict[str, "Theorem"] = {}
"""Every registered theorem by its `spec`, in the order of registration."""


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class Theorem:
    """A statement with its check and with false neighbours that the check must refute.

    `body(claim, trial)` yields checks of `claim`, the formula under test, against independent
    values; its docstring is the statement. `mutants` maps a sentence on what is wrong to a wrong
    claim; `refutes` maps the name of a published statement that is false to that claim, which the
    same checks must refute. `status` is one of `STATUSES`. Raises `ValueError` if any of this is
    missing.

    ```python
    gl.theorems.load()
    gl.verification.select("HD-6")[0].status  # derived
    ```
    """

    spec: str
    paper: str
    status: str
    hypotheses: tuple[str, ...]
    claim: Any
    mutants: Mapping[str, Any]
    body: Callable[[Any, Any], Any]
    refutes: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def _heading(self) -> str:
        return f"Theorem {self.spec} of {self.paper} ({self.status})"

    def _printed(self):
        return {
            "states": self.title,
            "hypotheses": "; ".join(self.hypotheses),
            "mutants": "; ".join(self.mutants),
            "refutes": "; ".join(self.refutes) or None,
        }

    def __post_init__(self):
        if self.status not in STATUSES:
            raise ValueError(f"{self.spec}: status must be one of {STATUSES}, got {self.status!r}.")
        if len(self.mutants) < 2:
            raise ValueError(
                f"{self.spec} has {len(self.mutants)} mutants, at least two are needed; add nearby "
                "false claims that its checks refute."
            )
        if any(one is self.claim for one in (*self.mutants.values(), *self.refutes.values())):
            raise ValueError(f"{self.spec}: a mutant is the claim itself; make it differ.")
        if not self.hypotheses or not self.statement:
            raise ValueError(f"{self.spec} needs hypotheses and a docstring that states it.")

    @property
    def id(self) -> str:
        """The paper and the name of the function, for example `alemohammad2023.fresh_data`."""
        return f"{self.paper}.{self.body.__name__}"

    @property
    def statement(self) -> str:
        """The docstring of the body."""
        return inspect.cleandoc(self.body.__doc__ or "")

    @property
    def title(self) -> str:
        """The first line of the statement."""
        return self.statement.splitlines()[0]


def theorem(
    *,
    spec: str,
    paper: str,
    status: str,
    hypotheses: tuple[str, ...],
    claim: Any,
    mutants: Mapping[str, Any],
    refutes: Mapping[str, Any] | None = None,
) -> Callable[[Callable], Theorem]:
    """Register the decorated body as a theorem; the fields are those of `Theorem`.

    Raises `ValueError` for a `spec` that is registered already.

    ```python
    @gl.verification.theorem(
        spec="XY-1",
        paper="author2026",
        status="derived",
        hypotheses=("at least two samples",),
        claim=lambda n: 1 - 1 / n,
        mutants={"n - 1 instead of n": lambda n: 1 - 1 / (n - 1), "no bias": lambda n: 1.0},
    )
    def expected_variance(claim, trial):
        '''The variance of a fit to n samples is 1 - 1/n of the true one, on average.'''
        yield gl.verification.closed_form("n = 5", claim(5), 0.8)
    ```
    """

    def register(body: Callable) -> Theorem:
        false = dict(refutes or {})
        statement = Theorem(spec, paper, status, hypotheses, claim, mutants, body, false)
        if spec in REGISTRY:
            raise ValueError(f"{spec} is registered already, as {REGISTRY[spec].id}.")
        REGISTRY[spec] = statement
        return statement

    return register
