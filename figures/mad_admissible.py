r"""How many synthetic samples do no harm: a Gaussian in 100 dimensions is refitted to $n_s$ samples
at temperature 0.7 and $n_r$ new real points for many generations; its squared Wasserstein distance
from the real distribution against that of the real points alone. Lines: second order in the
deviations from the exact second moments, rough where real points are as few as dimensions.
Diamonds: where they are one, the admissible $n_s$, which tend to the closed limit (dotted) for many
real points. Circles: Monte Carlo; its errors are smaller."""

from pathlib import Path

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops import gaussian
from genloop.papers import alemohammad2023 as mad

DIMENSION, TEMPERATURE, REAL = 100, 0.7, (100, 250, 1000, 10000)
SYNTHETIC, SIMULATED = 10 ** np.linspace(1, 5, 61), (15, 30, 45)
GENERATIONS, REPLICATES, SEED = 8, 6, 0
SETTING = {"dimension": DIMENSION, "temperature": TEMPERATURE}


def compute():
    """Relative risks along the number of samples, simulated ones, and where they are one."""
    data = {"samples": SYNTHETIC}
    for real in REAL:
        alone = gaussian.real_risk(real, dimension=DIMENSION)
        risks = [gaussian.stationary_risk(n, real, **SETTING) for n in SYNTHETIC]
        data[f"risk, {real} real"] = np.array(risks) / alone
        found = np.full((len(SYNTHETIC), 2), np.nan)
        found[list(SIMULATED)] = simulated(real)
        data[f"simulated, {real} real"], data[f"error, {real} real"] = found.T
    return data


def simulated(points):
    """Means and standard errors of the distance over that of the real points alone."""
    real = gl.Gaussian.of(jnp.zeros(DIMENSION), jnp.eye(DIMENSION))
    distance = lambda model: gaussian.wasserstein_square(model, real.broadcast(model.batch_shape))
    alone = jax.vmap(lambda key: distance(real.draw(key, points).unbias(points)))
    alone = np.asarray(alone(jr.split(jr.key(SEED), 16)))
    rows = []
    for samples in SYNTHETIC[list(SIMULATED)].round().astype(int).tolist():
        # From the exact stationary moments, so that only the fluctuations have to settle.
        error, spread = gaussian.stationary_moments(samples, points, temperature=TEMPERATURE)
        start = gl.Gaussian.of(jnp.full(DIMENSION, jnp.sqrt(error)), spread * jnp.eye(DIMENSION))
        loop = mad.fresh_data(real, samples=samples, real_samples=points, temperature=TEMPERATURE)
        found = gl.orbit_statistics(
            loop.step,
            jr.key(SEED + 1),
            start,
            generations=GENERATIONS,
            replicates=REPLICATES,
            observe=distance,
        )
        ratio = float(found.mean[-1]) / alone.mean()
        noise = float(found.variance[-1]) / REPLICATES / float(found.mean[-1]) ** 2
        noise += alone.var(ddof=1) / alone.size / alone.mean() ** 2
        rows.append((ratio, ratio * noise**0.5))
    return np.array(rows)


def draw(data):
    figure, axes = plots.canvas(height=4.6, caption=__doc__)
    axes.axhline(1, color=plots.GREY, linewidth=1, zorder=0)
    colors = zip(REAL, (plots.VERMILION, plots.ORANGE, plots.BLUE, plots.GREEN), strict=True)
    for real, color in colors:
        label = f"{real} real"
        axes.plot(data["samples"], data[f"risk, {label}"], color=color, label=f"$n_r = {real}$")
        places = list(SIMULATED)
        columns = ("samples", f"simulated, {label}", f"error, {label}")
        marks = [data[name][places] for name in columns]
        axes.errorbar(*marks, color=color, fmt="o", markersize=4)
        crossing = gaussian.admissible_samples(real, **SETTING).value
        axes.plot(crossing, 1, "D", color=color, markersize=5)
    limit = float(gaussian.admissible_limit(TEMPERATURE, dimension=DIMENSION))
    axes.axvline(limit, color=plots.BLACK, linestyle=":", linewidth=1.4)
    text = f" $n_s^* = {limit:.0f}$ for $n_r \\to \\infty$"
    axes.text(limit, 0.45, text, color=plots.BLACK, va="center")
    axes.set(xscale="log", yscale="log", xlim=(10, 1e5), ylim=(0.4, 5))
    axes.set(xlabel="synthetic samples $n_s$ a generation", ylabel="risk over real points alone")
    axes.legend(loc="upper left", fontsize=9)
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "mad_admissible")


if __name__ == "__main__":
    main()
