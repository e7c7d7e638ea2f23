"""A temperature and real probabilities without rounding."""

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np

from ....certificates.enclosures import exact_as_typed
from ....certificates.program import exact
from ....models import Categorical
from ....printing import readable


@readable
@dataclasses.dataclass(frozen=True)
class ExactLoop:
    r"""A temperature and real probabilities without rounding.

    `temperature` is text or a fraction; `classes` are the distinct real probabilities, the largest
    first, and how many outcomes have each.

    ```python
    gl.loops.temperature.ExactLoop.of(["5", "3", "2"], "0.8").temperature  # 0.8
    ```
    """

    temperature: str
    classes: tuple[tuple[Fraction, int], ...]

    @classmethod
    def of(cls, real: Any, temperature: Any) -> "ExactLoop":
        r"""From counts or weights, text or numbers, or from a `Categorical`.

        The counts behind a `Categorical` are recovered where its origin has their sum and they
        give its probabilities to the last bit; otherwise the doubles themselves are the weights.
        Raises `ValueError` for weights that are not positive, fewer than two, or a temperature that
        is not positive.
        """
        weights = _weights(real) if isinstance(real, Categorical) else [exact(w) for w in real]
        if len(weights) < 2 or min(weights) <= 0:
            raise ValueError("at least two outcomes are needed, all with positive weights.")
        text = exact_as_typed(temperature)
        if not exact(text) > 0:
            raise ValueError(f"the temperature must be positive, got {text}.")
        total, counts = sum(weights), {}
        for weight in weights:
            counts[weight] = counts.get(weight, 0) + 1
        ordered = sorted(counts.items(), reverse=True)
        return cls(text, tuple((weight / total, count) for weight, count in ordered))

    @classmethod
    def uniform(cls, outcomes: int, temperature: Any) -> "ExactLoop":
        """Equally likely outcomes."""
        loop = cls.of([1, 1], temperature)
        return cls(loop.temperature, ((Fraction(1, outcomes), outcomes),))

    @property
    def cold(self) -> bool:
        """Whether the temperature is below one, where thresholds exist."""
        return exact(self.temperature) < 1

    @property
    def single(self) -> bool:
        """Whether one outcome alone is the most probable."""
        return self.classes[0][1] == 1


def exact_probabilities(real: Categorical) -> list[Fraction]:
    """The real probabilities without rounding, of sum one, outcome by outcome; see `ExactLoop`."""
    weights = _weights(real)
    total = sum(weights)
    return [weight / total for weight in weights]


def whole_counts(real: Categorical) -> list[int] | None:
    """The counts behind real probabilities where they are known to the last one, else `None`."""
    probabilities = np.asarray(real.probabilities, dtype=np.float64)
    if np.ptp(probabilities) == 0:
        return [1] * probabilities.size
    exact = real.exact_weights()
    if exact is not None and all(isinstance(weight, int) for weight in exact):
        return list(exact)
    size = getattr(real.origin, "size", None)
    counts = np.rint(probabilities * size) if size else np.zeros(1)
    if counts.sum() == size and np.abs(counts / size / probabilities - 1).max() < 1e-15:
        return [int(count) for count in counts]
    return None


def _weights(real: Categorical) -> list[Fraction]:
    weights = real.exact_weights() or whole_counts(real)
    doubles = np.asarray(real.probabilities, dtype=np.float64).tolist()
    return [Fraction(weight) for weight in weights or doubles]
