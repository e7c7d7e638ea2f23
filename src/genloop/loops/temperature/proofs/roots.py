r"""Fixed points of a temperature loop in many digits: numbers for proofs, found without proof.

The checker evaluates closed forms in $w = z^{b-1}$ with balls whose ends are tested. Here every
outcome is its multiplier $d = b z^{b-1}$ [HD-8]; its root of $z - z^b = \kappa r$ is sought in
$s = (b - 1) \log z$, and everything else are derivatives of it: $z' = r/(1 - d)$ gives

$$\kappa \frac{\mathrm d \log a}{\mathrm d\kappa} = 1 - \kappa \frac{\sum_j z'_j}{\sum_j z_j}
= -\Big(1 - \frac1b\Big) \frac{\sum_j g_j}{\sum_j z_j}, \qquad g_j = \frac{z_j d_j}{1 - d_j},
\qquad g'_j = \frac{r_j d_j (b - d_j)}{(1 - d_j)^3}.$$

The *growth* $g$ of a winner ($d > 1$) is negative, that of all others positive; their sum is
negative where the winner is stable. Radii are guessed from rounding: they tell what is open.
"""

import math
from dataclasses import dataclass
from typing import Any

from ....certificates.balls import ball, flint
from ....certificates.program import CannotCertify, exact
from .exact_loop import ExactLoop

_STEPS, _FLOAT_STEPS = 80, 200


@dataclass(frozen=True)
class Sums:
    r"""Sums over outcomes at one $\kappa$: of the roots, of their growth $g$ and of $g'$."""

    roots: Any
    growth: Any
    change: Any


class Roots:
    r"""The outcomes of one loop at the precision at which this was made.

    `turn` is $\log z$ at the turning point $d = 1$, `end` the largest $\kappa$, where the most
    probable outcomes reach it; both for $T < 1$ only.
    """

    def __init__(self, loop: ExactLoop):
        temperature = exact(loop.temperature)
        self.temperature, self.cold = temperature, loop.cold
        self.sharpness, self.excess = ball(1 / temperature), ball(1 / temperature - 1)
        self.rate = float(1 / temperature - 1)
        self.values = [value for value, _ in loop.classes]
        self.counts = [count for _, count in loop.classes]
        self.real = [ball(value) for value in self.values]
        self.log_real = [real.log() for real in self.real]
        self.rounding = flint.arb(2) ** (3 - flint.ctx.prec)
        if self.cold:
            self.turn = ball(temperature).log() / self.excess
            self.log_top = self.turn + ball(1 - temperature).log()
            # Of log(z - z^b) at its maximum over s: the distance at which it has fallen by a half.
            self.width = ball((1 - temperature) ** 2 / temperature).sqrt()
            self.end = (self.log_top - self.log_real[0]).exp()

    def root(self, log_y, *, upper: bool = False):
        r"""$\log z$ and $d$ of the root of $z - z^b = y$ with $d < 1$, or `upper` $d > 1$."""
        s = self._start(log_y, upper).mid()
        for _ in range(_STEPS):
            rest = -s.expm1()
            terms = s / self.excess, rest.log(), log_y
            excess = (terms[0] + terms[1] - terms[2]).mid()
            slope = (1 / self.excess - (1 - rest) / rest).mid()
            error = self.rounding * (1 + sum(map(abs, terms))) + log_y.rad()
            if not abs(excess) > error or not slope.is_finite() or slope == 0:
                break
            s = (s - excess / slope).mid()
        s += flint.arb(0, ((abs(excess) + 2 * error) / abs(slope)).abs_upper())
        multiplier = self.sharpness * s.exp()
        if not (multiplier > 1 if upper else multiplier < 1):
            raise CannotCertify("a fold lies too close to the turning point")
        return s / self.excess, multiplier

    def _start(self, log_y, upper):
        r"""About $s$: by a parabola at the turning point, elsewhere by Newton's method in doubles.

        $\log(z - z^b)$ is concave in $s$, so that the steps go one way from where it is too small.
        """
        if not self.cold:
            y = math.exp(min(float(log_y), 700.0)) / -self.rate
            return self._stepped(self.rate * max(float(log_y), y / (1 + y)), log_y)
        gap = (self.log_top - log_y).mid()
        apart = (2 * abs(gap)).sqrt() * self.width
        if gap < 1e-6 and apart < 1e-3:
            return self.turn * self.excess + (apart if upper else -apart)
        start = (-log_y.exp()).log1p() if upper else self.excess * log_y
        return self._stepped(float(start), log_y) if gap > 1e-6 and start < -1e-30 else start

    def _stepped(self, s: float, log_y):
        """Newton's method in doubles from where the logarithm is too small."""
        for _ in range(_FLOAT_STEPS):
            rest = -math.expm1(s)
            slope = 1 / self.rate - (1 - rest) / rest
            step = (s / self.rate + math.log(rest) - float(log_y)) / slope
            s -= step
            if abs(step) <= 1e-14 * abs(s):
                break
        return flint.arb(s)

    def losers(self, log_kappa, winner: int | None = None, *, end: bool = False) -> Sums:
        """Everybody but one winner of a class; at the `end` all but the most probable outcome."""
        roots, growth, change = flint.arb(0), flint.arb(0), flint.arb(0)
        for index, count in enumerate(self.counts):
            count -= index == winner
            if count and not (end and index == 0):
                z, g, slope = self._outcome(index, *self.root(log_kappa + self.log_real[index]))
                roots, growth = roots + count * z, growth + count * g
                change += count * slope
        return Sums(roots, growth, change)

    def winner(self, log_kappa, index: int) -> Sums:
        """One outcome of a class on its upper root."""
        root = self.root(log_kappa + self.log_real[index], upper=True)
        return Sums(*self._outcome(index, *root))

    def _outcome(self, index, log_z, d):
        """A root, its growth and the change of it."""
        z, rest = log_z.exp(), 1 - d
        return z, z * d / rest, self.real[index] * d * (self.sharpness - d) / rest**3

    def passage(self):
        """The real fraction at which the most probable outcomes reach the turning point."""
        return self.end / (self.counts[0] * self.turn.exp() + self._others())

    def _others(self):
        others = zip(self.counts[1:], self.log_real[1:], strict=True)
        log_end = self.log_top - self.log_real[0]
        return sum((n * self.root(log_end + r)[0].exp() for n, r in others), flint.arb(0))

    def ratios(self, share) -> list:
        r"""All $x_j/x_1$ where $q = 1 - a r_1/x_1$ of the most probable outcomes is given."""
        own = ball(share).log() / self.excess
        log_kappa = own + ball(1 - share).log() - self.log_real[0]
        others = [self.root(log_kappa + real)[0] - own for real in self.log_real[1:]]
        return [flint.arb(1), *(other.exp() for other in others)]

    def healthy(self, share):
        r"""$a$ and all probabilities on the branch of the most probable outcomes, by $q$."""
        ratios = self.ratios(share)
        total = sum((n * z for n, z in zip(self.counts, ratios, strict=True)), flint.arb(0))
        return ball(1 - share) / (self.real[0] * total), [z / total for z in ratios]


class WinnerBranch:
    r"""The branch of one winner of a class: what was evaluated at $\kappa$, given as text."""

    def __init__(self, roots: Roots, index: int):
        self.roots, self.index, self.known = roots, index, {}

    def at(self, text: str) -> tuple[Sums, Sums]:
        """The losers and the winner at a decimal, at `0` or, of a single leader, at the `end`."""
        if text not in self.known:
            self.known[text] = self._evaluated(text)
        return self.known[text]

    def _evaluated(self, text):
        roots, zero = self.roots, flint.arb(0)
        if text == "0":
            # One outcome has everything: g = d/(1 - d) with d = b.
            return Sums(zero, zero, zero), Sums(zero + 1, -roots.sharpness / roots.excess, zero)
        if text == "end":
            infinite = flint.arb.neg_inf()
            log_end = roots.log_top - roots.log_real[0]
            leader = Sums(roots.turn.exp(), infinite, infinite)
            return roots.losers(log_end, self.index, end=True), leader
        log_kappa = ball(text).log()
        return roots.losers(log_kappa, self.index), roots.winner(log_kappa, self.index)

    def stability(self, text: str) -> int:
        """1 where the winner is stable, -1 where it is not, 0 where that is not decided."""
        losers, winner = self.at(text)
        growth = losers.growth + winner.growth
        return 1 if growth < 0 else -1 if growth > 0 else 0

    def bounds(self, left: str, right: str):
        r"""Bounds of $\sum_j g_j$ and of $\sum_j g'_j$ between two $\kappa$.

        $g$ and $g'$ of the losers rise with $\kappa$, those of the winner fall.
        """
        (losers, winner), (more_losers, less_winner) = self.at(left), self.at(right)
        low = losers.growth + less_winner.growth, losers.change + less_winner.change
        high = more_losers.growth + winner.growth, more_losers.change + winner.change
        return (low[0], high[0]), (low[1], high[1])

    def value(self, left: str, right: str):
        r"""$a$ between two $\kappa$ around a turn, with the room that the bounds leave for it."""
        (low, high), _ = self.bounds(left, right)
        losers, winner = self.at(left)
        ratio, size = ball(exact(right) / exact(left)).log(), losers.roots + winner.roots
        steep = self.roots.excess / self.roots.sharpness * abs(low).max(abs(high)) / size
        fraction = ball(left) / size
        return fraction + flint.arb(0, (steep * ratio * fraction).abs_upper())
