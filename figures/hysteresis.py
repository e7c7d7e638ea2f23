r"""Hysteresis of the temperature loop on uniform real data, $K=3$ and $T=1/2$. Lines: fixed points in
closed form, stable (solid) and unstable (dashed). Right: the loop's own state while the real
fraction moves in steps of 0.001, with 5,000 generations and a nudge of $10^{-4}$ towards one outcome
at every step."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import genloop as gl
from genloop import plots
from genloop.papers import marchi2024
from genloop.papers.marchi2024 import uniform

OUTCOMES, TEMPERATURE = 3, 0.5
GENERATIONS, NUDGE = 5000, 1e-4
SWEEP = np.linspace(0.49, 0.525, 36)
LOCAL, FOLD = 0.5, 9 - 6 * 2**0.5


def branches():
    """The probability of a leading outcome at all fixed points, by the logarithm of its ratio."""
    options = {"temperature": TEMPERATURE, "outcomes": OUTCOMES}
    top = uniform.fold(**options).log_ratio
    rising, falling = np.linspace(1e-6, top, 60), np.linspace(top, 12.0, 240)
    flat = lambda start, stop: (np.linspace(start, stop, 2), np.full(2, 1 / OUTCOMES))

    def winners(log_ratio, count):
        fraction = uniform.branch_fraction(log_ratio, winners=count, **options)
        return fraction, uniform.two_levels(log_ratio, winners=count, **options).winner

    return {
        "uniform, stable": flat(LOCAL, 1),
        "uniform, unstable": flat(0, LOCAL),
        "one winner, unstable": winners(rising, 1),
        "one winner, stable": winners(falling, 1),
        "two winners, unstable": winners(np.linspace(1e-6, 12.0, 240), 2),
    }


def sweep(fractions):
    """Where the loop is after many generations at every one of the slowly moving real fractions."""
    real = gl.Categorical.uniform(OUTCOMES)
    one = gl.Categorical.of(np.eye(OUTCOMES)[0])

    def settle(state, fraction):
        loop = marchi2024.loop(temperature=TEMPERATURE, real_fraction=fraction, real=real)
        state = state.mix(one, NUDGE)
        state = jax.lax.fori_loop(0, GENERATIONS, lambda _, p: loop(p), state)
        return state, state.probabilities[0]

    # Begun below all thresholds or above them, where there is one attractor.
    start = real.mix(one, 0.5 if fractions[0] < fractions[-1] else 0.0)
    return fractions, jax.lax.scan(settle, start, jnp.asarray(fractions))[1]


def compute():
    series = branches() | {"sweep up": sweep(SWEEP), "sweep down": sweep(SWEEP[::-1])}
    names = np.repeat(list(series), [len(fraction) for fraction, _ in series.values()])
    fraction, leader = (np.concatenate([pair[i] for pair in series.values()]) for i in (0, 1))
    return {"series": names, "real_fraction": fraction, "leading_probability": leader}


def draw(data):
    figure, (whole, close) = plots.canvas(height=4.3, columns=2, caption=__doc__)
    pick = lambda name: [data[key][data["series"] == name] for key in list(data)[1:]]
    for name in dict.fromkeys(data["series"][np.char.find(data["series"], "stable") >= 0]):
        dash = (0, (3, 2)) if name.endswith("unstable") else "-"
        color = plots.GREY if name.startswith("two") else plots.BLACK
        for axes in (whole, close):
            axes.plot(*pick(name), color=color, linestyle=dash, linewidth=1.3, zorder=1)
    style = {"linestyle": "none", "markersize": 4.5}
    close.plot(*pick("sweep up"), marker="^", color=plots.VERMILION, **style)
    close.plot(*pick("sweep down"), marker="v", color=plots.BLUE, markerfacecolor="white", **style)
    _label_whole(whole)
    _label_close(close)
    return figure


def _label_whole(axes):
    axes.set(xlim=(0, 1), ylim=(0.25, 1.02), xlabel="real fraction $a$")
    axes.set_ylabel("probability of the leading outcome")
    axes.text(0.3, 0.81, "one winner", ha="left")
    axes.text(0.02, 0.525, "two winners", color=plots.GREY)
    axes.text(0.98, 0.35, "uniform", ha="right")
    left, right, low, high = *_WINDOW[0], *_WINDOW[1]
    corners = [left, right, right, left, left], [low, low, high, high, low]
    axes.plot(*corners, color=plots.BLUE, linewidth=0.9)
    axes.text(right + 0.02, high, "shown right", color=plots.BLUE, va="top")


_WINDOW = (0.4875, 0.5275), (0.3, 0.6)


def _label_close(axes):
    axes.set(xlim=_WINDOW[0], ylim=_WINDOW[1], xlabel="real fraction $a$")
    axes.set_xticks([0.49, 0.5, 0.51, 0.52])
    state = 2**0.5 / (2**0.5 + 2)
    axes.plot([FOLD, LOCAL], [state, 1 / OUTCOMES], "o", color=plots.BLACK, markersize=5.5)
    line = {"arrowstyle": "-", "linewidth": 0.8, "shrinkB": 4}
    text = f"last fold\n$a=9-6\\sqrt{{2}}\\approx{FOLD:.4f}$"
    axes.annotate(text, (FOLD, state), (0.5145, 0.455), arrowprops=line)
    text = "branch point\n$a=1-T=0.5$"
    axes.annotate(text, (LOCAL, 1 / OUTCOMES), (0.4885, 0.37), arrowprops=line)
    axes.text(0.505, 0.53, "more real data", color=plots.VERMILION)
    axes.text(0.503, 0.305, "less real data", color=plots.BLUE)


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "hysteresis")


if __name__ == "__main__":
    main()
