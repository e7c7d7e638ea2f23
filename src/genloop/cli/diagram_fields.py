"""The fields of a phase diagram, as data and as a picture."""

import csv
import io
from pathlib import Path

import equinox as eqx
import numpy as np

from .. import plots
from ..models import Categorical
from ..papers.marchi2024 import Phase
from . import inputs, resources
from .document import verdicts

REGIONS = {
    "one": "one end, without a winner",
    "winner": "one end, won by one outcome",
    "either": "with or without a winner, by the first model",
    "winners": "which outcome wins depends on the first model",
    "unresolved": "not resolved",
}
_COLOURS = ("#cfe3f1", "#e8b36b", "#7fae8a", "#8c3b3b", "#ffffff")
_SAME = 1e-6
_DISTURBANCE = 1e-6
_LEAST, _NUMBERS = 16, 2**22
"""The least points, and the most numbers in their states (32 MiB), that are solved together."""
_COPIES, _POINT, _OPERATIONS = 12, 2000, 1000
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
    measures = [eqx.filter_jit(Phase(real, start)) for start in starts]
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
    return Categorical(won, real.origin)


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


def _picture(result: dict, kind: str) -> bytes:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    codes = np.vectorize(list(REGIONS).index)(np.array(result["region"]))
    grid = (result["temperature"], result["real_fraction"])
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 4.4), layout="constrained", sharey=True)
    mesh = {"shading": "nearest", "rasterized": True}
    colours = ListedColormap(_COLOURS)
    axes[0].pcolormesh(*grid, codes.T, cmap=colours, vmin=0, vmax=len(REGIONS) - 1, **mesh)
    present = [
        Patch(color=_COLOURS[code], label=text)
        for code, text in enumerate(REGIONS.values())
        if (codes == code).any()
    ]
    axes[0].legend(handles=present, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=7)
    change = result["fields"]["total_variation"]
    shades = axes[1].pcolormesh(*grid, change.T, cmap="viridis", vmin=0, vmax=1, **mesh)
    figure.colorbar(shades, ax=axes[1], label="total variation from the real data")
    for panel in axes:
        panel.set_xlabel("temperature")
    axes[0].set_ylabel("real fraction")
    axes[1].set_title(plots.text(Path(result["input"]["source"]).name), fontsize=9)
    drawn = io.BytesIO()
    with plots.any_letters():
        figure.savefig(drawn, format=kind, dpi=150)
    plt.close(figure)
    return drawn.getvalue()
