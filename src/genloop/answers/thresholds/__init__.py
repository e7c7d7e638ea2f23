"""The real data that a loop needs: of outcomes at a temperature, of a table, or any loop."""

import dataclasses
from collections.abc import Mapping
from typing import Any, overload

from ...analysis import Threshold as Threshold, fixed_point
from ...errors import InputError
from ...language import Pipeline
from ...models import Categorical, Gaussian, Particles
from ..composed import (
    ChosenLoop,
    check_value,
    check_walk,
    chosen,
    noise_of,
    notes_of,
    radius_of,
    recognised,
    short_form,
)
from .answer import Thresholds as Thresholds
from .composed import LoopThresholds as LoopThresholds, loop_threshold as loop_threshold
from .kernels import (
    KernelEnd as KernelEnd,
    KernelThresholds as KernelThresholds,
    kernel_threshold,
)
from .outcomes import (
    HealthyEnd,
    OutcomeThresholds as OutcomeThresholds,
    outcome_threshold as outcome_threshold,
)
from .pooled import pooled_threshold
from .standing import TableStanding as TableStanding, table_standing
from .table import TableThresholds as TableThresholds, table_threshold as table_threshold
from .truncated import sampling as sampling


@overload
def threshold(real: Categorical, *, loop: None = None, **asked: Any) -> OutcomeThresholds: ...
@overload
def threshold(real: Gaussian, *, loop: None = None, **asked: Any) -> TableThresholds: ...
@overload
def threshold(
    real: Categorical | Gaussian | Particles, *, loop: str | Pipeline, **asked: Any
) -> Thresholds: ...
def threshold(
    real: Categorical | Gaussian | Particles, *, loop: str | Pipeline | None = None, **asked: Any
) -> Thresholds:
    """The real data that a loop on these data needs, or the values of any other unknown.

    `loop` is a composition as text with one free parameter, the unknown: see `composed_threshold`
    for what else is asked then. Without it the loop is `outcome_threshold` or `table_threshold`;
    which of the two is decided by the model of the real data, and so are the arguments.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.threshold(real, loop="Temper(0.8) >> Mix(real, a)").thresholds["unique"]
    ```
    """
    if loop is None and asked.get("sampling") is not None and asked.get("temperature", 1.0) != 1:
        loop = short_form(
            asked.pop("temperature"),
            rule=asked.pop("sampling"),
            temperature_first=asked.pop("temperature_first", True),
        )
        asked["at"] = asked.pop("real_fraction", None)
    if loop is not None:
        return composed_threshold(real, loop=loop, **asked)
    ask = table_threshold if isinstance(real, Gaussian) else outcome_threshold
    return ask(real, **asked)


def composed_threshold(
    real: Categorical | Gaussian | Particles,
    *,
    loop: str | Pipeline,
    values: Mapping[str, float] | None = None,
    unknown: str | None = None,
    interval: tuple[float, float] | None = None,
    at: float | None = None,
    goals: Mapping[str, float] | None = None,
    seed: int = 0,
    progress: Any = None,
) -> Thresholds:
    """The values of the `unknown` of any loop that keep it alive, and whether the value `at` does.

    A loop that is solved is answered by its closed forms, every other by `loop_threshold`; on a
    table nothing need be unknown, and it is told how the loop stands; on points, whose loops have
    kernels, all is answered by exact expected moments. `values` are those of the
    other parameters; with one free parameter it is the unknown, and a share has the interval from
    nearly 0 to 1. `seed` draws the real set of `Mix.fixed`. Raises `InputError` where nothing is
    unknown, or more than one thing.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.composed_threshold(real, loop="Temper(0.8) >> Mix(real, a)").needed("tv")
    ```
    """
    asked = chosen(loop, real, values=values, unknown=unknown, interval=interval, seed=seed)
    if isinstance(real, Particles):
        return kernel_threshold(asked, goals=goals, at=at)
    check_walk(asked)
    pooled = pooled_threshold(asked, at, goals) if isinstance(real, Gaussian) else None
    if pooled is not None and (at is None or asked.unknown is not None):
        return pooled
    if asked.unknown is None and at is None and isinstance(real, Gaussian):
        return table_standing(asked, goals)
    if asked.unknown is None:
        what = f"nothing is unknown in {asked.text}; name it, as the a of Mix(real, a)."
        raise InputError("E136", what)
    if at is not None:
        check_value(asked, at)
    return _solved(asked, at, goals) or loop_threshold(asked, at=at, goals=goals, progress=progress)


def _solved(asked: ChosenLoop, at, goals) -> Thresholds | None:
    """The answer for a loop that is solved: outcomes at a temperature, or with rules at one."""
    form = recognised(asked)
    if form is None or form.real_fraction != asked.unknown or isinstance(form.temperature, str):
        return None
    if (form.rule is not None and form.temperature != 1) or not asked.in_full:
        return None
    found = outcome_threshold(
        asked.real,
        temperature=form.temperature,
        real_fraction=at,
        goals=goals,
        sampling=form.rule,
        temperature_first=form.temperature_first,
    )
    named = {"loop": asked.text, "unknown": asked.unknown, "notes": notes_of(asked)}
    return dataclasses.replace(found, **named, at=_with_samples(found.at, asked))


def _with_samples(at: HealthyEnd, asked: ChosenLoop) -> HealthyEnd:
    """The end with what samples and a memory add to it: noise and another spectral radius."""
    if not asked.stage(at.real_fraction).draws or not at.stable:
        return at
    point = fixed_point(asked.map(at.real_fraction), asked.real)
    return dataclasses.replace(
        at,
        spectral_radius=radius_of(asked, at.real_fraction, point),
        noise=noise_of(asked, at.real_fraction, point),
    )
