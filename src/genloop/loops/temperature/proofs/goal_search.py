r"""The end of a goal along the healthy state of the temperature loop: numbers for proofs."""

from collections.abc import Mapping
from fractions import Fraction

from ....certificates.balls import ball, flint, rational
from ....certificates.program import CannotCertify, exact
from .exact_loop import ExactLoop
from .fold_search import Evidence, covered, find_local
from .roots import Roots

_SHARES, _STEPS = 3000, 64


def _total_variation(pairs):
    return sum((n * abs(x - r) for n, x, r in pairs), flint.arb(0)) / 2


def _divergence(pairs):
    return sum((n * r * (r / x).log() for n, x, r in pairs), flint.arb(0))


def _change_of_entropy(pairs):
    return abs(sum((n * (r * r.log() - x * x.log()) for n, x, r in pairs), flint.arb(0)))


_DISTANCES = {
    "total variation": _total_variation,
    "divergence": _divergence,
    "vocabulary": _change_of_entropy,
}
MEASURES = tuple(_DISTANCES)
"""Distances of the healthy state from the real probabilities."""


def find_goal(loop: ExactLoop, measure: str, goal: str, digits: int) -> Evidence:
    """Evidence of where a goal is missed first, or that it is kept to the end of the branch."""
    return GoalSearch(loop, measure, goal, digits).found()


class GoalSearch:
    """The branch of the most probable outcomes, followed by $q = 1 - a r_1/x_1$ from $q = 0$."""

    def __init__(self, loop: ExactLoop, measure: str, goal: str, digits: int):
        self.loop, self.roots, self.digits = loop, Roots(loop), digits
        self.asked, self.distance = {"measure": measure, "goal": goal}, _DISTANCES[measure]
        limit = ball(goal)
        self.limit = -limit.log() if measure == "vocabulary" else limit

    def found(self) -> Evidence:
        """The fields of a document and what it encloses."""
        temperature = exact(self.loop.temperature)
        if temperature == 1:
            return self._kept("never")
        # Exactly at q = T the leaders reach the turning point; at q = 1 nothing is real.
        last = temperature if self.loop.cold else 1 - Fraction(1, 2**64)
        if self._missed_at(last):
            return self._between(*self._halved(Fraction(0), last))
        if not self.loop.cold:
            return self._kept("never")
        return self._followed(temperature) if self.loop.single else self._kept("end")

    def _kept(self, bracket: str, fields: Mapping | None = None) -> Evidence:
        """The goal is met as far as the branch goes: to a fold, to its end, or for ever."""
        value = None if bracket == "never" else find_local(self.loop, self.digits).value
        return Evidence({**self.asked, "bracket": bracket, **(fields or {})}, value)

    def _between(self, met: Fraction, missed: Fraction, fields: Mapping | None = None) -> Evidence:
        """The goal is met at one share and missed at another."""
        (high, _), (low, _) = self.roots.healthy(met), self.roots.healthy(missed)
        bracket = [str(met), str(missed)]
        return Evidence({**self.asked, "bracket": bracket, **(fields or {})}, low.union(high))

    def _followed(self, start: Fraction) -> Evidence:
        """The branch on which the single leader has won, until a miss or a fold."""
        cover = covered(self.loop, self.digits, flint.ctx.prec).fields
        folds = cover["folds"]
        top = 1 - (1 - start) / 2**20
        if folds:
            # A share beyond the first fold on the way down from the largest kappa.
            log_y = ball(folds[-1][0]).log() + self.roots.log_real[0]
            _, multiplier = self.roots.root(log_y, upper=True)
            share = rational((multiplier / self.roots.sharpness).upper())
            top = share + (1 - share) / 2**20
        step, last = (top - start) / _STEPS, start
        while last < top and not self._missed_at(last):
            last = min(last + step, top)
        if self._missed_at(last):
            lower, upper = self._halved(max(start, last - step), last)
            # Close to the miss itself no piece can be shown to meet the goal.
            shares = self._pieces(start, lower, 100 * (upper - lower), straight=not folds)
            fields = {"shares": shares} if folds else {"shares": shares, **cover}
            if not shares:
                raise CannotCertify("the goal is missed where the most probable outcome wins")
            return self._between(Fraction(shares[-1]), upper, fields)
        if folds:
            shares = self._pieces(start, top, 0, straight=True)
            return self._kept("fold", {"shares": shares, **cover})
        return self._kept("never", self._to_the_collapse(start, top) | cover)

    def _to_the_collapse(self, start, top) -> dict:
        """Pieces of a branch without folds on which a goal is met to its end."""
        measure = self.asked["measure"]
        if measure == "total variation":
            return {}
        if measure == "divergence":
            # It has no bound where one outcome has all the probability.
            raise CannotCertify(
                f"the goal is met down to a = {float(self.roots.healthy(top)[0]):.1e}, and where "
                "below that it is missed was not looked for"
            )
        return {"shares": self._pieces(start, top, 0, straight=True)}

    def _pieces(self, here, end, room, *, straight: bool) -> list[str]:
        """Ends of pieces in which the goal is met, up to some room before the end."""
        shares, step = [], (end - here) / 4
        most = min(_SHARES, max(_SHARES // 10, 10**5 // len(self.loop.classes)))
        while here < end - room:
            if len(shares) > most or step * 2**40 < room + (end - here) / 2**40:
                raise CannotCertify("the branch folds, or nearly, before the goal is missed")
            last = min(_short(here + step, step), end)
            met = here < last and self._met(here, last, straight=straight)
            shares += [str(last)] if met else []
            here, step = (last, 2 * step) if met else (here, step / 2)
        return shares

    def _met(self, first, last, *, straight: bool) -> bool:
        r"""Whether a goal is met in one piece, and there is no fold in it unless it is `straight`.

        All $x_j/x_1$ fall with $q$, and $a$ falls while $\sum_{j > 1} x_j/x_1\,d_j (q - T)/
        (1 - q d_j) < 1$ where $d_j = b (x_j/x_1)^{b - 1}$.
        """
        roots, counts = self.roots, self.roots.counts
        before, after = roots.ratios(first), roots.ratios(last)
        share, total, bends = ball(last), [flint.arb(0), flint.arb(0)], flint.arb(0)
        for index, (count, more, less) in enumerate(zip(counts, before, after, strict=True)):
            total = [total[0] + count * more, total[1] + count * less]
            if index:
                multiplier = roots.sharpness * (roots.excess * more.log()).exp()
                if not share * multiplier < 1:
                    return False
                gain = (share - ball(roots.temperature)) * multiplier
                bends += count * more * gain / (1 - share * multiplier)
        if not (straight or bends < 1):
            return False
        pairs = zip(before, after, strict=True)
        state = [(less / total[0]).union(more / total[1]) for more, less in pairs]
        return bool(self._distance(state) < self.limit)

    def _distance(self, state):
        return self.distance(list(zip(self.roots.counts, state, self.roots.real, strict=True)))

    def _missed_at(self, share) -> bool:
        return bool(self._distance(self.roots.healthy(share)[1]) > self.limit)

    def _halved(self, lower: Fraction, upper: Fraction) -> tuple[Fraction, Fraction]:
        """Two shares close to where a goal is missed, met at the first and missed at the second."""
        width = Fraction(1, 10 ** (self.digits + 5))
        while upper - lower > width * max(lower, 1 - upper, width):
            middle = _short((lower + upper) / 2, (upper - lower) / 2)
            missed = self._missed_at(middle)
            lower, upper = (lower, middle) if missed else (middle, upper)
        return lower, upper


def _short(number: Fraction, room: Fraction) -> Fraction:
    """A fraction with few bits, nearer to a number than some room."""
    bits = (room.denominator // max(room.numerator, 1)).bit_length() + 4
    return Fraction(round(number * 2**bits), 2**bits)
