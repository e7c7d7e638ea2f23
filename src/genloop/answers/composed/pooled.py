"""Gaussian loops of sampled and real points that are fitted together, as they are typed."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

from ...language import Call, Name, Pipeline, Real
from ...stages import Draw, Mix, Temper, Unbias


@dataclasses.dataclass(frozen=True)
class PooledLoop:
    r"""`samples` points at a `temperature`, fitted together with `real_samples` real points.

    `fixed` where the real points are drawn once and for ever, `unbiased` where the covariance is
    divided by one less than all points. `temperature` is a number, or the name of a parameter
    that has none.
    """

    temperature: float | str
    samples: int
    real_samples: int
    fixed: bool = False
    unbiased: bool = True

    @property
    def text(self) -> str:
        """The composition as it is typed."""
        points = self.samples + self.real_samples
        stages = [f"Temper({self.temperature!r})", f"Draw({self.samples})"]
        if self.real_samples:
            mix = "Mix.fixed" if self.fixed else "Mix"
            share = f"{self.real_samples} / {points}"
            stages.append(f"{mix}(real, {share}, samples={self.real_samples})")
        if self.unbiased:
            stages.append(f"Unbias({points})")
        return " >> ".join(stages)


def pooled_loop(pipeline: Pipeline, values: Mapping[str, Any]) -> PooledLoop | None:
    """The pooled loop that a composition is on a table; `None` for every other.

    `Temper(T) >> Draw(n) >> Mix(real, m / (m + n), samples=m) >> Unbias(n + m)`, in which only the
    draw is needed: the loops of Go MAD, of recursive fitting, and of retraining with finite data.
    """
    calls = iter(pipeline.with_values(values).calls)
    following = next(calls, None)
    temper, following = _taken(following, calls, "Temper", Temper)
    draw, following = _taken(following, calls, "Draw", Draw)
    mix, following = _taken(following, calls, "Mix", Mix)
    unbias, following = _taken(following, calls, "Unbias", Unbias)
    samples, pool = _count(draw, "samples"), _count(unbias, "samples")
    if following is not None or samples is None:
        return None
    real_samples = 0 if mix is None else _real_points(mix, samples)
    heat = 1.0 if temper is None else _temperature(temper)
    if heat is None or real_samples is None:
        return None
    if unbias is not None and pool != samples + real_samples:
        return None
    fixed = mix is not None and mix.name == "Mix.fixed"
    return PooledLoop(heat, samples, real_samples, fixed, unbias is not None)


def sought_points(pipeline: Pipeline, values: Mapping[str, Any], unknown: str) -> str | None:
    """Which points of a pooled loop an unknown counts, "samples" or "real_samples"; or neither."""
    probes = [pooled_loop(pipeline, {**values, unknown: count}) for count in _PROBES]
    if None in probes or any(isinstance(one.temperature, str) for one in probes):
        return None
    for name in ("samples", "real_samples"):
        moved = [dataclasses.replace(probes[0], **{name: count}) for count in _PROBES]
        if moved == probes:
            return name
    return None


_PROBES = (50, 60)


def _taken(following: Call | None, calls: Iterator[Call], name: str, kind: type):
    """The next stage where it is of this kind, and the one that follows then."""
    if following is None or following.stage is not kind:
        return None, following
    return following, next(calls, None)


def _temperature(temper: Call) -> float | str | None:
    written = temper.arguments["temperature"]
    if isinstance(written, Name):
        return written.name
    return None if written.parameters else float(written.value({}))


def _count(call: Call | None, name: str) -> int | None:
    if call is None or call.arguments[name].parameters:
        return None
    return int(call.arguments[name].value({}))


def _real_points(mix: Call, samples: int) -> int | None:
    """How many real points join, where they are the share of all points that is written."""
    written = mix.arguments
    if set(written) != {"real", "real_fraction", "samples"} or mix.parameters:
        return None
    count, share = _count(mix, "samples"), float(written["real_fraction"].value({}))
    if count is None or not isinstance(written["real"], Real):
        return None
    return count if math.isclose(share * (samples + count), count, rel_tol=1e-12) else None
