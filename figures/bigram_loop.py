r"""How much real data ends a repetition ("ccc..."), in a bigram model of the characters of a text
(the documentation of Python, $T=0.7$; "rest" is every rarer character). (a) By the theory of one
context at a time, with pairs of characters as outcomes, and in the coupled loop. (b) The
probability that c follows c, stable (solid) and unstable (dashed). What repeats itself fills the
text, and real text about it is too rare to help."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

import genloop as gl
from genloop import plots
from genloop.loops import chain
from genloop.papers import marchi2024

OUTCOMES, TEMPERATURE, SHOWN = 12, 0.7, "c"
LOWEST, POINTS = 0.02, 120
THEORIES = "context alone", "pairs as outcomes", "coupled"


def chain_at(real, real_fraction):
    return chain.loop(temperature=TEMPERATURE, real_fraction=real_fraction, real=real)


def context_at(real, real_fraction):
    return marchi2024.loop(temperature=TEMPERATURE, real_fraction=real_fraction, real=real)


def thresholds(real):
    """The real fraction that ends the repetition of every character, by three theories."""
    for place, label in enumerate(real.labels):
        if real.pairs[place, place] == 0:
            continue
        options = {"temperature": TEMPERATURE, "first": place, "second": place}
        theories = (
            chain.context_collapse_threshold,
            chain.collapse_threshold,
            chain.recovery_threshold,
        )
        found = [theory(real, **options).value for theory in theories]
        yield label, [np.nan if value is None else value for value in found]


def followed(family, state, repeated):
    """A collapsed branch through its fold, at a fixed number of points along it."""
    branch = gl.branch(
        family, state, LOWEST, 1.0, direction=1, steps=200, longest_stride=0.01
    ).points()
    place = np.linspace(0, branch.parameter.size - 1, POINTS)
    along = lambda values: np.interp(place, np.arange(branch.parameter.size), values)
    return along(branch.parameter), along(repeated(branch.state)), along(branch.stable) > 0.5


def branches(real):
    """The repetition of one character along its collapsed branch, coupled and alone."""
    place = real.labels.index(SHOWN)
    options = {"temperature": TEMPERATURE, "first": place, "second": place}
    start = chain.collapsed_state(real, real_fraction=LOWEST, **options)
    row = np.asarray(real.transition)[place]
    alone, winner = gl.Categorical.of(row[row > 0]), int((row[:place] > 0).sum())
    corner = gl.Categorical.of(1e-3 * alone.probabilities + np.eye(alone.outcomes)[winner])
    single = gl.fixed_point(context_at(alone, LOWEST), corner).state
    text = gl.MarkovChain(jnp.asarray(real.pairs))
    yield (
        "coupled",
        followed(
            jax.tree_util.Partial(chain_at, text),
            start,
            lambda state: state.transition[:, place, place],
        ),
    )
    yield (
        "context alone",
        followed(
            jax.tree_util.Partial(context_at, alone),
            single,
            lambda state: state.probabilities[:, winner],
        ),
    )


def compute():
    with gl.x64():
        real = gl.data.bigrams("demo", outcomes=OUTCOMES, unit="character")
        rows = [
            (f"threshold, {theory}", label, value, np.nan, 1)
            for label, values in thresholds(real)
            for theory, value in zip(THEORIES, values, strict=True)
        ]
        for theory, line in branches(real):
            rows += [(f"branch, {theory}", SHOWN, *point) for point in zip(*line, strict=True)]
    columns = list(zip(*rows, strict=True))
    names = "series", "character", "real_fraction", "repetition", "stable"
    return dict(zip(names, map(np.array, columns), strict=True))


LOOKS = {
    "context alone": (plots.GREY, "s", "white"),
    "pairs as outcomes": (plots.SKY, "D", None),
    "coupled": (plots.VERMILION, "o", None),
}


def draw(data):
    figure, (left, right) = plots.canvas(height=4.4, columns=2, caption=__doc__)
    for theory, (color, marker, fill) in LOOKS.items():
        chosen = data["series"] == f"threshold, {theory}"
        labels, values = data["character"][chosen], data["real_fraction"][chosen]
        order = np.arange(len(labels))
        style = {"color": color, "markerfacecolor": fill or color, "markersize": 6}
        left.plot(order, values, marker, label=theory, linestyle="none", **style)
        left.set_xticks(order, [label.strip("()") for label in labels])
        chosen = data["series"] == f"branch, {theory}"
        if chosen.any():
            line = (data[key][chosen] for key in ("real_fraction", "repetition", "stable"))
            plots.stability_line(right, *line, color=color)
    left.set(ylim=(0, 0.8), xlabel="character", ylabel="real fraction that ends its repetition")
    left.legend(loc="upper left")
    right.set(xlim=(0, 0.75), ylim=(0.35, 1.02), xlabel="real fraction $a$")
    right.set_ylabel(f"probability of {SHOWN} after {SHOWN}")
    right.text(0.585, 0.9, "coupled", color=plots.ink(plots.VERMILION))
    right.text(0.31, 0.44, "context alone", color=plots.GREY)
    return figure


def main(folder=Path(__file__).parent):
    data = compute()
    with plots.style():
        plots.save(draw(data), data, Path(folder) / "bigram_loop")


if __name__ == "__main__":
    main()
