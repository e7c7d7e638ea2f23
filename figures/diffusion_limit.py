r"""The loop of two outcomes at $T=1/(1+\gamma/N)$, real fraction $a=\theta/N$, real data $r=0.45$,
$\gamma=2$, $\theta=2.2$. (a) The exact stationary law of the chain of counts (dots; times $N$,
without end points) and the density $x^{2\theta r-1}(1-x)^{2\theta(1-r)-1}e^{-2\gamma H(x)}$
of the diffusion (line). (b) Relative error of the limit for three expectations; dashed:
proportional to $1/N$."""

from pathlib import Path

import numpy as np

import genloop as gl
from genloop import plots
from genloop.laws import SelectionMutation, stationary_law, transition_matrix

SELECTION, MUTATION, SHARE = 2.0, 2.2, 0.45
SHOWN, SIZES = (20, 80), (10, 20, 40, 80, 160, 320, 640, 1280)


def chain(samples):
    """Frequencies and their stationary law for the loop of N samples."""
    x = np.arange(samples + 1) / samples
    weights = np.stack([x, 1 - x]) ** (1 + SELECTION / samples)
    fraction = MUTATION / samples
    image = (1 - fraction) * weights[0] / weights.sum(axis=0) + fraction * SHARE
    return x, stationary_law(transition_matrix(samples, lambda _: image))


def expectations(x, law):
    """Diversity, mean, and the probability that an outcome leads by nine to one."""
    pair = np.stack([x, 1 - x], axis=-1)
    return law @ np.stack([2 * x * (1 - x), x, (pair**4).sum(axis=1)], axis=-1)


def compute():
    limit = SelectionMutation(SELECTION, MUTATION, (SHARE, 1 - SHARE))
    x = np.linspace(0.002, 0.998, 499)
    series = {"diffusion": (x, limit.density(np.stack([x, 1 - x], axis=-1)))}
    for samples in SHOWN:
        frequency, law = chain(samples)
        series[f"chain of {samples}"] = frequency[1:-1], samples * law[1:-1]
    exact = limit.expectation(
        lambda p: np.stack([2 * p[:, 0] * p[:, 1], p[:, 0], (p**4).sum(axis=1)], axis=-1)
    )
    errors = np.abs([expectations(*chain(n)) / exact - 1 for n in SIZES]).T
    for name, error in zip(NAMES, errors, strict=True):
        series[f"error of {name}"] = np.array(SIZES, dtype=float), error
    names = np.repeat(list(series), [len(first) for first, _ in series.values()])
    first, second = (np.concatenate([pair[i] for pair in series.values()]) for i in (0, 1))
    return {"series": names, "frequency or N": first, "density or error": second}


NAMES = ("$E\\,2x(1-x)$", "$E\\,x$", "$E\\,[x^4+(1-x)^4]$")


def draw(data):
    figure, (law, rate) = plots.canvas(height=4.2, columns=2, caption=__doc__)
    pick = lambda name: [data[key][data["series"] == name] for key in list(data)[1:]]
    law.plot(*pick("diffusion"), color=plots.BLACK, zorder=1)
    for samples, color, marker, size in zip(
        SHOWN, (plots.VERMILION, plots.BLUE), "so", (4.5, 2.2), strict=True
    ):
        law.plot(*pick(f"chain of {samples}"), marker, color=color, markersize=size)
    law.set(xlim=(0, 1), ylim=(0, 2), yticks=[0, 0.5, 1, 1.5, 2], ylabel="density")
    law.set_xlabel("frequency $x$ of the first outcome")
    labels = ["diffusion, $N\\to\\infty$", *(f"chain, $N={n}$" for n in SHOWN)]
    law.legend(labels, loc="upper right")
    styles = zip(NAMES, (plots.BLUE, plots.GREEN, plots.ORANGE), "osD", strict=True)
    for name, color, marker in styles:
        rate.plot(*pick(f"error of {name}"), marker + "-", color=color, label=name, markersize=4.5)
    sizes = np.array([SIZES[0], SIZES[-1]])
    rate.plot(sizes, 0.3 / sizes, color=plots.GREY, linestyle=(0, (3, 2)), linewidth=1)
    rate.text(28, 3.2e-3, "$\\propto 1/N$", color=plots.GREY)
    rate.set(xscale="log", yscale="log", xlabel="samples $N$", ylabel="relative error of the limit")
    rate.legend()
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "diffusion_limit")


if __name__ == "__main__":
    main()
