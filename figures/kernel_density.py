r"""A kernel density estimate of 1000 points is fitted to its own samples: two Gaussians and a
uniform distribution (grey) after 3, 12 and 30 generations. Lines: infinitely many samples, in
closed form; dots: mean densities of 40 runs from one real sample. (a) SciPy's Scott rule,
relative to the spread, which grows 2.5-fold; (b) scikit-learn's absolute bandwidth, $h=0.5$;
(c) Scott's rule with the shrink that keeps the variance."""

from pathlib import Path

import jax.random as jr
import numpy as np

import genloop as gl
from genloop import plots
from genloop.papers import borji2024

SAMPLES, RUNS, SHOWN, SEED = 1000, 40, (3, 12, 30), 4
SCOTT = borji2024.scott_factor(SAMPLES)
START = borji2024.reference_mixture()
PANELS = {
    "scott": ({"factor": SCOTT}, gl.Smooth("scott"), 16.0),
    "absolute": ({"bandwidth": 0.5}, gl.Smooth(0.5), 10.0),
    "shrink": (
        {"factor": SCOTT, "shrink": borji2024.balanced_shrink(np.inf, SCOTT)},
        gl.Smooth("scott", shrink=True),
        7.0,
    ),
}


def compute():
    """Densities of populations and of runs, by panel and generation, at places on the line."""
    rows = {"panel": [], "generation": [], "x": [], "population": [], "runs": []}
    for name, (widths, smooth, reach) in PANELS.items():
        with gl.x64():
            points = _runs(smooth)
        bins = START.mean + np.linspace(-reach, reach, 101)
        x = (bins[1:] + bins[:-1]) / 2
        for time in (0, *SHOWN):
            population = borji2024.population_after(START, time, **widths)
            seen = np.full(x.size, np.nan)
            if time:
                seen = np.histogram(points[:, time - 1], bins)[0] / points[:, 0].size
                seen = seen / np.diff(bins)
            rows["panel"] += [name] * x.size
            rows["generation"] += [time] * x.size
            for key, column in (("x", x), ("population", _means(population, bins)), ("runs", seen)):
                rows[key] += list(column)
    return {name: np.array(column) for name, column in rows.items()}


def _means(population, bins):
    """The mean density of every bin, as the histogram of the runs has it."""
    return np.diff(population.cdf(bins)) / np.diff(bins)


def _runs(smooth):
    """The points of runs: those that generation t is fitted to are drawn from the one before."""
    real = gl.Particles.mixture(
        [0.4, 0.35, 0.25], [-2.0, 1.0, 3.5], [0.25, 0.09, 0.0], [0.0, 0.0, 3.0]
    )
    start = gl.Particles.of(np.asarray(real.sample(jr.key(SEED), SAMPLES)))
    path = gl.orbits(
        (smooth >> gl.Draw(SAMPLES)).step,
        jr.key(SEED + 1),
        start,
        generations=max(SHOWN),
        replicates=RUNS,
        observe=lambda model: model.points[..., 0],
    )
    return np.asarray(path)


def draw(data):
    figure, panels = plots.canvas(height=4.2, columns=3, caption=__doc__)
    colors = dict(zip(SHOWN, (plots.BLUE, plots.GREEN, plots.VERMILION), strict=True))
    for axes, (name, (_, _, reach)) in zip(panels, PANELS.items(), strict=True):
        chosen = data["panel"] == name
        for time in (0, *SHOWN):
            rows = chosen & (data["generation"] == time)
            color = colors.get(time, plots.GREY)
            axes.plot(data["x"][rows], data["population"][rows], color=color, lw=1.4)
            axes.plot(data["x"][rows], data["runs"][rows], "o", color=color, ms=1.6)
        axes.set(xlabel="$x$", xlim=(-reach, reach), ylim=(0, 0.5))
    panels[0].set_ylabel("density")
    for place, (time, color) in enumerate([(0, plots.GREY), *colors.items()]):
        label = "real data" if not time else f"generation {time}"
        panels[0].text(
            1.0, 0.97 - 0.08 * place, label, color=plots.ink(color), ha="right", va="top",
            transform=panels[0].transAxes, fontsize=8,
        )  # fmt: skip
    return figure


def main(folder=Path(__file__).parent):
    data = compute()
    with plots.style():
        plots.save(draw(data), data, folder / Path(__file__).stem)


if __name__ == "__main__":
    main()
