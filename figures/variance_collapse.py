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
        loop.step,
        jr.key(SEED),
        gl.Gaussian.of(0.0, 1.0),
        generations=GENERATIONS,
        replicates=PATHS,
        observe=lambda model: model.covariance[..., 0, 0],
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
    axes.plot(t, paths, color="#A8A8A8", linewidth=0.35, zorder=1)
    low, high = data["quantile 0.05"], data["quantile 0.95"]
    axes.fill_between(t, low, high, color=plots.SKY, alpha=0.3, linewidth=0, zorder=0)
    axes.plot(t, np.stack([low, high], axis=1), color=plots.BLUE, linewidth=1.4)
    axes.plot(t, data["median"], color=plots.BLACK, linewidth=2)
    axes.plot(t, data["typical"], color=plots.ORANGE, linestyle=(0, (3, 3)), linewidth=2)
    axes.plot(t, data["mean"], color=plots.VERMILION, linestyle=(0, (6, 1.5)), linewidth=2)
    rate = np.log(data["typical"][-1]) / t[-1]
    typical = f"median and typical\npath $e^{{\\lambda t}}$,\n$\\lambda={rate:.4f}$"
    for name, text, color in (
        ("mean", "mean: constant", plots.VERMILION),
        ("quantile 0.95", "95 % quantile", plots.BLUE),
        ("median", typical, plots.BLACK),
        ("quantile 0.05", "5 % quantile", plots.BLUE),
    ):
        axes.text(GENERATIONS + 2, data[name][-1], text, color=plots.ink(color), va="center")
    axes.set(yscale="log", xlim=(0, GENERATIONS), ylim=(1e-8, 1e2))
    axes.set(xlabel="generation $t$", ylabel=r"variance $\sigma_t^2/\sigma_0^2$")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "variance_collapse")


if __name__ == "__main__":
    main()
