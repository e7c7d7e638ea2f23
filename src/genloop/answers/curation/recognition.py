"""Loops that curate: which stages do, by which rewards, and those that are solved."""

import dataclasses
from typing import Any

import numpy as np

from ...language import Name, Real
from ...language.pipeline import Building
from ...models import Rewards
from ...stages import Choose, Draw, Mix
from ..composed import ChosenLoop
from ..composed.lumps import curating_calls


@dataclasses.dataclass(frozen=True)
class CuratedLoop:
    """One choice and real data: `Choose(reward, among=K) >> Mix(real, a)`, or `Tilt` for `None`.

    `real_fraction` is a number, or the name of a parameter that has none.
    """

    among: int | None
    real_fraction: float | str


def curated_loop(loop: ChosenLoop) -> CuratedLoop | None:
    """The loop of one choice and real data that a composition is; `None` for every other."""
    calls = loop.pipeline.with_values(loop.values).calls
    kept = [call for call in calls if call.stage is not Draw]
    if len(kept) != 2 or kept[0] not in curating_calls(loop.pipeline.with_values(loop.values)):
        return None
    chosen, mix = kept
    if mix.name != Mix.__name__ or not isinstance(mix.arguments["real"], Real):
        return None
    share = mix.arguments["real_fraction"]
    if not isinstance(share, Name) and share.parameters:
        return None
    among = chosen.arguments["among"] if chosen.stage is Choose else None
    if among is not None and among.parameters:
        return None
    known = None if among is None else int(among.value({}))
    return CuratedLoop(known, share.name if isinstance(share, Name) else float(share.value({})))


def has_one_end(loop: ChosenLoop) -> bool:
    """Whether all models come to one end: one group, very many candidates, real data [ST-D6]."""
    form = curated_loop(loop)
    one = loop.rewards is not None and np.ndim(loop.rewards.values) == 1
    return form is not None and form.among is None and one


def curators(loop: ChosenLoop, value: float | None) -> Any:
    """The first stage of a loop that curates, at a value of its unknown."""
    known = dict(loop.values) if loop.unknown is None else {**loop.values, loop.unknown: value}
    call = curating_calls(loop.pipeline)[0]
    known = {name: known[name] for name in call.parameters}
    return call.made(Building(known, loop.real, loop.seed))


def rewards_by_group(loop: ChosenLoop, value: float | None) -> np.ndarray | None:
    """The rewards as they were given, a row for each group; `None` for those of a table."""
    if loop.rewards is not None:
        return np.atleast_2d(loop.rewards.values)
    reward = curators(loop, value).reward
    return np.atleast_2d(np.asarray(reward.values)) if isinstance(reward, Rewards) else None
