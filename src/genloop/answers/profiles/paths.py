"""Statistics of many runs of a loop that begin at the real data, by generation."""

import dataclasses
from typing import Any, NamedTuple, Self

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax.scipy.special import ndtr

from ...analysis import orbits
from ...models import Categorical, Gaussian
from ..composed import fit_of

TAIL, FAR = 2.5758293035489004, 3.2905267314919255
"""Standard deviations about the mean between which a normal law has 99 % and 99.9 % of its mass."""
RARE = 0.01
"""The rarest outcomes that have at most this mass together are the tail of outcomes."""


class Estimate(NamedTuple):
    """Means over runs, one a generation, with their standard errors."""

    mean: np.ndarray
    error: np.ndarray


@dataclasses.dataclass(frozen=True)
class Paths:
    """What was seen in runs: arrays of shape `(runs, generations)` by name."""

    seen: dict[str, np.ndarray]

    @classmethod
    def of(
        cls, loop: Any, real: Any, ideal: dict[str, np.ndarray], *, replicates: int, seed: int
    ) -> Self:
        """Runs from the state in which a loop begins with the real data.

        As many generations as `ideal` has, the path of infinite data, which is every run of a loop
        that draws nothing.
        """
        if not loop.draws:
            return cls({name: np.stack([values, values]) for name, values in ideal.items()})
        observe = _observer(real)
        seen = orbits(
            loop.step,
            jr.key(seed),
            loop.begin(real),
            generations=len(ideal["risk"]),
            replicates=replicates,
            observe=lambda state: observe(fit_of(state)),
        )
        return cls({name: np.asarray(runs) for name, runs in seen.items()})

    def mean(self, name: str, most: float = np.inf) -> Estimate:
        """The mean over runs of what is cut off at `most`."""
        runs = np.minimum(self.seen[name], most)
        return Estimate(runs.mean(axis=0), runs.std(axis=0, ddof=1) / len(runs) ** 0.5)

    def middle(self, name: str) -> np.ndarray:
        """The median over runs."""
        return np.median(self.seen[name], axis=0)


def mapped(loop: Any, real: Any, generations: int) -> dict[str, np.ndarray]:
    """The same statistics with infinite data."""
    observe = _observer(real)

    def advance(state, _):
        state = loop(state)
        return state, observe(fit_of(state))

    start = jax.tree.map(jnp.asarray, loop.begin(real))
    path = jax.jit(lambda start: jax.lax.scan(advance, start, length=generations)[1])(start)
    return {name: np.asarray(values) for name, values in path.items()}


def _observer(real):
    return _outcomes(real) if isinstance(real, Categorical) else _direction


def _direction(fit: Gaussian) -> dict[str, Any]:
    """Of a direction in which the real data are standard normal."""
    mean, deviation = fit.mean[..., 0], jnp.abs(fit.factor[..., 0, 0])
    outside = lambda z: ndtr((-z - mean) / deviation) + ndtr((mean - z) / deviation)
    return {
        "risk": mean**2 + (deviation - 1) ** 2,
        "deviation": deviation,
        "tail": outside(TAIL) / (2 * ndtr(-TAIL)),
        "far": outside(FAR),
    }


def _outcomes(real: Categorical):
    reference = jnp.asarray(real.probabilities)
    rare = tail_of(np.asarray(real.probabilities))
    tail = jnp.asarray(rare.astype(float))
    mass = float(np.asarray(real.probabilities)[rare].sum())

    def observe(fit):
        p = fit.probabilities
        there = jnp.broadcast_to(reference > 0, p.shape)
        return {
            "risk": ((p - jnp.broadcast_to(reference, p.shape)) ** 2).sum(axis=-1),
            "diversity": 1 - (p**2).sum(axis=-1),
            "lost": ((p == 0) & there).sum(axis=-1).astype(float),
            "tail": p @ tail / mass,
            "far": p @ (reference == 0).astype(float),
        }

    return observe


def tail_of(probabilities: np.ndarray) -> np.ndarray:
    """Which outcomes are the rarest: as many as have `RARE` of the mass, and at least one."""
    order = np.argsort(probabilities, kind="stable")
    order = order[probabilities[order] > 0]
    inside = np.cumsum(probabilities[order]) <= RARE
    inside[0] = True
    chosen = np.zeros(len(probabilities), dtype=bool)
    chosen[order[inside]] = True
    return chosen
