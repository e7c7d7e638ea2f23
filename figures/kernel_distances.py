r"""How far a kernel density loop is from its real data over 300 generations: two Gaussians and a
uniform distribution, 1000 points. Lines: infinitely many samples, with SciPy's Scott rule (red),
the bandwidth $h=0.5$ (blue, dashed) and the shrink (green, dashed); dots: means of 12 runs. (a) The
divergence of the model from the data grows linearly, like $\frac{1}{2}\log t$, or not; (b) and (c)
the Wasserstein distances $W_1$ and $W_2$; the shrunk runs also drift, which infinitely many samples
do not."""

from pathlib import Path

import numpy as np
from scipy.special import logsumexp

from genloop import plots
from genloop.papers import borji2024

SAMPLES, RUNS, LAST, SEED = 1000, 12, 300, 3
SCOTT = borji2024.scott_factor(SAMPLES)
START = borji2024.reference_mixture()
LOOPS = {
    "scott": {"factor": SCOTT},
    "absolute": {"bandwidth": 0.5},
    "shrink": {"factor": SCOTT, "shrink": borji2024.balanced_shrink(np.inf, SCOTT)},
}
TIMES = np.array([1, 2, 3, 5, 8, 13, 20, 30, 50, 80, 130, 200, 300])
DISTANCES = ("divergence", "W1", "W2")


def compute():
    """Distances of populations and, in the mean, of runs, by loop and generation."""
    rows = {"loop": [], "generation": []}
    rows |= {f"{name}{who}": [] for name in DISTANCES for who in ("", " of runs")}
    for loop, widths in LOOPS.items():
        runs = _runs(**widths)
        for place, time in enumerate(TIMES):
            after = borji2024.population_after(START, time, **widths)
            found = [
                borji2024.kullback_leibler(START, after),
                borji2024.wasserstein(START, after),
                borji2024.wasserstein(START, after, 2),
            ]
            rows["loop"].append(loop)
            rows["generation"].append(time)
            for name, one, seen in zip(DISTANCES, found, runs[place], strict=True):
                rows[name].append(one.value)
                rows[f"{name} of runs"].append(seen)
    return {name: np.array(column) for name, column in rows.items()}


def _runs(factor=0.0, bandwidth=0.0, shrink=1.0):
    """Means over runs of the three distances, point by point, shape (times, 3)."""
    rng = np.random.default_rng(SEED)
    data, found = START.sample(rng, (RUNS, SAMPLES)), []
    quantiles = START.quantile((np.arange(SAMPLES) + 0.5) / SAMPLES)
    for time in range(1, LAST + 1):
        mean, spread = data.mean(1, keepdims=True), data.var(1, ddof=1, keepdims=True)
        width = np.sqrt(factor**2 * spread + bandwidth**2)
        if time in TIMES:
            fits = zip(mean + shrink * (data - mean), shrink * width[:, 0], strict=True)
            divergence = [_divergence(*fit) for fit in fits]
        chosen = np.take_along_axis(data, rng.integers(0, SAMPLES, data.shape), axis=1)
        data = mean + shrink * (chosen - mean + width * rng.standard_normal(data.shape))
        if time in TIMES:
            gaps = np.abs(np.sort(data, axis=1) - quantiles)
            root = np.sqrt((gaps**2).mean(1))
            found.append((np.mean(divergence), gaps.mean(), root.mean()))
    return np.array(found)


def _divergence(centres, width):
    """KL of the real density from an estimate, on a grid."""
    x = np.linspace(-5.0, 5.5, 421)
    own, step = START.log_density(x), x[1] - x[0]
    # Not at the edges of the uniform part, where half the density would count.
    gaps = (x[:, None] - centres) / width
    other = logsumexp(-(gaps**2) / 2, axis=1) - np.log(len(centres) * width * np.sqrt(2 * np.pi))
    return step * np.exp(own) @ (own - other)


def draw(data):
    figure, panels = plots.canvas(height=4.4, columns=3, caption=__doc__)
    colors = dict(zip(LOOPS, (plots.VERMILION, plots.BLUE, plots.GREEN), strict=True))
    for axes, name in zip(panels, DISTANCES, strict=True):
        for loop, color in colors.items():
            rows = data["loop"] == loop
            dashes = {"scott": "-", "absolute": (0, (5, 2)), "shrink": (0, (2, 1.5))}[loop]
            axes.plot(data["generation"][rows], data[name][rows], color=color, linestyle=dashes)
            seen = data[f"{name} of runs"][rows]
            axes.plot(data["generation"][rows], seen, "o", color=color, ms=2.6)
        axes.set(xscale="log", yscale="log", xlabel="generation $t$")
    for axes, label in zip(panels, ("KL in nats", "$W_1$", "$W_2$"), strict=True):
        axes.set_ylabel(label)
    labels = ("Scott's rule", "bandwidth 0.5", "shrunk")
    for place, (label, color) in enumerate(zip(labels, colors.values(), strict=True)):
        panels[1].text(
            0.04, 0.97 - 0.08 * place, label, color=plots.ink(color), va="top",
            transform=panels[1].transAxes, fontsize=8,
        )  # fmt: skip
    return figure


def main(folder=Path(__file__).parent):
    data = compute()
    with plots.style():
        plots.save(draw(data), data, folder / Path(__file__).stem)


if __name__ == "__main__":
    main()
