"""Whether theorems hold, and whether nearby false statements are refuted."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from ..arguments import check_at_least
from ..certificates import Certificate
from ..printing import readable
from ..verification import PROOFS, Report, Theorem, verify
from .answer import Answer
from .proofs import recorded
from .theory import select

Progress = Callable[[float, str], None]


@readable
@dataclasses.dataclass(frozen=True)
class Verification(Answer):
    """The report on theorems, and certificates of their thresholds by spec and by what they prove.

    There are certificates if they were made by `certified`, of theorems that have thresholds.

    ```python
    gl.answers.verification("FR-3").report.holds  # True
    ```
    """

    question: ClassVar[str] = "verify"

    report: Report
    certificates: Mapping[str, Mapping[str, Certificate]]

    @property
    def named_certificates(self) -> dict[str, Certificate]:
        """All certificates under one name each: `HD-9: unique`."""
        found = self.certificates.items()
        return {f"{spec}: {name}": one for spec, named in found for name, one in named.items()}

    def certified(self, *, digits: int = 15, progress: Progress | None = None) -> "Verification":
        """The same answer with certificates of the thresholds that its theorems speak of.

        `progress` is told the per cent that are done. Raises `InputError` without python-flint.
        """
        specs = [row.theorem.spec for row in self.report.rows if row.theorem.spec in PROOFS]
        found = {}
        for index, spec in enumerate(specs):
            if progress is not None:
                progress(100 * index / len(specs), f"proofs of {spec}")
            found[spec] = PROOFS[spec](digits)
        return dataclasses.replace(self, certificates=found)

    def result(self) -> dict[str, Any]:
        """The report, and with every theorem what its certificates prove."""
        result = self.report.json()
        for row, told in zip(self.report.rows, result["theorems"], strict=True):
            told["certificates"] = recorded(self.certificates.get(row.theorem.spec, {}))
        return result


def verification(
    names: str | Theorem | Iterable[str | Theorem] | None = None,
    *,
    seed: int = 0,
    replicates: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Whether the theorems of these names hold and their false neighbours are refuted.

    Names are those of `select`; without any, all theorems are checked. `replicates` is the size of
    Monte Carlo checks; `progress` is told the per cent that are done. Raises `InputError` E107 for
    a name that matches nothing.

    ```python
    genloop.answers.verification("HD-6").report.holds
    ```
    """

    if replicates is not None:
        check_at_least("replicates", replicates, 2)

    def advance(name: str, index: int, count: int) -> None:
        if progress is not None:
            progress(100 * index / count, f"{name} ({index + 1} of {count})")

    return Verification(
        verify(select(names), seed=seed, replicates=replicates, progress=advance), {}
    )
