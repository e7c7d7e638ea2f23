r"""The noise of a loop on its way from the real data, for each way to keep the data [AC-3, AC-5].

About the mean-field path $x_0 = r, x_1, \dots$ the fit of generation $t$ responds linearly to the
noise of every generation before it. Its variance sums these responses, followed backwards from $t$
with the derivatives $DF(x_s) = \operatorname{diag}(d) - u v^\top$ of the path. Equal outcomes share
a group: what differs within a group only sees $d$.
"""

import collections
import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ...models import Categorical
from ..temperature.branches import ProbabilityClasses
from .passage import accumulated, replaced, windowed

_WORK = 10**9
"""Generations times squared groups; beyond it probabilities close to each other share a group."""
_NUMBERS = 2 * 10**6
"""Numbers in the responses of a window that are kept together."""
_WIDTH = 0.01
_FORGOTTEN = 1e-140
"""Responses whose squares are nothing, whatever an unstable stretch of the path makes of them."""


class _Groups(NamedTuple):
    """Outcomes that are taken to be equally likely."""

    values: Float[np.ndarray, " l"]
    counts: Float[np.ndarray, " l"]
    end: Float[np.ndarray, " l"]


def path_noises(
    real: Categorical,
    state: Categorical,
    generations: int,
    *,
    temperature: float,
    real_fraction: float,
    samples: float,
    size: float,
    window: int,
) -> tuple[float, float, float]:
    r"""$\sum_i \operatorname{Var}(p_i)/x^*_i$ of generation $t$ from the real data, to order $1/n$.

    For data that are replaced, kept for `window` generations, and kept for ever; $x^*$ is `state`.
    Many different probabilities are grouped in classes of one per cent or wider, which costs about
    $10^{-3}$ of the result at most.
    """
    groups = _groups(ProbabilityClasses.of(real), real, state, generations)
    path_of = lambda steps: [groups.values, *itertools.islice(steps, generations)]
    image = _Image(groups, temperature, real_fraction)
    found = []
    for length, steps in (
        (1, replaced(image, groups.values)),
        (window, windowed(image, groups.values, window)),
    ):
        responses = _window_responses(image, groups, path_of(steps), length)
        found.append(sum(responses) / samples)
    ratio = size / samples
    steps = accumulated(image, groups.values, ratio)
    responses = _accumulated_responses(image, groups, path_of(steps), ratio)
    return *found, sum(responses) / samples


def _groups(
    classes: ProbabilityClasses, real: Categorical, state: Categorical, generations: int
) -> _Groups:
    """The classes with their mean probabilities in the end state, joined where they are many."""
    values, counts = np.asarray(classes.values), np.asarray(classes.counts)
    order = np.searchsorted(-values, -np.asarray(real.probabilities))
    end = np.bincount(order, np.asarray(state.probabilities)) / counts
    most, width = max(20, int(np.sqrt(_WORK / generations))), _WIDTH
    label = np.arange(len(values))
    while label[-1] >= most:
        # The likeliest one can win and stays on its own.
        steps = np.floor(np.log(values[1:] / values[-1]) / width)
        label = np.append(0, 1 + np.unique(-steps, return_inverse=True)[1])
        width *= 1.5
    total = np.bincount(label, counts)
    mean = lambda numbers: np.bincount(label, counts * numbers) / total
    return _Groups(mean(values), total, mean(end))


class _Image(NamedTuple):
    """The loop on groups, with its derivative."""

    groups: _Groups
    temperature: float
    real_fraction: float

    def __call__(self, x):
        return self.real_fraction * self.groups.values + (1 - self.real_fraction) * self._sampled(x)

    def _sampled(self, x):
        weights = (x / x[0]) ** (1 / self.temperature)
        return weights / (self.groups.counts @ weights)

    def derivative(self, x):
        """$d$, $u$ and $v$; the latter two along the normalised sums over a group."""
        sharpness, root = 1 / self.temperature, np.sqrt(self.groups.counts)
        weights = (x / x[0]) ** sharpness
        slope = sharpness * (x / x[0]) ** (sharpness - 1) / (x[0] * (self.groups.counts @ weights))
        moved = 1 - self.real_fraction
        return moved * slope, moved * root * self._sampled(x), root * slope

    def pulled_back(self, response, x):
        """The responses to a deviation of the fit `x`, from those to the data of the next one."""
        (within, sums), (d, u, v) = response, self.derivative(x)
        return within * d, sums * d - np.outer(sums @ u, v)

    def spread(self, response, x):
        """The variance at the end by the sampling noise of the data after the fit `x`."""
        (within, sums), expected = response, self(x)
        counts = self.groups.counts
        across = sums @ (np.sqrt(counts) * expected)
        between = (sums**2 @ expected).sum() - (across**2).sum()
        return between + ((counts - 1) * within**2 * expected).sum()


def _ends(groups: _Groups, rows: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The responses of the last fit to itself, in units of the end state, some groups at a time."""
    there = groups.end > 0
    unit = np.where(there, 1 / np.sqrt(np.where(there, groups.end, 1.0)), 0.0)
    within = np.where(groups.counts > 1, unit, 0.0)
    for begin in range(0, len(unit), rows):
        # What differs within the groups is counted once.
        yield (within if begin == 0 else 0 * unit), np.diag(unit)[begin : begin + rows]


def _window_responses(
    image: _Image, groups: _Groups, path: list[np.ndarray], length: int
) -> Iterator[float]:
    """The variance at the end of a window by the noise of each generation, the last first."""
    last, number = len(path) - 1, len(groups.values)
    for within, sums in _ends(groups, max(1, _NUMBERS // (number * min(length, last)))):
        fits = collections.deque([(within, sums)])
        total_within, total_sums = within, sums
        for s in range(last, 0, -1):
            response = total_within / length, total_sums / length
            yield image.spread(response, path[s - 1])
            new = image.pulled_back(response, path[s - 1])
            fits.append(new)
            total_within, total_sums = total_within + new[0], total_sums + new[1]
            if max(np.abs(total_within).max(), np.abs(total_sums).max()) < _FORGOTTEN:
                break
            if len(fits) > length:
                old = fits.popleft()
                total_within, total_sums = total_within - old[0], total_sums - old[1]


def _accumulated_responses(
    image: _Image, groups: _Groups, path: list[np.ndarray], ratio: float
) -> Iterator[float]:
    """The same where all data are kept."""
    for within, sums in _ends(groups, len(groups.values)):
        for s in range(len(path) - 1, 0, -1):
            share = 1 / (ratio + s)
            response = share * within, share * sums
            yield image.spread(response, path[s - 1])
            moved = image.pulled_back(response, path[s - 1])
            within, sums = (1 - share) * within + moved[0], (1 - share) * sums + moved[1]
