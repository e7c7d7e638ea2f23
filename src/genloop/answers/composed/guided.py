"""What is known in closed form of typed loops that are guided away from an auxiliary model."""

import dataclasses
import math
from typing import Any

from ...errors import InputError
from ...language import Call, Expression, Flag, Name, Pipeline, Real
from ...loops import guidance
from ...stages import Draw, Guide, Mix, Temper
from .chosen import ChosenLoop


@dataclasses.dataclass(frozen=True)
class GuidedLoop:
    """Real data, a temperature and guidance away from another temperature, in any order.

    `strength` and `real_fraction` are numbers, or `None` where they have none.
    """

    strength: float | None
    temperature: float
    auxiliary: float
    real_fraction: float | None
    flow: bool

    @property
    def options(self) -> dict[str, Any]:
        """Those of the closed forms."""
        return {"auxiliary": self.auxiliary, "flow": self.flow}

    @property
    def effective_temperature(self) -> float | None:
        """The temperature of a guided generation, where the strength is known."""
        if self.strength is None:
            return None
        found = guidance.effective_temperature(self.strength, self.temperature, **self.options)
        return float(found)


def guided_loop(loop: ChosenLoop) -> GuidedLoop | None:
    """The guided loop that a composition is; `None` for every other."""
    calls = loop.pipeline.with_values(loop.values).calls
    by_stage = {kind: [call for call in calls if call.stage is kind] for kind in _KINDS}
    guides, mixes = by_stage[Guide], by_stage[Mix]
    if len(guides) != 1 or len(mixes) > 1 or sum(map(len, by_stage.values())) < len(calls):
        return None
    written = guides[0].arguments
    heat, other = _heat(by_stage[Temper]), _auxiliary(written["auxiliary"])
    share = 0.0 if not mixes else _share(mixes[0])
    if heat is None or other is None or other == 1 or share is False:
        return None
    flow = isinstance(written.get("flow"), Flag) and written["flow"].on
    return GuidedLoop(_number(written["strength"]), heat, other, share, flow)


_KINDS = (Guide, Mix, Temper, Draw)


def guidance_notes(loop: ChosenLoop) -> tuple[str, ...]:
    """Sentences on the strength that undoes the bias, and on where guidance is too strong."""
    form = guided_loop(loop)
    if form is None:
        return ()
    unbiased = guidance.unbiased_strength(form.temperature, **form.options)
    item = "ST-E3" if loop.is_table else "SI-1"
    undone = "the bias of the fits" if loop.is_table else "the temperature"
    notes = [f"A strength of {unbiased:.6g} undoes {undone} exactly, for any real data [{item}]."]
    heat = form.effective_temperature
    if heat is not None:
        notes.append(f"Guided, a generation samples at the temperature {heat:.6g} [{item}].")
    if loop.is_table:
        notes += _explosion(form)
    return tuple(notes)


def check_walk(loop: ChosenLoop) -> None:
    """Raises `InputError` E136 with what is known of guided draws without real data.

    Of `Draw(n) >> Guide(w, Draw(m), flow=True)` on a table, which has no end at all.
    """
    calls = loop.pipeline.with_values(loop.values).calls
    if not loop.is_table or [call.stage for call in calls] != [Draw, Guide]:
        return
    written = calls[1].arguments
    other, strength = written["auxiliary"].calls, _number(written["strength"])
    counted = [calls[0], *other]
    flow = isinstance(written.get("flow"), Flag) and written["flow"].on
    known = not any(call.parameters for call in counted)
    if not flow or not known or [call.stage for call in other] != [Draw]:
        return
    sizes = [call.arguments["samples"].value({}) for call in counted]
    edge = guidance.critical_strength_of_samples(*sizes)
    moves = ""
    if strength is not None:
        drift = guidance.log_variance_drift(strength, *sizes)
        moves = f" (here it moves by {drift:.4g} a generation)"
    raise InputError(
        "E136",
        f"{loop.text} has no real data and no end: the logarithm of the variance is a random walk"
        f"{moves}, lost in almost every run below a strength of {edge:.6g} and exploding above "
        "[ST-E4]; follow runs with genloop simulate.",
    )


def _explosion(form: GuidedLoop) -> list[str]:
    """Where the variance grows without bound, in what is not known yet."""
    if form.real_fraction is not None and form.strength is None:
        if form.real_fraction >= 1:
            return []
        edge = guidance.critical_strength(form.temperature, form.real_fraction, **form.options)
        side = "above" if form.auxiliary < 1 else "below"
        return [f"{side.capitalize()} a strength of {edge:.6g} the variance explodes [ST-E3]."]
    if form.real_fraction is not None:
        grows = (1 - form.real_fraction) * form.effective_temperature >= 1
        return ["With these numbers the variance explodes [ST-E3]."] if grows else []
    if form.strength is not None:
        edge = guidance.required_real_fraction(form.strength, form.temperature, **form.options)
        if edge > 0:
            return [f"With a real fraction below {edge:.6g} the variance explodes [ST-E3]."]
    return []


def _heat(calls: list[Call]) -> float | None:
    """The product of temperatures; `None` where one is not known."""
    heats = [_number(call.arguments["temperature"]) for call in calls]
    return None if None in heats else math.prod(heats)


def _auxiliary(pipeline: Pipeline) -> float | None:
    known = all(call.stage is Temper for call in pipeline.calls)
    return _heat(list(pipeline.calls)) if known else None


def _share(mix: Call) -> float | bool | None:
    """The share of real data, `None` where it has no number yet; false for other real data."""
    written = mix.arguments
    if set(written) != {"real", "real_fraction"} or not isinstance(written["real"], Real):
        return False
    return _number(written["real_fraction"])


def _number(expression: Expression) -> float | None:
    """A number that is known; `None` for one that depends on a name."""
    if isinstance(expression, Name) or expression.parameters:
        return None
    return float(expression.value({}))
