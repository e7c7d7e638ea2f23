r"""How long tokens live: the documentation of Python, refitted to as many of its own tokens in
every generation, at temperature one. (a) The exact probability that a token is lost (lines, each
with its count in the text); dots: the share of 500 runs of the loop itself. (b) The expected number
of distinct tokens without real data and with 1 % and 10 % of it."""

from pathlib import Path

import jax
import numpy as np

import genloop as gl
from genloop import plots
from genloop.laws import Extinction, expected_outcomes

COUNTS = (1, 3, 10, 30, 100, 300, 1000)
GENERATIONS = np.unique(np.round(np.geomspace(1, 10_000, 60)).astype(int))
FRACTIONS = (0.0, 0.01, 0.1)
SIMULATED, RUNS = np.array([1, 2, 4, 8, 16]), 500


def simulated(real, place):
    """The share of runs that have lost one token: it and the rest are two outcomes."""
    share = float(real.probabilities[place])
    loop = gl.Draw(real.origin.size)
    start = gl.Categorical.of(np.array([share, 1 - share]))
    runs = gl.orbits(
        loop.step,
        jax.random.key(place),
        start,
        generations=int(SIMULATED[-1]),
        replicates=RUNS,
        observe=lambda model: model.probabilities[..., 0] == 0,
    )
    return np.asarray(runs, float).mean(axis=0)[SIMULATED - 1]


def compute():
    real = gl.data.demo()
    probabilities, size = np.asarray(real.probabilities), real.origin.size
    law, series = Extinction(size), {}
    for count in COUNTS:
        place = int(np.abs(probabilities * size - count).argmin())
        label = f"{real.labels[place]}, {probabilities[place] * size:.0f} times"
        series[label] = GENERATIONS, law.lost(float(probabilities[place]), GENERATIONS)
        if count <= 30:
            series[f"runs: {label}"] = SIMULATED, simulated(real, place)
    for a in FRACTIONS:
        left = expected_outcomes(size, probabilities, GENERATIONS, real_fraction=a)
        series[f"distinct, a = {a:g}"] = GENERATIONS, left
    names = np.repeat(list(series), [len(first) for first, _ in series.values()])
    first, second = (np.concatenate([pair[i] for pair in series.values()]) for i in (0, 1))
    return {"series": names, "generation": first, "probability or tokens": second}


def draw(data):
    figure, (left, right) = plots.canvas(height=4.4, columns=2, caption=__doc__)
    pick = lambda name: [data[key][data["series"] == name] for key in list(data)[1:]]
    names = list(dict.fromkeys(data["series"]))
    colors = (plots.VERMILION, plots.ORANGE, plots.GREEN, plots.SKY, plots.BLUE, plots.PURPLE)
    tokens = [name for name in names if not name.startswith(("runs", "distinct"))]
    for name, color in zip(tokens, (*colors, plots.BLACK), strict=True):
        generation, lost = pick(name)
        left.plot(generation, lost, color=color)
        place = np.interp(0.6, lost, generation)
        count = name.split(", ")[1].split()[0]
        box = {"color": "white", "pad": 0.8}
        middle = {"ha": "center", "va": "center", "bbox": box, "zorder": 4}
        left.text(place, 0.6, count, color=plots.ink(color), fontsize=8.5, **middle)
        if f"runs: {name}" in names:
            left.plot(*pick(f"runs: {name}"), "o", color=color, markersize=4)
    left.set(xscale="log", xlim=(1, 10_000), ylim=(0, 1), xlabel="generation")
    left.set_ylabel("probability that the token is lost")
    for a, color in zip(FRACTIONS, (plots.VERMILION, plots.GREEN, plots.BLUE), strict=True):
        generation, expected = pick(f"distinct, a = {a:g}")
        right.plot(generation, expected, color=color)
        words = f"{100 * a:g} % real data" if a else "no real data"
        right.text(170, np.interp(170, generation, expected) + 60, words, color=plots.ink(color))
    right.set(xscale="log", xlim=(1, 10_000), ylim=(0, None), xlabel="generation")
    right.set_ylabel("expected distinct tokens")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "extinction")


if __name__ == "__main__":
    main()
