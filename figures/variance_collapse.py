r"""Gaussians refitted to $n=20$ of their own samples again and again (unbiased, no real data). Thin
lines: 200 simulated loops. Band and median: the exact law of the variance, by inversion of its
characteristic function. The mean stays constant although every path vanishes."""

from pathlib import Path

import jax.random as jr
import numpy as np

import genloop as gl
from genloop import plots
from genloop.laws import LogVariance

SAMPLES, GENERATIONS, PATHS, SEED = 20, 150, 200, 0


def compute():
    """Variances in units of the first one: quantiles of the exact law, mean, typical and paths."""
    loop = gl.Draw(SAMPLES) >> gl.Unbias(SAMPLES)
    variance = gl.orbits(
        loop.step, jr.key(SEED), gl.Gaussian.of(0.0, 1.0), generations=GENERATIONS,
        replicates=PATHS, observe=lambda model: model.covariance[..., 0, 0],
    )
    paths = np.pad(np.asarray(variance), ((0, 0), (1, 0)), constant_values=1.0)
    generation = np.arange(GENERATIONS + 1)
    laws = [LogVariance(SAMPLES, t) for t in generation[1:]]
    quantiles = np.exp([law.quantile([0.05, 0.5, 0.95]) for law in laws])
    low, median, high = np.pad(quantiles, ((1, 0), (0, 0)), constant_values=1.0).T
    return {
        "generation": generation,
        "quantile 0.05": low,
        "median": median,
        "quantile 0.95": high,
        "mean": np.array([1.0, *(law.moment(1) for law in laws)]),
        "typical": np.exp(generation * LogVariance(SAMPLES).exponent),
        **{f"path {i + 1}": path for i, path in enumerate(paths)},
    }


def draw(data):
    figure, axes = plots.canvas(height=4.9, caption=__doc__)
    t = data["generation"]
    paths = np.stack([column for name, column in data.items() if name.startswith("path")], axis=1)
    axes.plot(t, paths, color=plots.SKY, linewidth=0.4, alpha=0.7, zorder=1, rasterized=True)
    axes.fill_between(
        t, data["quantile 0.05"], data["quantile 0.95"], color=plots.BLUE, alpha=0.22, linewidth=0
    )
    for edge in ("quantile 0.05", "quantile 0.95"):
        axes.plot(t, data[edge], color=plots.BLUE, linewidth=1)
    axes.plot(t, data["median"], color=plots.BLACK, linewidth=1.8)
    axes.plot(t, data["typical"], color=plots.VERMILION, linestyle=(0, (4, 2)), linewidth=1.8)
    axes.plot(t, data["mean"], color=plots.BLACK, linestyle=(0, (1, 1.2)), linewidth=2)
    axes.set(yscale="log", xlim=(0, GENERATIONS), ylim=(1e-7, 1e2))
    axes.set(xlabel="generation $t$", ylabel=r"variance $\sigma_t^2/\sigma_0^2$")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "variance_collapse")


if __name__ == "__main__":
    main()
