"""When a reward without an end carries a Gaussian loop away, in closed form."""

from typing import NamedTuple

import numpy as np

from ...analysis import Threshold
from ...language import Expression
from ...loops.curation import choice_fraction, linear_reward_fraction
from ...models import LinearReward
from ..composed import ChosenLoop
from ..goals import percent
from .recognition import curated_loop, curators

STAYS = "mean and variance stay bounded"
_WHY = {
    None: (
        "the state near the real data meets an unstable one there and both vanish, a fold at "
        "2 sqrt(B^2 + B) - 2 B, B = {spread:.6g} being the variance of the reward in the real data "
        "[ST-D9]"
    ),
    2: (
        "the variance of the reward in the real data is B = {spread:.6g}, and no linear reward "
        "needs more than 1/(1 + sqrt(pi)) = 36.1 % when the better of two is taken [ST-D10]"
    ),
}
_FRACTION = {None: lambda spread: float(linear_reward_fraction(spread)), 2: choice_fraction}


class Runaway(NamedTuple):
    """The least real fraction at which a loop stays, and the variance of its reward in the data."""

    real_fraction: float
    reward_variance: float
    among: int | None
    slope: LinearReward


def runaway_of(loop: ChosenLoop) -> Runaway | None:
    """What a linear reward does to a table, where it is known: `Tilt` or the better of two."""
    form = curated_loop(loop) if loop.is_table else None
    if form is None or form.among not in _FRACTION or _moves_reward(loop):
        return None
    stage = curators(loop, None if loop.unknown is None else loop.interval[1])
    if not isinstance(stage.reward, LinearReward):
        return None
    slope = np.broadcast_to(np.asarray(stage.reward.slope), loop.real.mean.shape)
    spread = float(slope @ np.asarray(loop.real.covariance) @ slope)
    return Runaway(_FRACTION[form.among](spread), spread, form.among, stage.reward)


def _moves_reward(loop):
    """Whether the unknown stands in the reward."""
    reward = loop.pipeline.calls[0].arguments.get("reward")
    free = () if reward is None else reward.parameters
    return isinstance(reward, Expression) or loop.unknown in free


def runaway(loop: ChosenLoop) -> dict[str, Threshold]:
    """The real fraction below which mean and variance grow without end, by its name."""
    found, form = runaway_of(loop), curated_loop(loop)
    if found is None or form.real_fraction != loop.unknown:
        return {}
    value = found.real_fraction
    lower, upper = loop.interval
    if not lower < value < upper:
        status = "not needed" if value <= lower else "not reachable"
        reason = f"they do from {value:.6g} on, outside of the interval"
        return {"runaway": Threshold.absent(reason, status)}
    return {"runaway": Threshold(value, uncertainty=4e-16 * value)}


def runaway_notes(loop: ChosenLoop) -> tuple[str, ...]:
    """Sentences on where the growth without end begins, and why."""
    found = runaway_of(loop)
    if found is None:
        return ()
    why = _WHY[found.among].format(spread=found.reward_variance)
    notes = [
        f"Below {percent(found.real_fraction)} real data mean and variance grow without end: {why}."
    ]
    if np.ndim(found.slope.slope) == 0 and loop.real.dimension > 1:
        each, columns = f"{float(found.slope.slope):g}", loop.real.dimension
        notes.append(
            f"The slope {each} holds for each of the {columns} columns, per unit of it; "
            f"LinearReward({each}, 0) rewards the first alone."
        )
    return tuple(notes)
