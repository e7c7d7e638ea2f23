"""The ends that a loop can have: its fixed points, each with its stability."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..analysis import FixedPoint, fixed_points as search
from ..arguments import checked
from ..certificates import Certificate, certify_fixed_point
from ..certificates.certificate import not_proved
from ..errors import InputError
from ..loops.temperature.proofs.exact_loop import exact_probabilities
from ..models import Categorical, Gaussian, Particles
from ..printing import readable, short
from ..stages import Mix, Temper
from .answer import Answer, hidden, tuples
from .composed import (
    ChosenLoop,
    chosen,
    ends_of,
    first_models,
    many_first_models,
    notes_of,
    radius_of,
    short_form,
    solvable,
    temperature_form,
)
from .curation import Curation, curation_of, runaway_notes
from .kernels import KernelFixedPoints, kernel_fixed_points
from .proofs import exactly, recorded
from .real_data import RealData, check_real_data, described, effective_vocabulary, name_of
from .stable_states import StableStates, complete_list, first_states

_LISTED = 20
"""The most outcomes of a state that are named."""
_PROVED, _NEAR = 200, 1e-6
"""The most outcomes of a state that is proved; how near to the one found the one proved lies."""
_VERDICTS = {"stable": True, "unstable": False, "undecided": None}


@readable
@dataclasses.dataclass(frozen=True)
class OutcomePoint:
    """A fixed point over outcomes: the probabilities of its likeliest ones, by name.

    `stable` is `None` where it is undecided, with the `reason`; `total_variation` is the distance
    from the real data. `point` is the fixed point itself.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.fixed_points(real, temperature=0.8, real_fraction=0.05).fixed_points[0].stable
    ```
    """

    state: Mapping[str, float]
    entropy: float
    effective_vocabulary: float
    total_variation: float
    stable: bool | None
    reason: str | None
    spectral_radius: float
    residual: float
    point: FixedPoint = hidden()

    def _in_short(self) -> str:
        verdict = {True: "stable", False: "unstable", None: "undecided"}[self.stable]
        return f"{verdict}, spectral radius {short(self.spectral_radius)}: {short(self.state)}"


@readable
@dataclasses.dataclass(frozen=True)
class GaussianMoments:
    """The mean and the covariance of a Gaussian.

    ```python
    gl.answers.GaussianMoments((0.0,), ((1.0,),)).covariance  # [[1]]
    ```
    """

    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]


@readable
@dataclasses.dataclass(frozen=True)
class TablePoint:
    """A fixed point of a table: a Gaussian, and its share of the variance of the real data.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.fixed_points(real, temperature=0.8, real_fraction=0.3).fixed_points[0].stable  # True
    ```
    """

    state: GaussianMoments
    variance_kept: float
    stable: bool | None
    reason: str | None
    spectral_radius: float
    residual: float
    point: FixedPoint = hidden()

    def _in_short(self) -> str:
        verdict = {True: "stable", False: "unstable", None: "undecided"}[self.stable]
        return f"{verdict}, spectral radius {short(self.spectral_radius)}: {short(self.state)}"


@readable
@dataclasses.dataclass(frozen=True)
class FixedPoints(Answer):
    """The fixed points that a search from so many starts has found, stable ones first.

    `loop` is the composition; its `temperature` and `real_fraction` are `None` where it is not a
    temperature loop. `stable_states` is the complete list of stable states, which needs no search;
    `None` where there is none, as for a table. `curation` is what curators do at the first stable
    one, where somebody chooses. `certificates` are proofs by the place in the list,
    empty unless made by `certified`.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.fixed_points(real, temperature=0.8, real_fraction=0.05).temperature  # 0.8
    ```
    """

    question: ClassVar[str] = "fixed-points"
    numerics: ClassVar[Mapping[str, Any]] = {"tolerance": 1e-12}

    input: RealData
    loop: str
    temperature: float | None
    real_fraction: float | None
    starts: int
    notes: tuple[str, ...]
    fixed_points: tuple[OutcomePoint | TablePoint, ...]
    stable_states: StableStates | None = None
    curation: Curation | None = None
    certificates: Mapping[str, Certificate] = hidden()

    def certified(
        self,
        *,
        digits: int = 15,
        temperature: str | None = None,
        real_fraction: str | None = None,
    ) -> "FixedPoints":
        """The same answer with a certificate of existence and stability for every fixed point.

        The exact `temperature` and `real_fraction` that are meant may be given as text: a double is
        not exactly 0.8. Raises `ValueError` for text that is another number, and `InputError`
        without python-flint.
        """
        if self.temperature is None or self.real_fraction is None:
            raise InputError(
                "E139",
                f"proofs are for temperature loops only, not for {self.loop}; leave out --certify.",
            )
        heat = exactly(temperature, self.temperature, "temperature")
        share = exactly(real_fraction, self.real_fraction, "real fraction")
        prove = _prover(self.model, heat, share, digits)
        found = {f"{i}": prove(one.point) for i, one in enumerate(self.fixed_points, 1)}
        return dataclasses.replace(self, certificates=found)

    def result(self) -> dict[str, Any]:
        """The fields, and of certificates what they prove; a table has no list of stable states."""
        result = super().result() | {"certificates": recorded(self.certificates)}
        if self.stable_states is None:
            del result["stable_states"]
        if self.curation is None:
            del result["curation"]
        return result


@checked
def fixed_points(
    real: Categorical | Gaussian | Particles,
    *,
    loop: str | None = None,
    values: Mapping[str, float] | None = None,
    temperature: float = 1.0,
    real_fraction: float = 0.1,
    starts: int = 5,
    all_winners: bool = False,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> FixedPoints | KernelFixedPoints:
    """The fixed points of a loop on these data, each with its stability and its residual.

    `loop` is a composition as text, with `values` for its parameters; without it `Temper(T) >>
    Mix(real, a)` with that `temperature` and `real_fraction`. The search starts at the real data,
    at the uniform distribution and at states that one of the `starts` likeliest outcomes has won.
    Stable states of a temperature loop on outcomes are also listed without a search, all of them;
    with `all_winners` each with every outcome that can have won it, not with one of equals only.
    On points, whose loops have kernels, it is the fixed point of the expected moments.
    `progress` is told the per cent that are done. Raises `InputError` for a parameter without a
    number.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.fixed_points(real, temperature=0.8, real_fraction=0.05).stable_states.number
    ```
    """
    check_real_data(real)
    text = short_form(temperature, real_fraction) if loop is None else loop
    asked = chosen(text, real, values=values, findable=False, seed=seed)
    if asked.unknown is not None:
        name = asked.unknown
        raise InputError("E136", f"{name} has no value; set it, for example {name}=0.3.")
    if isinstance(real, Particles):
        return kernel_fixed_points(asked)
    solved = solvable(asked)
    complete, first = _first(solved.loop, starts, all_winners)
    found = [
        solved.whole_point(one) for one in search(solved.loop.map(), _watched(first, progress))
    ]
    form = temperature_form(asked)
    return FixedPoints(
        described(real),
        asked.text,
        *(None, None) if form is None else (form.temperature, form.real_fraction),
        starts=len(first),
        notes=(*runaway_notes(asked), *notes_of(asked)),
        fixed_points=tuple(_described(point, asked) for point in found),
        stable_states=complete,
        curation=_curation(found, asked),
        certificates={},
        model=real,
        rewards=asked.rewards,
    )


def _curation(found: Sequence[FixedPoint], asked: ChosenLoop) -> Curation | None:
    """What curators do at the first stable end."""
    stable = [point for point in found if bool(point.stable)]
    if not stable:
        return None
    return curation_of(asked, None, stable[0].state, float(stable[0].spectral_radius))


def _first(asked: ChosenLoop, starts: int, names: bool):
    """The list of all stable states, if there is one, and the models at which the search starts."""
    real, form = asked.real, temperature_form(asked)
    if form is None:
        ends = ends_of(asked, None, many_first_models(real))
        return None, [real, *first_models(real, starts), *(point.state for _, point in ends)]
    heat, share = {"temperature": form.temperature}, {"real_fraction": form.real_fraction}
    complete, known = None, []
    if isinstance(real, Categorical):
        complete = complete_list(real, names=names, **heat, **share)
        known = first_states(real, most=starts, **heat, **share)
    first = [*known, *_starts(real, form.real_fraction, starts)]
    # From temperature one on the only state is known, and nothing else needs to be sought [HD-7].
    return complete, first[:1] if known and form.temperature >= 1 else first


def _watched(starts: Sequence[Any], progress) -> Iterator[Any]:
    for index, start in enumerate(starts):
        if progress is not None:
            progress(100 * index / len(starts), f"start {index + 1}")
        yield start


def _starts(real, real_fraction, count):
    yield real
    if isinstance(real, Gaussian):
        return
    probabilities = np.asarray(real.probabilities)
    yield Categorical(np.full(real.outcomes, 1 / real.outcomes), real.read_from)
    # At temperature zero the loop that outcome i has won rests exactly at a r + (1 - a) e_i.
    for winner in np.argsort(-probabilities, kind="stable")[:count]:
        won = max(real_fraction, 1e-3) * probabilities
        won[winner] += 1 - won.sum()
        yield Categorical(won, real.read_from)


def _described(point: FixedPoint, asked: ChosenLoop) -> OutcomePoint | TablePoint:
    real = asked.real
    known = {
        "stable": _VERDICTS[point.stability],
        "reason": point.reason,
        "spectral_radius": radius_of(asked, None, point),
        "residual": float(point.residual),
        "point": point,
    }
    state = point.state
    if isinstance(real, Gaussian):
        moments = GaussianMoments(tuples(state.mean), tuples(state.covariance))
        kept = float(np.trace(state.covariance) / np.trace(real.covariance))
        return TablePoint(moments, kept, **known)
    probabilities = np.asarray(state.probabilities)
    largest = np.argsort(-probabilities, kind="stable")[:_LISTED]
    vocabulary = effective_vocabulary(probabilities)
    return OutcomePoint(
        {name_of(real, int(i)): float(probabilities[i]) for i in largest},
        float(np.log(vocabulary)),
        vocabulary,
        float(0.5 * np.abs(probabilities - np.asarray(real.probabilities)).sum()),
        **known,
    )


def _prover(real, temperature: str, real_fraction: str, digits: int):
    """A function that proves one fixed point, or says why none is proved."""
    outcomes = real.outcomes if isinstance(real, Categorical) else 0
    if outcomes > _PROVED:
        reason = f"{outcomes:,} outcomes; fixed points are proved for at most {_PROVED} of them"
        return lambda point: not_proved(reason)
    family, exact = _family(real)
    parameters = [temperature, real_fraction, *exact]
    return lambda point: certify_fixed_point(
        family, point.state, parameters=parameters, digits=digits, within=_NEAR
    )


def _family(real):
    """The loop as a function of exact numbers, and those of them that are real probabilities."""
    if isinstance(real, Gaussian):
        return (lambda t, a: Temper(t) >> Mix(real, a)), []
    loop = lambda t, a, r: Temper(t) >> Mix(Categorical(r, real.read_from), a)
    return loop, [exact_probabilities(real)]
