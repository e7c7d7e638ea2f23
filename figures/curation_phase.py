r"""What becomes of content that curators prefer, by the real fraction $a$ and how much they do. (a)
Content that the real data do not have, of a reward higher by a gap $\Delta$, is chosen among four.
Pixels: its share in the end; above the solid line it is extinct, below the dashed one it has more
than half; dots: thresholds that the engine finds without closed forms. (b) A thousand tokens of a
Zipf law with rewards of a bell curve, chosen among very many. Pixels: the share of the one best
token, which is 0.02 % of the real data. Below the line $a = 1/E[1/(1 - e^{r - r_*})]$ it condenses
to a finite share."""

from pathlib import Path

import numpy as np
from scipy.special import ndtri

import genloop as gl
from genloop import plots
from genloop.loops import curation

AMONG, WIDEST, CELLS = 4, 6.0, 60
TOKENS, FARTHEST = 1000, 12.0
FOUND = (0.5, 1.5, 3.0, 5.0)
ZIPF = 1 / np.arange(1.0, TOKENS + 1)
# Quantiles of a bell curve in an order that has nothing to do with how frequent tokens are.
BELL = ndtri((np.arange(TOKENS) * 387 % TOKENS + 0.5) / TOKENS)


def compute():
    """Columns of shares for every real fraction, and the lines along the gap or the best reward."""
    middles = (np.arange(CELLS) + 0.5) / CELLS
    gaps, heights = WIDEST * middles, FARTHEST * middles
    share = lambda gap, a: curation.curated_share(0.0, gap=gap, among=AMONG, real_fraction=a)
    found = np.full(CELLS, np.nan)
    found[: len(FOUND)] = [threshold(gap) for gap in FOUND]
    return {
        "gap": gaps,
        "extinct": curation.invasion_threshold(gap=gaps, among=AMONG),
        "half": np.array([half(gap) for gap in gaps]),
        "found": found,
        "height": heights,
        "condensed": np.array([condensed(height) for height in heights]),
        **{f"share at {a:.6g}": np.array([share(gap, a) for gap in gaps]) for a in middles},
        **{f"best at {a:.6g}": np.array([best_share(one, a) for one in heights]) for a in middles},
    }


def threshold(gap):
    """The real fraction below which a rare token of this reward takes over, by the engine."""
    text = f"Choose(reward, among={AMONG}) >> Mix(real, a)"
    loop = gl.language.parse(text, rewards=[0.0, gap])
    real = gl.Categorical.of([99, 1])
    return gl.answers.threshold(real, loop=loop).thresholds["takeover"].value


def half(gap):
    """The real fraction at which it has a half: a fixed point of $(1 - a) F_K$."""
    return 1 - 0.5 / float(curation.chosen_share(0.5, gap=gap, among=AMONG))


def rewards_of(height):
    """Bell rewards of which the best is higher than the mean by so much."""
    return height * BELL / BELL.max()


def best_share(height, real_fraction):
    real = gl.Categorical.of(ZIPF)
    limit = curation.curated_limit(real, rewards_of(height), real_fraction=real_fraction)
    return limit.probabilities[BELL.argmax()]


def condensed(height):
    """The condensation threshold of the best token, over all others."""
    others, rewards = ZIPF.copy(), rewards_of(height)
    others[BELL.argmax()] = 0.0
    known = others > 0
    inverse = 1 / -np.expm1(rewards[known] - rewards.max())
    return 1 / float(others[known] / others.sum() @ inverse)


def draw(data):
    figure, (left, right) = plots.canvas(height=4.4, columns=2, caption=__doc__)
    for axes, name, end in ((left, "share", WIDEST), (right, "best", FARTHEST)):
        shares = np.stack([data[key] for key in data if key.startswith(f"{name} at")])
        image = axes.imshow(
            shares,
            origin="lower",
            extent=(0, end, 0, 1),
            aspect="auto",
            interpolation="nearest",
            cmap="cividis",
            vmin=0,
            vmax=1,
        )
        axes.set(xlim=(0, end), ylim=(0, 1))
    lines = {"color": "white", "linewidth": 1.5}
    left.plot(data["gap"], data["extinct"], **lines)
    left.plot(data["gap"], data["half"], **lines, linestyle=(0, (4, 2)))
    left.plot(FOUND, data["found"][: len(FOUND)], "o", color="white", markersize=5)
    right.plot(data["height"], data["condensed"], **lines)
    centre = {"ha": "center", "va": "center", "size": 11}
    left.text(3.3, 0.87, "extinct", color="white", **centre)
    left.text(3.9, 0.585, "coexisting", color="white", **centre)
    left.text(3.9, 0.2, "condensed", color="black", **centre)
    right.text(1.35, 0.93, "spread", color="white", **centre)
    right.text(8.4, 0.16, "condensed", color="black", **centre)
    left.set(xlabel=r"gap of the rewards $\Delta$", ylabel="real fraction $a$ of every generation")
    right.set(xlabel="best reward above the mean")
    scale = right.inset_axes((1.05, 0, 0.06, 1))
    figure.colorbar(image, cax=scale, label="share of what is preferred")
    return figure


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "curation_phase")


if __name__ == "__main__":
    main()
