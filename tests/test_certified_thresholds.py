"""Certificates of the temperature loop: the truth is inside, false claims are not proved."""

import copy
import json
import random
import subprocess
import sys
from fractions import Fraction

import mpmath
import numpy as np
import pytest

import genloop as gl
from genloop import loops, papers, theorems, verification
from genloop.checker import temperature as checker, verdict
from genloop.cli.run import run
from genloop.laws import PooledMoments
from genloop.loops.retraining.lock_in import CannotCertify, lock_in
from genloop.loops.temperature.closed_forms import uniform
from genloop.loops.temperature.proofs import closed_forms
from genloop.loops.temperature.proofs.fold_search import Evidence, bracketed, covered
from genloop.loops.temperature.proofs.goal_search import GoalSearch
from genloop.loops.temperature.proofs.roots import Roots, WinnerBranch
from genloop.loops.temperature.proofs.thresholds import (
    ExactLoop,
    certify_fold,
    certify_local,
    certify_unique,
)
from genloop.loops.temperature.universal import universal_multiplier
from genloop.papers import marchi2024

flint = pytest.importorskip("flint")
# Nearly even real data: the branch of the most probable outcome has two folds of its own.
FOLDED = [repr(rank**-0.1) for rank in range(1, 11)]


def number(fraction):
    return mpmath.mpf(fraction.numerator) / fraction.denominator


def holds(certificate, value):
    """Whether an enclosure contains a number that is known to 45 digits."""
    enclosed, slack = certificate.parameter, mpmath.mpf(10) ** -45
    return number(enclosed.lower) - slack <= value <= number(enclosed.upper) + slack


class Reference:
    """The loop in 50 digits, by the share q of the outcome that is singled out."""

    def __init__(self, loop):
        self.b = 1 / number(Fraction(loop.temperature))
        self.levels = [(number(value), count) for value, count in loop.classes]

    def root(self, y, q):
        """The lower root of z - q z^b = y, by Newton's method from the left."""
        z = y
        for _ in range(400):
            w = q * z ** (self.b - 1)
            step = (z * (1 - w) - y) / (1 - self.b * w)
            z -= step
            if abs(step) < z * mpmath.mpf(10) ** -48:
                return z
        raise ArithmeticError("no root")

    def others(self, q, level):
        own = self.levels[level][0]
        for place, (value, count) in enumerate(self.levels):
            if count > (place == level):
                yield count - (place == level), self.root((1 - q) * value / own, q), value / own

    def fraction(self, q, level):
        total = 1 + sum(count * z for count, z, _ in self.others(q, level))
        return (1 - q) / (self.levels[level][0] * total)

    def slope(self, q, level):
        total, change = mpmath.mpf(1), mpmath.mpf(0)
        for count, z, ratio in self.others(q, level):
            total += count * z
            change += count * (z**self.b - ratio) / (1 - self.b * q * z ** (self.b - 1))
        return 1 / (1 - q) + change / total

    def fold(self, level, bracket):
        """The critical value of a that lies between two values of kappa."""
        own, ends = self.levels[level][0], []
        for text in bracket:
            y = mpmath.mpf(text) * own
            u = mpmath.findroot(lambda z, y=y: z - z**self.b - y, (1, 1 - y / self.b), tol=1e-60)
            ends.append(u ** (self.b - 1))
        q = mpmath.findroot(lambda q: self.slope(q, level), ends, solver="secant", tol=1e-60)
        return self.fraction(q, level)

    def universal(self):
        outcomes = sum(count for _, count in self.levels)
        rho = mpmath.findroot(
            lambda x: x**self.b - self.b * x - (self.b - 1) * (outcomes - 2) / 2,
            (self.b ** (1 / (self.b - 1)), (outcomes * self.b) ** (1 / self.b) + self.b**2),
            solver="anderson",
            tol=1e-80,
            maxsteps=300,
        )
        return 1 - rho ** (1 - self.b)

    def contraction(self):
        first, second = [v for v, n in self.levels for _ in range(min(n, 2))][-2:]
        ratio = (self.b + 1) / (self.b - 1)
        z = mpmath.sqrt((first - second) ** 2 + 4 * first * second * ratio**2) - first - second
        return 1 / (1 + z / 2)

    def distance(self, q):
        state = [(1, mpmath.mpf(1), 1), *self.others(q, 0)]
        total = sum(count * z for count, z, _ in state)
        own = self.levels[0][0]
        return sum(n * abs(z / total - ratio * own) for n, z, ratio in state) / 2


def random_loop(source):
    outcomes = source.choice([2, 3, 4, 6])
    weights = [source.randint(1, source.choice([9, 1000])) for _ in range(outcomes)]
    return ExactLoop.of(weights, f"0.{source.randint(5, 95):02d}")


def checks_of(loop, level):
    """Certificates of one loop beside their 50-digit values."""
    with mpmath.workdps(50):
        reference = Reference(loop)
        yield marchi2024.certify_unique_any(loop), reference.universal()
        yield marchi2024.certify_contraction(loop), reference.contraction()
        if loop.single and level == 0:
            return
        found = certify_fold(loop, level)
        bracket = found.document["bracket"]
        if bracket != "end":
            yield found, reference.fold(level, bracket)


def violations(loops, source):
    count, wrong = 0, []
    for loop in loops:
        level = source.randrange(len(loop.classes))
        for certificate, value in checks_of(loop, level):
            count += 1
            if not (certificate.proved and holds(certificate, value)):
                wrong.append((loop, level, str(certificate)))
    return count, wrong


def test_enclosures_hold_what_fifty_digits_give():
    source = random.Random(1)
    count, wrong = violations([random_loop(source) for _ in range(20)], source)
    assert count > 45 and not wrong


@pytest.mark.slow
def test_a_thousand_enclosures_hold_what_fifty_digits_give():
    source = random.Random(2)
    count, wrong = violations([random_loop(source) for _ in range(400)], source)
    assert count > 1000 and not wrong


@pytest.mark.parametrize(
    ("weights", "temperature"), [(FOLDED, "0.7"), ([2, 2, 1], "0.5"), ([5, 3, 2], "0.3")]
)
def test_enclosures_agree_with_the_engine(weights, temperature):
    real = gl.Categorical.of(np.array(weights, float))
    expected = marchi2024.thresholds(real, temperature=float(temperature))
    found = marchi2024.certify_thresholds(weights, temperature=temperature, digits=14, folds=[])
    loop, measures = ExactLoop.of(weights, temperature), ("total variation", "divergence")
    for name, measure, goal in zip(
        ("fidelity", "fidelity_divergence"), measures, ("0.1", "0.05"), strict=True
    ):
        found[name] = marchi2024.certify_fidelity(loop, measure, goal, digits=14)
    for name, certificate in found.items():
        assert certificate.proved, certificate.reason
        if certificate.parameter is None:
            assert expected[name].value is None
        else:
            assert float(certificate.parameter) == pytest.approx(expected[name].value, abs=2e-13)


def test_digits_are_what_was_asked_for():
    found = marchi2024.certify_unique(ExactLoop.uniform(3, "1/2"), digits=144)
    with mpmath.workdps(200):
        exact = 9 - 6 * mpmath.sqrt(2)
        assert found.proved and number(found.parameter.lower) < exact
        assert exact < number(found.parameter.upper)
        assert number(found.parameter.upper - found.parameter.lower) < mpmath.mpf(10) ** -144


def signed(document):
    """A document with the claim and the digest that fit its numbers, true or not."""
    document["claim"] = checker.words(document)
    document["sha256"] = checker.digest(document)
    return document


def forged(certificate, **changes):
    try:
        return verdict(signed(copy.deepcopy(certificate.document) | changes))[0]
    except (checker.Rejected, LookupError, TypeError, ValueError):
        # Not even words can be found for it.
        return False


def test_planted_false_claims_are_not_proved():
    found = marchi2024.certify_thresholds(FOLDED, temperature="0.7", folds=[0, 1])
    loop = ExactLoop.of(FOLDED, "0.7")
    found["fidelity"] = marchi2024.certify_fidelity(loop, "total variation", "0.1")
    for name, certificate in found.items():
        assert forged(certificate), name
        for shift in (Fraction(1, 10**9), Fraction(-1, 10**9)):
            moved = str(Fraction(certificate.parameter.centre) + shift)
            assert not forged(certificate, centre=moved), name
    local, fold = found["local"], found["fold 2"]
    assert not forged(local, folds=[], centre=None, radius=None)
    assert not forged(local, folds=local.document["folds"][:1])
    assert not forged(local, cuts=[], folds=[], centre=None, radius=None)
    assert not forged(fold, level=-1) and not forged(fold, level=2)
    assert not forged(fold, bracket="end") and not forged(fold, radius="0")
    assert not forged(fold, kind="neutral", centre=None, radius=None)
    tampered = fold.document | {"digits": 14}
    assert not verdict(tampered)[0]


def documents_to_forge():
    """One certificate of every kind, and of every way in which a kind is proved."""
    loop, folded = ExactLoop.of([5, 3, 2], "0.6"), ExactLoop.of(FOLDED, "0.7")
    goal = lambda loop, measure, level: marchi2024.certify_fidelity(loop, measure, level, digits=6)
    return {
        "local": certify_local(folded),
        "no local": certify_local(loop),
        "tied local": certify_local(ExactLoop.of([2, 2, 1], "0.6")),
        "fold": certify_fold(loop, 1),
        "leader's fold": certify_fold(folded, 0),
        "rising pair": certify_fold(ExactLoop.of([2, 2, 1], "0.6"), 0),
        "unique": certify_unique(folded),
        "one attractor": marchi2024.certify_one_attractor(loop, real_fraction="0.4"),
        "unique any": marchi2024.certify_unique_any(loop),
        "contraction": marchi2024.certify_contraction(loop),
        "neutral": certify_unique(ExactLoop.of([5, 3, 2], "1.2")),
        "hot contraction": marchi2024.certify_contraction(ExactLoop.of([5, 3, 2], "1.2")),
        "goal missed": goal(loop, "total variation", "0.1"),
        "goal missed later": goal(loop, "divergence", "0.7"),
        "goal until the fold": goal(folded, "total variation", "0.5"),
        "goal until leaders part": goal(ExactLoop.of([2, 2, 1], "0.6"), "vocabulary", "0.5"),
        "goal for ever": goal(ExactLoop.of([18, 1, 1], "0.8"), "vocabulary", "0.5"),
        "goal in the limit": goal(ExactLoop.of([18, 1, 1], "0.8"), "total variation", "0.1"),
        "goal for ever, hot": goal(ExactLoop.of([3, 2], "1.2"), "total variation", "0.1"),
        "goal missed, hot": goal(ExactLoop.of([3, 2], "1.2"), "total variation", "0.05"),
    }


# What is false or not what it seems in every document that has the field.
WRONG = {
    "wide enclosure": {"centre": "0.4", "radius": "5"},
    "far enclosure": {"centre": "7", "radius": "7"},
    "no radius": {"radius": "0"},
    "negative radius": {"radius": "-1e-9"},
    "negative centre": {"centre": "-0.06", "radius": "0.5"},
    "double for a decimal": {"temperature": 0.6},
    "other digits": {"temperature": "\N{ARABIC-INDIC DIGIT ZERO}.6"},
    "line break": {"temperature": "0.6\n"},
    "frozen": {"temperature": "0"},
    "underflow": {"temperature": "1e-400"},
    "no such level": {"level": 12},
    "last level": {"level": -1},
    "truth value for a level": {"level": True},
    "few bits": {"bits": 20},
    "truth value for bits": {"bits": True},
    "broken bits": {"bits": 128.5},
    "not of sum one": {"levels": [["1/2", 1], ["3/10", 1], ["1/10", 1]]},
    "not falling": {"levels": [["1/5", 1], ["3/10", 1], ["1/2", 1]]},
    "the same twice": {"levels": [["1/4", 1], ["1/4", 1], ["1/4", 2]]},
    "one outcome": {"levels": [["1", 1]]},
    "truth value for a count": {"levels": [["1/2", True], ["1/4", 2]]},
    "no outcome": {"levels": [["1/2", 1], ["1/4", 2], ["1/8", 0]]},
    "negative outcome": {"levels": [["3/2", 1], ["-1/2", 1]]},
    "double for an outcome": {"levels": [[0.5, 1], ["1/4", 2]]},
    "unknown measure": {"measure": "distance"},
    "negative goal": {"goal": "-0.1"},
    "fraction above one": {"real_fraction": "2"},
    "no fraction": {"real_fraction": "0"},
    "double for a fraction": {"real_fraction": 0.4},
    "reversed bracket": {"bracket": ["0.2", "0.1"]},
    "bracket of one": {"bracket": ["0.1"]},
    "empty bracket": {"bracket": ["0.1", "0.1"]},
    "odd bracket": {"bracket": {"0.1": 1, "0.2": 1}},
    "bracket elsewhere": {"bracket": ["1e-9", "1e-8"]},
    "other word": {"bracket": "start"},
    "no cuts": {"cuts": [], "folds": []},
    "cuts out of order": {"cuts": ["0.2", "0.1"]},
    "cut beyond the end": {"cuts": ["0.1", "9"]},
    "folds without cuts": {"cuts": []},
    "a fold too many": {"folds": [["0.1", "0.2"]] * 3},
    "reversed folds": {"folds": [["0.2", "0.1"], ["0.3", "0.2"]]},
    "unordered shares": {"shares": ["0.9", "0.8"]},
    "no shares": {"shares": []},
    "shares to one": {"shares": ["0.7", "1"]},
    "text for shares": {"shares": "0.9"},
    "unknown kind": {"kind": "global"},
}
# The state at q = T already meets this goal whatever the leader wins.
HARMLESS = {("goal for ever", "no shares")}


def test_no_forged_document_is_accepted():
    accepted, tried = set(), 0
    for name, certificate in documents_to_forge().items():
        assert certificate.proved, (name, certificate.reason)
        assert forged(certificate), name
        for what, changes in WRONG.items():
            # Kinds that enclose nothing have no radius to be wrong; some branches need no cuts.
            document = certificate.document
            known = any(document.get(field) not in (None, new) for field, new in changes.items())
            if known:
                tried += 1
                if forged(certificate, **changes):
                    accepted.add((name, what))
    assert accepted == HARMLESS and tried > 400


def goal_of(weights, measure, goal):
    loop = ExactLoop.of(weights, "0.6")
    return lambda: marchi2024.certify_fidelity(loop, measure, goal, digits=6)


# A formula of the prover, which results of it are wrong by one per cent, and what rests on it.
BROKEN = {
    "roots": (Roots, "_outcome", 0, lambda: certify_fold(ExactLoop.of([5, 3, 2], "0.6"), 1)),
    "multipliers": (Roots, "root", 1, lambda: certify_fold(ExactLoop.of([5, 3, 2], "0.6"), 1)),
    "turns of a single leader": (WinnerBranch, "value", None, lambda: certify_local(
        ExactLoop.of(FOLDED, "0.7"))),
    "last fold": (Roots, "_outcome", 0, lambda: certify_unique(ExactLoop.of([5, 3, 2], "0.6"))),
    "where leaders part": (Roots, "passage", None, lambda: certify_local(
        ExactLoop.of([2, 2, 1], "0.6"))),
    "end of a rising pair": (Roots, "passage", None, lambda: certify_fold(
        ExactLoop.of([2, 2, 1], "0.6"), 0)),
    "any real data": (closed_forms, "find_unique_any", None, lambda: marchi2024.certify_unique_any(
        ExactLoop.of([5, 3, 2], "0.6"))),
    "contraction": (closed_forms, "find_contraction", None, lambda: marchi2024.certify_contraction(
        ExactLoop.of([5, 3, 2], "0.6"))),
    "states": (Roots, "healthy", 0, goal_of([5, 3, 2], "total variation", "0.1")),
    "distances": (GoalSearch, "_distance", None, goal_of([5, 3, 2], "divergence", "0.02")),
    "ratios of a winner": (Roots, "healthy", 0, goal_of([5, 3, 2], "divergence", "0.7")),
}  # fmt: skip


def off(result, place):
    """A result, or one part of it, that is too large by one per cent."""
    if isinstance(result, Evidence):
        return Evidence(result.fields, off(result.value, None))
    wrong = flint.arb(flint.fmpq(101, 100))
    if place is None:
        return result * wrong
    return tuple(part * wrong if k == place else part for k, part in enumerate(result))


@pytest.mark.parametrize("what", BROKEN)
def test_what_a_broken_prover_writes_is_not_proved(monkeypatch, what):
    owner, name, place, certify = BROKEN[what]
    caches, right = (covered, bracketed), getattr(owner, name)
    for cache in caches:
        cache.cache_clear()
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, lambda *a, **k: off(right(*a, **k), place))
        found = certify()
    for cache in caches:
        cache.cache_clear()
    assert not found.proved and found.document is None, found
    assert certify().proved


def test_the_leader_wins_beyond_its_fold_without_a_second_state():
    loop = ExactLoop.of(FOLDED, "0.7")
    found = certify_fold(loop, 0)
    with flint.ctx.workprec(128):
        balls = checker.Loop(flint, Fraction("0.7"), loop.classes)
        passage = balls.last / balls.losers(balls.last)[0]
        assert passage > balls.ball(found.parameter.upper)
    assert "a second stable state" in found.claim and "has won" not in found.claim


@pytest.mark.parametrize(
    ("weights", "temperature", "measure", "goal"),
    [
        ([9, 1], "0.8", "total variation", "0.1"),
        ([9, 1], "0.8", "vocabulary", "0.7"),
        ([3, 2], "1.2", "total variation", "0.1"),
        ([3, 2], "1", "divergence", "1e-9"),
    ],
)
def test_goals_that_are_always_met(weights, temperature, measure, goal):
    loop = ExactLoop.of(weights, temperature)
    found = marchi2024.certify_fidelity(loop, measure, goal)
    assert found.proved and found.claim.endswith("at every positive real fraction.")
    # exp H = 1.3843 of (0.9, 0.1) ends at one, which is 0.722 of it.
    tighter = {"goal": "0.723" if measure == "vocabulary" else str(Fraction(goal) * 99 / 100)}
    assert temperature == "1" or not forged(found, **tighter)


def test_above_temperature_one_every_row_says_its_own():
    found = marchi2024.certify_thresholds([3, 2], temperature="1.2", folds=[])
    assert all(certificate.proved for certificate in found.values())
    assert "contraction" in found["contraction"].claim
    assert "for all real data" in found["unique_any"].claim
    assert "one attractor" in found["unique"].claim


def test_one_attractor_is_proved_above_the_last_fold_only():
    last = marchi2024.certify_unique(ExactLoop.of([5, 3, 2], "0.8")).parameter
    options = {"temperature": "0.8"}
    prove = lambda a: marchi2024.certify_one_attractor([5, 3, 2], real_fraction=a, **options)
    above, below = (last.upper + Fraction(s, 10**12) for s in (1, -2))
    assert prove(str(above)).proved and prove("1").proved
    assert "false" in prove(str(below)).reason
    for outside in ("0", "2"):
        with pytest.raises(ValueError, match="real fraction"):
            prove(outside)
    assert not forged(prove(str(above)), real_fraction=str(below))
    assert marchi2024.certify_one_attractor(
        [5, 3, 2], temperature="1.2", real_fraction="0.1"
    ).proved


class Simplex:
    """All fixed points of three outcomes by covering the simplex with boxes (Krawczyk's test)."""

    def __init__(self, real, temperature, fraction):
        exact = lambda x: flint.arb(flint.fmpq(x.numerator, x.denominator))
        self.real = [exact(Fraction(r)) for r in real]
        self.b, self.a = exact(1 / Fraction(temperature)), exact(Fraction(fraction))

    def map(self, x, y):
        """The first two coordinates of the image, and their derivatives."""
        z = 1 - x - y
        z = flint.arb(0).max(z) if z.lower() < 0 else z
        state, images = (x, y, z), []
        for i in (0, 1):
            ratios = [(state[j] / state[i]) ** self.b for j in range(3) if j != i]
            images.append(self.a * self.real[i] + (1 - self.a) / (1 + sum(ratios)))
        s = [
            (image - self.a * r) / (1 - self.a)
            for image, r in zip(images, self.real[:2], strict=True)
        ]
        s.append(1 - s[0] - s[1])
        gain = (1 - self.a) * self.b
        last = [s[i] * s[2] / z for i in (0, 1)]
        return images, [
            [gain * (s[i] * (int(i == j) - s[j]) / state[j] + last[i]) for j in (0, 1)]
            for i in (0, 1)
        ]

    def fixed_points(self):
        """Enclosures of all of them, with whether each is stable."""
        low = [(self.a * r).lower() for r in self.real]
        high = [1 - low[1] - low[2], 1 - low[0] - low[2]]
        waiting, found = [[flint.arb(a).union(b) for a, b in zip(low[:2], high, strict=True)]], []
        while waiting:
            box = waiting.pop()
            assert len(found) < 8 and box[0].rad() > 1e-9
            if (1 - box[0] - box[1]).upper() < low[2]:
                continue
            images, slopes = self.map(*box)
            if not all(image.overlaps(x) for image, x in zip(images, box, strict=True)):
                continue
            verdict = self.krawczyk(box, slopes)
            if verdict is not None:
                found += [verdict] if verdict else []
                continue
            wide = int(box[1].rad() > box[0].rad())
            for part in (
                box[wide].lower().union(box[wide].mid()),
                box[wide].mid().union(box[wide].upper()),
            ):
                waiting.append([part if k == wide else x for k, x in enumerate(box)])
        return found

    def krawczyk(self, box, slopes):
        """A root and its stability, `()` for none, `None` if undecided."""
        if not all(s.is_finite() for row in slopes for s in row):
            return None
        centre = [x.mid() for x in box]
        matrix = flint.arb_mat([[slopes[i][j] - int(i == j) for j in (0, 1)] for i in (0, 1)])
        try:
            inverse = matrix.mid().inv().mid()
        except ZeroDivisionError:
            return None
        image, _ = self.map(*centre)
        gap = flint.arb_mat([[f - c] for f, c in zip(image, centre, strict=True)])
        rest = flint.arb_mat([[1, 0], [0, 1]]) - inverse * matrix
        spread = flint.arb_mat([[x - c] for x, c in zip(box, centre, strict=True)])
        moved = (rest * spread - inverse * gap).entries()
        moved = [c + m for c, m in zip(centre, moved, strict=True)]
        if not all(m.overlaps(x) for m, x in zip(moved, box, strict=True)):
            return ()
        if not all(
            m.lower() > x.lower() and m.upper() < x.upper() for m, x in zip(moved, box, strict=True)
        ):
            return None
        _, slopes = self.map(*moved)
        trace, determinant = slopes[0][0] + slopes[1][1], flint.arb_mat(slopes).det()
        # Both multipliers are real and not negative [HD-6].
        at_one = 1 - trace + determinant
        if at_one > 0 and trace < 2:
            return (moved, True)
        return (moved, False) if at_one < 0 or trace > 2 else None


@pytest.mark.parametrize("side", [1, -1])
def test_covering_the_simplex_counts_the_same_attractors(side):
    loop = ExactLoop.of([5, 3, 2], "0.6")
    last = certify_unique(loop, digits=6).parameter
    fraction = (last.upper if side > 0 else last.lower) + side * Fraction(1, 500)
    points = Simplex([value for value, _ in loop.classes], "0.6", fraction).fixed_points()
    folds = [certify_fold(loop, level, digits=6).parameter for level in (1, 2)]
    expected = 1 + sum(fold.lower > fraction for fold in folds)
    assert sum(stable for _, stable in points) == expected
    assert len(points) == 2 * expected - 1
    proof = marchi2024.certify_one_attractor(loop, real_fraction=str(fraction))
    assert proof.proved == (side > 0)


def test_proved_cells_of_a_diagram_have_the_attractors_of_the_loop(tmp_path):
    source = np.random.default_rng(0)
    for weights in ([1, 1], [3, 2]):
        phase = marchi2024.certified_phase(weights, refinements=8)
        assert phase.proved > 0.99
        cells = source.choice(np.flatnonzero(phase.attractors), 300, p=None)
        between = lambda ends: ends[:, 0] + source.random(ends.shape[0]) * np.ptp(ends, axis=1)
        t, a = between(phase.temperature[cells]), between(phase.real_fraction[cells])
        real, ends = weights[0] / sum(weights), []
        for start in (1e-6, 1 - 1e-6):
            x = np.full(300, start)
            for _ in range(20000):
                x = a * real + (1 - a) / (1 + ((1 - x) / x) ** (1 / t))
            ends.append(x)
        two = np.abs(ends[0] - ends[1]) > 1e-4
        np.testing.assert_array_equal(1 + two, phase.attractors[cells])
        assert phase.at(t[0], a[0]) == phase.attractors[cells[0]]
    phase.save(tmp_path / "folds.json")
    documents = json.loads((tmp_path / "folds.json").read_text())["certificates"]
    assert len(documents) == len(phase.folds)
    assert all(verdict(document)[0] for document in list(documents.values())[:20])


def test_the_command_proves_and_its_file_stands_alone(tmp_path, capsys):
    counts, proofs = tmp_path / "counts.csv", tmp_path / "proofs.json"
    counts.write_text("token,count\na,50\nb,30\nc,20\n")
    options = ["--counts", counts, "--temperature", "0.8", "--digits", "25"]
    code = run(
        ["threshold", *map(str, options), "--certify", "--certificates", str(proofs), "--json"]
    )
    found = json.loads(capsys.readouterr().out)["result"]["certificates"]
    assert code == 0 and {"local", "unique", "unique_any", "fold 1", "fold 3"} <= set(found)
    assert all(record["status"] == "PROVED" for record in found.values())
    assert found["unique"]["enclosure"].startswith("0.1367346640056211765")
    command = [sys.executable, "-c", _WITHOUT_JAX, checker.__file__, str(proofs)]
    accepted = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert accepted.returncode == 0 and accepted.stdout.count("ACCEPTED") == len(found)
    assert run(["certify-check", str(proofs)]) == 0
    proofs.write_text(proofs.read_text().replace('"3/10"', '"3/11"', 1))
    assert run(["certify-check", str(proofs)]) == 1


_WITHOUT_JAX = """
import runpy, sys
sys.modules["jax"] = sys.modules["numpy"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def _branch_fold(winners):
    options = {"temperature": 0.8, "outcomes": 6, "winners": winners}
    return uniform.fold(**options).real_fraction


# What other code says about numbers that theorems have certificates of.
KNOWN = {
    ("ST-B1", "n = 10, temperature"): lambda: (
        4.5 * mpmath.exp(2 * (mpmath.loggamma(4.5) - mpmath.loggamma(5)))
    ),
    ("ST-B8", "T = 0.8, goal 0.5, N = 100"): lambda: (
        papers.alemohammad2023.real_fraction_for_variance(0.5, temperature=0.8, pool=100)
    ),
    ("ST-B8", "cut-off with T = 0.8"): lambda: mpmath.findroot(
        lambda c: 1 - 2 * c * mpmath.npdf(c) / (2 * mpmath.ncdf(c) - 1) - 0.8, 2
    ),
    ("HD-13", "c = 0.1, uniform state of 1/u outcomes"): lambda: 0.1**0.5,
    ("U-3", "K = 10, T = 0.8, one winner, ratio at the fold"): lambda: np.exp(
        uniform.fold(temperature=0.8, outcomes=10).log_ratio
    ),
    ("U-7", "K = 6, T = 0.8, 1 winning"): lambda: _branch_fold(1),
    ("U-7", "K = 6, T = 0.8, 2 winning"): lambda: _branch_fold(2),
    ("AC-3", "uniform, T = 0.8"): lambda: 0.6,
    ("TR-2", "Zipf's law, 4 outcomes, mass"): lambda: 0.88,
    ("TR-3", "top-2 keeps the last two up to"): lambda: 2 / 3,
    ("TR-3", "a nucleus of 0.8 keeps the first four from"): lambda: 0.4,
    ("FR-4", "uniform, K = 10, T = 0.8, second condition"): lambda: (
        loops.perturbed_flow.formulas.fisher_rao_condition(
            np.full(10, 0.1), temperature=0.8, smallest=0.1, settled=0.9, error=0.01
        )
    ),
    ("FR-7", "K = 10, T = 0.8"): lambda: universal_multiplier(temperature=0.8, outcomes=10) - 1,
    ("SQ-4", "even pairs of 3 tokens, T = 1/2, 2 winning"): lambda: 9 / (9 + 2 * 14**0.5),
    ("SQ-4", "even pairs of 3 tokens, T = 1/2, 1 winning"): lambda: (
        uniform.fold(temperature=0.5, outcomes=9).real_fraction
    ),
    ("SQ-3", "T = 0.7, multiplier"): lambda: 0.3,
    ("SQ-3", "T = 0.7, one context with 3 successors"): lambda: 0.3,
    ("ST-A12", "a = 0.3, temperature"): lambda: 1 / 0.7,
    ("ST-A12", "T = 1.3, real fraction"): lambda: 1 - 1 / 1.3,
    ("ST-B3", "N = 100, a = 0.1, temperature"): lambda: (
        papers.alemohammad2023.temperature_threshold(0.1, 100)
    ),
    ("ST-B3", "N = 100, T = 1.5, real fraction"): lambda: (
        papers.alemohammad2023.required_real_fraction(1.5, 100)
    ),
    ("ST-B4", "N = 20, a = 0.5, temperature"): lambda: papers.alemohammad2023.temperature_threshold(
        0.5, 20
    ),
    ("ST-B7", "d = 1, n_r = 100, T = 0.7, frobenius"): lambda: 65.73239335275296885625023,
    ("ST-B8", "T = 0.8, goal 0.5, infinitely many samples"): lambda: (
        papers.alemohammad2023.real_fraction_for_variance(0.5, temperature=0.8)
    ),
    ("HD-6", "(5, 3, 2), T = 0.8, fold of outcome 2"): lambda: (
        marchi2024.unique_threshold(gl.Categorical.of([5, 3, 2]), temperature=0.8).value
    ),
    ("U-3", "T = 0.8, uniform state"): lambda: 0.2,
    ("FS-4", "uniform, K = 4, T = 0.8"): lambda: 0.2,
    ("AC-3", "uniform, T = 1"): lambda: 0.5,
    ("TR-3", "a nucleus of 0.8 keeps the first three up to"): lambda: 0.8,
    ("FR-1", "least probability 0.05, error 0.01"): lambda: 0.01 / 0.05,
    ("FR-4", "uniform, K = 10, T = 0.8, first condition"): lambda: (
        10 * (1 + 0.9 * 10) / (0.8 * 0.9)
    ),
    ("FR-5", "T = 0.8, published"): lambda: (1 / (0.9 * 0.8) + 0.01) / 0.05,
    ("FR-5", "T = 0.8, sharper"): lambda: (0.5 / (0.9 * 0.8) + 0.01) / 0.05,
    ("FR-6", "Zipf's law, K = 10, Gharesifard and Tabuada"): lambda: (
        10 * sum(1 / k for k in range(1, 11)) / 0.8
    ),
    ("CA-A1b", "N = 100, synthetic share"): lambda: 0.99**0.5,
}


def test_every_certificate_of_a_theorem_is_proved():
    theorems.load()
    assert set(verification.PROOFS) <= set(verification.REGISTRY)
    found = {}
    for spec, prove in verification.PROOFS.items():
        for name, certificate in prove(12).items():
            assert certificate.proved, f"{spec}, {name}: {certificate.reason}"
            found[spec, name] = certificate.parameter
    for what, value in KNOWN.items():
        assert float(found[what]) == pytest.approx(float(value()), abs=1e-11), what
    critical = float(found["ST-B6", "n_s = 10, n_r = 2, temperature"])
    radius = PooledMoments(10, 2, temperature=critical).fourth_moment_radius
    assert radius == pytest.approx(1, abs=1e-12)


SPREAD = "0.999", "1.0005"


def test_slopes_and_turns_of_a_branch_are_those_of_its_values():
    """The formulas for H', P' and the value of a turn, against quotients of differences."""
    loop, step = ExactLoop.of(FOLDED, "0.7"), Fraction(1, 10**30)
    fold = certify_local(loop, digits=30)
    with flint.ctx.workprec(400):
        balls = checker.Loop(flint, Fraction("0.7"), loop.classes)
        branch = checker.Branch(balls, 0)
        for place in ("0.9", "0.99"):
            middle = Fraction(place) * Fraction(str(float(balls.last.mid())))
            left, right = (branch.at(str(middle + sign * step)) for sign in (-1, 1))
            (_, _, change), (_, _, gain) = branch.at(str(middle))
            for low, high, slope in (
                (left[0][1], right[0][1], change),
                (left[1][1], right[1][1], gain),
            ):
                quotient = (high - low) / balls.ball(2 * step)
                assert abs(quotient / slope - 1) < 1e-25
        bracket = fold.document["folds"][-1]
        wide = [str(Fraction(k) * Fraction(s)) for k, s in zip(bracket, SPREAD, strict=True)]
        turn = branch.turn(*wide)
        assert turn.contains(balls.ball(fold.parameter.centre)) and turn.rad() < 1e-4


GAUSSIAN = {
    "synthetic alone": {"samples": 100, "temperature": "1.2"},
    "sharper, few points": {"samples": 10, "real_samples": 3, "temperature": "0.8"},
    "maximum likelihood": {
        "samples": 10, "real_samples": 3, "temperature": "1.5", "unbiased": False,
        "variance_goal": "1.2",
    },
    "hardly any real point": {"samples": 500, "real_samples": 1, "temperature": "0.99"},
}  # fmt: skip


@pytest.mark.parametrize("name", GAUSSIAN)
def test_thresholds_of_a_gaussian_loop_are_enclosed(name):
    exact = GAUSSIAN[name]
    found = papers.alemohammad2023.certify_thresholds(**exact)
    doubles = {k: float(v) if isinstance(v, str) else v for k, v in exact.items()}
    named = papers.alemohammad2023.thresholds(**doubles)
    assert found.keys() == named.keys()
    for what, threshold in named.items():
        assert found[what].proved == (threshold.value is not None), found[what].reason
        if found[what].proved:
            value = float(found[what].parameter)
            assert value == pytest.approx(threshold.value, rel=1e-12), what
            assert verdict(found[what].document)[0]


TIES = [1, 1, 1, 1, 1], [1, 1], [3, 3, 2], [5, 5, 5, 1]


@pytest.mark.parametrize("weights", TIES, ids=str)
def test_thresholds_of_tied_leaders_have_all_their_digits(weights):
    """Where the leaders part two roots meet, which halves the digits of a careless solution."""
    for temperature in ("0.1", "0.5", "0.9"):
        real = gl.Categorical.of(weights)
        named = marchi2024.thresholds(real, temperature=float(temperature))
        found = marchi2024.certify_thresholds(weights, temperature=temperature, folds=())
        for what in ("local", "unique"):
            exact = float(found[what].parameter)
            assert named[what].value == pytest.approx(exact, rel=2e-14), (temperature, what)


def test_the_lock_in_threshold():
    found = lock_in("0.6", "4", digits=25)
    with mpmath.workdps(40):
        value = mpmath.mpf("0.2115950890850587522046355")
        assert abs(number(Fraction(found.weight.centre)) - value) < mpmath.mpf(10) ** -25
    grid = np.linspace(-60, 60, 200_001)
    peak, real = (
        float(found.stuck),
        lambda x: -0.6 * np.log(4 + (x - 4) ** 2) - 0.4 * np.log(4 + (x + 4) ** 2),
    )
    grid = grid[np.abs(grid - peak) > 0.01]
    quotient = (real(grid) - real(peak)) / np.log1p((grid - peak) ** 2 / 4)
    assert quotient.max() == pytest.approx(float(found.weight), abs=1e-6)
    assert grid[quotient.argmax()] == pytest.approx(float(found.escape), abs=1e-3)
    with pytest.raises(CannotCertify, match="one peak"):
        lock_in("0.6", "1")
