r"""Nucleus (top-p) sampling of the documentation of Python, refitted with infinite data at
temperature one. (a) The tokens that are still sampled, generation by generation, without real
data: the exact integer recursion of the counts, with the number that is left at rest; marks as in
(b). (b) Total variation between the real text and the end of the loop with a share of real data;
above the dashed line the loop misses the goal 0.1."""

from pathlib import Path

import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops.truncation.paths import truncated_end
from genloop.loops.truncation.states import nucleus_sizes

MASSES = ("0.8", "0.9", "0.95", "0.99")
FRACTIONS = np.r_[0, np.linspace(0.02, 1, 50)]
GOAL = 0.1


def compute():
    real = gl.data.demo()
    probabilities = np.asarray(real.probabilities)
    counts = np.round(probabilities * real.origin.size).astype(int).tolist()
    series = {}
    for mass in MASSES:
        sizes = np.array(nucleus_sizes(counts, mass), dtype=float)
        series[f"sampled, c = {mass}"] = np.arange(len(sizes), dtype=float), sizes
        rule = gl.Nucleus(float(mass))
        ends = [truncated_end(rule, real, real_fraction=a)[0].probabilities for a in FRACTIONS]
        distance = [0.5 * np.abs(np.asarray(end) - probabilities).sum() for end in ends]
        series[f"distance, c = {mass}"] = FRACTIONS, np.array(distance)
    names = np.repeat(list(series), [len(first) for first, _ in series.values()])
    first, second = (np.concatenate([pair[i] for pair in series.values()]) for i in (0, 1))
    return {"series": names, "generation or a": first, "tokens or distance": second}


def draw(data):
    figure, (left, right) = plots.canvas(height=4.2, columns=2, caption=__doc__)
    pick = lambda name: [data[key][data["series"] == name] for key in list(data)[1:]]
    styles = zip(MASSES, (plots.VERMILION, plots.ORANGE, plots.GREEN, plots.BLUE), strict=True)
    for (mass, color), marker in zip(styles, "sDo^", strict=True):
        generation, tokens = pick(f"sampled, c = {mass}")
        left.plot(generation, tokens, marker + "-", color=color, linewidth=0.8, markersize=3.5)
        left.annotate(
            f"{tokens[-1]:.0f}",
            (generation[-1], tokens[-1]),
            (5, 0),
            textcoords="offset points",
            color=plots.ink(color),
            va="center",
        )
        look = {"color": color, "marker": marker, "markersize": 3.5, "markevery": 4}
        right.plot(*pick(f"distance, c = {mass}"), label=f"mass $c={mass}$", **look)
    left.set(yscale="log", xlim=(-1, None), ylim=(1, 6000), xlabel="generation")
    left.set_ylabel("tokens sampled")
    right.axhline(GOAL, color=plots.GREY, linestyle=(0, (3, 2)), linewidth=1)
    right.set(xlim=(0, 1), ylim=(0, 1), xlabel="real fraction $a$")
    right.set_ylabel("total variation from the real text")
    right.legend()
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "nucleus_collapse")


if __name__ == "__main__":
    main()
