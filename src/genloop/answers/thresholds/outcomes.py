"""The real data that a loop of outcomes needs."""

import dataclasses
from collections.abc import Mapping

import equinox as eqx
import numpy as np

from ...analysis import Threshold, fixed_point, stability
from ...arguments import check_one, checked
from ...certificates import Certificate
from ...certificates.certificate import not_proved
from ...loops import perturbed_flow, temperature as solved
from ...loops.temperature.proofs.exact_loop import ExactLoop, whole_counts
from ...models import Categorical
from ...operators import distance
from ...printing import readable
from ...stages import Mix, Temper
from ...stages.truncate import AbstractTruncation
from .. import goals as known
from ..answer import hidden
from ..composed import Noise, short_form
from ..distances import Distances, distances
from ..goals import Goal, percent
from ..proofs import exactly
from ..real_data import RealOutcomes, described, name_of
from .answer import Thresholds
from .collapsed import Collapses, collapses
from .neutral import Neutral, neutral
from .truncated import Truncated, truncated

_SHOWN_FRACTION = 0.1
_RESIDUAL = 1e-12
_ONLY_WITHOUT = Threshold.absent("known for the loop without the rule only", "not resolved")
_MOST, _LARGEST = 200, 11
"""Of more classes of real probability than `_MOST` the folds of the `_LARGEST` are proved."""
_GOAL_OF = {"total_variation_goal": "tv", "divergence_goal": "kl", "vocabulary_goal": "vocabulary"}
"""The goals by the names that `thresholds` has for them."""


@dataclasses.dataclass(frozen=True)
class Mode:
    """The outcome that is likeliest in the real data, and what becomes of it."""

    label: str
    probability: float
    real_probability: float


@dataclasses.dataclass(frozen=True)
class HealthyEnd:
    """The end of the loop that starts from the real data, and the goals it meets there.

    `stable` is `None` with a `reason` where it is undecided, and where nothing `converged`; the
    distances are those of `Distances`.
    """

    temperature: float
    real_fraction: float
    converged: bool
    stable: bool | None
    reason: str | None
    spectral_radius: float
    residual: float
    total_variation: float
    divergence: float
    effective_vocabulary: float
    vocabulary_kept: float
    top: Mode
    meets: Mapping[str, bool]
    noise: Noise | None = None


@readable
@dataclasses.dataclass(frozen=True)
class OutcomeThresholds(Thresholds):
    """All named thresholds of a temperature loop, its healthy and its collapsed states.

    Where there is a `truncation`, all is told of the loop with it, and `thresholds` that are known
    for the loop without it only are not resolved.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.threshold(real, temperature=0.8, real_fraction=0.5).met  # True
    ```
    """

    input: RealOutcomes
    loop: str
    unknown: str
    temperature: float
    goals: Mapping[str, Goal]
    thresholds_of: str
    thresholds: Mapping[str, Threshold]
    questions: Mapping[str, str]
    at: HealthyEnd
    collapsed: Collapses | None
    truncation: Truncated | None
    neutral: Neutral | None
    asked_at: float | None
    notes: tuple[str, ...] = ()
    certificates: Mapping[str, Certificate] = hidden()

    def needed(self, goal: str) -> Threshold:
        if self.truncation is not None and goal == "tv":
            return self.truncation.fidelity
        return super().needed(goal)

    @property
    def counts_are_whole(self) -> bool:
        """Whether proofs are about the counts themselves, not about rounded probabilities."""
        return whole_counts(self.model) is not None

    def certified(self, *, digits=15, temperature=None, real_fraction=None):
        loop = ExactLoop.of(self.model, exactly(temperature, self.temperature, "temperature"))
        found = _certificates(loop, self.goals, digits)
        if self.asked_at is not None:
            share = exactly(real_fraction, self.asked_at, "real fraction")
            found["one end"] = _one_end(loop, share) if self.asked_at > 0 else _NO_ONE_END
        return dataclasses.replace(self, certificates=found)


@checked
def outcome_threshold(
    real: Categorical,
    *,
    temperature: float = 1.0,
    real_fraction: float | None = None,
    goals: Mapping[str, float] | None = None,
    sampling: AbstractTruncation | None = None,
    temperature_first: bool = True,
) -> OutcomeThresholds:
    """The real data that keep a loop on these outcomes alive, and whether `real_fraction` does.

    `goals` are `tv`, `kl` and `vocabulary` with their levels, total variation of 0.1 where none is
    given. `sampling` is a rule such as `genloop.Nucleus(0.9)`, which chooses among the outcomes
    after the temperature, or before it unless `temperature_first`. Raises `ValueError` for numbers
    out of range, unknown goals and real probabilities of zero.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.threshold(real, temperature=0.8, goals={"tv": 0.1}).thresholds["fidelity"]
    ```
    """
    asked = known.goals_of(goals, known.OUTCOMES)
    if sampling is not None:
        check_one("sampling", sampling, AbstractTruncation)
    levels = {name: asked[goal].level for name, goal in _GOAL_OF.items()}
    named = solved.thresholds(real, temperature=temperature, **levels)
    named |= perturbed_flow.bounds(real, temperature=temperature)
    share = _SHOWN_FRACTION if real_fraction is None else float(real_fraction)
    at = _healthy_end(real, temperature, share, asked)
    cut = None
    if sampling is not None:
        cut = truncated(
            sampling,
            real,
            temperature=temperature,
            real_fraction=share,
            goal=asked["tv"].level,
            temperature_first=temperature_first,
        )
        # What is told of the loop is told of the one with the truncation.
        stage = (
            (Temper(temperature) >> sampling)
            if temperature_first
            else (sampling >> Temper(temperature))
        )
        at = _truncated_end(stage >> Mix(real, share), real, temperature, share, asked, cut)
        named = {"fidelity": cut.fidelity} | {
            name: _ONLY_WITHOUT for name in named if name not in ("fidelity",)
        }
    first = next(name for name, goal in asked.items() if goal.asked)
    return OutcomeThresholds(
        described(real),
        short_form(temperature, rule=sampling, temperature_first=temperature_first),
        "a",
        temperature,
        asked,
        "the loop",
        named,
        {name: _question(name, asked) for name in named},
        at,
        collapses(real, temperature, share),
        cut,
        neutral(real, temperature, share, levels, first),
        real_fraction,
        certificates={},
        model=real,
    )


def _healthy_end(real, temperature: float, real_fraction: float, goals) -> HealthyEnd:
    parameters = {"temperature": temperature, "real_fraction": real_fraction}
    loop = solved.loop(real=real, **parameters)
    end = solved.healthy_state(real, **parameters)
    residual = float(eqx.filter_jit(lambda loop, x: distance(loop(x), x))(loop, end))
    found = stability(loop, end)
    converged, radius = residual <= _RESIDUAL, float(found.radius)
    missed = f"the search ended at a residual of {residual:.1e}"
    state, before = np.asarray(end.probabilities), np.asarray(real.probabilities)
    moved, mode = distances(state, before), int(before.argmax())
    return HealthyEnd(
        temperature,
        real_fraction,
        converged,
        found.verdict if converged else None,
        found.reason if converged else missed,
        radius,
        residual,
        *moved,
        top=Mode(name_of(real, mode), float(state[mode]), float(before[mode])),
        meets=_meets(moved, goals, lasting=_lasts(radius, temperature, real_fraction)),
    )


def _truncated_end(loop, real, temperature: float, real_fraction: float, goals, cut) -> HealthyEnd:
    """The end from the real data of a loop with a rule, by the search for fixed points."""
    point, end = fixed_point(loop, real), cut.with_real_data
    state, before = np.asarray(point.state.probabilities), np.asarray(real.probabilities)
    moved, mode = distances(state, before), int(before.argmax())
    return HealthyEnd(
        temperature,
        real_fraction,
        bool(point.converged),
        {"stable": True, "unstable": False}.get(point.stability),
        point.reason,
        float(point.spectral_radius),
        float(point.residual),
        *moved,
        top=Mode(name_of(real, mode), float(state[mode]), float(before[mode])),
        meets=_meets(end.end, goals, lasting=end.rests),
    )


def _lasts(radius: float, temperature: float, real_fraction: float) -> bool:
    """Whether finite samples leave the state where it is: neutral drift never comes back."""
    return radius <= 1 + 1e-9 and (temperature, real_fraction) != (1, 0)


def _meets(moved: Distances, goals: Mapping[str, Goal], *, lasting: bool) -> dict[str, bool]:
    """Whether a state meets each goal; one that does not last meets none."""
    kept = moved.vocabulary_kept
    return {
        "tv": lasting and moved.total_variation <= goals["tv"].level,
        "kl": lasting and moved.divergence <= goals["kl"].level,
        "vocabulary": lasting and goals["vocabulary"].level <= min(kept, 1 / kept),
    }


def _question(name: str, goals: Mapping[str, Goal]) -> str:
    return {
        "local": "stable near the real data",
        "unique": "recovery from any collapse",
        "unique_any": "one end, for any real data",
        "contraction": "contraction (sufficient)",
        "fidelity": f"total variation at most {goals['tv'].level:g}",
        "fidelity_divergence": f"divergence at most {goals['kl'].level:g} nats",
        "fidelity_vocabulary": f"vocabulary within {percent(goals['vocabulary'].level)}",
        "published_gharesifard": "published bound, Gharesifard-Tabuada",
        "published_fisher_rao": "published bound, Fisher-Rao",
    }.get(name, name.replace("_", " "))


_MEASURES = {
    "fidelity": ("total variation", "tv"),
    "fidelity_divergence": ("divergence", "kl"),
    "fidelity_vocabulary": ("vocabulary", "vocabulary"),
}
_NO_ONE_END = not_proved("without real data the end depends on the first model")


def _certificates(loop: ExactLoop, goals, digits: int) -> dict[str, Certificate]:
    """Certificates by name: named thresholds, folds by winner, fidelity goals.

    Of more than `_MOST` different real probabilities the folds of the largest and of the smallest
    are proved, and the others are `NOT PROVED` with that reason.
    """
    size = len(loop.classes)
    folds = range(size) if size <= _MOST else [*range(_LARGEST), size - 1]
    found = solved.certify_thresholds(loop, digits=digits, folds=folds if loop.cold else [])
    if loop.cold and size > _MOST:
        found["other folds"] = not_proved(
            f"{size:,} different real probabilities, proved are the folds of at most {_MOST}; the "
            f"others lie between those of the rows above [HD-9]; gl.papers.marchi2024.certify_fold "
            "proves any of them"
        )
    for name, (measure, goal) in _MEASURES.items():
        level = repr(goals[goal].level)
        found[name] = solved.certify_fidelity(loop, measure, level, digits=digits)
    return found


def _one_end(loop: ExactLoop, real_fraction: str) -> Certificate:
    return solved.certify_one_attractor(loop, real_fraction=real_fraction)
