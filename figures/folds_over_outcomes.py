r"""Uniform real data of $K$ outcomes. (a) The last fold $a_\mathrm{fold}(T, K)$, the real
fraction from which a collapsed loop recovers, for growing $K$ above the local threshold $a = 1
- T$, which is the same for every $K$ (dashed, the curve of $K=2$). (b) What hysteresis
costs, $a_\mathrm{fold} - (1 - T)$; dots: the engine's fold of the loop itself; dashed: the
limit of many outcomes, $1 - a_\mathrm{fold} \simeq K^{-(1-T)}/(T^T(1-T)^{1-T})$."""

from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import genloop as gl
from genloop import continuation, plots
from genloop.loops.temperature.closed_forms import uniform
from genloop.papers import marchi2024

OUTCOMES = (2, 3, 10, 100, 1000, 50_000, 1_000_000)
TEMPERATURES = np.linspace(0.02, 0.995, 79)
SHOWN = (0.5, 0.8, 0.9, 0.95)
SIZES = np.unique(np.round(np.geomspace(3, 1e6, 45)).astype(int))
REFINED = (3, 10, 100, 1000)


def fold(temperature, outcomes):
    """The largest real fraction with a collapsed state."""
    return uniform.fold(temperature=temperature, outcomes=outcomes).real_fraction


@partial(jax.jit, static_argnums=1)
def refined(temperature, outcomes):
    """The same fold from the map alone: the engine starts near the state and refines it."""
    real = gl.Categorical.uniform(outcomes)
    guess = uniform.fold(temperature=temperature, outcomes=outcomes)
    won = jnp.ones(outcomes).at[0].set(1.05 * jnp.exp(guess.log_ratio))
    family = lambda a: marchi2024.loop(temperature=temperature, real_fraction=a, real=real)
    start = gl.Categorical.of(won)
    return continuation.bifurcation_point(
        "fold", family, start, 0.98 * guess.real_fraction
    ).parameter


def limit(temperature, outcomes):
    """What the fold tends to for many outcomes [U-6]."""
    rest = 1 - temperature
    return 1 - outcomes**-rest / (temperature**temperature * rest**rest)


def compute():
    across = jax.jit(jax.vmap(fold, in_axes=(0, None)))
    over = jax.jit(jax.vmap(fold, in_axes=(None, 0)))
    series = {
        f"last fold, K = {k}": (TEMPERATURES, across(jnp.asarray(TEMPERATURES), float(k)))
        for k in OUTCOMES
    }
    sizes = jnp.asarray(SIZES, float)
    for T in SHOWN:
        local = 1 - T
        series[f"hysteresis, T = {T}"] = sizes, over(T, sizes) - local
        series[f"limit, T = {T}"] = sizes, limit(T, sizes) - local
        found = np.array([refined(T, k) for k in REFINED])
        series[f"engine, T = {T}"] = np.array(REFINED, float), found - local
    names = np.repeat(list(series), [len(first) for first, _ in series.values()])
    first, second = (np.concatenate([pair[i] for pair in series.values()]) for i in (0, 1))
    return {"series": names, "temperature or K": first, "real_fraction": second}


def draw(data):
    figure, (left, right) = plots.canvas(height=4.4, columns=2, caption=__doc__)
    pick = lambda name: [data[key][data["series"] == name] for key in list(data)[1:]]
    shades = [plots.BLACK, plots.GREY, plots.SKY, plots.BLUE, plots.GREEN, plots.ORANGE]
    for k, color, marker in zip(OUTCOMES, [*shades, plots.VERMILION], " sDo^vP", strict=True):
        dash = (0, (3, 2)) if k == 2 else "-"
        look = {"color": color, "linestyle": dash, "marker": marker, "markersize": 4}
        label = f"$K={k:,}$".replace(",", "\\,")
        left.plot(*pick(f"last fold, K = {k}"), **look, markevery=(6, 12), label=label)
    left.set(xlim=(0, 1), ylim=(0, 1), xlabel="sampling temperature $T$")
    left.set_ylabel("real fraction $a$ at the last fold")
    left.legend(loc="lower left")
    colors = (plots.BLUE, plots.GREEN, plots.ORANGE, plots.VERMILION)
    for T, color, marker in zip(SHOWN, colors, "o^sD", strict=True):
        size, value = pick(f"hysteresis, T = {T}")
        right.plot(size, value, color=color)
        words = {"color": plots.ink(color), "va": "center"}
        right.text(1.3 * size[-1], value[-1], f"$T={T}$", **words)
        right.plot(*pick(f"engine, T = {T}"), marker, color=color, markersize=4.5)
        size, value = pick(f"limit, T = {T}")
        shown = size > 30
        dash = {"linestyle": (0, (3, 2)), "linewidth": 1}
        right.plot(size[shown], value[shown], color=color, **dash)
    right.set(xscale="log", xlim=(2.5, 1e6), ylim=(0, 0.75), xlabel="outcomes $K$")
    right.set_ylabel("last fold minus local threshold")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "folds_over_outcomes")


if __name__ == "__main__":
    main()
