"""What stages of curation are written with: the rewards of outcomes, and lists of numbers."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from ..models import GivenRewards
from .expressions import Expression, Several

REWARD = "reward"
"""The name of the rewards of the outcomes."""


@dataclasses.dataclass(frozen=True)
class Listed(Several):
    """Numbers in parentheses, such as the shares of groups; the value is a list.

    ```python
    stage = gl.language.parse("Choose(reward, among=2, shares=(s, 1 - s))").calls[0]
    stage.arguments["shares"].text  # (s, 1 - s)
    ```
    """

    @property
    def text(self):
        return f"({super().text})"

    def with_values(self, values):
        return Listed(self.place, super().with_values(values).items)


@dataclasses.dataclass(frozen=True)
class Reward(Expression):
    """The rewards of the outcomes, written `reward`: an array that comes from elsewhere.

    ```python
    stage = gl.language.parse("Tilt(2 * reward)", rewards=[0.0, 1.0]).calls[0]
    stage.arguments["reward"].value({})  # [0, 2]
    ```
    """

    rewards: GivenRewards | None = None

    @property
    def text(self):
        return REWARD

    @property
    def parameters(self):
        return ()

    def value(self, values):
        if self.rewards is None:
            raise self.place.error(
                "E136",
                "the rewards are missing",
                "give --rewards FILE (in Python genloop.language.parse(text, rewards=...))",
            )
        return self.rewards.values

    def with_values(self, values):
        return self


def rewards_of(part: Expression, values: Mapping[str, Any]) -> Any:
    """What an expression of rewards stands for; what is done to them is done once to equal ones."""
    given = next((one.rewards for one in rewards_in(part) if one.rewards is not None), None)
    if given is None:
        return part.value(values)
    instead = lambda levels: rewarded(part, dataclasses.replace(given, values=levels))
    return given.mapped(lambda levels: instead(levels).value(values))


def rewards_in(part: Expression) -> Iterator[Reward]:
    """The places in an expression at which rewards stand."""
    if isinstance(part, Reward):
        yield part
    for field in dataclasses.fields(part):
        if isinstance(value := getattr(part, field.name), Expression):
            yield from rewards_in(value)


def rewarded(part: Expression, rewards: GivenRewards) -> Expression:
    """An expression with these rewards wherever they stand in it."""
    if isinstance(part, Reward):
        return dataclasses.replace(part, rewards=rewards)
    inner = {
        field.name: rewarded(value, rewards)
        for field in dataclasses.fields(part)
        if isinstance(value := getattr(part, field.name), Expression)
    }
    return dataclasses.replace(part, **inner) if inner else part
