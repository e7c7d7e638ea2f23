r"""Fixed points and 2-cycles of two coupled quadratic maps, $x' = a - x^2 + D\,(y - x)$ and $y' =
a - y^2 + D\,(x - y)$ with $D = 0.1$ (Kaneko, Prog. Theor. Phys. 69, 1427, 1983; our $x$ is his
times $a$): solid where stable, dashed where not, both phases of a cycle. LP fold, BP branch point,
TP turning point of the branch born there, PD flip (period doubling), NS Neimark-Sacker."""

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
        return gl.branches_from(coupled, point, LOWER, UPPER, **options)

    begin = {"start": UPPER, "direction": -1, "steps": 200, **STRIDES}
    resting = lambda x, y: gl.branch(coupled, jnp.array([x, y]), LOWER, UPPER, **begin)
    _, points = keep("equal fixed points", resting(0.7, 0.7))
    late, early = (point for point in points if point.kind is gl.BifurcationKind.FLIP)
    keep("unequal fixed points", resting(0.6, -1.8))
    keep("cycle out of phase", *leaving(early))
    branch, points = keep("cycle in phase", *leaving(late))
    row = [point.kind for point in points].index(gl.BifurcationKind.BRANCH_POINT)
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
    for point in sorted(points, key=lambda point: float(point.parameter)):
        kind, a = point.kind.label, float(point.parameter)
        formula = next(expected.get((series, kind), iter(())), np.nan)
        born = gl.normal_form(coupled, point).criticality(point.kind)
        yield series, kind, a, *map(float, point.state), np.nan, born, abs(a - formula)


def draw(data):
    figure, axes = plots.canvas(height=5.6, caption=__doc__)
    events = data["kind"] != ""
    for series, color in SERIES.items():
        rows = (data["series"] == series) & ~events
        a, x, y = (data[name][rows] for name in "axy")
        for up in (x, _next(a, x, y)) if "cycle" in series else (x,):
            options = {"color": color, "linewidth": 1.5}
            plots.stability_line(axes, a, up, data["unstable"][rows] == 0, **options)
        marks = (data["series"] == series) & events
        _mark(axes, color, *(data[name][marks] for name in ("kind", "a", "x", "y")))
    _label(axes)
    return figure


def _next(a, x, y):
    return a - x**2 + D * (y - x)


MARKERS = {"LP": "s", "BP": "o", "TP": "D", "PD": "^", "NS": "*"}


def _mark(axes, color, kinds, a, x, y):
    """A marker at every event, at both phases of a cycle."""
    for kind, at, *pair in zip(kinds, a, x, y, strict=True):
        size = {"NS": 11, "TP": 9}.get(kind, 6)
        hollow = "none" if kind == "TP" else "white"
        style = {"markersize": size, "markerfacecolor": hollow, "markeredgecolor": color}
        axes.plot(at, pair[0], MARKERS[kind], zorder=3, **style)


# Where the label of an event stands: series, kind, its number there, and the place.
LABELS = [
    ("equal fixed points", "LP", 0, (-0.29, 0.25)),
    ("equal fixed points", "BP", 0, (-0.29, -1.2)),
    ("unequal fixed points", "TP", 0, (-0.29, -1.45)),
    ("equal fixed points", "PD", 0, (0.42, 0.75)),
    ("equal fixed points", "PD", 1, (0.7, 0.2)),
]


def _label(axes):
    axes.set(xlim=(LOWER, UPPER), ylim=(-2.4, 1.7), xlabel="$a$", ylabel="$x$")


def main(folder=Path(__file__).parent):
    with gl.x64(), plots.style():
        data = compute()
        plots.save(draw(data), data, Path(folder) / "bifurcations")


if __name__ == "__main__":
    main()
