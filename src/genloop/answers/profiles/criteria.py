"""The eight meanings of "model collapse", and what is found of each."""

import dataclasses

import numpy as np

from ...printing import readable
from ..composed import Fate, Trend
from .paths import Estimate

SIGMAS = 6.0
"""Standard errors that decide: about a hundred comparisons are made, each false once in 10^9."""

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
        """Of the exact risk, for as many generations as there are."""
        return cls(risk, risk, risk, "horizon")


def catastrophic(curve: Curve, trivial: float, ratio: float, risk: Trend | None) -> Finding:
    """Criterion 1, for a model of `trivial` risk that has learned nothing of the spread."""
    if risk is not None and risk.fate is Fate.GROWS:
        return found(True, "exact", "the expected risk grows without bound")
    level = min(ratio * curve.upper[0], trivial)
    at = int(np.argmax(curve.lower >= level))
    if curve.lower[at] >= level:
        return found(
            True,
            curve.basis,
            f"risk {curve.middle[at]:.3g} in generation {at + 1}, {curve.middle[0]:.3g} in "
            f"generation 1, {trivial:.3g} without any spread",
        )
    worst = int(curve.middle.argmax())
    words = f"at most {curve.middle[worst]:.3g}, in generation 1 {curve.middle[0]:.3g}"
    below = (curve.upper < min(ratio * curve.lower[0], trivial)).all()
    return found(False if below or curve.upper[0] == 0 else None, curve.basis, words)


def increased(curve: Curve) -> Finding:
    """Criterion 2."""
    excess = curve.lower - curve.upper[0]
    at = int(excess.argmax())
    first = curve.middle[0]
    if excess[at] > 0:
        words = f"from {first:.3g} to {curve.middle[at]:.3g} in generation {at + 1}"
        return found(True, curve.basis, words)
    last = curve.middle[-1]
    return found(False, curve.basis, f"{first:.3g} in generation 1, {last:.3g} in the last one")


def hallucinated(first: float, estimate: Estimate, what: str) -> Finding:
    """Criterion 8, by a mean over runs of mass that the real data nearly lack."""
    last, error = estimate.mean[-1], estimate.error[-1]
    words = f"{100 * last:.3g} % {what}, {100 * first:.3g} % in generation 1"
    return found(bool(last - SIGMAS * error > 2 * first), "runs", words)
