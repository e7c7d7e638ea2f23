r"""How many ends the temperature loop has. Curves: folds (solid; the first and the last outcome
that can win) and branch points (dashed), followed in temperature and real fraction by the engine.
Dots: the explicit solution. Real data: (a) ten equal outcomes, (b) three different ones, (c) the
words of the documentation of Python, some 3,400; those of equal frequency share one number of the
state."""

from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import minimize_scalar

import genloop as gl
from genloop import continuation, plots
from genloop.operators import DiagonalMinusRankOne

BEGIN, POINTS = 0.6, 22
LOWEST, HIGHEST = (0.0, 0.3), (1.0, 0.98)
# Strides of one length: the same points on every machine.
OPTIONS = {"steps": 30, "stride": 0.05, "longest_stride": 0.05, "capacity": 0}
FOLD, CROSSING = continuation.BifurcationKind.FOLD, continuation.BifurcationKind.BRANCH_POINT


class Classes(NamedTuple):
    """Real probabilities, and how many outcomes have each: outcomes that tie stay tied.

    The first level is the one outcome that may win.
    """

    values: jax.Array
    counts: jax.Array


def classes(probabilities, rank, size):
    """The classes seen by the outcome of this rank, filled up with classes that no outcome has."""
    ordered = -np.sort(-np.asarray(probabilities))
    values, counts = np.unique(np.delete(ordered, rank), return_counts=True)
    fill = size - 1 - values.size
    values = np.concatenate([ordered[[rank]], values, np.full(fill, 1e-3 * values[0])])
    return Classes(values, np.concatenate([[1.0], counts, np.zeros(fill)]))


class Generation(NamedTuple):
    """The map of the loop on one probability for every level, with its derivative."""

    classes: Classes
    real_fraction: jax.Array
    temperature: jax.Array

    def sampled(self, state):
        sharp = jnp.exp(jnp.log(state) / self.temperature)
        return sharp / (self.classes.counts * sharp).sum()

    def __call__(self, state):
        a = self.real_fraction
        return a * self.classes.values + (1 - a) * self.sampled(state)

    def jacobian(self, state):
        r"""$\frac{1 - a}{T} [\operatorname{diag}(s/x) - s\,(n s/x)^\top]$."""
        sampled = self.sampled(state)
        rate = (1 - self.real_fraction) / self.temperature
        ratio = sampled / state
        return DiagonalMinusRankOne(rate * ratio, rate * sampled, self.classes.counts * ratio)


def explicit(classes, temperature, rival):
    r"""State and real fraction at a ratio $\zeta < 1$ of the largest rival to the winner [HD-9].

    All ratios solve $\zeta - q\,\zeta^b = (1 - q)\,r/r_1$ with one $q$, which the rival gives; the
    others sit on the lower root, to which Newton's method rises. $a = (1 - q)/(r_1 \sum n \zeta)$.
    """
    values, counts = map(np.asarray, classes)
    sharpness, relative = 1 / temperature, values / values[0]
    largest = relative == relative[1:].max()
    share = (relative[1:].max() - rival) / (relative[1:].max() - rival**sharpness)
    turn = (sharpness * share) ** (-1 / (sharpness - 1))
    if rival > turn:
        return None, -rival
    root = right = (1 - share) * relative
    for _ in range(60):
        power = share * root ** (sharpness - 1)
        slope = np.maximum(1 - sharpness * power, 1e-12)
        root = np.minimum(root - (root * (1 - power) - right) / slope, turn)
    root = np.where(largest, rival, root)
    root[0] = 1.0
    total = (counts * root).sum()
    return root / total, (1 - share) / (values[0] * total)


def at_fold(classes, temperature):
    """The explicit state of the largest real fraction with a winner."""
    height = lambda rival: -explicit(classes, temperature, rival)[1]
    options = {"bounds": (0, 1), "options": {"xatol": 1e-10}}
    return explicit(classes, temperature, minimize_scalar(height, method="bounded", **options).x)


def at_crossing(classes, temperature):
    """Where equal outcomes part: $a = 1 - T$ [U-4]."""
    fraction = 1 - temperature
    return np.where(classes.counts > 0, classes.values, fraction * classes.values), fraction


EXPLICIT = {FOLD: at_fold, CROSSING: at_crossing}


def curves():
    """Panel, name, kind and classes of every curve."""
    uniform, skewed, text = np.full(10, 0.1), [0.5, 0.3, 0.2], gl.data.demo().probabilities
    size = np.unique(text).size + 1
    yield "uniform", "an outcome wins", FOLD, classes(uniform, 0, size)
    yield "uniform", "all part", CROSSING, classes(uniform, 0, size)
    yield "skewed", "the second wins", FOLD, classes(skewed, 1, size)
    yield "skewed", "the third wins", FOLD, classes(skewed, 2, size)
    yield "text", "the second word wins", FOLD, classes(text, 1, size)
    yield "text", "the rarest word wins", FOLD, classes(text, text.size - 1, size)


def followed(kind, classes):
    """The curve of the bifurcation in both parameters, by the engine."""
    state, fraction = EXPLICIT[kind](classes, BEGIN)
    at_begin = jax.tree_util.Partial(_at_temperature, classes, BEGIN)
    point = continuation.bifurcation_point(kind, at_begin, jnp.asarray(state), fraction)
    family = jax.tree_util.Partial(Generation, classes)
    return continuation.bifurcation_curve(family, point, BEGIN, LOWEST, HIGHEST, **OPTIONS).points()


def _at_temperature(classes, temperature, real_fraction):
    return Generation(classes, real_fraction, temperature)


def compute():
    """A row for every point of a curve, with the explicit solution at its temperature."""
    rows = []
    for panel, name, kind, known in curves():
        found = followed(kind, known)
        # The text, and with it the number of points, differs between versions of Python.
        chosen = np.linspace(0, found.first.size - 1, POINTS).round().astype(int)
        for fraction, temperature in zip(found.first[chosen], found.second[chosen], strict=True):
            dot = EXPLICIT[kind](known, float(temperature))[1]
            gap = abs(float(fraction) - dot)
            rows.append((panel, name, kind.label, float(temperature), float(fraction), dot, gap))
    names = "panel", "curve", "kind", "temperature", "real_fraction", "explicit", "difference"
    return dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))


TITLES = {"uniform": "uniform, $K=10$", "skewed": "0.5, 0.3, 0.2", "text": "a text"}
COLORS = {"uniform": plots.BLUE, "skewed": plots.VERMILION, "text": plots.GREEN}
# The numbers of ends: words, their place, and where a line from them leads.
WORDS = {
    "uniform": [
        ("one end", (0.79, 0.75), None),
        ("eleven", (0.72, 0.56), (0.58, 0.48)),
        ("ten ends", (0.49, 0.24), None),
    ],
    "skewed": [
        ("one end", (0.79, 0.75), None),
        ("two", (0.68, 0.42), (0.5, 0.345)),
        ("three ends", (0.47, 0.16), None),
    ],
    "text": [
        ("one end", (0.85, 0.9), None),
        ("more and\nmore", (0.9, 0.68), (0.7, 0.574)),
        ("as many ends\nas words", (0.53, 0.24), None),
    ],
}


def draw(data):
    figure, panels = plots.canvas(height=4.2, columns=3, caption=__doc__)
    for axes, panel in zip(panels, TITLES, strict=True):
        for name in dict.fromkeys(data["curve"][data["panel"] == panel]):
            rows = (data["panel"] == panel) & (data["curve"] == name)
            temperature, fraction, dots, kind = (
                data[key][rows] for key in ("temperature", "real_fraction", "explicit", "kind")
            )
            dash = "-" if kind[0] == FOLD.label else (0, (4, 2))
            axes.plot(temperature, fraction, color=COLORS[panel], linestyle=dash)
            axes.plot(temperature[::3], dots[::3], "o", color=plots.BLACK, markersize=3, zorder=3)
        for text, place, target in WORDS[panel]:
            line = {"arrowstyle": "-", "linewidth": 0.8, "shrinkB": 0} if target else None
            options = {"ha": "center", "va": "center", "arrowprops": line}
            axes.annotate(text, target or place, place, **options)
        axes.set(xlim=(LOWEST[1], 1), ylim=(0, 1), title=TITLES[panel])
        axes.set(xlabel="temperature $T$", xticks=[0.4, 0.6, 0.8, 1])
    panels[0].set_ylabel("real fraction $a$ of every generation")
    for axes in panels[1:]:
        axes.set_yticklabels([])
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "fold_curves")


if __name__ == "__main__":
    main()
