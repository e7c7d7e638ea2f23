"""The common part of the answers about all kinds of real data."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from ...analysis import Threshold, ThresholdStatus
from ...certificates import Certificate
from ...errors import InputError
from ..answer import Answer
from ..goals import THRESHOLD_OF, Goal
from ..proofs import recorded


class Thresholds(Answer):
    """Named thresholds, and whether the goals are met at one amount of real data.

    `loop` is the composition. `thresholds` and the `questions` they answer by name, `at` where the
    loop ends with some real data, `asked_at` the share of them (or whatever the unknown is), `None`
    where the question was only how much is needed.
    `certificates` are proofs by name, empty unless made by `certified`.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.threshold(real, temperature=0.8).decided  # True
    ```
    """

    question: ClassVar[str] = "threshold"

    input: Any
    loop: str
    goals: Mapping[str, Goal]
    thresholds: Mapping[str, Threshold]
    questions: Mapping[str, str]
    at: Any
    asked_at: float | None
    certificates: Mapping[str, Certificate]

    def _printed(self) -> dict[str, Any]:
        return {
            "input": self.input,
            "loop": self.loop,
            "thresholds": self.thresholds,
            "asked at": self.asked_at,
            "goals met": self.met,
        }

    @property
    def asked(self) -> tuple[str, ...]:
        """The goals that were asked for."""
        return tuple(name for name, goal in self.goals.items() if goal.asked)

    @property
    def met(self) -> bool | None:
        """Whether all goals asked for are met at `asked_at`; `None` without it and if unknown."""
        if self.asked_at is None or not self.at.converged:
            return None
        return all(self.at.meets[name] for name in self.asked)

    @property
    def decided(self) -> bool:
        """Whether it is known if the goals are met, or without `asked_at` what they need."""
        if self.asked_at is not None:
            return self.met is not None
        found = (self.needed(name) for name in self.asked)
        return all(one.status != ThresholdStatus.NOT_RESOLVED for one in found)

    def needed(self, goal: str) -> Threshold:
        """The real fraction that a goal needs."""
        return self.thresholds[THRESHOLD_OF[goal]]

    def certified(
        self,
        *,
        digits: int = 15,
        temperature: str | None = None,
        real_fraction: str | None = None,
    ) -> Self:
        """The same answer with certificates of its thresholds, to so many digits.

        The exact `temperature` and `real_fraction` that are meant may be given as text: a double is
        not exactly 0.8. Raises `ValueError` for text that is another number, and `InputError`
        without python-flint.
        """
        raise InputError(
            "E139",
            f"proofs are for loops that are solved, not for {self.loop}; leave out --certify.",
        )

    def result(self) -> dict[str, Any]:
        """The fields, and of certificates what they prove."""
        return super().result() | {"certificates": recorded(self.certificates)}
