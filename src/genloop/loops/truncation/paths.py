"""Paths and ends of a loop that samples from the likeliest outcomes of a real distribution."""

import dataclasses
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ...analysis import Threshold, find_root
from ...arguments import checked
from ...models import Categorical
from ...printing import readable
from ...stages import AbstractTruncation, Mix, Temper
from .states import truncated_state

_RESTS = 1e-13
_LOST = 1e-12
"""A probability below this counts as lost: winners take all in the limit only."""


@readable
class TruncationPath(NamedTuple):
    """The loop from the real data on: its last state and what every generation kept.

    `kept` outcomes that were sampled with a probability above $10^{-12}$ and
    `effective_vocabulary`, both of shape `(generations,)`; `rests` whether the last generation
    changed nothing.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.truncation.truncation_path(gl.TopK(2), real).rests  # True
    ```
    """

    state: Categorical
    kept: Int[Array, " t"]
    effective_vocabulary: Float[Array, " t"]
    rests: bool


@checked
def truncation_path(
    rule: AbstractTruncation,
    real: Categorical,
    *,
    temperature: float = 1.0,
    real_fraction: float = 0.0,
    generations: int = 1000,
    temperature_first: bool = True,
) -> TruncationPath:
    """`Temper(T) >> rule >> Mix(real, a)` from the real data on, until it rests.

    Stops after `generations` at the latest. Unless `temperature_first` the rule chooses among the
    probabilities of the model itself: `rule >> Temper(T) >> Mix(real, a)`.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.truncation.truncation_path(gl.TopK(2), real).kept  # [2, 2]
    ```
    """
    temper, mix = Temper(temperature), Mix(real, real_fraction)
    sampler = temper >> rule if temperature_first else rule >> temper
    kept, vocabulary, state = [], [], real
    for _ in range(generations):
        state, *seen = _generation(sampler, mix, state)
        number, effective, change = map(float, seen)
        kept.append(int(number))
        vocabulary.append(effective)
        if change <= _RESTS:
            break
    return TruncationPath(state, np.array(kept), np.array(vocabulary), change <= _RESTS)


@eqx.filter_jit
def _generation(sampler, mix, state):
    sampled = sampler(state)
    after = mix(sampled)
    number = (sampled.probabilities > _LOST).sum()
    return after, number, after.effective_vocabulary(), after.separation(state)


@checked
def truncated_end(
    rule: AbstractTruncation, real: Categorical, *, real_fraction: float
) -> tuple[Categorical, int]:
    r"""The end of `rule >> Mix(real, a)` from the real data, and the number of its outcomes [TR-3].

    The kept set fixes the next state, so the loop is a sequence of sets: each lies in the one
    before it, because a smaller set makes the state steeper. Exact after at most $K$ steps.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.truncation.truncated_end(gl.TopK(2), real, real_fraction=0.3)[1]  # 2
    ```
    """
    kept = rule.kept(jnp.asarray(real.probabilities))
    while True:
        state = truncated_state(real, kept, real_fraction=real_fraction)
        after = rule.kept(jnp.asarray(state))
        if (after == kept).all():
            return Categorical(state, real.read_from), int(kept.sum())
        kept = after


@checked
def truncated_fidelity(rule: AbstractTruncation, real: Categorical, *, goal: float) -> Threshold:
    r"""The real fraction from which $\tfrac12\sum_i |x_i - r_i| \le$ `goal` at the end [TR-3].

    The distance is $(1 - a)(1 - r(W))$; with more real data the kept set $W$ grows, so the distance
    falls, and where $W$ jumps the threshold may be the jump. `NOT_NEEDED` where the goal is met
    without real data.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.truncation.truncated_fidelity(gl.TopK(2), real, goal=0.1).value  # 0.5
    ```
    """
    probabilities = np.asarray(real.probabilities)

    def distance(real_fraction):
        state, _ = truncated_end(rule, real, real_fraction=real_fraction)
        return 0.5 * np.abs(np.asarray(state.probabilities) - probabilities).sum()

    if distance(0.0) <= goal:
        return Threshold.absent("the goal is met without real data", "not needed")
    found = find_root(lambda a: distance(a) - goal, 0.0, 1.0)
    # Beside a jump rounding decides, so that the goal may be met at the smaller end.
    met = next(end for end in reversed(found.bracket) if distance(end) <= goal)
    return dataclasses.replace(found, value=met, residual=abs(distance(met) - goal))
