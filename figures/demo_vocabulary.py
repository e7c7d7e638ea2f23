r"""Effective vocabulary $e^{H(x)}$ of the state $x$ in which a loop ends that starts from a text,
the documentation of Python, relative to the text. Fixed points on their explicit branch,
interpolated in the real fraction. Below the dashed curve loops that start elsewhere can end at
another word."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from scipy.interpolate import PchipInterpolator

import genloop as gl
from genloop import plots
from genloop.loops.temperature import branches
from genloop.papers import marchi2024

TEMPERATURES = np.geomspace(0.5, 2, 80)
FRACTIONS = (np.arange(80) + 0.5) / 80
LOGITS = np.linspace(-12, 11, 185)


@jax.jit
def branch(classes, temperature):
    """Real fraction and entropy at the `LOGITS` of the healthy branch."""

    def point(logit):
        state = branches.branch_point(classes, temperature, 0, logit)
        p = state.probabilities
        return state.real_fraction, -(state.counts * p * jnp.log(p)).sum()

    return jax.lax.map(point, jnp.asarray(LOGITS), batch_size=32)


def kept(real):
    r"""$e^{H(x) - H(r)}$ for every temperature and real fraction.

    Without a fold on the branch of the most probable word the real fraction falls along it, and
    the loop that starts at the real distribution ends there. Raises `ValueError` for real data with
    a fold.
    """
    classes, shares = branches.ProbabilityClasses.of(real), []
    for temperature in TEMPERATURES:
        fraction, entropy = map(np.asarray, branch(classes, temperature))
        if (np.diff(fraction) >= 0).any():
            raise ValueError("the branch folds; use marchi2024.Phase for these real data.")
        # Between the two limits, 0 < a < 1, on the scale on which the branch is smooth.
        logit = (np.log(fraction) - np.log1p(-fraction))[::-1]
        follow = PchipInterpolator(logit, entropy[::-1])
        shares.append(np.exp(follow(np.log(FRACTIONS / (1 - FRACTIONS))) - real.entropy()))
    return np.array(shares)


def compute():
    real = gl.data.demo()
    last = [
        marchi2024.unique_threshold(real, temperature=t).value if t < 1 and not i % 3 else np.nan
        for i, t in enumerate(TEMPERATURES)
    ]
    share = kept(real)
    return {
        "temperature": TEMPERATURES,
        "unique": np.array(last),
        **{f"kept at {a:.6g}": share[:, i] for i, a in enumerate(FRACTIONS)},
    }


def draw(data):
    from matplotlib.colors import LogNorm

    figure, axes = plots.canvas(height=5.2, caption=__doc__)
    axes.set(xscale="log", xlim=(0.5, 2), ylim=(0, 1))
    share = np.stack([column for name, column in data.items() if name.startswith("kept")])
    image = axes.pcolormesh(
        data["temperature"], FRACTIONS, share, norm=LogNorm(0.1, 10), cmap="RdBu", rasterized=True
    )
    contours = [0.5, 0.9, 1.1, 2]
    lines = axes.contour(
        data["temperature"], FRACTIONS, share, contours, colors="black", linewidths=1
    )
    places = [(0.6, 0.81), (0.6, 0.955), (1.6, 0.94), (1.6, 0.635)]
    axes.clabel(lines, fmt="%g", fontsize=9, manual=places)
    known = np.isfinite(data["unique"])
    fold = np.r_[data["temperature"][known], 1], np.r_[data["unique"][known], 0]
    axes.plot(*fold, color="white", linewidth=2.8)
    axes.plot(*fold, color=plots.BLACK, linestyle=(0, (4, 2)))
    _label(axes)
    ticks = [0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 2]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set(xlabel="sampling temperature $T$", ylabel="real fraction $a$ of every generation")
    bar = figure.colorbar(image, ax=axes, extend="min")
    bar.set_label("effective vocabulary relative to the text")
    ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    bar.set_ticks([], minor=True)
    return figure


def _label(axes):
    white = {"color": "white", "ha": "center", "va": "center"}
    axes.text(0.655, 0.22, "less than\na tenth is left", size=11, **white)
    axes.text(1.5, 0.13, "rare words\nare oversampled", size=11, **white)
    line = {"arrowstyle": "-", "linewidth": 0.8, "color": "white", "shrinkB": 2}
    axes.annotate("last fold", (0.68, 0.614), (0.6, 0.47), arrowprops=line, **white)


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "demo_vocabulary")


if __name__ == "__main__":
    main()
