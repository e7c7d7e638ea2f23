r"""Retraining on real data and $w$ times the model's own samples, for three families. Below the
blue curve the published condition $w(1+L\epsilon/\alpha)<1/2$ proves that the best fit is stable;
it is stable for every weight above the curve as well, and only slower (dashed: errors shrink to
0.5, 0.9 and 0.99 of their size in a generation). (a) A Cauchy law on two peaks; from $a=2$ on
their middle is no maximum of the real likelihood, and in the red region an unstable fixed point.
(b) A circle of means of radius $R$, real data at the distance $d$ from its centre. (c) A curved
family of one's own on ten outcomes, with a share of real data that it cannot fit."""

from pathlib import Path

import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops import retraining

RATES, WEIGHTS = (0.5, 0.9, 0.99), (1e-2, 1e3)
OUTCOMES = gl.models.Support.of(np.arange(10) / 9)
UNFITTING = np.array([0.3, 0.1, 0.02, 0.01, 0.01, 0.02, 0.04, 0.1, 0.15, 0.25])


def log_density(theta, x):
    """A curved family with two parameters, up to its constant."""
    return theta[0] * x + theta[1] * x**2 + 0.5 * theta[0] * theta[1] * x**3


def own_family(shares):
    """Factors $b$ and curvature ratios where so much of the real data does not fit."""
    model = gl.Parametric.of(log_density, [1.0, -0.5], OUTCOMES)
    fitting = np.asarray(model.law().masses)
    for share in shares:
        real = gl.Points.of(OUTCOMES.points, (1 - share) * fitting + share * UNFITTING)
        model = (gl.Mix(real, 1.0) >> gl.Refit())(model)
        ratios = retraining.curvature_ratios(*retraining.curvatures(model, real))
        yield retraining.constants(model, real).factor, ratios.min()


def compute():
    peaks = np.linspace(0.02, 3.2, 160)
    circle, shares = np.linspace(0.05, 2.0, 79), np.linspace(0.0, 1.0, 26)
    ratio = -2 * np.asarray(retraining.cauchy.real_curvature(peaks))
    bound = np.array(
        [retraining.circle.curvature_ratio_bound(radius=1.0, distance=d) for d in circle]
    )
    factors, slowest = np.array(list(own_family(shares))).T
    families = {
        "Cauchy": (peaks, np.asarray(retraining.cauchy.sufficient_weight(peaks)), ratio),
        "circle": (circle, 1 / (2 * bound), circle),
        "own": (shares, 1 / (2 * factors), slowest),
    }
    names = np.repeat(list(families), [len(x) for x, _, _ in families.values()])
    columns = (np.concatenate(part) for part in zip(*families.values(), strict=True))
    keys = "place", "sufficient weight", "curvature ratio"
    return {"family": names} | dict(zip(keys, columns, strict=True))


def draw(data):
    figure, panels = plots.canvas(height=4.4, columns=3, caption=__doc__)
    labels = "peaks at $\\pm a$", "distance $d/R$", "share that does not fit"
    for axes, name, label in zip(panels, ("Cauchy", "circle", "own"), labels, strict=True):
        place, sufficient, ratio = (data[key][data["family"] == name] for key in list(data)[1:])
        stable = ratio > 0
        low = np.where(np.isfinite(sufficient), sufficient, WEIGHTS[0])
        axes.fill_between(place, WEIGHTS[0], low, color=plots.BLUE, alpha=0.25, linewidth=0)
        sharp = {"where": stable, "color": plots.GREEN, "alpha": 0.15, "linewidth": 0}
        axes.fill_between(place, low, WEIGHTS[1], **sharp)
        axes.plot(place, sufficient, color=plots.BLUE, linewidth=2)
        for rate in RATES:
            slow = np.where(stable, rate / (1 - rate) * ratio, np.nan)
            axes.plot(place, slow, color=plots.GREY, linestyle=plots.DASHES[False], linewidth=1)
        unstable = np.where(stable, np.nan, np.maximum(-ratio, WEIGHTS[0]))
        axes.fill_between(place, unstable, WEIGHTS[1], color=plots.VERMILION, alpha=0.3)
        axes.set(yscale="log", xlim=(place[0], place[-1]), ylim=WEIGHTS, xlabel=label)
    panels[0].set_ylabel("weight $w$ of synthetic data")
    panels[0].text(0.15, 230, "stable", color=plots.ink(plots.GREEN))
    panels[0].text(2.05, 230, "unstable", color=plots.ink(plots.VERMILION))
    panels[0].text(0.15, 0.03, "proved", color=plots.ink(plots.BLUE))
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "retraining_bound")


if __name__ == "__main__":
    main()
