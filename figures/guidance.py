r"""A model that is guided away from its own fine-tuning, with the strength $w$: what is left of its
bias when it is trained on its own samples again and again. Every fit has $T = 0.9$ times the
variance of its data, the auxiliary one as well. Along the white lines the loop is unbiased, below
them it loses variance, above them it has too much, and from the black line on its variance
explodes. (a) Sampling from the guided density. (b) The probability flow: another line, another
edge. Without real data, at $q = 1$, the
unbiased strength is the edge itself."""

from pathlib import Path

import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops import guidance

TEMPERATURE = 0.9
VERSIONS = {"density": False, "flow": True}


def compute():
    synthetic = np.linspace(0.02, 1.0, 50)
    strengths = np.linspace(0.0, 4.0, 81)
    q, w = (part.ravel() for part in np.meshgrid(synthetic, strengths, indexing="ij"))
    data = {"synthetic share": q, "strength": w}
    for name, flow in VERSIONS.items():
        ends = guidance.guided_variance(w, TEMPERATURE, 1 - q, flow=flow)
        data[f"{name}, variance"] = ends
        data[f"{name}, critical strength"] = guidance.critical_strength(
            TEMPERATURE, 1 - q, flow=flow
        )
    return data


def draw(data):
    figure, panels = plots.canvas(height=4.2, columns=2, caption=__doc__)
    shape = len(np.unique(data["synthetic share"])), -1
    q, w = (data[key].reshape(shape) for key in ("synthetic share", "strength"))
    for axes, (name, flow) in zip(panels, VERSIONS.items(), strict=True):
        ends = data[f"{name}, variance"].reshape(shape)
        with np.errstate(divide="ignore"):
            levels = np.clip(np.log2(ends), -2, 2)
        found = axes.contourf(q, w, levels, np.linspace(-2, 2, 17), cmap="RdBu_r", extend="neither")
        axes.contourf(q, w, np.isinf(ends), [0.5, 1.5], colors=[plots.VERMILION])
        edge = data[f"{name}, critical strength"].reshape(shape)[:, 0]
        axes.plot(q[:, 0], edge, color="black", linewidth=2)
        unbiased = guidance.unbiased_strength(TEMPERATURE, flow=flow)
        axes.axhline(unbiased, color="white", linewidth=2)
        axes.set(xlim=(q.min(), 1), ylim=(0, 4), xlabel="synthetic share $q$")
        axes.set_title({"density": "guided density", "flow": "probability flow"}[name])
        axes.text(0.885, 3.8, "explodes", ha="center", color="black", fontsize=8)
        axes.text(0.05, unbiased + 0.08, "unbiased", color="black")
    panels[0].set_ylabel("strength of guidance $w$")
    bar = figure.colorbar(found, ax=panels, ticks=[-2, -1, 0, 1, 2])
    bar.ax.set_yticklabels(["1/4 or less", "1/2", "1", "2", "4 or more"])
    bar.set_label("variance in units of the real one")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "guidance")


if __name__ == "__main__":
    main()
