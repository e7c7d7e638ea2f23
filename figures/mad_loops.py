r"""Three loops of a Gaussian in 100 dimensions that begin with the fit to 100 real points, by their
squared Wasserstein distance from the real distribution: 900 synthetic samples a generation at
temperature $T$, (a) alone, (b) with the same 100 real points for ever, (c) with 100 new ones.
Points: Monte Carlo with its standard error (mostly smaller than the mark). Dashed: second order in
the deviations from the exact second moments, which is rough with as many real points as dimensions.
The grey line is the first model."""

from pathlib import Path

import jax.numpy as jnp
import jax.random as jr
import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops import gaussian
from genloop.papers import alemohammad2023 as mad

DIMENSION, REAL, SYNTHETIC, TEMPERATURES = 100, 100, 900, (0.7, 0.85, 1.0)
GENERATIONS, REPLICATES, SEED = 30, 16, 0
LOOPS = ("synthetic", "augmented", "fresh")
SHOWN = np.array([1, 2, 3, 4, 6, 8, 11, 15, 20, 25, 30])


def designs(first, real, temperature):
    """The three loops; the fixed real set is the one that the first model is fitted to."""
    options = {"samples": SYNTHETIC, "temperature": temperature}
    pool, share = SYNTHETIC + REAL, REAL / (SYNTHETIC + REAL)
    return {
        "synthetic": mad.fully_synthetic(**options),
        "augmented": gl.Temper(temperature)
        >> gl.Draw(SYNTHETIC)
        >> gl.Mix(first, share)
        >> gl.Unbias(pool),
        "fresh": mad.fresh_data(real, real_samples=REAL, **options),
    }


def compute():
    """Mean distances and their standard errors by generation, and the expansion with fresh data."""
    real = gl.Gaussian.of(jnp.zeros(DIMENSION), jnp.eye(DIMENSION))
    first = real.draw(jr.key(SEED), REAL)
    start = first.unbias(REAL)
    distance = lambda model: gaussian.wasserstein_square(model, real.broadcast(model.batch_shape))
    data = {"generation": np.arange(GENERATIONS + 1)}
    for temperature in TEMPERATURES:
        for name, loop in designs(first, real, temperature).items():
            found = gl.orbit_statistics(
                loop.step,
                jr.key(SEED + 1),
                start,
                generations=GENERATIONS,
                replicates=REPLICATES,
                observe=distance,
            )
            error = np.sqrt(np.asarray(found.variance) / REPLICATES)
            data[f"{name}, T = {temperature}"] = np.append(distance(start), found.mean)
            data[f"{name}, T = {temperature}, error"] = np.append(0.0, error)
        loop = designs(first, real, temperature)["fresh"]
        moments = gaussian.SquareRecursion.of(loop, real).trajectory(GENERATIONS, start)
        expansion = [gaussian.wasserstein_expansion(number) for number in moments]
        data[f"expansion, T = {temperature}"] = np.array(expansion)
    return data


def draw(data):
    figure, panels = plots.canvas(height=3.9, columns=3, caption=__doc__)
    titles = ("synthetic alone", "the same real points", "new real points")
    t = data["generation"]
    for axes, name, title in zip(panels, LOOPS, titles, strict=True):
        colors = zip(TEMPERATURES, (plots.VERMILION, plots.ORANGE, plots.BLUE), strict=True)
        for temperature, color in colors:
            label = f"{name}, T = {temperature}"
            axes.plot(t, data[label], color=color, linewidth=0.8, alpha=0.6)
            axes.errorbar(
                t[SHOWN],
                data[label][SHOWN],
                data[f"{label}, error"][SHOWN],
                color=color,
                fmt="o",
                markersize=3,
                label=f"$T = {temperature}$",
            )
            if name == "fresh":
                expansion = data[f"expansion, T = {temperature}"]
                axes.plot(t[2:], expansion[2:], color=color, linestyle="--", linewidth=1.2)
        axes.axhline(data["fresh, T = 1.0"][0], color=plots.GREY, linewidth=1, zorder=0)
        axes.set(xlabel="generation", ylim=(8, 150), yscale="log")
        axes.set_title(title, fontsize=9)
    panels[0].set(ylabel=r"$E\,W_2^2$ to the real distribution")
    panels[0].legend(loc="lower right", fontsize=8)
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "mad_loops")


if __name__ == "__main__":
    main()
