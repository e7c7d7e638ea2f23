r"""Hysteresis of the temperature loop on uniform real data, $K=3$ and $T=1/2$. (a) Fixed points in
closed form, stable (solid) and unstable (dashed). (b) Enlarged; triangles: the loop itself while
the real fraction moves by 0.001 every 5,000 generations, each time with a nudge of $10^{-4}$
towards one outcome."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops.temperature.closed_forms import uniform
from genloop.papers import marchi2024

OUTCOMES, TEMPERATURE = 3, 0.5
GENERATIONS, NUDGE = 5000, 1e-4
SWEEP = np.linspace(0.49, 0.525, 36)
LOCAL, FOLD = 0.5, 9 - 6 * 2**0.5
WINDOW = (0.4875, 0.5325), (0.26, 0.56)


def branches():
    """The probability of a leading outcome at all fixed points, by the logarithm of its ratio."""
    options = {"temperature": TEMPERATURE, "outcomes": OUTCOMES}
    top = uniform.fold(**options).log_ratio
    rising, falling = np.linspace(1e-6, top, 60), top + np.r_[0, np.geomspace(1e-3, 12, 200)]
    flat = lambda start, stop: (np.linspace(start, stop, 2), np.full(2, 1 / OUTCOMES))

    def winners(log_ratio, count):
        fraction = uniform.branch_fraction(log_ratio, winners=count, **options)
        return fraction, uniform.two_levels(log_ratio, winners=count, **options).winner

    return {
        "stable uniform": flat(LOCAL, 1),
        "unstable uniform": flat(0, LOCAL),
        "unstable one winner": winners(rising, 1),
        "stable one winner": winners(falling, 1),
        "unstable two winners": winners(np.geomspace(1e-3, 12, 200), 2),
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
    for name in dict.fromkeys(name for name in data["series"] if not name.startswith("sweep")):
        dash = (0, (3, 2)) if name.startswith("unstable") else "-"
        color = plots.GREY if name.endswith("two winners") else plots.BLACK
        for axes in (whole, close):
            axes.plot(*pick(name), color=color, linestyle=dash, linewidth=1.3, zorder=1)
    for name, marker, color, fill in (
        ("sweep up", "^", plots.VERMILION, None),
        ("sweep down", "v", plots.BLUE, "white"),
    ):
        fraction, leader = pick(name)
        close.plot(fraction, leader, marker, color=color, markerfacecolor=fill, markersize=4.5)
        jump = np.abs(np.diff(leader)).argmax()
        ends = list(zip(fraction, leader, strict=True))[jump : jump + 2]
        arrow = {"arrowstyle": "-|>", "color": color, "linewidth": 1.2, "shrinkA": 5, "shrinkB": 5}
        close.annotate("", ends[1], ends[0], arrowprops=arrow)
    _label_whole(whole)
    _label_close(close)
    return figure


def _label_whole(axes):
    axes.set(xlim=(0, 1), ylim=(0.25, 1.02), xlabel="real fraction $a$")
    axes.set_ylabel("probability of the leading outcome")
    axes.text(0.31, 0.81, "one winner")
    axes.text(0.02, 0.52, "two winners", color=plots.GREY)
    axes.text(0.98, 0.35, "uniform", ha="right")
    (left, right), (low, high) = WINDOW
    corners = [left, right, right, left, left], [low, low, high, high, low]
    axes.plot(*corners, color=plots.BLUE, linewidth=0.9)
    axes.text(right + 0.02, high, "enlarged", color=plots.BLUE, va="top")


def _label_close(axes):
    axes.set(xlim=WINDOW[0], ylim=WINDOW[1], xlabel="real fraction $a$")
    axes.set_ylabel("probability of the leading outcome")
    axes.set_xticks([0.49, 0.5, 0.51, 0.52, 0.53])
    state = 2**0.5 / (2**0.5 + 2)
    axes.plot([FOLD, LOCAL], [state, 1 / OUTCOMES], "o", color=plots.BLACK, markersize=5.5)
    line = {"arrowstyle": "-", "linewidth": 0.8, "shrinkB": 4}
    text = f"last fold\n$a=9-6\\sqrt{{2}}$\n   $\\approx{FOLD:.4f}$"
    axes.annotate(text, (FOLD, state), (0.5175, 0.43), arrowprops=line)
    text = "branch point\n$a=1-T=0.5$"
    axes.annotate(text, (LOCAL, 1 / OUTCOMES), (0.4885, 0.272), arrowprops=line)
    axes.text(0.506, 0.49, "real fraction rising", color=plots.ink(plots.VERMILION))
    axes.text(0.5315, 0.302, "real fraction falling", color=plots.BLUE, ha="right")


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "hysteresis")


if __name__ == "__main__":
    main()
