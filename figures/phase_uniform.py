r"""Phases of the temperature loop on uniform real data with $K=10$ outcomes. Pixels: the attractors
computed from the real data and from near a vertex. Curves: closed forms. Where both states are
stable, the history of the loop decides between them."""

from pathlib import Path

import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops.temperature.closed_forms import uniform
from genloop.papers import marchi2024

OUTCOMES, CELLS, HOTTEST = 10, 120, 1.2
NAMES = ("uniform", "bistable", "collapsed")


def compute():
    """A column per real fraction of region codes (indices into `NAMES`), and the two curves."""
    temperature = HOTTEST * (np.arange(CELLS) + 0.5) / CELLS
    fraction = (np.arange(CELLS) + 0.5) / CELLS
    axes = {"temperature": temperature, "real_fraction": fraction}
    real = gl.Categorical.uniform(OUTCOMES)
    vertex = gl.Categorical.of(np.r_[1000.0, np.ones(OUTCOMES - 1)])
    from_data = gl.phase_diagram(marchi2024.Phase(real, real), **axes)
    from_vertex = gl.phase_diagram(marchi2024.Phase(real, vertex), **axes)
    collapse = from_vertex.branch.values == marchi2024.BRANCHES.index("collapsed")
    region = np.where(from_data.stable.values, np.where(collapse, 1, 0), 2)
    fold = lambda t: float(uniform.fold(temperature=t, outcomes=OUTCOMES).real_fraction)
    return {
        "temperature": temperature,
        "local": np.asarray(uniform.local_fraction(temperature=temperature)),
        "fold": np.array([fold(t) for t in temperature]),
        **{f"region at {a:.6g}": region[:, i] for i, a in enumerate(fraction)},
    }


def draw(data):
    from matplotlib.colors import ListedColormap

    figure, axes = plots.canvas(height=5.2, caption=__doc__)
    region = np.stack([column for name, column in data.items() if name.startswith("region")])
    axes.imshow(
        region,
        origin="lower",
        extent=(0, HOTTEST, 0, 1),
        aspect="auto",
        interpolation="nearest",
        cmap=ListedColormap(["#DDEFFB", plots.ORANGE, plots.BLUE]),
        vmin=0,
        vmax=2,
    )
    cold = data["temperature"] < 1
    ends = lambda name: (np.r_[0, data["temperature"][cold], 1], np.r_[1, data[name][cold], 0])
    axes.plot(*ends("fold"), color=plots.BLACK, linewidth=1.2)
    axes.plot(*ends("local"), color=plots.BLACK, linewidth=1.2, linestyle=(0, (4, 2)))
    centre = {"ha": "center", "va": "center", "size": 11}
    axes.text(0.93, 0.75, "uniform", **centre)
    axes.text(0.26, 0.4, "collapsed\nto one of $K$ outcomes", color="white", **centre)
    axes.text(0.455, 0.609, "bistable", rotation=-39, **centre)
    for text, point, label, color in (
        ("last fold", (0.62, 0.495), (0.7, 0.55), plots.BLACK),
        ("local threshold $a=1-T$", (0.61, 0.385), (0.3, 0.13), "white"),
    ):
        line = {"arrowstyle": "-", "linewidth": 0.8, "color": color, "shrinkB": 2}
        axes.annotate(text, point, label, color=color, va="center", arrowprops=line)
    axes.set(xlabel="sampling temperature $T$", ylabel="real fraction $a$ of every generation")
    axes.set(xlim=(0, HOTTEST), ylim=(0, 1))
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "phase_uniform")


if __name__ == "__main__":
    main()
