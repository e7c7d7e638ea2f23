"""Loops and states on which the theorems of this paper are tried, the same in every run.

What is computed comes back as NumPy arrays: a check runs once, so compilation is what takes time,
and every stray operation on JAX arrays would be compiled on its own.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float

from ...analysis import FixedPoint, fixed_point
from ...loops.temperature.recipes import loop
from ...models import Categorical

OUTCOMES = (2, 12)


QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


class Instances(NamedTuple):
    """A batch of temperature loops, each with a state: functions of one loop are mapped over it."""

    temperature: Float[Array, " n"]
    real_fraction: Float[Array, " n"]
    real: Categorical
    state: Categorical

    @property
    def parameters(self) -> dict:
        """The arguments of `loop` and of everything about it."""
        return {
            "temperature": self.temperature,
            "real_fraction": self.real_fraction,
            "real": self.real,
        }


def real_distributions(outcomes: int, count: int) -> Categorical:
    """Uniform, Zipf with exponents 1 and 3, and random ones from a Dirichlet law."""
    generator = np.random.default_rng(outcomes)
    rank = np.arange(1, outcomes + 1.0)
    random = generator.dirichlet(np.ones(outcomes), size=count - 3) + 0.01 / outcomes
    return Categorical.of(np.stack([np.ones(outcomes), rank**-1, rank**-3, *random]))


def instances(outcomes: int, *, coldest=0.3, hottest=3.0, count=32) -> Instances:
    """Temperatures even in logarithm, real fractions over (0, 1), random interior states."""
    generator = np.random.default_rng(100 + outcomes)
    states = generator.dirichlet(np.ones(outcomes), size=count) + 0.01 / outcomes
    # A step that shares no factor with the count pairs temperatures and real fractions evenly.
    shuffled = 7 * np.arange(count) % count
    return Instances(
        np.geomspace(coldest, hottest, count),
        (shuffled + 0.5) / count,
        real_distributions(outcomes, count),
        Categorical.of(states),
    )


def evaluate(function: Callable, *arguments: Any) -> Any:
    """`function` mapped over the leading axis of every array in the arguments.

    Compiled once for each function: pass a claim as it is, not wrapped anew.
    """
    return _numbers(_compile(function)(*arguments))


def on_instances(function: Callable, cases: Instances, *others: Any) -> Any:
    """`function(state, *others, temperature=, real_fraction=, real=)` for every instance."""
    return evaluate(_unpacked(function), cases, *others)


@functools.cache
def without_real(function: Callable) -> Callable:
    """A function of a state and a loop that does not depend on the real distribution."""
    return lambda state, *others, real, **parameters: function(state, *others, **parameters)


def fixed_points(cases: Instances) -> FixedPoint:
    """The fixed points that continue the states of the instances, by the general solver."""
    return on_instances(_fixed_point, cases)


def derivatives(cases: Instances) -> tuple[np.ndarray, np.ndarray]:
    """Dense derivatives and images of the map, written out on bare arrays."""
    return on_instances(_derivative, cases)


@functools.cache
def _compile(function):
    return jax.jit(jax.vmap(function), compiler_options=QUICK)


@functools.cache
def _unpacked(function):
    return lambda case, *others: function(case.state, *others, **case.parameters)


def _numbers(tree):
    return jax.tree.map(np.asarray, tree)


def _fixed_point(state, **parameters):
    return fixed_point(loop(**parameters), state)


def _derivative(state, *, temperature, real_fraction, real):
    def image(x):
        weights = x ** (1 / temperature)
        mixed = real_fraction * real.probabilities
        return mixed + (1 - real_fraction) * weights / weights.sum()

    return jax.jacfwd(image)(state.probabilities), image(state.probabilities)


REAL, LEAST = ["1/2", "3/10", "1/5"], "3/25"
