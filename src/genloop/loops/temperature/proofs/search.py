r"""Where the folds of the temperature loop lie: numbers for proofs, found without proof.

A winner is followed by $z$, the lower root of the most probable outcome (the winner itself where it
is that): $\kappa = (z - z^b)/r_1$ and $z = z_t e^{-\xi}$, on a logarithmic scale of the distance
$\xi$ from the turning point $z_t$, on which all branches are smooth.
"""

from collections.abc import Callable
from fractions import Fraction

from ....certificates.balls import ball, flint, precision, rational
from ....certificates.enclosures import decimal
from ....certificates.program import CannotCertify, exact
from ....checker.temperature import Branch, Loop, Rejected, distance, fold_share, piece

_NEAR, _FAR = -60.0, 6.0
_STEPS, _PIECES, _FINE = 90, 200, 4000
_GRID, _SHARES = 60, 3000


class Search:
    """A loop in balls, searched with their centres."""

    def __init__(self, loop: Loop):
        self.loop = loop

    def bracket(self, level: int, digits: int) -> list[str] | str:
        r"""Two $\kappa$ around the fold of a winner, or `end` where its branch rises to its end."""
        loop = self.loop
        balance = lambda position: self._balance(level, position)
        if level == 0 and loop.counts[0] == 2 and Branch(loop, 0).rises():
            return "end"
        # The two roots of one of two leaders nearly cancel close to the end.
        near = _NEAR / 3 if level == 0 and loop.counts[0] == 2 else _NEAR
        position = _crossing(balance, _FAR, near, _tolerance(digits))
        return self._around(level, position, digits)

    def cover(self, digits: int) -> dict:
        """Cuts of the branch of a single most probable outcome and brackets of its turns."""
        if sum(self.loop.counts) == 2:
            return {"cuts": [], "folds": []}
        turns = self._turns(digits)
        folds = [self._around(0, position, digits) for position in turns]
        cuts = _Cuts(Branch(self.loop, 0), folds).found()
        return {"cuts": cuts, "folds": sorted(folds, key=lambda pair: exact(pair[0]))}

    def missed(self, loop, measure: str, goal: str, digits: int) -> dict:
        """Two shares between which a goal is missed, or how far the branch keeps it."""
        if exact(loop.temperature) == 1:
            return {"bracket": "never"}
        balls, limit = self.loop, exact(loop.temperature) if loop.cold else Fraction(1)
        level = ball(goal)
        level = -level.log() if measure == "vocabulary" else level
        reach = lambda q: distance(balls, balls.healthy(q)[1], measure) - level
        # Exactly at T = q the leaders reach the turning point; at q = 1 nothing is real.
        last = limit if loop.cold else 1 - Fraction(1, 2**64)
        if not reach(last) > 0:
            if loop.cold and not loop.single:
                return {"bracket": "end"}
            if not loop.cold:
                return {"bracket": "never"}
            return self._followed(reach, measure, goal, digits)
        lower, upper = _halved(reach, Fraction(0), last, digits)
        return {"bracket": [str(lower), str(upper)]}

    def _followed(self, reach, measure: str, goal: str, digits: int) -> dict:
        """Pieces of the branch that the most probable outcome wins, until a miss or a fold."""
        limit, cover = self.loop.temperature, self.cover(digits)
        evidence = {"measure": measure, "goal": goal, "bracket": "fold", **cover}
        top = 1 - (1 - limit) / 2**20
        if cover["folds"]:
            share = rational(fold_share(self.loop, evidence).upper())
            top = share + (1 - share) / 2**20
        step, missed = (top - limit) / 64, limit
        while missed < top and not reach(missed) > 0:
            missed = min(missed + step, top)
        if not reach(missed) > 0:
            if not cover["folds"]:
                return self._never(limit, top, evidence | {"bracket": "never"})
            return {"shares": self._pieces(limit, top, 0, evidence), "bracket": "fold", **cover}
        lower, upper = _halved(reach, max(limit, missed - step), missed, digits)
        # Close to the miss itself no piece can be shown to meet the goal.
        evidence["bracket"] = [str(lower), str(upper)]
        shares = self._pieces(limit, lower, 100 * (upper - lower), evidence)
        found = {"shares": shares, "bracket": [shares[-1], str(upper)]}
        return found if cover["folds"] else found | cover

    def _never(self, limit, top, evidence) -> dict:
        """A branch without folds on which a goal is met to its end."""
        if evidence["measure"] == "total variation":
            return evidence
        if evidence["measure"] == "divergence":
            # It has no bound where one outcome has all the probability.
            raise CannotCertify(
                f"the goal is met down to a = {float(self.loop.healthy(top)[0]):.1e}, and where "
                "below that it is missed was not looked for"
            )
        return evidence | {"shares": self._pieces(limit, top, 0, evidence)}

    def _pieces(self, here, end, room, evidence) -> list[str]:
        """Ends of pieces in which the goal is met, up to some room before the end."""
        shares, step = [], (end - here) / 4
        most = min(_SHARES, max(_SHARES // 10, 10**5 // len(self.loop.values)))
        while here < end - room:
            if len(shares) > most or step * 2**40 < room + (end - here) / 2**40:
                raise CannotCertify("the branch folds, or nearly, before the goal is missed")
            last = min(_short(here + step, step), end)
            met = self._met(here, last, evidence)
            shares += [str(last)] if met else []
            here, step = (last, 2 * step) if met else (here, step / 2)
        return shares

    def _met(self, first, last, evidence) -> bool:
        """Whether a goal is met in one piece, and there is no fold in it unless one is wanted."""
        try:
            straight = evidence["bracket"] == "fold" or not evidence["folds"]
            return piece(self.loop, first, last, evidence, straight=straight)
        except Rejected:
            return False

    def _kappa(self, position):
        r"""$\kappa$ at a $\log\xi$, as a ball."""
        loop = self.loop
        z = loop.turn * (-ball(position).exp()).exp()
        return z * (1 - z**loop.excess) / loop.ball(loop.values[0])

    def _balance(self, level: int, position) -> Fraction:
        """The relative difference of P and H: negative where the winner is stable."""
        kappa = self._kappa(position).mid()
        try:
            _, pull, _ = self.loop.losers(kappa, level)
            _, own, _ = self.loop.winner(kappa, level)
        except Rejected:
            raise CannotCertify("a fold lies too close to the turning point") from None
        return rational(((pull - own) / (pull + own)).mid())

    def _around(self, level: int, position, digits: int) -> list[str]:
        r"""Decimals on both sides of a $\kappa$ at which B changes its sign."""
        middle = rational(self._kappa(position).mid())
        # a is flat at the fold: half of its digits are enough, with room for its curvature.
        gap = (self.loop.last - self._kappa(position)) / self.loop.last
        width = min(rational(gap.mid()), Fraction(1)) * middle / 10 ** (digits // 2 + 3)
        for _ in range(12):
            places = len(str(int(middle / width))) + 3
            pair = [decimal(middle + side * width, places) for side in (-1, 1)]
            branch = Branch(self.loop, level)
            try:
                if branch.sign(pair[0]) * branch.sign(pair[1]) == -1:
                    return pair
            except Rejected:
                break
            width *= 4
        raise CannotCertify("no change of sign is found around a fold")

    def _turns(self, digits: int) -> list[Fraction]:
        """Where the branch of a single most probable outcome turns."""
        grid = [_NEAR / 2 + (_FAR - _NEAR / 2) * k / _GRID for k in range(_GRID + 1)]
        with precision(max(192, flint.ctx.prec // 2)):
            levels = list(zip(self.loop.values, self.loop.counts, strict=True))
            coarse = Search(Loop(flint, self.loop.temperature, levels))
            signs = [coarse._balance(0, position) > 0 for position in grid]
        balance = lambda position: self._balance(0, position)
        found = []
        for left, right, before, after in zip(grid, grid[1:], signs, signs[1:], strict=False):
            if before != after:
                ends = (left, right) if after else (right, left)
                found.append(_crossing(balance, *ends, _tolerance(digits)))
        return found


class _Cuts:
    """Pieces of a branch in which the sign of B, or its direction, is decided."""

    def __init__(self, branch: Branch, folds):
        self.branch, self.folds = branch, folds
        self.inside = [(exact(a), exact(b)) for a, b in folds]

    def found(self) -> list[str]:
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
        (low, high), (least, most), _ = self.branch.bounds(left, right)
        if low > 0 or high < 0:
            return True
        if not (least > 0 or most < 0) or left == "0" or right == "end":
            return False
        return self.branch.sign(left) != 0 and self.branch.sign(right) != 0

    def _middle(self, left, right) -> str:
        top = rational(self.branch.loop.last.mid())
        begin = Fraction(0) if left == "0" else exact(left)
        end = top if right == "end" else exact(right)
        middle = (begin + end) / 2
        for a, b in self.inside:
            # No cut inside a bracket.
            if a <= middle <= b:
                middle = (begin + a) / 2 if a - begin > end - b else (b + end) / 2
        return decimal(middle, len(str(int(middle / (end - begin)))) + 6)


def _tolerance(digits: int) -> Fraction:
    return Fraction(1, 10 ** (digits // 2 + 6))


def _halved(reach: Callable, lower: Fraction, upper: Fraction, digits: int):
    """Two shares close to where a goal is missed, met at the first and missed at the second."""
    width = Fraction(1, 10 ** (digits + 5))
    while upper - lower > width * max(lower, 1 - upper, width):
        middle = _short((lower + upper) / 2, (upper - lower) / 2)
        lower, upper = (lower, middle) if reach(middle) > 0 else (middle, upper)
    return lower, upper


def _short(number: Fraction, room: Fraction) -> Fraction:
    """A fraction with few bits, nearer to a number than some room."""
    bits = (room.denominator // max(room.numerator, 1)).bit_length() + 4
    return Fraction(round(number * 2**bits), 2**bits)


def _crossing(excess: Callable, below, above, tolerance: Fraction):
    """The zero of a function that is negative at `below` and positive at `above`, as a `Fraction`.

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
