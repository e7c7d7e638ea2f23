"""The fields of a phase diagram, as data and as a picture."""

import csv
import io
from pathlib import Path

import equinox as eqx
import numpy as np

from .. import plots
from ..loops.temperature import branches, folds
from ..models import Categorical
from ..papers import marchi2024
from . import inputs, resources
from .document import verdicts

REGIONS = {
    "one": "one end, without a winner",
    "winner": "one end, won by one outcome",
    "either": "with or without a winner, by the first model",
    "winners": "which outcome wins depends on the first model",
    "unresolved": "not resolved",
}
CURVES = {
    "unique": "the last fold: above it, one end whatever came first",
    "winner": "below it, a loop from the real data is won by one outcome",
}
_DASHES = {"unique": "-", "winner": (0, (3, 2))}
_CURVE_POINTS = 31
_COLOURS = ("#cfe3f1", "#e8b36b", "#7fae8a", "#8c3b3b", "#ffffff")
_SAME = 1e-6
_DISTURBANCE = 1e-6
_LEAST, _NUMBERS = 16, 2**22
"""The least points, and the most numbers in their states (32 MiB), that are solved together."""
_COPIES, _POINT, _OPERATIONS = 12, 2000, 2000
"""Arrays of the size of the states that are held at once; bytes that a point takes in the document;
operations that a number of a state costs, three times about a hundred iterations."""


def solve(real: Categorical, temperatures, fractions, show) -> dict[str, np.ndarray]:
    """The ends of the loop from three first models; the fields are those of the first one.

    It starts at the real data with the smallest disturbance, which leaves states that are unstable
    by symmetry. Folds are ordered like the real probabilities [HD-9], so besides it only states
    that one of the two most probable outcomes has nearly won have to be tried.
    """
    axes = np.meshgrid(temperatures, fractions, indexing="ij")
    points = dict(zip(("temperature", "real_fraction"), map(np.ravel, axes), strict=True))
    starts = [_won(real, *start) for start in ((0, _DISTURBANCE), (0, 0.999), (1, 0.999))]
    measures = [eqx.filter_jit(marchi2024.Phase(real, start)) for start in starts]
    count, block = axes[0].size, _block(real, axes[0].size)
    pieces = []
    for begin in range(0, count, block):
        # One compiled shape serves all blocks.
        place = np.minimum(np.arange(begin, begin + block), count - 1)
        here = {name: values[place] for name, values in points.items()}
        ends = []
        for index, measure in enumerate(measures):
            show(100 * (begin + index * block / 3) / count)
            ends.append({name: np.asarray(field) for name, field in measure(**here).items()})
        pieces.append(ends[0] | {"region": _regions(ends)})
    joined = lambda name: np.concatenate([piece[name] for piece in pieces])[:count]
    return {name: joined(name).reshape(axes[0].shape) for name in pieces[0]}


def _block(real: Categorical, count: int) -> int:
    """How many points are solved together.

    Raises `InputError` E121 where that, or the table of all points, is more than the machine has.
    """
    block = min(count, max(_LEAST, _NUMBERS // real.outcomes))
    resources.check(
        f"a diagram of {count:,} points of {real.outcomes:,} outcomes",
        size=8 * _COPIES * block * real.outcomes + _POINT * count,
        steps=_OPERATIONS * count * real.outcomes,
        remedy="ask for fewer steps of --temperature and --real-fraction, or give fewer outcomes",
    )
    return block


def _won(real: Categorical, rank: int, share: float) -> Categorical:
    """The real data with a share of everything moved to the outcome of this rank."""
    probabilities = np.asarray(real.probabilities)
    won = (1 - share) * probabilities
    won[np.argsort(-probabilities, kind="stable")[rank]] += 1 - won.sum()
    return Categorical(won, real.read_from)


def _regions(ends: list[dict]) -> np.ndarray:
    """Index into `REGIONS`: whether the ends are the same, and whether the first has a winner."""
    first, *others = ends
    alone = np.ones(first["branch"].shape, dtype=bool)
    for end in others:
        near = np.abs(end["total_variation"] - first["total_variation"]) < _SAME
        # Exchanging equally probable outcomes leaves the distance, but not the winner.
        alone &= near & ((end["winner"] == first["winner"]) | (end["branch"] == 0))
    unresolved = np.any([end["branch"] == 2 for end in ends], axis=0)
    region = np.minimum(first["branch"], 1) + np.where(alone, 0, 2)
    return np.where(unresolved, 4, region)


def curves(real: Categorical, temperatures) -> dict[str, list[float]] | None:
    """The real fractions that divide the regions, in closed form, by the temperature.

    None where there are no such curves: from temperature one on, and with outcomes that the real
    data have not. NaN where a fold was not resolved.
    """
    edges = _edges(temperatures)
    coldest, hottest = max(edges[0], 0.5 * temperatures[0]), min(edges[-1], 1.0)
    if coldest >= 1 or float(np.min(real.probabilities)) < np.finfo(float).tiny:
        return None
    along = np.linspace(coldest, hottest, _CURVE_POINTS).tolist()
    rows = [_dividing(real, temperature) if temperature < 1 else (0, 0) for temperature in along]
    unique, winner = np.array(rows, dtype=float).T
    return {"temperature": along, "unique": unique, "winner": winner}


def _dividing(real, temperature) -> tuple[float | None, float | None]:
    """Where the last fold is, and where the branch of the real data comes to have a winner."""
    unique = marchi2024.unique_threshold(real, temperature=temperature).value
    local = marchi2024.local_threshold(real, temperature=temperature)
    if local.status != "does not apply":
        return unique, local.value
    classes, won = branches.ProbabilityClasses.of(real), folds.middle_logit(temperature)
    return unique, folds.real_fraction_at(classes, temperature, 0, won)


def summary(real, temperatures, fractions, fields) -> dict:
    """The result of the command: axes, fields (rows are temperatures) and shares of the regions."""
    region = fields["region"]
    kept = fields["effective_vocabulary"] / inputs.effective_vocabulary(real.probabilities)
    regions = list(REGIONS)
    names = ("spectral_radius", "residual", "total_variation", "effective_vocabulary")
    stable = verdicts(fields["stable"], fields["stable"] | fields["unstable"])
    return {
        "input": inputs.described(real),
        "temperature": temperatures,
        "real_fraction": fractions,
        "shares": {name: float((region == code).mean()) for code, name in enumerate(regions)},
        "region": [[regions[code] for code in row] for row in region],
        "fields": {name: fields[name] for name in names}
        | {"stable": stable, "vocabulary_kept": kept},
        "curves": curves(real, temperatures),
    }


def content(out: str, result: dict) -> bytes:
    """The diagram in the format that the name asks for."""
    suffix = Path(out).suffix.lower()
    formats = {".csv": _csv, ".npz": _npz}
    return formats[suffix](result) if suffix in formats else _picture(result, suffix[1:])


def _columns(result: dict) -> dict[str, np.ndarray]:
    axes = np.meshgrid(result["temperature"], result["real_fraction"], indexing="ij")
    fields = {"temperature": axes[0], "real_fraction": axes[1]}
    return fields | result["fields"] | {"region": np.array(result["region"])}


def _csv(result: dict) -> bytes:
    columns = {name: np.ravel(field).tolist() for name, field in _columns(result).items()}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def _npz(result: dict) -> bytes:
    content = io.BytesIO()
    # One, zero, and NaN where it is undecided: an archive of numbers has no null.
    columns = _columns(result)
    columns |= {"stable": columns["stable"].astype(float)}
    np.savez_compressed(content, **columns)
    return content.getvalue()


def _edges(values) -> np.ndarray:
    """The ends of the cells around evenly spaced numbers; a number alone has a cell as well."""
    half = 0.5 * (values[-1] - values[0]) / max(len(values) - 1, 1) or 0.1 * values[0]
    return np.append(np.asarray(values) - half, values[-1] + half)


def _picture(result: dict, kind: str) -> bytes:
    from matplotlib.colors import ListedColormap

    codes = np.vectorize(list(REGIONS).index)(np.array(result["region"]))
    grid = _edges(result["temperature"]), np.clip(_edges(result["real_fraction"]), 0, 1)
    mesh = {"shading": "flat", "rasterized": True}
    drawn = io.BytesIO()
    with plots.style(), plots.any_letters():
        figure, panels = plots.canvas(height=4.6, columns=2)
        limits = {"vmin": 0, "vmax": len(REGIONS) - 1, "cmap": ListedColormap(_COLOURS)}
        panels[0].pcolormesh(*grid, codes.T, **limits, **mesh)
        change = np.array(result["fields"]["total_variation"], dtype=float)
        # Up to the next tenth, so that small changes are seen as well.
        most = max(np.ceil(10 * np.nan_to_num(change).max()) / 10, 0.1)
        shades = panels[1].pcolormesh(*grid, change.T, cmap="viridis", vmin=0, vmax=most, **mesh)
        figure.colorbar(shades, ax=panels[1], label="total variation from the real data")
        for panel in panels:
            panel.set(xlim=grid[0][[0, -1]], ylim=grid[1][[0, -1]], xlabel="temperature $T$")
        panels[0].set_ylabel("real fraction $a$")
        _draw_curves(panels, result["curves"])
        source, outcomes = Path(result["input"]["source"]).name, result["input"]["outcomes"]
        figure.suptitle(f"{plots.text(source)}, {outcomes:,} outcomes", size=10)
        handles = [*_patches(codes), *panels[0].lines]
        figure.legend(handles=handles, loc="outside lower left", fontsize=8.5)
        figure.savefig(drawn, format=kind)
    return drawn.getvalue()


def _patches(codes) -> list:
    """What the colours of the regions mean that are there."""
    from matplotlib.patches import Patch

    return [
        Patch(facecolor=_COLOURS[code], edgecolor=plots.GREY, linewidth=0.5, label=text)
        for code, text in enumerate(REGIONS.values())
        if (codes == code).any()
    ]


def _draw_curves(panels, found: dict | None) -> None:
    """The dividing curves over both panels: black, with a light rim to be seen on every colour."""
    from matplotlib.patheffects import Normal, Stroke

    rim = [Stroke(linewidth=2.6, foreground="white"), Normal()]
    for name in CURVES if found is not None else ():
        for panel in panels:
            look = {"color": plots.BLACK, "linestyle": _DASHES[name], "path_effects": rim}
            line = found["temperature"], found[name]
            panel.plot(*line, linewidth=1.3, label=CURVES[name], **look)
