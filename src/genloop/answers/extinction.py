"""The number of generations until a token is lost."""

import dataclasses
import difflib
import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from ..arguments import check_at_least, checked, listed
from ..errors import InputError, label, shown
from ..laws import Extinction, expected_outcomes
from ..models import Categorical
from ..printing import readable, short
from .answer import Answer
from .real_data import RealOutcomes, described, name_of

_LEVELS = (0.05, 0.5, 0.95)
_COUNTS = (1, 2, 3, 5, 10, 30, 100, 1000)
"""The tokens that are shown where none is asked for have occurred about so many times."""
_NUMBERED = 10**5
"""The most outcomes without labels that can be asked for by name."""


@readable
@dataclasses.dataclass(frozen=True)
class TokenLoss:
    """The generations by which a token is lost.

    `quantiles` are the generations by which a share of all runs (0.05, 0.5, 0.95) have lost it;
    where one is infinite `beyond` says in words what that means. `lost` is the probability that it
    is lost by each of the generations that were asked for. `count` is `None` where the input does
    not say how many tokens it has.

    ```python
    gl.answers.extinction(gl.Categorical.of([5, 3, 2]), samples=10).tokens[0].probability  # 0.5
    ```
    """

    token: str
    count: int | float | None
    probability: float
    quantiles: Mapping[str, float]
    beyond: Mapping[str, str | None]
    lost: tuple[float, ...]

    def _in_short(self) -> str:
        return f"{label(self.token)}: {short(self.probability)}, lost {short(self.lost)}"


@readable
@dataclasses.dataclass(frozen=True)
class Extinctions(Answer):
    """The losses of tokens, and the expected number of distinct ones that is left by then.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.extinction(real, samples=10).distinct_left  # [1.60176, 1.00004, 1]
    ```
    """

    question: ClassVar[str] = "extinction"

    input: RealOutcomes
    temperature: float
    samples: int
    real_fraction: float
    generations: tuple[int, ...]
    tokens: tuple[TokenLoss, ...]
    distinct_left: tuple[float, ...]


@checked
def extinction(
    real: Categorical,
    *,
    samples: int,
    real_fraction: float = 0.0,
    tokens: Sequence[str] | None = None,
    generations: Sequence[int] = (10, 100, 1000),
) -> Extinctions:
    """The exact law at temperature 1, where a generation is trained on `samples` tokens.

    `tokens` are labels of the real data, by default some from the likeliest to the rarest. Raises
    `InputError` E116 for a label that the real data have not.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.extinction(real, samples=10).tokens[0].quantiles
    ```
    """
    check_at_least("samples", samples, 2)
    generations = tuple(sorted({*listed("generations", generations)}))
    places = (
        _some(real) if not tokens else [_place(real, name) for name in listed("tokens", tokens)]
    )
    probabilities = np.asarray(real.probabilities)
    left = expected_outcomes(
        samples, probabilities, np.array(generations), real_fraction=real_fraction
    )
    return Extinctions(
        described(real),
        1.0,
        samples,
        real_fraction,
        generations,
        tuple(_loss(real, i, samples, real_fraction, generations) for i in dict.fromkeys(places)),
        _floats(left),
        model=real,
    )


def _some(real) -> list[int]:
    """The places of some tokens of all frequencies."""
    probabilities = np.asarray(real.probabilities)
    order = np.argsort(-probabilities, kind="stable")
    size = real.origin.size if real.origin is not None and real.origin.size else real.outcomes
    nearest = [np.abs(probabilities[order] * size - count).argmin() for count in _COUNTS]
    return [int(order[place]) for place in sorted({0, *map(int, nearest)})]


def _place(real, name: str) -> int:
    labels = real.labels or tuple(name_of(real, i) for i in range(min(real.outcomes, _NUMBERED)))
    if name in labels:
        return labels.index(name)
    close = difflib.get_close_matches(name, labels, n=1, cutoff=0.6)
    hint = f"did you mean {shown(close[0])}?" if close else "tokens are compared letter by letter."
    raise InputError("E116", f"the token {shown(name)} does not occur in the input; {hint}")


def _loss(real, place, samples, real_fraction, generations) -> TokenLoss:
    probability = float(real.probabilities[place])
    size = None if real.origin is None else real.origin.size
    law = Extinction(samples, real_fraction, probability if real_fraction else 0.0)
    quantiles = dict(
        zip(map(str, _LEVELS), _floats(law.quantile(probability, _LEVELS)), strict=True)
    )
    return TokenLoss(
        name_of(real, place),
        None if size is None else _count(probability * size),
        probability,
        quantiles,
        {
            level: None
            if math.isfinite(value)
            else _beyond(real_fraction, probability, float(level))
            for level, value in quantiles.items()
        },
        _floats(law.lost(probability, generations)),
    )


def _floats(numbers) -> tuple[float, ...]:
    return tuple(map(float, numbers))


def _count(number: float) -> int | float:
    """A count that was whole before it was divided by their sum; others as they are."""
    return round(number) if abs(number - round(number)) < 1e-6 * number else number


def _beyond(real_fraction: float, probability: float, level: float) -> str:
    """The meaning of an infinite quantile: generations are counted up to about 10^12."""
    # Without real data the token takes all with the probability it begins with.
    never = probability == 1 or (real_fraction == 0 and level > 1 - probability)
    return "never" if never else "> 10^12"
