r"""How much real data the bounds of the literature ask for and how much is needed, on the
documentation of Python: real data points for each synthetic one, $\mu=a/(1-a)$, against the
sampling temperature. From the top: two published sufficient bounds, two provable ones, and
the sharp values for any real data on so many tokens and for this text. With less than the
lowest curve the loop has several ends."""

from pathlib import Path

import numpy as np

import genloop as gl
from genloop import plots
from genloop.papers import marchi2026

TEMPERATURES = np.r_[0.3, 0.35, np.linspace(0.4, 0.95, 23), 0.97, 0.98, 0.99]
SHOWN = {
    "published_fisher_rao": ("Fisher-Rao (published)", plots.VERMILION, "-", 0.72),
    "published_gharesifard": ("Gharesifard-Tabuada (published)", plots.ORANGE, "-", 0.72),
    "contraction": ("Birkhoff contraction (proved)", plots.GREEN, "--", 0.76),
    "unique_any_simple": ("any real data, short proof", plots.SKY, "--", 0.47),
    "unique_any": ("any real data (sharp)", plots.BLUE, "-", 0.33),
    "unique": ("this text (sharp)", plots.BLACK, "-", 0.36),
}


def compute():
    real, columns = gl.data.demo(), {name: [] for name in SHOWN}
    for temperature in TEMPERATURES:
        for bound in marchi2026.comparison(real, temperature=float(temperature)):
            if bound.name in columns:
                columns[bound.name].append(bound.real_per_synthetic)
    return {"temperature": TEMPERATURES} | {name: np.array(c) for name, c in columns.items()}


def draw(data):
    figure, axes = plots.canvas(height=4.8, caption=__doc__)
    for name, (label, color, dash, at) in SHOWN.items():
        axes.plot(data["temperature"], data[name], color=color, linestyle=dash, label=label)
        height = np.exp(np.interp(at, data["temperature"], np.log(data[name])))
        axes.text(at, 1.6 * height, label, color=plots.ink(color), fontsize=8.5)
    axes.set(yscale="log", xlim=(0.3, 1.0), xlabel="sampling temperature $T$")
    axes.set_ylabel(r"real points for each synthetic one, $\mu$")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "bounds")


if __name__ == "__main__":
    main()
