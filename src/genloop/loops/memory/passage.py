"""The time that the mean-field loop takes some way from the real data, for each way to keep it."""

import collections
import itertools
from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ...analysis import flow_until
from ...arguments import checked
from ...models import Categorical
from ..temperature.branches import ProbabilityClasses

_WORK = 10**9
"""Numbers raised to a power, generation by generation, before the flow is asked instead."""
_LONGEST = 10**6


@checked
def goal_times(
    real: Categorical,
    *,
    temperature: float,
    real_fraction: float,
    samples: float,
    size: float,
    window: int,
    goal: float,
) -> tuple[float, float, float]:
    r"""Generations until $\frac12 \sum_i |x_i - r_i|$ is first at its `goal`.

    For data that are replaced, kept for `window` generations, and kept for ever. Followed
    generation by generation as long as that is cheap, else from the time $s$ of the flow: $s$,
    $\frac{w + 1}2 s$ and $c\,(e^s - 1)$. Infinite where it takes the flow longer than $10^6$.
    """
    classes = ProbabilityClasses.of(real)
    values, counts = np.asarray(classes.values), np.asarray(classes.counts)
    synthetic, sharpness = 1 - real_fraction, 1 / temperature

    def image(x):
        weights = (x / x[0]) ** sharpness
        return real_fraction * values + synthetic * weights / (counts @ weights)

    away = lambda x: 0.5 * (counts @ np.abs(x - values)) - goal
    ratio = size / samples
    paths = (
        (replaced(image, values), lambda time: time),
        (windowed(image, values, window), lambda time: 0.5 * (window + 1) * time),
        (accumulated(image, values, ratio), lambda time: ratio * np.expm1(time)),
    )
    most = int(np.clip(_WORK // (50 * len(values)), 1000, 10**4))
    counts = [_count(path, away, most) for path, _ in paths]
    if None in counts:
        time = float(_first_passage(classes, *map(float, (temperature, real_fraction, goal))))
        pairs = zip(counts, paths, strict=True)
        counts = [float(late(time)) if found is None else found for found, (_, late) in pairs]
    return tuple(counts)


def replaced(image: Callable, x: np.ndarray) -> Iterator[np.ndarray]:
    """The mean-field fits after $x$ where every generation replaces the data."""
    while True:
        x = image(x)
        yield x


def windowed(image: Callable, x: np.ndarray, window: int) -> Iterator[np.ndarray]:
    """The same for a window of generations that begins full of $x$."""
    data, total = collections.deque(), window * x
    while True:
        data.append(image(total / window))
        total = total + data[-1] - (data.popleft() if len(data) > window else x)
        yield total / window


def accumulated(image: Callable, x: np.ndarray, ratio: float) -> Iterator[np.ndarray]:
    """The same where all data are kept, after `ratio` generations' worth of $x$."""
    for generation in itertools.count(1):
        x = x + (image(x) - x) / (ratio + generation)
        yield x


def _count(path: Iterator[np.ndarray], away: Callable, most: int) -> float | None:
    """The first generation that is far enough away, if there is one among so many."""
    return next((float(t) for t in range(1, most + 1) if away(next(path)) >= 0), None)


@jax.jit
def _first_passage(
    classes: ProbabilityClasses, temperature: float, real_fraction: float, goal: float
) -> Array:
    """The time of the flow until the total variation is at its goal."""
    values, counts = classes.values, classes.counts

    def image(x):
        weights = (x / x.max()) ** (1 / temperature)
        return real_fraction * values + (1 - real_fraction) * weights / (counts @ weights)

    away = lambda x: 0.5 * (counts @ jnp.abs(x - values)) - goal
    return flow_until(image, values, away, horizon=_LONGEST, tolerance=1e-9).time
