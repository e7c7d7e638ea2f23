"""The proved criteria for what becomes of a loop, by the leading terms of its numbers."""

import dataclasses
import math

import numpy as np

from ...loops.contamination import PowerLaw, limit_of_losses, limit_of_rates
from ...models import Gaussian, GaussianMoments
from ...printing import readable
from ...stages import Draw, Mix, Temper, Unbias
from .orders import Undecided
from .steps import ONE, Step, Steps

_CLOSE = 1e-12


@readable
@dataclasses.dataclass(frozen=True)
class Limit:
    """What becomes of the error when the formulas go on for ever.

    `verdict` is vanishes (consistent), bounded, collapses (nothing of the variance or diversity is
    left), grows or undecided; `kept` the limit of the share of the variance, or of the diversity,
    and `error_of_mean` that of the error of the mean (its root mean square) in real standard
    deviations, `None` where they are not known. `theorem` decides it, `reason` says why.

    ```python
    loop = "Draw(n) >> Mix(real, a)"
    schedule = {"n": "100*(t+1)", "a": "0.5/(t+1)"}
    real = gl.Gaussian.of(0.0, 1.0)
    gl.answers.plan(real, loop=loop, schedule=schedule, generations=5).limit.kept  # 0.990099
    ```
    """

    verdict: str
    kept: float | None
    error_of_mean: float | None
    theorem: str | None
    reason: str


def by_losses(steps: Steps) -> Limit:
    """The product formula at temperature one [PL-2]."""
    placed = [one.stage for one in steps.all if one.stage in (Draw, Mix)]
    if placed != sorted(placed, key=lambda kind: kind is Mix):
        raise Undecided("the criterion is for loops that draw first and mix then")
    samples = [one.law("samples") for one in steps.of_kind(Draw)]
    mixes = [(one.law("real_fraction"), one.law("samples")) for one in steps.of_kind(Mix)]
    rests = [(ONE - a).leading("1 - a") for a in steps.numbers(Mix, "real_fraction")]
    found = limit_of_losses(samples=samples, mixes=mixes, rests=rests)
    if not samples and all(m is None or not a.coefficient for a, m in mixes):
        if found.forgets:
            reason = (
                "nothing is drawn, and the real shares have no finite sum: any start is forgotten"
            )
            return Limit("vanishes", 1.0, 0.0, "PL-2", reason)
        reason = "nothing is drawn, and the real shares have a finite sum: a bad start is kept"
        return Limit("bounded", None, None, "PL-2", reason)
    fresh = any(a.coefficient for a, _ in mixes)
    if found.value is None:
        shares = " and so have the real shares" if fresh else ""
        reason = f"the noise of all generations has a finite sum{shares}: what is lost stays lost"
        return Limit("bounded", None, None, "PL-2", reason)
    kept, error = 1 - found.value, math.sqrt(found.value)
    if found.value == 0:
        reason = "real data outweigh the noise of sampling more and more"
        return Limit("vanishes", kept, error, "PL-2", reason)
    if kept < 1e-15:
        reason = "there are no real data, and the noise of sampling adds up"
        if fresh:
            reason = "real data vanish against the noise of sampling"
        return Limit("collapses", 0.0, error, "PL-2", reason)
    reason = "real data and the noise of sampling keep a fixed proportion"
    return Limit("bounded", kept, error, "PL-2", reason)


def without_real_data(steps: Steps) -> Limit:
    r"""The variance is a product, and the mean moves by $C_t/n_t$ [PL-2], [CA-A7]."""
    endless = not steps.noise.summable
    kept = 1.0 if steps.exactly_unbiased else None
    rate = PowerLaw(0.0) if kept else steps.growth_rate
    if rate.summable:
        theorem = "CA-A7" if kept else "PL-2"
        if endless:
            reason = (
                "the samples do not grow faster than the generations: their noise has no finite sum"
            )
            return Limit("grows", kept, None, theorem, reason)
        reason = "the samples grow faster than the generations: their noise has a finite sum"
        return Limit("bounded", kept, None, theorem, reason)
    if rate.coefficient < 0:
        reason = "there are no real data, and the generations narrow the variance without end"
        return Limit("collapses", 0.0, None, "PL-2", reason)
    reason = "there are no real data, and the generations widen the variance without end"
    return Limit("grows", None, None, "PL-2", reason)


def by_rates(steps: Steps) -> Limit:
    """All changes fade: their rates decide [PL-2]; exact unbiased fits [PL-4]."""
    real, noise, undone = steps.real, steps.noise, steps.undone
    heats = [one.leading("T - 1") for one in steps.heats]
    rates = (noise, undone, *heats)
    if real.summable and all(one.summable for one in rates):
        reason = (
            "the changes of all generations have a finite sum: the error stays what it has become"
        )
        return Limit("bounded", None, None, "PL-2", reason)
    if real.summable or any(_outweighs(one, real) for one in rates):
        return _by_variance(steps)
    theorem = "PL-4" if steps.exactly_unbiased else "PL-2"
    try:
        found = limit_of_rates(real, noise, steps.heat.leading("T - 1"), undone)
    except ValueError as why:
        raise Undecided(str(why).rstrip(".")) from None
    if found is None:
        reason = "there are too few real data against what widens the variance"
        return Limit("grows", None, None, theorem, reason)
    if found == (0.0, 1.0):
        reason = "real data outweigh all that changes the model more and more"
        return Limit("vanishes", 1.0, 0.0, theorem, reason)
    reason = "real data and all that changes the model keep a fixed proportion"
    return Limit("bounded", found[1], math.sqrt(found[0]), theorem, reason)


def _by_variance(steps: Steps) -> Limit:
    """Real data that vanish beside what is done to the variance [PL-2] [PL-4]."""
    rare = not _ratio(steps.real, steps.noise).limit and not steps.noise.summable
    if steps.exactly_unbiased and rare:
        reason = "there is less than half a real point in each generation"
        return Limit("grows", None, None, "PL-4", reason)
    rate, real = steps.growth_rate, steps.real
    if rate.coefficient > 0 and not rate.summable:
        reason = "the generations widen the variance without end"
        return Limit("grows", None, None, "PL-2", reason)
    fades = real.summable or not _ratio(real, rate).limit
    if rate.coefficient < 0 and not rate.summable and fades and _bounded(steps, rate):
        reason = "every generation narrows the variance, and real data vanish beside that"
        return Limit("collapses", 0.0, None, "PL-2", reason)
    raise Undecided("real shares vanish beside other changes, and no criterion is known for this")


def _bounded(steps: Steps, rate: PowerLaw) -> bool:
    """Whether the error of the mean stays bounded while the variance narrows [PL-2]."""
    if steps.real.summable and not _outweighs(steps.noise, rate):
        return True
    heats = [one.leading("T - 1") for one in steps.heats]
    cool = all(one.coefficient <= 0 or one.summable for one in heats)
    return cool and not steps.of_kind(Unbias)


def _ratio(one: PowerLaw, other: PowerLaw) -> PowerLaw:
    return PowerLaw(1.0, 1.0) if not other.coefficient else one / other


def _outweighs(one: PowerLaw, other: PowerLaw) -> bool:
    return bool(one.coefficient) and one.exponent > other.exponent


def by_limits(steps: Steps) -> Limit:
    """The recursion at the limits of all numbers, where that has one end [ST-B3]."""
    matrix, source = _recursion(steps)
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    if radius < 1 - _CLOSE:
        error, kept = np.linalg.solve(np.eye(2) - matrix, source)
        error, kept = max(float(error), 0.0), float(kept)
        if error == 0 and abs(kept - 1) < _CLOSE:
            reason = "the numbers tend to those of a loop whose end is the real data"
            return Limit("vanishes", 1.0, 0.0, "PL-2", reason)
        reason = "the numbers tend to those of a loop with one end, not that of the real data"
        return Limit("bounded", kept, math.sqrt(error), "PL-2", reason)
    if radius > 1 + _CLOSE:
        return Limit("grows", None, None, "PL-2", "the limit of the loop multiplies its moments")
    if not steps.real.limit:
        return _by_variance(steps)
    raise Undecided("the limit of the loop is neutral, and no criterion for this case is known")


def _recursion(steps: Steps) -> tuple[np.ndarray, np.ndarray]:
    """The affine map of the error of the mean and of the variance, at the limits."""
    real = Gaussian(np.zeros(1), np.ones((1, 1)))

    def generation(error, variance):
        state = GaussianMoments(np.zeros(1), np.full((1, 1), error), np.full((1, 1), variance))
        for one in steps.all:
            state = _at_limits(one, state, real)
        return np.array([float(state.mean_covariance[0, 0]), float(state.covariance[0, 0])])

    source = generation(0.0, 0.0)
    columns = generation(1.0, 0.0) - source, generation(0.0, 1.0) - source
    return np.stack(columns, axis=1), source


def _at_limits(step: Step, state, real):
    numbers = {name: step.law(name).limit for name in step.numbers}
    if step.stage is Temper:
        if not math.isfinite(numbers["temperature"]):
            raise Undecided("the temperature has no finite limit")
        return state.temper(numbers["temperature"])
    if step.stage is Mix:
        return state.mix(real, numbers["real_fraction"], numbers.get("samples") or None)
    if math.isinf(numbers["samples"]):
        return state
    move = state.draw if step.stage is Draw else state.unbias
    return move(numbers["samples"])
