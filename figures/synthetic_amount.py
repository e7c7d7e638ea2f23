r"""Real data of a fixed size and ever more synthetic data in each of $t$ generations: the bound on
total variation from the real data, in units of that of the real data alone [ST-F3], if the error of
learning from $N$ points falls like $N^{-1/4}$. (a) It rises and then falls: after a perfect first
model (blue) below one in the end, after one that has learned from the same real data (dashed
orange) never. (b) After a perfect first model: the amount at which the bound is largest and the
amount from which on synthetic data are of use."""

from pathlib import Path

import numpy as np

from genloop import plots
from genloop.papers import fu2024

RATE, SHOWN = 0.25, (2, 5, 20)
RATIOS = np.geomspace(1e-2, 1e7, 361)
GENERATIONS = np.unique(np.round(np.geomspace(2, 200, 60)).astype(int))


def compute():
    rows = []
    for generations in SHOWN:
        for start in (0.0, 1.0):
            bound = fu2024.synthetic_bound(RATIOS, generations, rate=RATE, start=start)
            rows += [
                ("bound", generations, start, x, b) for x, b in zip(RATIOS, bound, strict=True)
            ]
    for generations in GENERATIONS:
        worst = fu2024.worst_ratio(generations, rate=RATE)
        back = fu2024.return_ratio(generations, rate=RATE)
        rows += [("worst", generations, 0.0, worst, np.nan), ("back", generations, 0.0, back, 1.0)]
    names = "what", "generations", "start", "synthetic per real", "bound"
    return {
        name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }


def draw(data):
    figure, (left, right) = plots.canvas(height=4.4, columns=2, caption=__doc__)
    of = lambda what, **kept: np.logical_and.reduce(
        [data["what"] == what, *(data[key] == value for key, value in kept.items())]
    )
    styles = {0.0: (plots.BLUE, "-"), 1.0: (plots.ORANGE, plots.DASHES[False])}
    for start, (color, line) in styles.items():
        for generations in SHOWN:
            chosen = of("bound", generations=generations, start=start)
            ratio, bound = data["synthetic per real"][chosen], data["bound"][chosen]
            left.plot(ratio, bound, color=color, linestyle=line)
            if not start:
                left.text(7e5, 1.12 * np.interp(7e5, ratio, bound), f"$t={generations}$")
    left.axhline(1, color=plots.GREY, linewidth=1)
    left.set(xscale="log", yscale="log", xlim=(RATIOS[0], RATIOS[-1]), ylim=(0.05, 9))
    left.set(xlabel="synthetic points for each real one", ylabel="bound, real data alone = 1")
    left.text(0.013, 0.93, "real data alone", va="top", color=plots.GREY)
    worst, back = (data["synthetic per real"][of(what)] for what in ("worst", "back"))
    right.fill_between(GENERATIONS, RATIOS[0], worst, color=plots.VERMILION, alpha=0.3, linewidth=0)
    right.fill_between(GENERATIONS, worst, back, color=plots.ORANGE, alpha=0.2, linewidth=0)
    right.fill_between(GENERATIONS, back, 1e12, color=plots.GREEN, alpha=0.2, linewidth=0)
    right.plot(GENERATIONS, worst, color=plots.VERMILION, linewidth=2)
    right.plot(GENERATIONS, back, color=plots.GREEN, linewidth=2)
    right.text(3, 0.2, "more makes it worse")
    right.text(13, 1.5e3, "less bad, and of no use")
    right.text(3, 1e9, "of use")
    right.set(xscale="log", yscale="log", xlim=(2, 200), ylim=(RATIOS[0], 1e12))
    right.set(xlabel="generations $t$", ylabel="synthetic points for each real one")
    return figure


def main(folder=Path(__file__).parent):
    with plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "synthetic_amount")


if __name__ == "__main__":
    main()
