r"""Replays proofs about a temperature loop with python-flint alone: `python temperature.py FILE`.

A loop is a temperature $T$ and real probabilities (`levels`: value and how many outcomes have it),
all exact. With $b = 1/T$ its fixed points have $z_j - z_j^b = \kappa r_j$ and $a = \kappa/\sum_j
z_j$; for $T < 1$ every outcome sits on the lower root $l$, or one, the winner, on the upper root
$u$, or the point is unstable [HD-9]. With $w = z^{b-1}$ and

$$H = \frac{u w_u}{b w_u - 1}, \quad P = \sum_{j \ne i} \frac{l_j w_j}{1 - b w_j}, \qquad
\frac{\mathrm d \log a_i}{\mathrm d \log \kappa} = (b - 1)\,\frac{H - P}{\sum_j z_j},$$

the winner $i$ is stable where $B = H - P > 0$ [HD-8]. $u$ falls and $l, H, P$ and the two terms of
$B' = H' - P'$ rise with $\kappa$, so that values at the ends of an interval bound all between.
What theorems add to the numbers is said in `theory/certificates.md`. It imports nothing of
genloop, and nothing that makes certificates computes with it: its roots and sums are its own.
"""

import hashlib
import json
import re
import sys
from fractions import Fraction

SCHEMA = "genloop/certificate/temperature-loop/1"
MEASURES = {
    "total variation": "a total variation distance from the real probabilities of at most {}",
    "divergence": "a relative entropy of the real probabilities to it of at most {}",
    "vocabulary": "an effective vocabulary (the exponential of the entropy) between {} times the "
    "real one and the inverse multiple",
}
# A claim repeats these texts, so that they must mean to readers what they mean to `Fraction`.
NUMBER = re.compile(r"\+?(\d+(/\d+)?|(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,5})?)", re.ASCII)


# What is not tried: more multiplications of doubles than about a minute's, or endless digits.
MOST_WORK, MOST_DIGITS, DEEPEST = 3e8, 4_300, 50


class Rejected(Exception):
    """The document proves nothing, and why."""


class TooCostly(Rejected):
    """The document is not tried, because of what it would take."""


class Loop:
    """Roots and sums of a loop in balls of the current precision."""

    def __init__(self, flint, temperature, levels):
        self.arb, self.fmpq = flint.arb, flint.fmpq
        self.temperature, self.cold = temperature, temperature < 1
        self.sharpness, self.excess = self.ball(1 / temperature), self.ball(1 / temperature - 1)
        self.noise = flint.arb(2) ** (8 - flint.ctx.prec)
        if 1 / temperature > 10**300:
            raise Rejected("the temperature is below 1e-300")
        self.rate = float(1 / temperature - 1)
        self.values = [value for value, _ in levels]
        self.counts = [count for _, count in levels]
        if self.cold:
            # The maximum of z - z^b: z = T^(T/(1 - T)), where b z^(b - 1) = 1.
            share = self.ball(temperature / (1 - temperature))
            self.turn = self.ball(temperature) ** share
            self.top = self.turn * self.ball(1 - temperature)
            self.last = self.top / self.ball(self.values[0])

    def ball(self, number):
        value = Fraction(number)
        return self.arb(self.fmpq(value.numerator, value.denominator))

    def near(self, y, q, upper):
        """A root of z - q z^b = y in floating point: Newton's method from the safe side."""
        b, flat = 1 + self.rate, (1e-15 * abs(self.rate)) ** 0.5
        z = 1.0 if upper or not self.cold else max(y, 1e-300)
        for _ in range(200):
            w = q * z**self.rate
            slope = 1 - b * w
            if (-slope if upper else slope) <= flat:
                break
            moved = z - (z * (1 - w) - y) / slope
            done = abs(moved - z) <= 1e-15 * z
            z = moved
            if done:
                break
        # Back to the safe side by what rounding may have cost.
        back = 2e-14 / max(abs(slope), flat)
        return z * (1 - back if self.cold != upper else 1 + back)

    def root(self, y, *, q=1, upper=False):
        """A ball with the root of z - q z^b = y of positive (`upper`: negative) slope."""
        arb, q = self.arb, self.arb(q)
        z = arb(self.near(float(y.mid()), float(q.mid()), upper))
        for _ in range(60):
            w = q * z**self.excess
            gap, slope = z * (1 - w) - y, 1 - self.sharpness * w
            step = (gap / slope).mid()
            done = abs(step) <= gap.rad() / abs(slope) * 4 or not step.is_finite()
            if done:
                break
            z = (z - step).mid()
        spread = ((8 * abs(gap) + z * self.noise) / slope).abs_upper()
        low, high = ((z - spread).lower(), (z + spread).upper())
        # The slope has its sign up to the turning point, which no end may pass.
        edge = low if upper == self.cold else high
        slope = 1 - self.sharpness * q * edge**self.excess
        right_side = slope < 0 if upper else slope > 0
        below, above = (end * (1 - q * end**self.excess) - y for end in (low, high))
        if upper:
            below, above = above, below
        if not (right_side and below < 0 and above > 0):
            raise Rejected("a root cannot be separated at this precision")
        return low.union(high)

    def losers(self, kappa, winner=None):
        """`size` Z, `pull` P and `change` P' of all outcomes on the lower root but the winner."""
        size, pull, change = self.arb(0), self.arb(0), self.arb(0)
        end = kappa is self.last
        for place, (value, count) in enumerate(zip(self.values, self.counts, strict=True)):
            count -= place == winner
            if not count:
                continue
            real = self.ball(value)
            z = self.turn if end and not place else self.root(kappa * real)
            w = z**self.excess
            size += count * z
            if end and not place:
                pull = change = self.arb.pos_inf()
                continue
            rest = 1 - self.sharpness * w
            pull += count * z * w / rest
            change += count * real * self.sharpness * w * (1 - w) / rest**3
        return size, pull, change

    def winner(self, kappa, place):
        """`root` u, H and its derivative of a winner of a level."""
        if kappa is self.last and not place:
            return self.turn, self.arb.pos_inf(), self.arb.pos_inf()
        real = self.ball(self.values[place])
        u = self.root(kappa * real, upper=True)
        w = u**self.excess
        rest = self.sharpness * w - 1
        return u, u * w / rest, real * self.sharpness * w * (1 - w) / rest**3

    def shares(self, share):
        r"""All $x_j/x_1$ where $q = 1 - a r_1/x_1$ of the likeliest is given."""
        q = self.ball(share)
        ratios = [self.ball(value / self.values[0]) for value in self.values[1:]]
        return [self.arb(1), *(self.root((1 - q) * ratio, q=q) for ratio in ratios)]

    def healthy(self, share):
        r"""$a$ and all probabilities on the branch of the most probable outcome, by $q$."""
        q, roots = self.ball(share), self.shares(share)
        total = sum((n * z for n, z in zip(self.counts, roots, strict=True)), self.arb(0))
        return (1 - q) / (self.ball(self.values[0]) * total), [z / total for z in roots]


class Branch:
    """The branch of one winner, with what was evaluated on it."""

    def __init__(self, loop, place):
        self.loop, self.place, self.known = loop, place, {}

    def at(self, text):
        """Losers and winner at `kappa`: a number as text, `0` or `end`."""
        if text not in self.known:
            loop = self.loop
            if text == "0":
                zero = loop.arb(0)
                start = (loop.arb(1), 1 / loop.excess, zero)
                self.known[text] = ((zero, zero, zero), start)
            else:
                kappa = loop.last if text == "end" else loop.ball(text)
                if text != "end" and not (kappa > 0 and kappa < loop.last):
                    raise Rejected("a point lies outside the branch")
                self.known[text] = loop.losers(kappa, self.place), loop.winner(kappa, self.place)
        return self.known[text]

    def sign(self, text):
        """The sign of B at a point, 0 where it is not decided."""
        (_, pull, _), (_, own, _) = self.at(text)
        return 1 if own > pull else -1 if own < pull else 0

    def bounds(self, left, right):
        """Bounds of B and of B', and the sum of all roots, between two points."""
        (z1, p1, c1), (u1, h1, g1) = self.at(left)
        (z2, p2, c2), (u2, h2, g2) = self.at(right)
        return (h1 - p2, h2 - p1), (g1 - c2, g2 - c1), (z1 + u2).union(z2 + u1)

    def turn(self, left, right):
        """A ball that contains a at every zero of B between two points."""
        loop, (low, high), _, size = self.loop, *self.bounds(left, right)
        start, stop = loop.ball(left), loop.ball(right)
        (rest, _, _), (own, _, _) = self.at(left)
        slope = loop.excess * low.union(high).union(loop.arb(0)) / size
        change = slope * (stop / start).log()
        return start / (rest + own) * change.union(loop.arb(0)).exp()

    def cover(self, cuts, folds):
        """The turns of a, in order of kappa: (+1 for a maximum, -1 for a minimum; its ball)."""
        points = ["0", *cuts, "end"]
        order = [Fraction(cut) for cut in cuts]
        if any(a >= b for a, b in zip(order, order[1:], strict=False)):
            raise Rejected("the cuts are not in order")
        # B starts at 1/(b - 1) > 0.
        last, open_, turns, waiting = 1, [], [], list(folds)
        for left, right in zip(points, points[1:], strict=False):
            (low, high), (least, most), _ = self.bounds(left, right)
            sign = 1 if low > 0 else -1 if high < 0 else 0
            if not sign:
                open_.append((left, right, 1 if least > 0 else -1 if most < 0 else 0))
                continue
            if open_ and (len({way for *_, way in open_}) > 1 or open_[0][2] == 0):
                raise Rejected("the turns between two cuts are not counted")
            if sign != last:
                turns.append((last, self.bracketed(waiting, open_)))
            last, open_ = sign, []
        if open_ or waiting or last != 1:
            raise Rejected("the branch is not covered to its end")
        return turns

    def bracketed(self, waiting, pieces):
        """The value of a at the one zero of B in these pieces."""
        if not waiting or not pieces:
            raise Rejected("a turn has no bracket")
        left, right = waiting.pop(0)
        first, final = pieces[0][0], pieces[-1][1]
        inside = Fraction(first) <= Fraction(left) < Fraction(right)
        if not inside or not (final == "end" or Fraction(right) <= Fraction(final)):
            raise Rejected("a bracket lies outside its piece")
        if self.sign(left) * self.sign(right) != -1:
            raise Rejected("there is no change of sign in a bracket")
        return self.turn(left, right)

    def fold(self, left, right):
        """The largest a of a winner whose branch rises first and then falls [HD-9]."""
        if not (Fraction(left) < Fraction(right) and self.sign(left) > 0 > self.sign(right)):
            raise Rejected("the fold does not lie between its bounds")
        return self.turn(left, right)

    def rises(self):
        """Whether a rises to the end of the branch of one of two leaders: D(1/a) < 0 there."""
        loop = self.loop
        b, total = loop.sharpness, -loop.ball(loop.values[0]) * loop.ball("4/3")
        total *= (b + 1) / loop.excess
        for value, count in list(zip(loop.values, loop.counts, strict=True))[1:]:
            real = loop.ball(value)
            z = loop.root(loop.last * real)
            w = z**loop.excess
            total += count * loop.excess * w * (z / loop.last) / (1 - b * w)
        return total < 0


def leader_turns(loop, document):
    """The turns of a on the branch of a single leader; of two outcomes it has none."""
    if sum(loop.counts) == 2:
        return []
    return Branch(loop, 0).cover(document["cuts"], document["folds"])


def local(loop, document):
    """The first turn of the healthy branch; nothing where it has none."""
    if loop.counts[0] > 1:
        size, _, _ = loop.losers(loop.last)
        return loop.last / size
    turns = leader_turns(loop, document)
    minima = [value for kind, value in turns if kind < 0]
    return minima[-1] if minima else None


def fold(loop, document, level):
    """The largest real fraction with a stable state that an outcome of a level has won."""
    branch = Branch(loop, level)
    if level == 0 and loop.counts[0] == 1:
        turns = leader_turns(loop, document)
        maxima = [value for kind, value in turns if kind > 0]
        return largest(maxima) if maxima else None
    if document["bracket"] == "end":
        if level or loop.counts[0] != 2 or not branch.rises():
            raise Rejected("the branch is not shown to rise to its end")
        return loop.last / loop.losers(loop.last)[0]
    return branch.fold(*document["bracket"])


def unique(loop, document):
    """The largest of all folds."""
    rival = int(loop.counts[0] == 1)
    found = [fold(loop, document, level) for level in range(rival + 1)]
    return largest([value for value in found if value is not None])


def largest(values):
    """The largest of several balls, as a ball."""
    result = values[0]
    for value in values[1:]:
        result = result.max(value)
    return result


def universal(loop, document, fraction):
    r"""$2 e (\Lambda - b) \Lambda^e - (K - 2)$, $\Lambda = 1/(1 - a)$, which increases [HD-11]."""
    level = 1 / (1 - loop.ball(fraction))
    if level < loop.sharpness:
        return loop.arb(-1)
    left = 2 / loop.excess * (level - loop.sharpness) * level ** (1 / loop.excess)
    return left - (sum(loop.counts) - 2)


def contraction(loop, document, fraction):
    r"""$1 - \kappa$, which increases with the real fraction [HD-10]."""
    odds = loop.ball(Fraction(fraction) / (1 - Fraction(fraction)))
    rarest = [v for v, n in zip(loop.values, loop.counts, strict=True) for _ in range(min(n, 2))][
        -2:
    ]
    half = loop.arb(1)
    for value in rarest:
        half *= 1 + 1 / (odds * loop.ball(value))
    half = half.sqrt()
    return 1 - loop.sharpness * (half - 1) / (half + 1)


def distance(loop, state, measure):
    """The distance of a state from the real probabilities."""
    pairs = [(n, x, loop.ball(r)) for n, x, r in zip(loop.counts, state, loop.values, strict=True)]
    if measure == "total variation":
        return sum((n * abs(x - r) for n, x, r in pairs), loop.arb(0)) / 2
    if measure == "divergence":
        return sum((n * r * (r / x).log() for n, x, r in pairs), loop.arb(0))
    change = sum((n * (r * r.log() - weighted_log(x)) for n, x, r in pairs), loop.arb(0))
    return abs(change)


def weighted_log(x):
    """x log x, also where x reaches down to 0: it falls as long as x < 1/e."""
    top = x.abs_upper()
    return x * x.log() if x > 0 or not top < 0.36 else (top * top.log()).union(0 * x)


def goal_of(loop, document):
    """The distance that is not to be exceeded."""
    goal = loop.ball(document["goal"])
    return -goal.log() if document["measure"] == "vocabulary" else goal


def fidelity(loop, document):
    """The a at which a goal is missed first; distances grow while nobody wins."""
    if document["bracket"] in ("end", "never"):
        return kept(loop, document)
    if document["bracket"] == "fold":
        if not loop.ball(followed(loop, document)) > fold_share(loop, document):
            raise Rejected("the goal is not met up to the fold")
        return local(loop, document)
    met, missed = (Fraction(q) for q in document["bracket"])
    begin = followed(loop, document) if document.get("shares") else 0
    last = loop.temperature if loop.cold and not document.get("shares") else 1
    if not (begin <= met and 0 < met < missed <= last):
        raise Rejected("the bounds are not in order")
    (high, before), (low, after) = loop.healthy(met), loop.healthy(missed)
    reach = [distance(loop, state, document["measure"]) for state in (before, after)]
    if not (reach[0] < goal_of(loop, document) < reach[1]):
        raise Rejected("the goal is not missed between the bounds")
    return low.union(high)


def followed(loop, document):
    r"""The end of a branch that is followed beyond $q = T$, met and without a fold on all of it.

    $x_j/x_1$ falls with $q$, and $a$ falls where $\sum_{j > 1} \zeta_j w_j (b q - 1)/(1 - b q w_j)
    < 1$. The last piece may miss the goal, but has no fold either.
    """
    if not loop.cold or loop.counts[0] > 1:
        raise Rejected("only the branch of a single leader goes on")
    shares = [loop.temperature, *(Fraction(q) for q in document["shares"])]
    final = [Fraction(document["bracket"][1])] if type(document["bracket"]) is list else []
    if final and shares[-1] != Fraction(document["bracket"][0]):
        raise Rejected("the pieces do not reach the bounds")
    ends = [*shares, *final]
    if not ends[-1] < 1:
        raise Rejected("a share is not below one")
    straight = not final or ("cuts" in document and local(loop, document) is None)
    for first, last in zip(ends, ends[1:], strict=False):
        met = piece(loop, first, last, document, straight=straight)
        if not (met or last in final):
            raise Rejected("the goal may be missed before the bounds")
    return shares[-1]


def fold_share(loop, document):
    """A share that the most probable outcome reaches beyond the first fold of its branch."""
    if local(loop, document) is None:
        raise Rejected("there is no fold")
    first = max(document["folds"], key=lambda pair: Fraction(pair[0]))
    return Branch(loop, 0).at(first[0])[1][0] ** loop.excess


def piece(loop, first, last, document, *, straight):
    """Whether the goal is met between two shares, between which the branch has no fold.

    That is shown here, unless the branch is known to be `straight` as far as it is followed.
    """
    if not first < last:
        raise Rejected("the pieces are not in order")
    before, after = loop.shares(first), loop.shares(last)
    steep, bends, sums = loop.sharpness * loop.ball(last), loop.arb(0), [loop.arb(0)] * 2
    for place, (count, z, y) in enumerate(zip(loop.counts, before, after, strict=True)):
        sums = [sums[0] + count * z, sums[1] + count * y]
        w = z**loop.excess
        if place and not steep * w < 1:
            raise Rejected("a piece is too wide")
        bends += count * z * w * (steep - 1) / (1 - steep * w) if place else 0
    if not (straight or bends < 1):
        raise Rejected("the branch may fold before the goal is missed")
    state = [(y / sums[0]).union(z / sums[1]) for z, y in zip(before, after, strict=True)]
    return distance(loop, state, document["measure"]) < goal_of(loop, document)


def kept(loop, document):
    """The point where the leaders part, if the goal is met until then; nothing if it always is."""
    never, goal = document["bracket"] == "never", goal_of(loop, document)
    if loop.cold and never:
        return always(loop, document)
    if never == loop.cold or (loop.cold and loop.counts[0] == 1):
        raise Rejected("the healthy branch does not end here")
    if loop.temperature == 1:
        # The real probabilities are the fixed point at every real fraction.
        return None
    if not (uneven if never else parted)(loop, document, goal):
        raise Rejected("the goal is not met up to the end of the branch")
    return None if never else local(loop, document)


def uneven(loop, document, goal):
    """Whether equal outcomes meet the goal: without real data they become so at T > 1."""
    even = Fraction(1, sum(loop.counts))
    if document["measure"] == "total variation":
        # They are met in the limit only, which may miss the goal by nothing.
        pairs = zip(loop.values, loop.counts, strict=True)
        return sum(n * abs(r - even) for r, n in pairs) <= 2 * Fraction(document["goal"])
    return distance(loop, [loop.ball(even)] * len(loop.counts), document["measure"]) < goal


def parted(loop, document, goal):
    """Whether the state at which several leaders part meets the goal."""
    return distance(loop, loop.healthy(loop.temperature)[1], document["measure"]) < goal


def always(loop, document):
    """Nothing, as the goal is met on a branch without folds, to its end where one has all."""
    if loop.counts[0] > 1 or local(loop, document) is not None:
        raise Rejected("the branch of the healthy state does not go on to its collapse")
    if document["measure"] == "total variation":
        # The leader has no less than is real, so that others lack at most what is theirs.
        met = Fraction(document["goal"]) >= 1 - loop.values[0]
    else:
        roots = loop.shares(followed(loop, document))
        total = sum((n * z for n, z in zip(loop.counts, roots, strict=True)), loop.arb(0))
        # The others fall to zero with what is real.
        state = [(1 / total).union(loop.arb(1)), *(loop.arb(0).union(z) for z in roots[1:])]
        met = distance(loop, state, document["measure"]) < goal_of(loop, document)
    if not met:
        raise Rejected("the goal may be missed before one outcome has all the probability")
    return None


def value_of(loop, document):
    """The ball of what is enclosed, `None` where it does not exist or is decided by signs."""
    kind = document["kind"]
    if kind == "fidelity":
        return fidelity(loop, document)
    if not loop.cold:
        raise Rejected("this claim is about temperatures below one")
    if kind == "fold":
        return fold(loop, document, document["level"])
    return {"local": local, "unique": unique, "one attractor": unique}[kind](loop, document)


def proved(loop, document):
    """Raises `Rejected` unless the numbers of the claim are proved."""
    kind, centre = document["kind"], document["centre"]
    if kind == "neutral" or (kind in ("unique any", "contraction") and centre is None):
        if loop.cold:
            raise Rejected("the temperature is below one")
        return
    ends = centre and [Fraction(centre) + s * Fraction(document["radius"]) for s in (-1, 1)]
    if kind in ("unique any", "contraction"):
        if not loop.cold or not 0 < ends[0] < ends[1] < 1:
            raise Rejected("this claim is about temperatures below one and fractions in (0, 1)")
        excess = universal if kind == "unique any" else contraction
        if not (excess(loop, document, ends[0]) < 0 < excess(loop, document, ends[1])):
            raise Rejected("the threshold does not lie between its bounds")
        return
    value = value_of(loop, document)
    if kind == "one attractor":
        if not value < loop.ball(document["real_fraction"]):
            raise Rejected("the real fraction is not shown to lie above all folds")
    elif (value is None) != (centre is None):
        raise Rejected("there is a threshold where none is claimed, or the other way round")
    elif value is not None and not (value > loop.ball(ends[0]) and value < loop.ball(ends[1])):
        raise Rejected("the threshold does not lie between its bounds")


def words(document):
    """The claim of a document in words."""
    kind, levels = document["kind"], document["levels"]
    outcomes = sum(count for _, count in levels)
    listed = [f"{value} ({count} times)" if count > 1 else value for value, count in levels]
    listed = ", ".join(listed[:4]) + (f", ... ({outcomes} outcomes)" if len(listed) > 4 else "")
    loop = f"Temperature loop, T = {document['temperature']}, real probabilities {listed}: "
    if kind == "neutral":
        return loop + "one attractor at every positive real fraction [HD-7]."
    if kind == "one attractor":
        a = document["real_fraction"]
        return loop + f"exactly one stable state at every real fraction from {a} on [HD-9]."
    if kind == "fidelity":
        goal = MEASURES[document["measure"]].format(document["goal"])
        reach = "at every positive real fraction"
        if document["centre"] is not None:
            reach = f"down to a = {shown(document['centre'], document['radius'])}"
        return loop + f"the healthy state keeps {goal} {reach}."
    if document["centre"] is None and kind == "contraction":
        return loop + "a contraction in the Hilbert metric at every positive real fraction [HD-10]."
    if document["centre"] is None and kind == "unique any":
        return loop + "one attractor at every positive real fraction, for all real data [HD-7]."
    if document["centre"] is None:
        return loop + (
            "the branch of the most probable outcome has no fold: the healthy state moves to its "
            "collapse without losing stability [HD-9]."
        )
    number = shown(document["centre"], document["radius"])
    if kind == "fold":
        return loop + f"{winner(document)} a = {number}, and none above [HD-9]."
    return (
        loop
        + {
            "local": f"the healthy state is stable down to a = {number} [HD-8, HD-9].",
            "unique": f"exactly one stable state above a = {number}, several just below [HD-9].",
            "unique any": f"one attractor for all real probabilities of {outcomes} outcomes above "
            f"a = {number}, not for all just below [HD-11].",
            "contraction": f"a contraction in the Hilbert metric above a = {number} [HD-10].",
        }[kind]
    )


def winner(document):
    """Who has won, and what is true up to a fold."""
    value, count = document["levels"][document["level"]]
    if document["level"] == 0 and count == 1:
        return "the most probable outcome has a second stable state beside the healthy one up to"
    one = f"each of the {count} outcomes" if count > 1 else "the outcome"
    return f"{one} with real probability {value} has won a stable state up to"


def shown(centre, radius):
    """A decimal and a power of ten that enclose `centre +/- radius`."""
    value, radius, digits = Fraction(centre), Fraction(radius), 0
    if not 0 < 2 * radius <= 1:
        raise Rejected("an enclosure has a positive radius, of one half at most")
    while radius * 2 * 10 ** (digits + 1) <= 1:
        digits += 1
    whole = round(value * 10**digits)
    text = str(abs(whole)).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]} +/- 1e-{digits}" if digits else f"{text} +/- 1"


def digest(document):
    """The SHA-256 of everything in the document but the digest itself."""
    content = {key: value for key, value in document.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def number(text):
    """Whether this is a decimal or a fraction in plain text; `TooCostly` for endless digits."""
    if type(text) is not str or NUMBER.fullmatch(text) is None:
        return False
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa) + abs(int(exponent or 0))
    if digits > MOST_DIGITS:
        costly("a number", digits, MOST_DIGITS, "digits")
    return True


def costly(what, asked, most, unit):
    """Says what is asked for, and what is tried at most."""
    raise TooCostly(f"too costly: {what} of {asked:.2g} {unit}, at most {most:.2g} are tried")


def affordable(document, levels):
    """Rejects what would take too long, by a bound that is known before.

    The unit of work is a product of two balls at 53 bits; at b bits it counts (b / 500)^1.5 times
    more. Every point on a branch takes a root of every level, at some 400 products and, for its
    powers, more with the precision.
    """
    bits, digits = document["bits"], document.get("digits", 0)
    if digits > MOST_DIGITS:
        costly("an enclosure", digits, MOST_DIGITS, "digits")
    points = 10 + sum(len(document.get(key) or ()) for key in ("cuts", "folds", "shares"))
    work = 400 * points * len(levels) * (1 + bits / 1000) * (1 + (bits / 500) ** 1.5)
    if work > MOST_WORK:
        costly("a replay", work, MOST_WORK, "multiplications of doubles")


def whole(count):
    """Whether this is a whole number, not negative, and not a truth value."""
    return type(count) is int and count >= 0


def row(numbers):
    """Whether this is a list of numbers."""
    return type(numbers) is list and all(map(number, numbers))


def pair(numbers):
    """Whether these are two numbers."""
    return row(numbers) and len(numbers) == 2


FIELDS = {
    "temperature": number,
    "levels": lambda x: all(number(value) and whole(count) for value, count in x),
    "digits": whole,
    "bits": lambda x: whole(x) and 53 <= x <= 100_000,
    "level": whole,
    "centre": lambda x: x is None or number(x),
    "radius": lambda x: x is None or number(x),
    "cuts": row,
    "folds": lambda x: type(x) is list and all(map(pair, x)),
    "shares": row,
    "bracket": lambda x: pair(x) or x in ("end", "fold", "never"),
    "measure": lambda x: type(x) is str and x in MEASURES,
    "goal": number,
    "real_fraction": lambda x: number(x) and 0 < Fraction(x) <= 1,
}
"""The tests that the fields of a document have to pass."""


def sound(document):
    """Raises `Rejected` unless all fields are of their types, in their ranges, and fit together."""
    for name, right in FIELDS.items():
        if name in document and not right(document[name]):
            raise Rejected(f"the field {name} is not what it has to be: {document[name]!r}")
    levels = [(Fraction(value), count) for value, count in document["levels"]]
    falls = all(a > b for (a, _), (b, _) in zip(levels, levels[1:], strict=False))
    positive = levels[-1][0] > 0 and all(count for _, count in levels)
    if not (falls and positive and sum(v * n for v, n in levels) == 1):
        raise Rejected("the real probabilities are not positive, in order and of sum one")
    if sum(count for _, count in levels) < 2:
        raise Rejected("a loop has at least two outcomes")
    if not Fraction(document["temperature"]) > 0:
        raise Rejected("the temperature is not positive")
    if document.get("level", 0) >= len(levels):
        raise Rejected("there is no such level of real probabilities")
    if document.get("measure") == "vocabulary" and not 0 < Fraction(document["goal"]) < 1:
        raise Rejected("a goal for the vocabulary lies between 0 and 1")
    encloses = document["kind"] not in ("neutral", "one attractor")
    if (document["centre"] is None) != (document["radius"] is None) or (
        document["centre"] is not None and not encloses
    ):
        raise Rejected("a centre goes with a radius, and with a claim that names a number")
    return levels


def check(document):
    """The claim that the document proves; raises `Rejected` where it does not."""
    import flint

    if document.get("schema") != SCHEMA:
        raise Rejected(f"it is of another kind: this program replays {SCHEMA} only")
    if document["sha256"] != digest(document):
        raise Rejected("the document is not what its digest says")
    levels = sound(document)
    affordable(document, levels)
    if document["claim"] != words(document):
        raise Rejected("the claim in words is not the claim that is proved")
    with flint.ctx.workprec(document["bits"]):
        proved(Loop(flint, Fraction(document["temperature"]), levels), document)
    return document["claim"]


def certificates(content, depth=0):
    """All certificates in a JSON document, wherever they are."""
    if depth > DEEPEST:
        costly("a document", depth, DEEPEST, "levels")
    if isinstance(content, dict) and str(content.get("schema")).startswith("genloop/certificate/"):
        return [content]
    inner = content.values() if isinstance(content, dict) else content
    inner = inner if isinstance(content, dict | list) else ()
    return [found for part in inner for found in certificates(part, depth + 1)]


def verdict(document):
    """Whether a certificate is accepted (None: not tried), and its claim or the reason."""
    try:
        return True, check(document)
    except TooCostly as reason:
        return None, str(reason)
    except Rejected as reason:
        return False, str(reason)
    except MemoryError:
        return None, "too costly: the memory does not suffice"
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as problem:
        return False, f"malformed: {type(problem).__name__}: {problem}"


def main(arguments):
    """The exit code.

    0 all accepted, 1 one rejected, 2 no certificate in the files, 3 one too costly to be tried and
    none rejected as false, 4 no such file or no flint.
    """
    try:
        found = []
        for path in arguments:
            with open(path, encoding="utf-8") as file:
                found += certificates(json.load(file))
        verdicts = [verdict(document) for document in found]
    except (OSError, ImportError) as problem:
        print(ascii(str(problem)), file=sys.stderr)
        return 4
    except (TooCostly, RecursionError) as reason:
        deep = "too costly: a document that is nested too deeply"
        print("REJECTED", deep if isinstance(reason, RecursionError) else reason)
        return 3
    except (ValueError, LookupError):
        print("usage: python temperature.py FILE ..., JSON documents", file=sys.stderr)
        return 2
    for accepted, text in verdicts:
        print("ACCEPTED" if accepted else "REJECTED", ascii(text)[1:-1])
    if not verdicts:
        print("no certificate in the files", file=sys.stderr)
        return 2
    outcomes = {accepted for accepted, _ in verdicts}
    return 1 if False in outcomes else 3 if None in outcomes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
