r"""Proofs of the named thresholds of the temperature loop, by ball arithmetic.

The numbers of a proof (where a fold lies between, cuts of a branch) are searched for here; what is
proved is decided by `checker.temperature` alone, which replays the finished document.
A claim whose document is not accepted is `NOT PROVED`, with the reason.
"""

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from ....certificates.balls import flint, need_flint, precision, rational
from ....certificates.certificate import Certificate, check_digits, not_proved, provenance
from ....certificates.enclosures import Enclosure, decimal, decimal_up, exact_as_typed
from ....certificates.program import CannotCertify, exact
from ....checker import temperature as checker
from ....models import Categorical
from .search import Search

MEASURES = tuple(checker.MEASURES)
"""Distances of `certify_fidelity`."""
_MORE_BITS = (1, 2, 4)


@dataclasses.dataclass(frozen=True)
class ExactLoop:
    r"""A temperature and real probabilities without rounding.

    `temperature` is text or a fraction; `levels` are the distinct real probabilities, the largest
    first, and how many outcomes have each.
    """

    temperature: str
    levels: tuple[tuple[Fraction, int], ...]

    @classmethod
    def of(cls, real: Any, temperature: Any) -> "ExactLoop":
        r"""From counts or weights, text or numbers, or from a `Categorical`.

        The counts behind a `Categorical` are recovered where its origin has their sum and they
        give its probabilities to the last bit; otherwise the doubles themselves are the weights.
        Raises `ValueError` for weights that are not positive, fewer than two, or a temperature that
        is not positive.
        """
        weights = _weights(real) if isinstance(real, Categorical) else [exact(w) for w in real]
        if len(weights) < 2 or min(weights) <= 0:
            raise ValueError("at least two outcomes are needed, all with positive weights.")
        text = exact_as_typed(temperature)
        if not exact(text) > 0:
            raise ValueError(f"the temperature must be positive, got {text}.")
        total, counts = sum(weights), {}
        for weight in weights:
            counts[weight] = counts.get(weight, 0) + 1
        ordered = sorted(counts.items(), reverse=True)
        return cls(text, tuple((weight / total, count) for weight, count in ordered))

    @classmethod
    def uniform(cls, outcomes: int, temperature: Any) -> "ExactLoop":
        """Equally likely outcomes."""
        loop = cls.of([1, 1], temperature)
        return cls(loop.temperature, ((Fraction(1, outcomes), outcomes),))

    @property
    def cold(self) -> bool:
        """Whether the temperature is below one, where thresholds exist."""
        return exact(self.temperature) < 1

    @property
    def single(self) -> bool:
        """Whether one outcome alone is the most probable."""
        return self.levels[0][1] == 1

    def search(self) -> Search:
        """Evaluation in balls at the current precision, without proof."""
        return Search(checker.Loop(flint, exact(self.temperature), self.levels))


def exact_probabilities(real: Categorical) -> list[Fraction]:
    """The real probabilities without rounding, of sum one, outcome by outcome; see `ExactLoop`."""
    weights = _weights(real)
    total = sum(weights)
    return [weight / total for weight in weights]


def whole_counts(real: Categorical) -> list[int] | None:
    """The counts behind real probabilities where they are known to the last one, else `None`."""
    probabilities = np.asarray(real.probabilities, dtype=np.float64)
    if np.ptp(probabilities) == 0:
        return [1] * probabilities.size
    exact = real.exact_weights()
    if exact is not None and all(isinstance(weight, int) for weight in exact):
        return list(exact)
    size = getattr(real.origin, "size", None)
    counts = np.rint(probabilities * size) if size else np.zeros(1)
    if counts.sum() == size and np.abs(counts / size / probabilities - 1).max() < 1e-15:
        return [int(count) for count in counts]
    return None


def _weights(real: Categorical) -> list[Fraction]:
    weights = real.exact_weights() or whole_counts(real)
    doubles = np.asarray(real.probabilities, dtype=np.float64).tolist()
    return [Fraction(weight) for weight in weights or doubles]


def certify_thresholds(
    real: Any,
    *,
    temperature: Any = None,
    digits: int = 15,
    folds: Iterable[int] | None = None,
) -> dict[str, Certificate]:
    r"""`local`, `unique`, `unique_any`, `contraction` and folds, each enclosed or with its reason.

    `real` are counts or weights (whole numbers, fractions, text, doubles) or a `Categorical`;
    `temperature` is best given as text, `"0.8"` being exactly 4/5; or `real` is an `ExactLoop`,
    which has its temperature. `folds` are the levels of real
    probability (0 the largest) whose folds are wanted, all by default; they are named `fold 1`,
    `fold 2`, ... Claims and the theorems behind them: `theory/certificates.md`. Raises `ValueError`
    as `ExactLoop.of`, `InputError` without python-flint.
    """
    need_flint()
    loop = real if isinstance(real, ExactLoop) else ExactLoop.of(real, temperature)
    levels = range(len(loop.levels)) if folds is None else folds
    named = {
        "local": certify_local(loop, digits=digits),
        "unique": certify_unique(loop, digits=digits),
        "unique_any": certify_unique_any(loop, digits=digits),
        "contraction": certify_contraction(loop, digits=digits),
    }
    return named | {f"fold {k + 1}": certify_fold(loop, k, digits=digits) for k in levels}


def certify_local(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    """Down to which real fraction the healthy state is stable, or that it never loses stability."""
    evidence = lambda: _cover(loop, digits, flint.ctx.prec) if loop.single else {}
    return _certified(loop, "local", evidence, checker.local, digits)


def certify_fold(loop: ExactLoop, level: int, *, digits: int = 15) -> Certificate:
    """Up to which real fraction an outcome of a level (0 the most probable) can have won.

    Raises `ValueError` for a level that the loop does not have.
    """
    if not 0 <= level < len(loop.levels):
        raise ValueError(f"the loop has the levels 0 to {len(loop.levels) - 1}, got {level}.")
    evidence = lambda: {"level": level} | _fold_evidence(loop, level, digits)
    value = lambda balls, document: checker.fold(balls, document, level)
    return _certified(loop, "fold", evidence, value, digits)


def certify_unique(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    """Above which real fraction the loop has one stable state: the last fold."""
    evidence = lambda: _unique_evidence(loop, digits)
    return _certified(loop, "unique", evidence, checker.unique, digits)


def certify_one_attractor(real: Any, *, temperature: Any = None, real_fraction: Any) -> Certificate:
    r"""Prove that there is exactly one stable state at every real fraction from a given one on.

    Arguments are exact as in `certify_thresholds`; `real` may have any number of outcomes, or be an
    `ExactLoop`. Where the claim is false the reason says so. Raises `ValueError` unless
    $0 < a \le 1$.
    """
    loop = real if isinstance(real, ExactLoop) else ExactLoop.of(real, temperature)
    text = exact_as_typed(real_fraction)
    if not 0 < exact(text) <= 1:
        raise ValueError(f"a real fraction lies in (0, 1], got {text}.")
    for digits in (6, 15, 40):
        last = certify_unique(loop, digits=digits)
        if not loop.cold or not last.proved:
            return last
        if last.parameter.lower > exact(text):
            return not_proved(
                f"it is false: several states are stable just below a = {last.parameter}"
            )
        if last.parameter.upper < exact(text):
            evidence = lambda d=digits: _unique_evidence(loop, d) | {"real_fraction": text}
            return _certified(loop, "one attractor", evidence, None, digits)
    return not_proved(f"the last fold is closer than 40 digits can tell: a = {last.parameter}")


def certify_unique_any(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    r"""Above which real fraction every real distribution leaves one attractor [HD-11]."""
    return _certified(loop, "unique any", dict, _root_of(checker.universal), digits)


def certify_contraction(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    r"""Above which real fraction the loop contracts the Hilbert metric [HD-10]."""
    return _certified(loop, "contraction", dict, _root_of(checker.contraction), digits)


def certify_fidelity(loop: ExactLoop, measure: str, goal: Any, *, digits: int = 15) -> Certificate:
    r"""Down to which real fraction the healthy state keeps a goal.

    `measure` is `total variation` or `divergence` (at most `goal`), or `vocabulary` (the effective
    vocabulary stays between `goal` and one over it times the real one). Proved up to where the goal
    is missed, the leaders part or the branch folds, or that it is always met. Raises `ValueError`
    for an unknown measure, and unless the goal is positive and, for the vocabulary, below one.
    """
    if measure not in MEASURES:
        raise ValueError(f"a measure is one of {', '.join(MEASURES)}, got {measure!r}.")
    text = exact_as_typed(goal)
    if not exact(text) > 0 or (measure == "vocabulary" and not exact(text) < 1):
        raise ValueError(f"a goal is positive, for the vocabulary below one, got {text}.")
    fields = {"measure": measure, "goal": text}
    evidence = lambda: fields | loop.search().missed(loop, measure, text, digits)
    return _certified(loop, "fidelity", evidence, checker.fidelity, digits, everywhere=True)


def _fold_evidence(loop, level, digits) -> dict:
    if level == 0 and loop.single:
        return _cover(loop, digits, flint.ctx.prec)
    return {"bracket": _bracket(loop, level, digits, flint.ctx.prec)}


def _unique_evidence(loop, digits) -> dict:
    leading = _cover(loop, digits, flint.ctx.prec) if loop.single else {}
    return leading | {"bracket": _bracket(loop, int(loop.single), digits, flint.ctx.prec)}


@functools.lru_cache(8)
def _cover(loop, digits, bits) -> dict:
    return loop.search().cover(digits)


@functools.lru_cache(8)
def _bracket(loop, level, digits, bits):
    return loop.search().bracket(level, digits)


def _root_of(excess):
    """The zero of a function of the real fraction that increases, by halving."""

    def value(search, document):
        lower, upper = Fraction(0), Fraction(1)
        for _ in range(flint.ctx.prec - 30):
            middle = (lower + upper) / 2
            if excess(search, document, middle) < 0:
                lower = middle
            else:
                upper = middle
        return search.ball((lower + upper) / 2)

    return value


def _bits(digits: int) -> int:
    """The precision for so many digits, with room for what evaluation loses."""
    return max(128, int(3.33 * digits) + 80)


def _certified(loop, kind, evidence, value, digits, *, everywhere=False) -> Certificate:
    """The document of a claim, as far as the checker accepts it; with more precision if needed."""
    if not loop.cold and not everywhere:
        same = kind in ("unique any", "contraction")
        kind, evidence, value = kind if same else "neutral", dict, None
    check_digits(digits)
    found = None
    for factor in _MORE_BITS:
        with precision(_bits(digits) * factor):
            try:
                found = of_document(_document(loop, kind, evidence(), value, digits))
            except (CannotCertify, checker.Rejected) as reason:
                found = not_proved(reason)
        if found.proved:
            return found
    return found


def _document(loop, kind, evidence, value, digits) -> dict:
    content = {
        "schema": checker.SCHEMA,
        "claim": None,
        "kind": kind,
        "temperature": loop.temperature,
        "levels": [[str(value), count] for value, count in loop.levels],
        "digits": digits,
        "bits": flint.ctx.prec,
        "centre": None,
        "radius": None,
        **evidence,
        "provenance": provenance(),
    }
    if value is not None:
        found = value(loop.search().loop, content)
        content |= {} if found is None else _written(found, digits)
    content["claim"] = checker.words(content)
    content["sha256"] = checker.digest(content)
    return content


def _written(found, digits: int) -> dict[str, str]:
    """Decimals that contain a ball with room; so many digits of the distance to 0 and to 1."""
    if not (found.is_finite() and found.rad() < 1):
        raise CannotCertify("the threshold cannot be enclosed at this precision")
    middle, radius = rational(found.mid()), rational(found.rad())
    near = min(middle, 1 - middle) if 0 < middle < 1 else Fraction(1)
    room = 2 * radius + near / 10 ** (digits + 2)
    centre = decimal(middle, len(str(int(1 / room))) + 2)
    return {"centre": centre, "radius": decimal_up(2 * room, 2)}


def of_document(document: Mapping[str, Any]) -> Certificate:
    """What a document of the temperature loop proves, by the independent checker alone."""
    try:
        claim = checker.check(document)
    except checker.Rejected as reason:
        return not_proved(reason)
    centre = document["centre"]
    parameter = None if centre is None else Enclosure(centre, document["radius"])
    return Certificate(claim, parameter=parameter, document=document)
