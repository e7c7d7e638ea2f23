r"""Where states of the temperature loop are born: curves of folds (solid) and of branch points
(dashed) followed in temperature and real fraction by the engine. Dots: the explicit solution at
single temperatures. Below its fold curve a state in which one outcome has nearly all is stable."""

from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import minimize_scalar

import genloop as gl
from genloop import plots

BEGIN = 0.6
LOWEST, HIGHEST = (0.0, 0.3), (1.0, 0.98)
DOTS = np.linspace(0.35, 0.95, 7)
FOLD, CROSSING = gl.BifurcationKind.FOLD, gl.BifurcationKind.BRANCH_POINT


class Levels(NamedTuple):
    """Real probabilities, and how many outcomes have each: outcomes that tie stay tied.

    The first level is the one outcome that may win.
    """

    values: jax.Array
    counts: jax.Array


def levels(probabilities, rank, size):
    """The levels seen by the outcome of this rank, filled up with levels that no outcome has."""
    ordered = -np.sort(-np.asarray(probabilities))
    rest, counts = np.unique(np.delete(ordered, rank), return_counts=True)
    fill = size - 1 - rest.size
    values = np.concatenate([ordered[[rank]], rest[::-1], np.full(fill, 1e-3 * rest[0])])
    return Levels(values, np.concatenate([[1.0], counts[::-1], np.zeros(fill)]))


def generation(levels, real_fraction, temperature):
    """The map of the loop, on one probability for every level."""

    def step(state):
        sharp = jnp.exp(jnp.log(state) / temperature)
        sampled = sharp / (levels.counts * sharp).sum()
        return real_fraction * levels.values + (1 - real_fraction) * sampled

    return step


def explicit(levels, temperature, share):
    r"""State and real fraction where the winner has the synthetic share $q$ [HD-9].

    All other levels sit on the lower root of $\zeta - q\,\zeta^b = (1 - q)\,r/r_1$, to which
    Newton's method rises; up to $q = T$ ties are one. $a = (1 - q)/(r_1 \sum n \zeta)$; not finite
    where a root is missing.
    """
    values, counts = map(np.asarray, levels)
    sharpness = 1 / temperature
    right = (1 - share) * values / values[0]
    turn = (sharpness * share) ** (-1 / (sharpness - 1))
    if right[1:].max() > (1 - temperature) * turn + 1e-15:
        return np.full_like(values, np.nan), np.nan
    root = right.copy()
    for _ in range(100):
        power = share * root ** (sharpness - 1)
        slope = np.maximum(1 - sharpness * power, 1e-12)
        root = np.minimum(root - (root * (1 - power) - right) / slope, turn)
    root[0] = 1.0
    if share <= temperature:
        root[values == values[0]] = 1.0
    total = (counts * root).sum()
    return root / total, (1 - share) / (values[0] * total)


def at_fold(levels, temperature):
    """The explicit state of the largest real fraction with a winner."""

    def height(share):
        fraction = explicit(levels, temperature, share)[1]
        return -fraction if np.isfinite(fraction) else 1 - share

    options = {"bounds": (temperature, 1), "options": {"xatol": 1e-9}}
    return explicit(levels, temperature, minimize_scalar(height, method="bounded", **options).x)


def at_crossing(levels, temperature):
    """The explicit state at which outcomes that tie for the first place part, $q = T$."""
    return explicit(levels, temperature, temperature)


EXPLICIT = {FOLD: at_fold, CROSSING: at_crossing}


def curves():
    """Panel, name, kind and levels of every curve."""
    uniform, tied, text = np.full(10, 0.1), [0.4, 0.4, 0.2], gl.data.demo().probabilities
    size = np.unique(text).size + 1
    yield "uniform", "one wins", FOLD, levels(uniform, 0, size)
    yield "uniform", "all part", CROSSING, levels(uniform, 0, size)
    yield "tied", "third wins", FOLD, levels(tied, 2, size)
    yield "tied", "first two part", CROSSING, levels(tied, 0, size)
    yield "text", "second word wins", FOLD, levels(text, 1, size)
    yield "text", "rarest word wins", FOLD, levels(text, text.size - 1, size)


def followed(kind, levels):
    """The curve of the bifurcation in both parameters, by the engine."""
    state, fraction = EXPLICIT[kind](levels, BEGIN)
    at_begin = jax.tree_util.Partial(_at_temperature, levels, jnp.asarray(BEGIN))
    point = gl.bifurcation_point(kind, at_begin, jnp.asarray(state), fraction)
    family = jax.tree_util.Partial(generation, levels)
    options = {"steps": 36, "stride": 0.04, "longest_stride": 0.04, "capacity": 1}
    return gl.bifurcation_curve(family, point, BEGIN, LOWEST, HIGHEST, **options).points()


def _at_temperature(levels, temperature, real_fraction):
    return generation(levels, real_fraction, temperature)


def compute():
    """A row for every point of a curve, with the explicit solution at its temperature."""
    rows = []
    for panel, name, kind, known in curves():
        found = followed(kind, known)
        for fraction, temperature in zip(found.first, found.second, strict=True):
            dot = EXPLICIT[kind](known, float(temperature))[1]
            rows.append((panel, name, temperature, fraction, dot, abs(fraction - dot)))
    names = "panel", "curve", "temperature", "real_fraction", "explicit", "difference"
    return dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))
