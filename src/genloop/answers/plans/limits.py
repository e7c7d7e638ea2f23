"""What becomes of a loop whose schedules are formulas and go on for ever: the proved criteria."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from ...language import Call, Expression, Number, Operation, Scheduled
from ...loops.contamination import PowerLaw, limit_of_error, limit_of_losses
from ...models import Gaussian, GaussianMoments
from ...printing import readable
from ...stages import Draw, Mix, Temper, Unbias
from .growth import Undecided, leading, moves

_CLOSE = 1e-12
_KNOWN = (Draw, Mix, Temper, Unbias)


@readable
@dataclasses.dataclass(frozen=True)
class Limit:
    """What becomes of the error when the formulas go on for ever.

    `verdict` is vanishes (consistent), bounded, collapses (nothing of the variance or diversity is
    left), grows or undecided; `kept` the limit of the share of the variance, or of the diversity,
    and `mean_error` that of the error of the mean in real standard deviations, `None` where they
    are not known. `theorem` decides it, `reason` says why.

    ```python
    loop = "Draw(n) >> Mix(real, a)"
    schedule = {"n": "100*(t+1)", "a": "0.5/(t+1)"}
    real = gl.Gaussian.of(0.0, 1.0)
    gl.answers.plan(real, loop=loop, schedule=schedule, generations=5).limit.kept  # 0.990099
    ```
    """

    verdict: str
    kept: float | None
    mean_error: float | None
    theorem: str | None
    reason: str


def limit_of(loop: Scheduled, real) -> Limit:
    """The verdict on a loop that starts at the real data."""
    try:
        laws = _laws(loop)
        return _verdict(loop, real, laws)
    except Undecided as why:
        return Limit("undecided", None, None, None, str(why))


def _laws(loop: Scheduled) -> dict[str, PowerLaw]:
    """The leading term of every parameter."""
    laws = {name: PowerLaw(float(value)) for name, value in loop.values.items()}
    for one in loop.schedules:
        if not isinstance(one.source, Expression):
            raise Undecided(
                f"{one.name} is {one.text}, which says nothing about all later generations; a "
                "formula in t does"
            )
        law = leading(one.source, laws)
        laws[one.name] = _rounded(law, one.name) if one.whole else law
    return laws


def _rounded(law: PowerLaw, name: str) -> PowerLaw:
    """The leading term of the nearest whole numbers."""
    if law.exponent > 0:
        return law
    limit = law.limit
    if limit % 1 == 0.5:
        raise Undecided(f"{name} tends to {limit:g}, and its rounding is not decided")
    return PowerLaw(float(round(limit)))


def _verdict(loop: Scheduled, real, laws: Mapping[str, PowerLaw]) -> Limit:
    calls, table = loop.pipeline.calls, isinstance(real, Gaussian)
    for call in calls:
        if call.stage not in _KNOWN or "." in call.name:
            raise Undecided(f"no criterion is known for a loop with {call.name}")
    terms = [_terms(call, laws) for call in calls]
    neutral = all(
        leads["temperature"] == PowerLaw(1.0)
        for call, leads in zip(calls, terms, strict=True)
        if call.stage is Temper
    )
    kinds = {call.stage for call in calls}
    if neutral and not (table and Unbias in kinds):
        found = _by_losses(calls, terms)
        return found if table else dataclasses.replace(found, mean_error=None)
    if not table:
        raise Undecided(
            "no criterion is known for outcomes at another temperature than 1; genloop "
            "fixed-points has the ends of the loop with constant numbers"
        )
    if neutral and Mix not in kinds:
        return _unbiased(calls, terms)
    if neutral and all(
        found["real_fraction"].limit == 0
        for call, found in zip(calls, terms, strict=True)
        if call.stage is Mix
    ):
        return _by_error(calls, terms)
    return _by_limits(calls, terms)


def _terms(call: Call, laws: Mapping[str, PowerLaw]) -> dict[str, PowerLaw]:
    """The leading terms of the numbers of a stage, and of one minus its share."""
    found = {name: leading(x, laws) for name, x in call.pairs if isinstance(x, Expression)}
    if call.stage is Mix:
        share = call.arguments["real_fraction"]
        one = Number(share.place, 1)
        if found["real_fraction"].limit < 1:
            found["rest"] = PowerLaw(1 - found["real_fraction"].limit)
        elif not moves(share, laws):
            found["rest"] = PowerLaw(0.0)
        else:
            found["rest"] = leading(Operation(share.place, "-", one, share), laws)
    return found


def _by_losses(calls, terms) -> Limit:
    """The product formula at temperature one [PL-2]."""
    samples, mixes, rests, order = [], [], [], []
    for call, found in zip(calls, terms, strict=True):
        order.append(call.stage)
        if call.stage is Draw:
            samples.append(found["samples"])
        if call.stage is Mix:
            mixes.append((found["real_fraction"], found.get("samples")))
            rests.append(found["rest"])
    placed = [kind for kind in order if kind in (Draw, Mix)]
    if placed != sorted(placed, key=lambda kind: kind is Mix):
        raise Undecided("the criterion is for loops that draw first and mix then")
    if any(n.limit < 1 for n in samples):
        raise Undecided("the number of samples falls below one")
    found = limit_of_losses(samples=samples, mixes=mixes, rests=rests)
    if not samples and all(m is None or not a.coefficient for a, m in mixes):
        if found.forgets:
            reason = (
                "nothing is drawn, and the real shares have no finite sum: any start is forgotten"
            )
            return Limit("vanishes", 1.0, 0.0, "PL-2", reason)
        reason = "nothing is drawn, and the real shares have a finite sum: a bad start is kept"
        return Limit("bounded", None, None, "PL-2", reason)
    if found.value is None:
        reason = (
            "the noise of all generations has a finite sum and so have the real shares: what is "
            "lost stays lost"
        )
        return Limit("bounded", None, None, "PL-2", reason)
    kept, error = 1 - found.value, math.sqrt(found.value)
    if found.value == 0:
        reason = "real data outweigh the noise of sampling more and more"
        return Limit("vanishes", kept, error, "PL-2", reason)
    if kept < _CLOSE:
        reason = "real data vanish against the noise of sampling"
        return Limit("collapses", 0.0, error, "PL-2", reason)
    reason = "real data and the noise of sampling keep a fixed proportion"
    return Limit("bounded", kept, error, "PL-2", reason)


def _unbiased(calls, terms) -> Limit:
    r"""Without real data the variance stays and the mean moves by $\sum 1/n_t$ [CA-A7]."""
    counts = [found["samples"] for call, found in zip(calls, terms, strict=True)]
    draws = [n for n, call in zip(counts, calls, strict=True) if call.stage is Draw]
    if [call.stage for call in calls if call.stage is not Temper] != [Draw, Unbias]:
        raise Undecided("no criterion is known for this order of stages")
    if counts[-1] != draws[0]:
        raise Undecided("Unbias corrects another number of samples than is drawn")
    if (PowerLaw(1.0) / draws[0]).summable:
        reason = "the samples grow faster than the generations: their noise has a finite sum"
        return Limit("bounded", 1.0, None, "CA-A7", reason)
    reason = "the samples do not grow faster than the generations: their noise has no finite sum"
    return Limit("grows", 1.0, None, "CA-A7", reason)


def _by_error(calls, terms) -> Limit:
    """The unbiased fit at temperature one, with shares that vanish [PL-4]."""
    order = [(call, found) for call, found in zip(calls, terms, strict=True)]
    order = [(call.stage, found) for call, found in order if call.stage is not Temper]
    if [stage for stage, _ in order] != [Draw, Mix, Unbias]:
        raise Undecided("no criterion is known for this order of stages")
    samples, share = order[0][1]["samples"], order[1][1]["real_fraction"]
    points = order[1][1].get("samples")
    if order[2][1]["samples"] != samples:
        raise Undecided("Unbias corrects another number of points than a generation has")
    noisy = points is not None and share.coefficient
    if noisy and (share * share * samples / points).limit > 0:
        raise Undecided("the real points are fewer than their share of a generation")
    if (samples * share).limit == 0.5:
        raise Undecided("half a real point in each generation is the border")
    found = limit_of_error(samples, share)
    if found.value is None:
        reason = (
            "the noise of all generations has a finite sum and so have the real shares: the error "
            "stays what it has become"
        )
        return Limit("bounded", None, None, "PL-4", reason)
    if math.isinf(found.value):
        reason = "there is less than half a real point in each generation"
        return Limit("grows", None, None, "PL-4", reason)
    if found.value == 0:
        reason = "the number of real points grows beyond all bounds"
        return Limit("vanishes", 1.0, 0.0, "PL-4", reason)
    reason = "the number of real points stays the same"
    return Limit("bounded", 1 + found.value, math.sqrt(found.value), "PL-4", reason)


def _by_limits(calls, terms) -> Limit:
    """The recursion at the limits of all numbers, where that has one end [ST-B3]."""
    matrix, source = _recursion(calls, terms)
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    if radius < 1 - _CLOSE:
        error, kept = np.linalg.solve(np.eye(2) - matrix, source)
        error, kept = max(float(error), 0.0), float(kept)
        if error < _CLOSE and abs(kept - 1) < _CLOSE:
            reason = "the numbers tend to those of a loop whose end is the real data"
            return Limit("vanishes", 1.0, 0.0, "PL-2", reason)
        reason = "the numbers tend to those of a loop with one end, not that of the real data"
        return Limit("bounded", kept, math.sqrt(error), "PL-2", reason)
    if radius > 1 + _CLOSE:
        return Limit("grows", None, None, "PL-2", "the limit of the loop multiplies its moments")
    if not np.any(source) and matrix[1, 1] < 1 - _CLOSE and _narrows(calls, terms):
        reason = "in the limit there are no real data, and every generation narrows the variance"
        return Limit("collapses", 0.0, None, "PL-2", reason)
    raise Undecided("the limit of the loop is neutral, and no criterion for this case is known")


def _narrows(calls, terms) -> bool:
    """Whether no stage makes the sum of variance and error larger: then both stay bounded."""
    heats = [
        found["temperature"]
        for call, found in zip(calls, terms, strict=True)
        if call.stage is Temper
    ]
    biased = all(call.stage is not Unbias for call in calls)
    return biased and all(heat.limit < 1 or heat == PowerLaw(1.0) for heat in heats)


def _recursion(calls, terms) -> tuple[np.ndarray, np.ndarray]:
    """The affine map of the error of the mean and of the variance, at the limits."""
    real = Gaussian(np.zeros(1), np.ones((1, 1)))

    def generation(error, variance):
        state = GaussianMoments(np.zeros(1), np.full((1, 1), error), np.full((1, 1), variance))
        for call, found in zip(calls, terms, strict=True):
            numbers = {name: law.limit for name, law in found.items()}
            state = _at_limits(call, numbers, state, real)
        return np.array([float(state.mean_covariance[0, 0]), float(state.covariance[0, 0])])

    source = generation(0.0, 0.0)
    columns = generation(1.0, 0.0) - source, generation(0.0, 1.0) - source
    return np.stack(columns, axis=1), source


def _at_limits(call: Call, numbers: Mapping[str, float], state, real):
    if call.stage is Temper:
        if not math.isfinite(numbers["temperature"]):
            raise Undecided("the temperature has no finite limit")
        return state.temper(numbers["temperature"])
    if call.stage is Mix:
        share, points = numbers["real_fraction"], numbers.get("samples")
        return state.mix(real, share, points or None)
    if numbers["samples"] < 2:
        raise Undecided("the number of samples falls below two")
    if math.isinf(numbers["samples"]):
        return state
    return (
        state.draw(numbers["samples"]) if call.stage is Draw else state.unbias(numbers["samples"])
    )
