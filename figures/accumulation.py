r"""Gaussians refitted to $n=20$ points a generation by maximum likelihood, the first of them real.
Lines: the exact expected variance if the data are replaced, if $n$ are chosen from all data so far,
and if all are kept; dashed: their limits. Dotted: the typical run (the mean of the logarithm).
Dots: the means of 4000 simulated loops, with two standard errors."""

from pathlib import Path

import jax.random as jr
import numpy as np

import genloop as gl
from genloop import plots
from genloop.laws import LogVariance
from genloop.models import Dataset
from genloop.papers import kazdan2024

SAMPLES, LAST, SEEN, RUNS, SEED = 20, 1000, 20, 4000, 2
NAMES = ("replace", "subsample", "accumulate")
_SHOWN = np.array([1, 2, 3, 5, 8, 13, 20])


def compute():
    """Expected variances in units of the real one, those of typical runs, limits and means of
    runs."""
    t = np.unique(np.round(np.geomspace(1, LAST, 60)))
    size = {"samples": SAMPLES}
    chosen = [kazdan2024.subsampled_variance(g, **size).fit for g in (*t, np.inf)]
    kept = [kazdan2024.kept_variance(g, **size) for g in (*t, np.inf)]
    step = LogVariance(SAMPLES).exponent + np.log1p(-1 / SAMPLES)
    data = {
        "generation": t,
        "replace": (1 - 1 / SAMPLES) ** t,
        "subsample": np.array(chosen[:-1]),
        "accumulate": np.array(kept[:-1]),
        "replace limit": np.zeros_like(t),
        "subsample limit": np.full_like(t, chosen[-1]),
        "accumulate limit": np.full_like(t, kept[-1]),
        "replace typical": np.exp(t * step),
        "accumulate typical": np.exp([kazdan2024.kept_log_variance(g, **size) for g in t]),
    }
    for name, variances in _runs().items():
        mean, error = (np.full_like(t, np.nan) for _ in range(2))
        mean[: len(_SHOWN)] = variances.mean(axis=0)
        error[: len(_SHOWN)] = 2 * variances.std(axis=0) / len(variances) ** 0.5
        data |= {f"{name} runs": mean, f"{name} runs error": error}
    shown = np.full_like(t, np.nan)
    shown[: len(_SHOWN)] = _SHOWN
    return data | {"generation of runs": shown}


def _runs():
    """Fitted variances of simulated loops in the generations that are shown."""
    real, zero = gl.Gaussian.of(0.0, 1.0), np.zeros(())
    choose = kazdan2024.subsample(samples=SAMPLES, generations=SEEN)
    loops = {
        "replace": (kazdan2024.replace(samples=SAMPLES), real),
        "subsample": (choose, choose.begin(real)),
        "accumulate": (kazdan2024.accumulate(samples=SAMPLES), Dataset(real, zero, zero)),
    }
    fit = lambda state: getattr(state, "model", state).covariance[..., 0, 0]
    follow = lambda loop, start: gl.orbits(
        loop.step, jr.key(SEED), start, generations=SEEN, replicates=RUNS, observe=fit
    )
    return {name: np.asarray(follow(*pair))[:, _SHOWN - 1] for name, pair in loops.items()}


def draw(data):
    figure, axes = plots.canvas(height=4.9, caption=__doc__)
    t = data["generation"]
    colors = dict(zip(NAMES, (plots.VERMILION, plots.ORANGE, plots.BLUE), strict=True))
    for name, color in colors.items():
        axes.plot(t, data[name], color=color, linewidth=2)
        if f"{name} typical" in data:
            axes.plot(t, data[f"{name} typical"], color=color, linewidth=1.2, linestyle=":")
        if data[f"{name} limit"][0]:
            axes.plot(t, data[f"{name} limit"], color=color, linewidth=1, linestyle=(0, (5, 3)))
        place, mean, error = (
            data[key] for key in ("generation of runs", f"{name} runs", f"{name} runs error")
        )
        axes.errorbar(place, mean, error, color=color, fmt="o", markersize=3.5, linewidth=1)
    limits = data["accumulate limit"][0], data["subsample limit"][0]
    sine = r"$\frac{\sin(\pi/\sqrt{n})}{\pi/\sqrt{n}}$"
    for name, level, text in (
        ("accumulate", 0.96, f"all kept:\n{sine}$={limits[0]:.4f}$"),
        ("subsample", 0.82, f"$n$ chosen\nfrom all:\n{limits[1]:.4f}"),
        ("replace", 0.0, "replaced: 0"),
    ):
        axes.text(LAST * 1.15, level, text, color=plots.ink(colors[name]), va="center")
    axes.set(xscale="log", xlim=(1, LAST), ylim=(0, 1))
    axes.set(xlabel="generation $t$", ylabel=r"variance $\sigma_t^2/\sigma_0^2$")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "accumulation")


if __name__ == "__main__":
    main()
