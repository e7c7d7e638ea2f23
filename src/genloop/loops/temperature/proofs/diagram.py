r"""A phase diagram of two outcomes in which every cell is proved or left open."""

import dataclasses
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ....certificates.balls import need_flint
from ....certificates.certificate import Certificate, collected
from ....certificates.enclosures import Enclosure
from ....certificates.program import exact
from ....files import write
from ....printing import readable
from .exact_loop import ExactLoop
from .thresholds import certify_unique

_DIGITS = 8


@readable
@dataclasses.dataclass(frozen=True)
class CertifiedPhase:
    r"""Cells of temperature and real fraction with the number of attractors that is proved there.

    `temperature`, `real_fraction`: lower and upper ends, `(n, 2)`, the doubles next to the exact
    ones; `attractors` `(n,)`: 1 or 2, and 0 where nothing is proved. A claim is about all
    temperatures and all positive real fractions of a cell. `folds` maps the temperatures at the
    edges to the certificate of the last fold there, from which the claims follow; `save` writes
    them.

    ```python
    phase = gl.loops.temperature.certified_phase(["3", "2"], refinements=2)
    phase.attractors.max()  # 2
    ```
    """

    temperature: np.ndarray
    real_fraction: np.ndarray
    attractors: np.ndarray
    folds: dict[Fraction, Certificate]

    @property
    def area(self) -> np.ndarray:
        """The area of every cell, `(n,)`."""
        return np.ptp(self.temperature, axis=1) * np.ptp(self.real_fraction, axis=1)

    @property
    def proved(self) -> float:
        """The share of the area in which the number of attractors is proved."""
        return float(self.area[self.attractors > 0].sum() / self.area.sum())

    def save(self, path: str | Path) -> None:
        """Write the documents of all folds as one, for `genloop certify-check`."""
        named = {f"T = {temperature}": fold for temperature, fold in self.folds.items()}
        write(path, collected(named).encode())

    def at(self, temperature: float, real_fraction: float) -> int:
        """The number of attractors that is proved at a point; 0 if it is open or outside."""
        columns = (self.temperature, temperature), (self.real_fraction, real_fraction)
        inside = [(ends[:, 0] <= x) & (x <= ends[:, 1]) for ends, x in columns]
        found = self.attractors[inside[0] & inside[1]]
        return int(found.max(initial=0))


def certified_phase(
    real: Any,
    *,
    temperature: tuple[Any, Any] = ("0.05", "1.05"),
    real_fraction: tuple[Any, Any] = ("0", "1"),
    refinements: int = 9,
) -> CertifiedPhase:
    r"""The number of attractors of a loop of two outcomes, proved cell by cell.

    The last fold $a_*(T)$ falls with the temperature, so that its enclosures at both sides of a
    cell decide the cell: one attractor where $a > a_*$ at the colder side, two where $a < a_*$ at
    the warmer one; and one attractor from $T = 1$ on [HD-7].
    Cells that stay open are halved both ways, `refinements` times at most. `real` and the ends are
    exact as in `certify_thresholds`. Raises `ValueError` unless there are two outcomes and both
    ranges go up in $T > 0$ and $0 \le a \le 1$.

    ```python
    phase = gl.loops.temperature.certified_phase(["3", "2"], refinements=2)
    phase.attractors.max()  # 2
    ```
    """
    need_flint()
    loop = ExactLoop.of(real, "1")
    if sum(count for _, count in loop.classes) != 2:
        raise ValueError("a certified diagram is of two outcomes; give two weights.")
    (t0, t1), (a0, a1) = ([exact(end) for end in ends] for ends in (temperature, real_fraction))
    if not (0 < t0 < t1 and 0 <= a0 < a1 <= 1):
        raise ValueError(
            "the ranges must go up, with positive temperatures and fractions in [0, 1]."
        )
    folds = _Folds(loop)
    waiting, cells = [(t0, t1, a0, a1, 0)], []
    while waiting:
        *cell, depth = waiting.pop()
        found = folds.attractors(*cell)
        if found or depth == refinements:
            cells.append((*map(float, cell), found))
            continue
        t, a = (cell[0] + cell[1]) / 2, (cell[2] + cell[3]) / 2
        for low, high in ((cell[0], t), (t, cell[1])):
            waiting += [(low, high, cell[2], a, depth + 1), (low, high, a, cell[3], depth + 1)]
    table = np.array(cells)
    return CertifiedPhase(table[:, :2], table[:, 2:4], table[:, 4].astype(int), folds.known)


class _Folds:
    """Certificates of the last fold at temperatures, each made once."""

    def __init__(self, loop: ExactLoop):
        self.loop, self.known = loop, {}

    def attractors(self, coldest, warmest, least, most) -> int:
        """1 or 2 where it is the same in the whole cell, and 0."""
        if coldest >= 1:
            return 1
        if warmest < 1 and most < self.at(warmest).lower:
            return 2
        return int(least > self.at(coldest).upper)

    def at(self, temperature: Fraction) -> Enclosure:
        if temperature not in self.known:
            loop = dataclasses.replace(self.loop, temperature=str(temperature))
            self.known[temperature] = certify_unique(loop, digits=_DIGITS)
        found = self.known[temperature]
        # What is not proved lies between 0 and 1, which leaves the cells open.
        return found.parameter if found.proved else Enclosure("1/2", "1/2")
