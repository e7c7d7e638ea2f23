r"""How many attractors the temperature loop of two outcomes has, proved in ball arithmetic for all
points of every coloured cell. Real data of (a) equal outcomes and (b) outcomes with probabilities
0.6 and 0.4. Black cells are open: the last fold passes through them."""

from pathlib import Path

import numpy as np

from genloop import plots
from genloop.papers import marchi2024

PANELS = {"1 : 1": ["1", "1"], "3 : 2": ["3", "2"]}
COLDEST, HOTTEST, REFINEMENTS = "0.1", "1.1", 8


def compute():
    """A row for every cell: the panel, its four ends and the number of attractors, 0 if open."""
    rows = []
    for name, weights in PANELS.items():
        found = marchi2024.certified_phase(
            weights, temperature=(COLDEST, HOTTEST), refinements=REFINEMENTS
        )
        ends = np.column_stack([found.temperature, found.real_fraction, found.attractors])
        rows += [(name, *row) for row in ends[np.lexsort(ends.T[::-1])]]
    names = "real", "temperature from", "to", "real fraction from", "up to", "attractors"
    return dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))


def proved(data, name):
    """The share of the area of a panel that is proved."""
    area = (data["to"] - data["temperature from"]) * (data["up to"] - data["real fraction from"])
    panel = data["real"] == name
    return area[panel & (data["attractors"] > 0)].sum() / area[panel].sum()


def draw(data):
    from matplotlib.collections import PolyCollection

    shares = [f"{100 * proved(data, name):.2f} %" for name in PANELS]
    caption = f"{__doc__} Proved share of the area: {' and '.join(shares)}."
    figure, panels = plots.canvas(height=4.2, columns=2, caption=caption)
    colors = np.array([plots.BLACK, "#C5E1F4", plots.ORANGE])
    left, right, low, high = (
        data[key] for key in ("temperature from", "to", "real fraction from", "up to")
    )
    corners = np.stack([left, low, right, low, right, high, left, high], axis=-1)
    for axes, name in zip(panels, PANELS, strict=True):
        chosen = data["real"] == name
        cells = corners[chosen].reshape(-1, 4, 2)
        attractors = data["attractors"][chosen].astype(int)
        # Thin edges around small cells, none that would hide the open ones.
        look = {"facecolors": colors[attractors], "rasterized": True}
        look |= {"edgecolors": np.where(attractors > 0, "white", plots.BLACK)}
        look |= {"linewidths": np.minimum(3 * (right - left)[chosen], 0.4)}
        axes.add_collection(PolyCollection(cells, **look))
        axes.set(xlim=(float(COLDEST), float(HOTTEST)), ylim=(0, 1))
        axes.set(xlabel="sampling temperature $T$", title=f"real data {name}")
        axes.text(0.72, 0.75, "one attractor", ha="center", size=11)
        axes.text(0.36, 0.18, "two attractors", ha="center", size=11)
    panels[0].set_ylabel("real fraction $a$")
    return figure


def main(folder=Path(__file__).parent):
    with plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "certified_phase")


if __name__ == "__main__":
    main()
