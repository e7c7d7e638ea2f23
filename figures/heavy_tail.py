r"""Gaussians refitted to $n=10$ of their own samples (unbiased, no real data). (a) The squared
Wasserstein distance from the real data. Its mean (exact) grows for ever; nine in ten of 5,000
runs stay in the band. Dashed: where median and 95 % quantile end, exactly. (b) The chance that the
mean of the model ends more than $y\sigma_0$ away, exactly; Kesten's law $C/(ny^2)$; the limit of
many samples, Student's law with two degrees of freedom; circles: 40,000 runs."""

from pathlib import Path

import numpy as np
from scipy import optimize

import genloop as gl
from genloop import plots
from genloop.laws import TotalVariance
from genloop.loops.gaussian import kesten_constant, limit_error_probability, wasserstein_risk

SAMPLES, GENERATIONS, RUNS, MANY, SEED = 10, 400, 5000, 40_000, 0


def runs(count, generations):
    """Means and standard deviations of many runs, from their exact sufficient statistics."""
    generator = np.random.default_rng(SEED)
    mean, deviation = np.zeros(count), np.ones(count)
    for _ in range(generations):
        mean = mean + deviation * generator.standard_normal(count) / SAMPLES**0.5
        deviation = deviation * np.sqrt(generator.chisquare(SAMPLES - 1, count) / (SAMPLES - 1))
        yield mean, deviation


def compute():
    generation = np.arange(1, GENERATIONS + 1)
    distance = np.array([m**2 + (s - 1) ** 2 for m, s in runs(RUNS, GENERATIONS)])
    low, median, high = np.quantile(distance, [0.05, 0.5, 0.95], axis=1)
    series = {
        "mean": (generation, np.asarray(wasserstein_risk(generation, SAMPLES))),
        "low": (generation, low),
        "median": (generation, median),
        "high": (generation, high),
    }
    law = TotalVariance(SAMPLES)
    for name, share in (("median", 0.5), ("high", 0.05)):
        # In the end the variance is gone, and the distance is one more than the error squared.
        end = optimize.brentq(lambda y, p=share: law.error_probability(y) - p, 0.1, 10)
        series[f"end of {name}"] = np.array([0.0, GENERATIONS]), np.full(2, 1 + end**2)
    error = np.geomspace(0.1, 300, 121)
    series["exact"] = error, law.error_probability(error)
    series["Kesten"] = error, float(kesten_constant(SAMPLES)) / (SAMPLES * error**2)
    series["Student"] = error, limit_error_probability(error)
    *_, (mean, _) = runs(MANY, 400)
    shown = np.geomspace(0.15, 12, 13)
    series["simulated"] = shown, (np.abs(mean)[:, None] > shown).mean(axis=0)
    names = np.repeat(list(series), [len(first) for first, _ in series.values()])
    first, second = (np.concatenate([pair[i] for pair in series.values()]) for i in (0, 1))
    return {"series": names, "generation or error": first, "distance or probability": second}


def draw(data):
    figure, (risk, tail) = plots.canvas(height=4.4, columns=2, caption=__doc__)
    pick = lambda name: [data[key][data["series"] == name] for key in list(data)[1:]]
    generation, low = pick("low")
    risk.fill_between(generation, low, pick("high")[1], color=plots.SKY, alpha=0.3, linewidth=0)
    risk.plot(*pick("median"), color=plots.BLACK, linewidth=2)
    risk.plot(*pick("mean"), color=plots.VERMILION, linewidth=2)
    for name, color in (("median", plots.BLACK), ("high", plots.BLUE)):
        risk.plot(*pick(f"end of {name}"), color=color, linestyle=(0, (4, 3)), linewidth=1)
    risk.set(yscale="log", xlim=(0, GENERATIONS), ylim=(0.03, 80))
    risk.set(xlabel="generation $t$", ylabel="squared distance $W_2^2/\\sigma_0^2$")
    risk.text(270, 41, "mean", color=plots.ink(plots.VERMILION), ha="right")
    risk.text(390, 7, "nine in ten runs", color=plots.ink(plots.BLUE), ha="right")
    risk.text(390, 2.1, "median", color=plots.BLACK, ha="right")
    tail.plot(*pick("Student"), color=plots.GREEN, linewidth=3, alpha=0.6)
    tail.plot(*pick("Kesten"), color=plots.ORANGE, linestyle=(0, (3, 3)), linewidth=2)
    tail.plot(*pick("exact"), color=plots.BLUE, linewidth=1.6)
    tail.plot(*pick("simulated"), "o", color=plots.BLACK, markersize=4, markerfacecolor="none")
    tail.set(xscale="log", yscale="log", xlim=(0.1, 300), ylim=(1e-5, 1.5))
    tail.set(xlabel="error $y$ of the mean in the end", ylabel="probability of more than $y$")
    labels = ["limit of many samples", "Kesten's law", "exact", "simulated"]
    tail.legend(labels, loc="lower left")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "heavy_tail")


if __name__ == "__main__":
    main()
