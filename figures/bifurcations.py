r"""Coupled maps $x' = a - x^2 + D (y - x)$, $y' = a - y^2 + D (x - y)$ with $D = 0.1$ (Kaneko,
Prog. Theor. Phys. 69, 1427, 1983; $x$ is $a$ times his): fixed points, and cycles of period 2 with
both phases. Solid: stable; dashed: unstable. LP: fold. BP: branch point. TP: the tip of the
pitchfork, on the branch that is born there. PD: flip, the period doubles. NS: Neimark-Sacker, a
torus is born."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np

import genloop as gl
from genloop import plots

D = 0.1
LOWER, UPPER = -0.3, 1.3
# Strides of one length: the same points on every machine.
STRIDES = {"stride": 0.03, "longest_stride": 0.03}
SERIES = {
    "equal fixed points": plots.BLACK,
    "unequal fixed points": plots.PURPLE,
    "cycle in phase": plots.BLUE,
    "cycle out of phase": plots.VERMILION,
    "unequal cycles": plots.GREEN,
}
# On the diagonal the multipliers are -2x and -2x - 2D; the cycle out of phase is (x, y), (y, x)
# with x + y = 1 - 2D, and its Neimark-Sacker point has (2x + D)(2y + D) = D^2 - 1.
FORMULAS = {
    ("equal fixed points", "LP"): [-1 / 4],
    ("equal fixed points", "BP"): [D**2 - 1 / 4],
    ("equal fixed points", "PD"): [(1 - D) ** 2 - 1 / 4, 3 / 4],
    ("unequal fixed points", "TP"): [D**2 - 1 / 4],
    ("unequal fixed points", "PD"): 2 * [3 / 4 + D + D**2],
    ("cycle in phase", "BP"): [3 / 4 + D + D**2],
    ("cycle in phase", "PD"): [5 / 4],
    ("cycle out of phase", "NS"): [((1 - 2 * D) * (4 - 2 * D) + 1) / 4],
}


def coupled(a):
    """The map of a pair at the parameter $a$."""

    def generation(pair):
        pull = D * (pair[1] - pair[0])
        return a - pair**2 + jnp.stack([pull, -pull])

    return generation


def traced():
    """The branches by name, each with its bifurcations; what leaves one is found from there."""
    found = {}

    def keep(name, *branches):
        found[name] = [(branch.points(), gl.bifurcations(coupled, branch)) for branch in branches]
        return found[name][0]

    def leaving(point, known=()):
        options = {"except_along": known, "steps": 70, **STRIDES}
        return gl.continuation.branches_from(coupled, point, LOWER, UPPER, **options)

    begin = {"start": UPPER, "direction": -1, "steps": 200, **STRIDES}
    resting = lambda x, y: gl.branch(coupled, jnp.array([x, y]), LOWER, UPPER, **begin)
    _, points = keep("equal fixed points", resting(0.7, 0.7))
    late, early = (point for point in points if point.kind is gl.continuation.BifurcationKind.FLIP)
    keep("unequal fixed points", resting(0.6, -1.8))
    keep("cycle out of phase", *leaving(early))
    branch, points = keep("cycle in phase", *leaving(late))
    row = [point.kind for point in points].index(gl.continuation.BifurcationKind.BRANCH_POINT)
    chord = np.asarray(branch.events.chord[row])
    keep("unequal cycles", *leaving(points[row], [chord, -chord]))
    return found


def compute():
    """A row for every point of a branch and, with its `kind`, for every bifurcation."""
    rows = []
    for series, branches in traced().items():
        for branch, points in branches:
            columns = branch.parameter, *branch.state.T, branch.unstable
            rows += [(series, "", *row, "", np.nan) for row in zip(*columns, strict=True)]
            rows += _events(series, points)
    names = "series", "kind", "a", "x", "y", "unstable", "born", "from formula"
    return dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))


def _events(series, points):
    """Bifurcations by their parameter: what is born there, and the distance from its formula."""
    expected = {key: iter(values) for key, values in FORMULAS.items()}
    # Twins at one parameter differ there by rounding only.
    order = lambda point: (round(float(point.parameter), 9), float(point.state[0]))
    for point in sorted(points, key=order):
        kind, a = point.kind.label, float(point.parameter)
        formula = next(expected.get((series, kind), iter(())), np.nan)
        born = gl.continuation.normal_form(coupled, point).criticality
        yield series, kind, a, *map(float, point.state), np.nan, born, abs(a - formula)


# Where the number of an event stands beside its dot, in points.
BESIDE = {
    ("equal fixed points", "LP"): (-9, 4),
    ("equal fixed points", "BP"): (-11, -2),
    ("unequal fixed points", "TP"): (-2, -13),
    ("equal fixed points", "PD"): (-5, 8),
    ("unequal fixed points", "PD"): (3, -9),
    ("cycle out of phase", "NS"): (8, -10),
    ("cycle in phase", "BP"): (-11, 0),
    ("cycle in phase", "PD"): (3, 10),
    ("unequal cycles", "PD"): (3, 9),
}


def phases(series, a, x, y):
    """The first coordinate, of a cycle at both its times."""
    return (x, a - x**2 + D * (y - x)) if "cycle" in series else (x,)


def draw(data):
    figure, axes = plots.canvas(height=5.8, caption=__doc__)
    axes.set(xlim=(LOWER - 0.06, UPPER + 0.24), ylim=(-2.1, 1.65), xlabel="$a$", ylabel="$x$")
    axes.set_xticks(np.arange(-2, 14, 2) / 10)
    events = data["kind"] != ""
    for series, color in SERIES.items():
        rows = (data["series"] == series) & ~events
        a, x, y = (data[name][rows] for name in "axy")
        for up in phases(series, a, x, y):
            stable = data["unstable"][rows] == 0
            plots.stability_line(axes, a, up, stable, color=color, linewidth=1.5)
    _mark(axes, {name: column[events] for name, column in data.items()})
    _name(axes)
    return figure


def _mark(axes, events):
    """A dot and a number at every event, and the list of the numbers; twins share theirs."""
    names = list(zip(events["series"], events["kind"], np.round(events["a"], 6), strict=True))
    numbers = sorted(set(names), key=lambda name: (name[2], list(SERIES).index(name[0])))
    for name, a, x, y in zip(names, events["a"], events["x"], events["y"], strict=True):
        series, kind, _ = name
        style = {"markersize": 11, "markerfacecolor": "none"} if kind == "TP" else {"markersize": 6}
        for up in phases(series, a, x, y):
            axes.plot(a, up, "o", color=SERIES[series], zorder=5, **style)
            box = {"color": "white", "pad": 0.3, "alpha": 0.8}
            words = {"color": plots.ink(SERIES[series]), "bbox": box, "zorder": 4, "fontsize": 9}
            middle = {"textcoords": "offset points", "ha": "center", "va": "center"}
            text, beside = str(numbers.index(name) + 1), BESIDE[series, kind]
            axes.annotate(text, (a, up), beside, **middle, **words)
    for row, (series, kind, a) in enumerate(numbers):
        words = f"{row + 1}", kind, f"{a:.5g}".replace("-", "\N{MINUS SIGN}")
        for place, text in zip((-0.24, -0.14, 0.03), words, strict=True):
            style = {"color": plots.ink(SERIES[series]), "ha": "right"}
            axes.text(place, 1.5 - 0.125 * row, text, **style)


def _name(axes):
    """What the branches are, at their right ends."""
    for series, up, text in (
        ("equal fixed points", 0.74, "$x=y$"),
        ("equal fixed points", -1.72, "$x=y$"),
        ("unequal fixed points", 0.62, r"$x\neq y$"),
        ("unequal fixed points", -1.86, r"$x\neq y$"),
        ("cycle in phase", -0.25, "in phase"),
        ("cycle out of phase", -0.46, "out of phase"),
        ("unequal cycles", 0.87, "unequal"),
    ):
        axes.text(UPPER + 0.012, up, text, color=plots.ink(SERIES[series]), va="center")


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "bifurcations")


if __name__ == "__main__":
    main()
