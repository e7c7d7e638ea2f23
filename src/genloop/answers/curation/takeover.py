"""When what curators like best takes over, however rare it is in the real data."""

import dataclasses
import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import Threshold, find_root
from ...analysis.following import fixed_point_of_many
from ...models import Categorical
from ..composed import ChosenLoop, solvable
from .recognition import curated_loop, rewards_by_group

QUESTION = "the best-rated do not take over if they are rare"


def takeover(loop: ChosenLoop) -> dict[str, Threshold]:
    r"""The value of the unknown at which the best-rated outcomes can take over, by its name.

    At the end that the loop has without them, of those of the real data, a small share of them
    grows by $(1 - a) H_*$ in a generation: to a finite share where that is above one, however
    rare they are in the real data (a transcritical bifurcation where they are not there at all
    [ST-D5]). With infinitely many candidates the real fraction of that is $1/E_r[1/(1 - e^{r -
    r_*})]$ over the others [ST-D7]. Empty where several groups choose or the loop is another one.
    """
    if curated_loop(loop) is None:
        return {}
    rewards = rewards_by_group(loop, 0.5 * sum(loop.interval))
    if rewards is None or len(rewards) > 1:
        return {}
    solved = solvable(loop).loop
    (rewards,) = rewards_by_group(solved, 0.5 * sum(loop.interval))
    best = rewards == rewards.max()
    others = np.where(best, 0.0, np.asarray(solved.real.probabilities))
    if others.sum() == 0:
        return {}
    without = Categorical.of(others, origin=solved.real.read_from)
    rest = dataclasses.replace(solved, real=without)
    growth = functools.cache(functools.partial(_growth, rest, jnp.asarray(best)))
    lower, upper = loop.interval
    excess = lambda value: growth(value) - 1
    if not excess(lower) * excess(upper) < 0:
        always = excess(lower) < 0
        reason = f"they {'do not' if always else 'do'} take over at {lower:g} and at {upper:g}"
        return {"takeover": Threshold.absent(reason, "not needed" if always else "not reachable")}
    return {"takeover": find_root(excess, lower, upper)}


def _growth(rest: ChosenLoop, best, value: float) -> float:
    """The multiplier of a small share of the best-rated at the end without them."""
    stage = rest.map(value)
    end = fixed_point_of_many(stage, rest.real).state.probabilities
    return float(_multiplier(stage, end, best))


@eqx.filter_jit
def _multiplier(stage, end, best):
    share = best / best.sum()
    image = lambda x: stage(Categorical(x)).probabilities
    _, moved = jax.jvp(image, (end,), (share - end,))
    return (moved * best).sum()
