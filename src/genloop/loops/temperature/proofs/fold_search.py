r"""The places of the folds of the temperature loop: numbers for proofs, found without proof.

A winner is followed by $\log z$ of the most probable outcome, on its lower root (the winner itself
where it is that): $\log z = \log z_t - \xi$, on a logarithmic scale of the distance $\xi$ from the
turning point, on which all branches are smooth.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ....certificates.balls import ball, flint, precision, rational
from ....certificates.enclosures import decimal
from ....certificates.program import CannotCertify, exact
from .exact_loop import ExactLoop
from .roots import Roots, WinnerBranch

_NEAR, _FAR = -60.0, 6.0
_STEPS, _PIECES, _FINE = 90, 200, 4000
_GRID = 60


@dataclass(frozen=True)
class Evidence:
    """Fields of a document, and the number it is about: a ball, or `None` where there is none."""

    fields: Mapping[str, Any]
    value: Any = None


@dataclass(frozen=True)
class Cover:
    """The branch of a single most probable outcome in pieces, and its turns in order of kappa.

    They are a maximum and a minimum of the real fraction in turn.
    """

    fields: Mapping[str, Any]
    turns: tuple

    @property
    def local(self):
        """The minimum at which the healthy state loses its stability; `None` without any turn."""
        return self.turns[-1] if self.turns else None

    @property
    def fold(self):
        """The largest maximum, `None` without any turn."""
        return largest(self.turns[::2]) if self.turns else None


def largest(values):
    """The largest of several balls, as a ball."""
    return functools.reduce(lambda a, b: a.max(b), values)


def find_local(loop: ExactLoop, digits: int) -> Evidence:
    """Down to where the healthy state is stable."""
    if loop.single:
        cover = covered(loop, digits, flint.ctx.prec)
        return Evidence(cover.fields, cover.local)
    return Evidence({}, Roots(loop).passage())


def find_fold(loop: ExactLoop, index: int, digits: int) -> Evidence:
    """Up to where an outcome of a class can have won."""
    if index == 0 and loop.single:
        cover = covered(loop, digits, flint.ctx.prec)
        return Evidence({"level": index, **cover.fields}, cover.fold)
    found = bracketed(loop, index, digits, flint.ctx.prec)
    return Evidence({"level": index, **found.fields}, found.value)


def find_last_fold(loop: ExactLoop, digits: int) -> Evidence:
    """The largest of all folds: of a single most probable outcome's, and of the next."""
    found = bracketed(loop, int(loop.single), digits, flint.ctx.prec)
    if not loop.single:
        return found
    cover = covered(loop, digits, flint.ctx.prec)
    folds = [found.value, *cover.turns[::2]]
    return Evidence({**cover.fields, **found.fields}, largest(folds))


@functools.lru_cache(8)
def covered(loop: ExactLoop, digits: int, bits: int) -> Cover:
    """Cuts of the branch of a single most probable outcome and brackets of its turns."""
    if sum(count for _, count in loop.classes) == 2:
        return Cover({"cuts": [], "folds": []}, ())
    search = FoldSearch(loop, 0, digits)
    folds = sorted(map(search.around, search.turns()), key=lambda pair: exact(pair[0]))
    fields = {"cuts": _Cuts(search.branch, folds).found(), "folds": folds}
    return Cover(fields, tuple(search.branch.value(*pair) for pair in folds))


@functools.lru_cache(8)
def bracketed(loop: ExactLoop, index: int, digits: int, bits: int) -> Evidence:
    r"""Two $\kappa$ around the fold of a winner, or `end` where its branch rises to its end."""
    search = FoldSearch(loop, index, digits)
    leaders = index == 0 and loop.classes[0][1] == 2
    if leaders and search.rises():
        return Evidence({"bracket": "end"}, search.roots.passage())
    # The two roots of one of two leaders nearly cancel close to the end.
    pair = search.around(search.crossing(_FAR, _NEAR / 3 if leaders else _NEAR))
    return Evidence({"bracket": pair}, search.branch.value(*pair))


class FoldSearch:
    """The turns of the real fraction along the branch of one winner of a class."""

    def __init__(self, loop: ExactLoop, index: int, digits: int):
        self.loop, self.index, self.digits = loop, index, digits
        self.roots = Roots(loop)
        self.branch = WinnerBranch(self.roots, index)

    def rises(self) -> bool:
        """Whether the winner is stable up to the end of its branch."""
        with precision(flint.ctx.prec + 128):
            return FoldSearch(self.loop, self.index, self.digits).imbalance(_NEAR / 3) < 0

    def turns(self) -> list[Fraction]:
        """The turns of the branch of a single most probable outcome."""
        grid = [_NEAR / 2 + (_FAR - _NEAR / 2) * k / _GRID for k in range(_GRID + 1)]
        with precision(max(192, flint.ctx.prec // 2)):
            coarse = FoldSearch(self.loop, self.index, self.digits)
            signs = [coarse.imbalance(position) > 0 for position in grid]
        found = []
        for left, right, before, after in zip(grid, grid[1:], signs, signs[1:], strict=False):
            if before != after:
                found.append(self.crossing(*((left, right) if after else (right, left))))
        return found

    def crossing(self, stable, unstable) -> Fraction:
        """The position of the one turn between two."""
        tolerance = Fraction(1, 10 ** (self.digits // 2 + 6))
        return _crossing(self.imbalance, stable, unstable, tolerance)

    def imbalance(self, position) -> Fraction:
        """The growth of all relative to its size: negative where the winner is stable."""
        log_kappa = self._log_kappa(position).mid()
        losers = self.roots.losers(log_kappa, self.index).growth
        winner = self.roots.winner(log_kappa, self.index).growth
        return rational(((losers + winner) / (losers - winner)).mid())

    def around(self, position) -> list[str]:
        r"""Decimals on both sides of a $\kappa$ at which the stability of the winner changes."""
        kappa = self._log_kappa(position).exp()
        middle, gap = rational(kappa.mid()), (self.roots.end - kappa) / self.roots.end
        # a is flat at the fold: half of its digits are enough, with room for its curvature.
        width = min(rational(gap.mid()), Fraction(1)) * middle / 10 ** (self.digits // 2 + 3)
        for _ in range(12):
            places = len(str(int(middle / width))) + 3
            pair = [decimal(middle + side * width, places) for side in (-1, 1)]
            if self.branch.stability(pair[0]) * self.branch.stability(pair[1]) == -1:
                return pair
            width *= 4
        raise CannotCertify("no change of sign is found around a fold")

    def _log_kappa(self, position):
        r"""$\log \kappa$ at a $\log\xi$."""
        log_z = self.roots.turn - ball(position).exp()
        return log_z + (-(self.roots.excess * log_z).expm1()).log() - self.roots.log_real[0]


class _Cuts:
    """Pieces of a branch in which the stability of the winner, or its direction, is decided."""

    def __init__(self, branch: WinnerBranch, folds):
        self.branch = branch
        self.inside = [(exact(a), exact(b)) for a, b in folds]

    def found(self) -> list[str]:
        """The ends of the pieces, without those of the branch."""
        waiting, cuts = [("0", "end")], []
        while waiting:
            left, right = waiting.pop()
            if self._decided(left, right):
                cuts.append(right)
                continue
            if len(waiting) + len(cuts) > _PIECES:
                raise CannotCertify(
                    "the branch of the most probable outcome is too close to a cusp: its folds "
                    f"cannot be counted with {_PIECES} pieces"
                )
            middle = self._middle(left, right)
            waiting += [(middle, right), (left, middle)]
        return cuts[:-1]

    def _decided(self, left, right) -> bool:
        (low, high), (least, most) = self.branch.bounds(left, right)
        if low > 0 or high < 0:
            return True
        if not (least > 0 or most < 0) or left == "0" or right == "end":
            return False
        return self.branch.stability(left) != 0 and self.branch.stability(right) != 0

    def _middle(self, left, right) -> str:
        begin = exact(left)
        end = rational(self.branch.roots.end.mid()) if right == "end" else exact(right)
        middle = (begin + end) / 2
        for a, b in self.inside:
            # No cut inside a bracket.
            if a <= middle <= b:
                middle = (begin + a) / 2 if a - begin > end - b else (b + end) / 2
        return decimal(middle, len(str(int(middle / (end - begin)))) + 6)


def _crossing(excess: Callable, below, above, tolerance: Fraction) -> Fraction:
    """The zero of a function that is negative at `below` and positive at `above`.

    False position with halved ordinates (Illinois), in exact abscissas: doubles would end too soon.
    """
    left, right = Fraction(below), Fraction(above)
    low, high, side, last = Fraction(-1), Fraction(1), 0, None
    for _ in range(_STEPS):
        middle = left - low / (high - low) * (right - left)
        middle = Fraction(round(middle * 2**_FINE), 2**_FINE)
        if last is not None and abs(middle - last) < tolerance:
            return middle
        value, last = excess(middle), middle
        if value > 0:
            right, high, low, side = middle, value, low / 2 if side > 0 else low, 1
        else:
            left, low, high, side = middle, value, high / 2 if side < 0 else high, -1
    return last
