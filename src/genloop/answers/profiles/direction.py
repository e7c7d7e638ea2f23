"""The profile of a Gaussian loop: that of one direction, in units of the real data."""

import dataclasses

import numpy as np

from ...models import Gaussian
from ..composed import ChosenLoop, Direction, Fate, Trend
from . import criteria as test
from .criteria import Curve, Finding, found
from .paths import Paths, mapped

_LOST = 0.01
_CUT = 4.0
"""The risk of a direction that runs are cut off at: four times that of no spread."""


def profile_of(
    asked: ChosenLoop, generations: int, replicates: int, ratio: float
) -> dict[str, Finding]:
    """The findings of a loop on a table."""
    unit = dataclasses.replace(asked, real=Gaussian.of(0.0, 1.0))
    direction = Direction.of(unit.stage(), unit.real, asked.real.dimension)
    loop, real = direction.loop, direction.real
    ideal = mapped(loop, real, generations)
    seen = Paths.of(loop, real, ideal, replicates=replicates, seed=asked.seed)
    (error, variance), exact = direction.trends, direction.path(generations)
    curve = _risk(seen, exact) if loop.draws else Curve.known(ideal["risk"])
    every, average = _every_run(direction, seen, variance), _average(variance)
    return {
        "catastrophic": test.catastrophic(curve, 1.0, ratio, error),
        "any increase": test.increased(curve),
        "divergence": _diverges(error, variance),
        "variance, every run": every,
        "variance, on average": average,
        "scaling law": _scaling(ideal["risk"]),
        "lost modes": Finding("does not apply", "exact", "one Gaussian has one mode"),
        "lost tails": _tails(seen, every),
        "hallucination": test.hallucinated(
            seen.mean("far"), "of the samples outside the middle 99.9 % of the real data"
        ),
    }


def _risk(seen: Paths, exact: np.ndarray | None) -> Curve:
    r"""$E W_2^2 = E \delta^2 + E \sigma^2 + 1 - 2 E \sigma$, expected moments exact.

    The runs know $E \sigma$ with the error $\sqrt{(E \sigma^2 - (E \sigma)^2)/R}$, however heavy
    the tail of $\sigma^2$ is. A mean of what is cut off at `_CUT` has a true error as well, and is
    lower; where $\sigma$ varies little nothing has to be cut off.
    """
    direct = Curve.of(seen.mean("risk"))
    if exact is None:
        return direct
    error, variance = exact.T
    runs = len(seen.seen["deviation"])
    deviation, seen_error = seen.mean("deviation")
    # A small spread is a difference of large numbers, of which one is seen.
    reach = np.maximum(np.sqrt(np.maximum(variance - deviation**2, 0.0) / runs), seen_error)
    risk = lambda s: error + variance + 1 - 2 * s
    high = np.minimum(deviation + test.SIGMAS * reach, np.sqrt(variance))
    low = np.maximum(deviation - test.SIGMAS * reach, 0.0)
    cut = Curve.of(seen.mean("risk", most=_CUT))
    concentrated = variance < 1.25 * deviation**2
    upper = np.where(concentrated, np.minimum(risk(low), direct.upper), risk(low))
    middle = np.where(concentrated, direct.middle, risk(deviation))
    return Curve(middle, np.maximum(risk(high), cut.lower), upper)


def _diverges(error: Trend, variance: Trend) -> Finding:
    if Fate.GROWS in (error.fate, variance.fate):
        what = "squared error of the mean" if error.fate is Fate.GROWS else "variance"
        return found(True, "exact", f"the expected {what} grows without bound")
    if Fate.UNKNOWN in (error.fate, variance.fate):
        return found(None, "exact", "the long run of the expected moments is not resolved")
    words = f"the expected squared error tends to {error.limit:.3g}, the variance to "
    return found(False, "exact", f"{words}{variance.limit:.3g}, in units of the real variance")


def _average(variance: Trend) -> Finding:
    if variance.fate is Fate.UNKNOWN:
        return found(None, "exact", "the long run of the expected variance is not resolved")
    if variance.fate is Fate.VANISHES:
        return found(True, "exact", "the expected variance tends to zero")
    grows = variance.fate is Fate.GROWS
    tends = "grows without bound" if grows else f"tends to {variance.limit:.3g} of the real one"
    return found(False, "exact", f"the expected variance {tends}")


def _every_run(direction: Direction, seen: Paths, variance: Trend) -> Finding:
    """Criterion 4 of runs: by the drift of the logarithm, by real data, or by what was seen."""
    if direction.drift is not None:
        drift = direction.drift.log_variance
        words = f"the logarithm of the variance moves by {drift:.3g} a generation"
        return found(drift < 0, "exact", words)
    if variance.fate is Fate.VANISHES:
        return found(True, "exact", "the expected variance tends to zero, so that no run keeps any")
    if direction.joined:
        return found(False, "exact", "real data with their spread join in every generation")
    lost = seen.seen["deviation"][:, -1] ** 2 < _LOST
    words = f"{100 * lost.mean():.3g} % of the runs have lost 99 % of the variance"
    return found(None if test.most(lost) else test.most(lost), "runs", words)


def _scaling(risk: np.ndarray) -> Finding:
    floor = float(risk[-1])
    if floor > 1e-12:
        words = f"with infinitely many points the risk is {floor:.3g} after {len(risk)} generations"
        return found(True, "horizon", words)
    return found(False, "exact", "with infinitely many points the real data are kept")


def _tails(seen: Paths, every: Finding) -> Finding:
    if every.verdict == "yes" and every.basis == "exact":
        return found(True, "exact", "a run without spread has no tails")
    return test.without_tail(seen.seen["tail"][:, -1], "beyond 2.58 standard deviations")
