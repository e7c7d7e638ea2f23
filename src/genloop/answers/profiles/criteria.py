"""The eight meanings of "model collapse", and what is found of each."""

import dataclasses

import numpy as np

from ...printing import readable
from ..composed import Fate, Trend
from .paths import Estimate

SIGMAS = 6.0
"""Standard errors that decide: about a hundred comparisons are made, each false once in 10^9."""

_ROUNDING = 1e-24
"""Squared distances below are rounding, in units of order one."""
_TAIL, _SURELY = 0.1, 1.25
"""A tail of less than this share is lost; a risk below so many times the first has not risen."""

DEFINITIONS = {
    "catastrophic": "the risk becomes {ratio:g} times that of generation 1, or that of a model "
    "without any spread",
    "any increase": "the risk becomes larger than in generation 1",
    "divergence": "the risk grows without bound",
    "variance, every run": "in every run the spread tends to zero",
    "variance, on average": "the expected spread tends to zero",
    "scaling law": "with more points a generation the risk does not fall to zero",
    "lost modes": "outcomes of the real data are lost",
    "lost tails": "a typical run keeps less than a tenth of the real tail",
    "hallucination": "more than twice as much as in generation 1 lies where real data hardly are",
}
"""The criteria by name, in words; 4 has two readings."""
NUMBERS = dict(zip(DEFINITIONS, (1, 2, 3, 4, 4, 5, 6, 7, 8), strict=True))


@readable
@dataclasses.dataclass(frozen=True)
class Criterion:
    """One definition of collapse: its number, operational test, verdict and the evidence.

    `verdict` is "yes", "no", "undecided" or "does not apply". `basis` is "exact" where expected
    moments or a theorem decide for ever, "horizon" where they decide for these generations, and
    "runs" where the runs do, beyond their error.

    ```python
    found = gl.answers.profile(gl.Gaussian.of(0.0, 1.0), loop="Draw(20) >> Unbias(20)")
    found.criteria["divergence"].verdict  # yes
    ```
    """

    number: int
    definition: str
    verdict: str
    basis: str
    evidence: str

    def _in_short(self) -> str:
        return f"{self.verdict} ({self.basis}): {self.evidence}"


@dataclasses.dataclass(frozen=True)
class Finding:
    """A verdict with its basis and evidence."""

    verdict: str
    basis: str
    evidence: str


def found(verdict: bool | None, basis: str, evidence: str) -> Finding:
    """A finding, undecided for `None`."""
    words = {True: "yes", False: "no", None: "undecided"}
    return Finding(words[verdict], basis, evidence)


@dataclasses.dataclass(frozen=True)
class Curve:
    """A risk by generation with what lies surely below and above it."""

    middle: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    basis: str = "runs"

    @classmethod
    def of(cls, estimate: Estimate) -> "Curve":
        """Of a mean over runs with its standard error."""
        reach = SIGMAS * estimate.error
        return cls(estimate.mean, np.maximum(estimate.mean - reach, 0.0), estimate.mean + reach)

    @classmethod
    def known(cls, risk: np.ndarray) -> "Curve":
        """Of the exact risk, for as many generations as there are; what is rounding is zero."""
        risk = np.where(risk < _ROUNDING, 0.0, risk)
        return cls(risk, risk, risk, "horizon")


def catastrophic(curve: Curve, trivial: float, ratio: float, risk: Trend | None) -> Finding:
    """Criterion 1, for a model of `trivial` risk that has learned nothing of the spread."""
    if risk is not None and risk.fate is Fate.GROWS:
        return found(True, "exact", "the expected risk grows without bound")
    first, worst = curve.middle[0], int(curve.middle.argmax())
    words = f"at most {curve.middle[worst]:.3g}, in generation 1 {first:.3g}"
    if curve.upper.max() == 0:
        return found(False, curve.basis, words)
    reached = curve.lower >= min(ratio * curve.upper[0], trivial)
    if reached.any():
        at = int(reached.argmax())
        words = f"risk {curve.middle[at]:.3g} in generation {at + 1}, {first:.3g} in generation 1"
        return found(True, curve.basis, f"{words}, {trivial:.3g} without any spread")
    below = (curve.upper < min(ratio * curve.lower[0], trivial)).all()
    return found(False if below else None, curve.basis, words)


def increased(curve: Curve) -> Finding:
    """Criterion 2; runs can tell an increase of a quarter at best."""
    excess = curve.lower - curve.upper[0]
    at, first = int(excess.argmax()), curve.middle[0]
    if excess[at] > 1e-12 * curve.upper[0]:
        words = f"from {first:.3g} to {curve.middle[at]:.3g} in generation {at + 1}"
        return found(True, curve.basis, words)
    words = f"{first:.3g} in generation 1, {curve.middle[-1]:.3g} in the last one"
    surely = curve.basis == "horizon" or curve.upper.max() <= _SURELY * curve.upper[0]
    return found(False if surely else None, curve.basis, words)


def hallucinated(estimate: Estimate, what: str) -> Finding:
    """Criterion 8, by a mean over runs of mass that the real data nearly lack."""
    first, last = estimate.mean[[0, -1]]
    words = f"{100 * last:.3g} % {what}, {100 * first:.3g} % in generation 1"
    curve = Curve.of(estimate)
    if curve.lower[-1] > 2 * curve.upper[0]:
        return found(True, "runs", words)
    surely = curve.upper[-1] <= 2 * curve.lower[0]
    return found(False if surely else None, "runs", words)


def most(runs: np.ndarray) -> bool | None:
    """Whether a statement is true of most runs, `None` where so many runs do not tell."""
    excess = runs.sum() - len(runs) / 2
    reach = SIGMAS * len(runs) ** 0.5 / 2
    return bool(excess > 0) if abs(excess) > reach or runs.all() or not runs.any() else None


def without_tail(tail: np.ndarray, words: str) -> Finding:
    """Criterion 7, by the share of the real tail that each run has kept."""
    kept = f"a typical run has {100 * np.median(tail):.3g} % of the real mass {words}"
    return found(most(tail < _TAIL), "runs", kept)
