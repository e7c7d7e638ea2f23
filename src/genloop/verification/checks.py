"""The kinds of check a theorem is put to, and their verdicts."""

import dataclasses
import enum
import math
from typing import Any

import numpy as np
from scipy import special

from ..printing import readable

FAMILY_WISE_ERROR = 1e-6
"""Probability that a whole run refutes at least one true statement."""

BUDGET = 10_000
"""Monte Carlo comparisons a run may make in all; each is tested at `FAMILY_WISE_ERROR / BUDGET`."""

MISS = 1e-6
"""Probability that an error of the printed detectable size is not refuted."""


class Verdict(enum.StrEnum):
    """The outcome of a check, or of a whole theorem.

    ```python
    gl.verification.Verdict.of(["HOLDS", "UNDECIDED"])  # UNDECIDED
    ```
    """

    HOLDS = "HOLDS"
    REFUTED = "REFUTED"
    UNDECIDED = "UNDECIDED"

    @classmethod
    def of(cls, verdicts) -> "Verdict":
        """REFUTED if any is, else UNDECIDED if any is or there is none, else HOLDS."""
        verdicts = list(verdicts)
        if cls.REFUTED in verdicts:
            return cls.REFUTED
        return cls.HOLDS if set(verdicts) == {cls.HOLDS} else cls.UNDECIDED


@readable
@dataclasses.dataclass(frozen=True)
class Check:
    """One comparison, or the worst of several.

    `error` is the measured error and `limit` the largest that is allowed: a relative difference for
    closed forms and laws, a number of standard errors for Monte Carlo, the slack for a bound.
    `detectable` is the smallest relative error that Monte Carlo would have refuted with probability
    1 - `MISS`.

    ```python
    gl.verification.closed_form("one and one", 2.0, 1.0 + 1.0).verdict  # HOLDS
    ```
    """

    kind: str
    statement: str
    verdict: Verdict
    claimed: float | complex | None = None
    computed: float | complex | None = None
    error: float | None = None
    limit: float | None = None
    detectable: float | None = None
    comparisons: int = 1
    reason: str = ""

    def json(self) -> dict[str, Any]:
        """A JSON-ready dictionary; numbers that are not finite become null."""
        return {name: _plain(value) for name, value in dataclasses.asdict(self).items()}


def closed_form(statement: str, claimed, computed, *, tolerance=1e-10, scale=None) -> Check:
    r"""Whether $|c_i - x_i| \le \epsilon s_i$ for all entries of a claimed and a computed array.

    `scale` $s$ is the unit of the error: by default $|x_i|$, and 1 where $x_i = 0$.

    ```python
    gl.verification.closed_form("a square", 4.0, 2.0**2).verdict  # HOLDS
    ```
    """
    return _compare("closed form", statement, claimed, computed, tolerance, scale)


def exact_law(statement: str, claimed, computed, *, tolerance=1e-10, scale=None) -> Check:
    """As `closed_form`, for a number computed from an exact finite-sample law.

    ```python
    gl.verification.exact_law("a coin", 0.5, gl.laws.binomial_law(1, 0.5)).verdict  # HOLDS
    ```
    """
    return _compare("exact law", statement, claimed, computed, tolerance, scale)


def bound(statement: str, lower, upper, *, tolerance=0.0) -> Check:
    r"""Whether $l_i \le u_i + \epsilon |u_i|$ everywhere; `error` is the smallest slack $u - l$.

    ```python
    gl.verification.bound("below", 1.0, 1.5).error  # 0.5
    ```
    """
    lower, upper = np.broadcast_arrays(*_numbers(lower, upper))
    if not (np.isfinite(lower).all() and np.isfinite(upper).all()):
        return _undecided("bound", statement, "a side of the inequality is not finite")
    slack = upper - lower
    worst = np.unravel_index(slack.argmin(), slack.shape)
    holds = (slack >= -tolerance * np.abs(upper)).all()
    verdict = Verdict.HOLDS if holds else Verdict.REFUTED
    sides = (lower[worst].item(), upper[worst].item())
    return Check("bound", statement, verdict, *sides, slack[worst].item(), 0.0)


def symbolic(statement: str, difference) -> Check:
    """Whether a SymPy expression (or each of several) is identically zero.

    An expression that does not simplify to zero is refuted by a point at which it is not zero, and
    undecided without one.

    ```python
    x = sympy.Symbol("x")
    gl.verification.symbolic("a binomial", (x + 1) ** 2 - x**2 - 2 * x - 1).verdict  # HOLDS
    ```
    """
    import sympy

    entries = list(difference) if isinstance(difference, list | tuple) else [difference]
    entries = [entry for item in entries for entry in _entries(sympy, item)]
    left = [entry for entry in map(sympy.simplify, entries) if entry != 0]
    if not left:
        return Check("symbolic", statement, Verdict.HOLDS)
    if any(_differs_somewhere(sympy, entry) for entry in left):
        return Check("symbolic", statement, Verdict.REFUTED, reason=f"left over: {left[0]}"[:200])
    return _undecided("symbolic", statement, "the difference could not be simplified")


def monte_carlo(statement: str, claimed, samples, *, resolution=0.1, scale=None) -> Check:
    r"""A $t$-test of a claimed mean against independent replicates along the first axis.

    The mean $\bar x$ of $R$ replicates with standard error $e$ refutes the claim $c$ if
    $|\bar x - c| > q e$, where $q$ is the Student quantile at `FAMILY_WISE_ERROR / BUDGET` (two
    sided) raised by $|\gamma| (2 q^2 + 1)/(6 \sqrt R)$ for a skewness $\gamma$ (Cornish-Fisher).
    Claims off by $(q + q_1)\,e$, $q_1$ the normal quantile of `MISS`, are refuted with
    probability `1 - MISS`; if that exceeds `resolution` times `scale` (by default $|\bar x|$), or
    if the tail is too heavy for this error bar, the check is undecided.

    ```python
    samples = np.random.default_rng(0).normal(1.0, 0.1, 10_000)
    gl.verification.monte_carlo("a mean of one", 1.0, samples).verdict  # HOLDS
    ```
    """
    (samples,) = _numbers(samples)
    claimed = np.broadcast_to(_numbers(claimed)[0], samples.shape[1:]).reshape(-1)
    samples = samples.reshape(samples.shape[0], -1)
    tests = [
        _test_mean(statement, number, column, resolution, scale)
        for number, column in zip(claimed, samples.T, strict=True)
    ]
    worst = max(tests, key=lambda test: (_SEVERITY[test.verdict], test.error or 0.0))
    detectable = [test.detectable for test in tests if test.detectable is not None]
    return dataclasses.replace(
        worst, comparisons=len(tests), detectable=max(detectable, default=None)
    )


def _test_mean(
    statement: str, claimed: float, samples: np.ndarray, resolution: float, scale: float | None
) -> Check:
    kind = "Monte Carlo"
    if not (np.isfinite(claimed) and np.isfinite(samples).all()):
        return _undecided(kind, statement, "the claim or a sample is not finite")
    count, mean = samples.size, samples.mean()
    deviation = samples.std(ddof=1) if count > 1 else 0.0
    if not deviation > 0:
        return _undecided(kind, statement, "the samples do not vary, so there is no error bar")
    bar = deviation / math.sqrt(count)
    quantile = -special.stdtrit(count - 1, FAMILY_WISE_ERROR / BUDGET / 2)
    skewness = np.mean(((samples - mean) / deviation) ** 3)
    correction = abs(skewness) * (2 * quantile**2 + 1) / (6 * math.sqrt(count))
    limit, error = quantile + correction, abs(mean - claimed) / bar
    unit = abs(mean) if scale is None else scale
    detectable = (limit - special.ndtri(MISS)) * bar / unit if unit > 0 else math.inf
    numbers = (float(claimed), float(mean), float(error), float(limit), float(detectable))
    if correction > quantile / 2:
        reason = f"too skewed ({skewness:.3g}) for an error bar from {count} replicates"
    elif error > limit:
        return Check(kind, statement, Verdict.REFUTED, *numbers)
    elif not detectable <= resolution:
        reason = f"errors up to {detectable:.2g} would pass unseen, the goal is {resolution:.2g}"
    else:
        return Check(kind, statement, Verdict.HOLDS, *numbers)
    return Check(kind, statement, Verdict.UNDECIDED, *numbers, reason=reason)


_SEVERITY = {Verdict.HOLDS: 0, Verdict.UNDECIDED: 1, Verdict.REFUTED: 2}


def _compare(
    kind: str, statement: str, claimed: Any, computed: Any, tolerance: float, scale: Any
) -> Check:
    claimed, computed = np.broadcast_arrays(*_numbers(claimed, computed))
    if claimed.size == 0:
        return _undecided(kind, statement, "there is nothing to compare")
    if not (np.isfinite(claimed).all() and np.isfinite(computed).all()):
        return _undecided(kind, statement, "a side of the comparison is not finite")
    size = np.abs(computed)
    unit = np.where(size > 0, size, 1.0) if scale is None else np.broadcast_to(scale, size.shape)
    errors = np.abs(claimed - computed) / unit
    worst = np.unravel_index(errors.argmax(), errors.shape)
    verdict = Verdict.HOLDS if (errors <= tolerance).all() else Verdict.REFUTED
    sides = (claimed[worst].item(), computed[worst].item())
    return Check(kind, statement, verdict, *sides, errors[worst].item(), float(tolerance))


def _numbers(*values) -> list[np.ndarray]:
    arrays = [np.asarray(value) for value in values]
    return [array.astype(np.result_type(array.dtype, np.float64)) for array in arrays]


def _undecided(kind: str, statement: str, reason: str) -> Check:
    return Check(kind, statement, Verdict.UNDECIDED, reason=reason)


def _entries(sympy, item) -> list:
    return list(item) if isinstance(item, sympy.MatrixBase) else [sympy.sympify(item)]


def _differs_somewhere(sympy, expression) -> bool:
    symbols = sorted(expression.free_symbols, key=str)
    # An odd denominator keeps the points off zeros and poles that a formula may have on purpose.
    points = [[sympy.Rational(7 * k + 3 * i + 11, 97) for i in range(len(symbols))] for k in (1, 5)]
    for point in points:
        value = expression.subs(dict(zip(symbols, point, strict=True))).evalf(40)
        if value.is_number and value.is_finite and abs(value) > sympy.Float("1e-25"):
            return True
    return False


def _plain(value):
    if isinstance(value, complex):
        return [_plain(value.real), _plain(value.imag)]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
