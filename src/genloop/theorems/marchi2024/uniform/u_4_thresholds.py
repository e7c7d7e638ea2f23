r"""U-4: The uniform state is stable for $a > 1 - T$, and alone for $a > a_\mathrm{fold}(T, K)$."""

import functools
import itertools

import numpy as np

from ....loops.temperature.closed_forms import uniform
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_local, certify_unique
from ....models import Categorical
from ....verification import bound, closed_form, proves, scaled, theorem
from .. import _general_solver
from .._instances import derivatives, evaluate, fixed_points
from ._instances import SIZE, cases_of, first_form, fold_by_sinh, folds_by_continuation, image


@functools.cache
def _positional(fold):
    return lambda temperature, outcomes: tuple(fold(temperature=temperature, outcomes=outcomes))


_THRESHOLDS = {"local": uniform.local_fraction, "fold": uniform.fold}


def _low_fold(**parameters):
    value = uniform.fold(**parameters)
    return value._replace(real_fraction=0.999 * value.real_fraction)


@theorem(
    spec="U-4",
    paper="marchi2024",
    status="derived",
    hypotheses=("uniform real data", "T < 1", "infinite data"),
    claim=_THRESHOLDS,
    mutants={
        "the fold 0.1 % low": _THRESHOLDS | {"fold": _low_fold},
        "the fold of two winners": _THRESHOLDS
        | {"fold": lambda **p: uniform.fold(**p, winners=2.0)},
        "the local threshold 1 % low": scaled(_THRESHOLDS, 0.99, "local"),
        "local stability depends on the number of outcomes": _THRESHOLDS
        | {"local": lambda *, temperature: (1 - temperature) * (1 - 1 / SIZE)},
    },
)
def thresholds(claim, trial):
    r"""The uniform state is stable for $a > 1 - T$, and alone for $a > a_\mathrm{fold}(T, K)$.

    $a_\mathrm{fold} = \max_\delta a(\delta)$ over one winner's branch: $\log a$ is strictly concave
    in $\delta$, with $1 - a = b \sinh^2(\delta/2)/\sinh^2(b\delta/2)$ at the maximum. For $K \ge 3$
    the two differ, and between them the loop is bistable: uniform or one of $K$ collapsed states;
    for $K = 2$ they coincide in a pitchfork.
    """
    sizes = np.array(list(itertools.product((0.05, 0.5, 0.9, 0.99), (3, 10, 100, 50_000))))
    temperature = np.geomspace(0.2, 0.95, 32)
    points = np.concatenate([sizes, np.stack([temperature, np.full(32, SIZE)], axis=-1)])
    found = np.stack(evaluate(_positional(claim["fold"]), *points.T), axis=-1)
    exact = trial.once("folds", lambda: np.array([fold_by_sinh(*point) for point in sizes]))
    yield closed_form("value and ratio, 30 digits", found[:16], exact, tolerance=1e-12)
    highest = trial.once("scan", lambda: [_highest(*point) for point in sizes])
    yield closed_form("scan of the branch", found[:16, 0], highest, tolerance=1e-6)
    local = np.asarray(claim["local"](temperature=temperature))
    level = cases_of(temperature, local, np.full((32, SIZE), 1 / SIZE))
    steepest = np.linalg.eigvals(derivatives(level)[0]).real.max(axis=-1)
    yield closed_form("multiplier one at the local threshold", steepest, 1.0)
    few = slice(0, None, 8)
    branch_points, folds = trial.once("engine", lambda: _by_the_engine(temperature[few]))
    yield closed_form("branch points by the engine", local[few], branch_points, tolerance=1e-10)
    yield closed_form("folds by the engine", found[16::8, 0], folds, tolerance=1e-10)
    yield from _both_sides(trial, temperature, local, found[16:, 0])


def _by_the_engine(temperature):
    """Both thresholds from the map alone."""
    flat = np.full((temperature.size, SIZE), 1 / SIZE)
    beside = cases_of(temperature, 1.02 * (1 - temperature), flat)
    return _general_solver.crossings(beside, multiplicity=SIZE - 1), folds_by_continuation(
        temperature, 1
    )


def _both_sides(trial, temperature, local, top):
    """The checks of the ends of orbits and of stability around the two thresholds."""
    corner = np.where(np.arange(SIZE) == 0, 0.95, 0.05 / (SIZE - 1)) * np.ones((32, 1))
    flat = np.full((32, SIZE), 1 / SIZE)
    tail = f"{top.sum()} {local.sum()}"
    above = cases_of(temperature, 1.01 * top, corner)
    end = trial.once(f"above {tail}", lambda: _iterated(above, 3000))
    yield closed_form("just above the fold: uniform from a corner", end, flat, tolerance=1e-9)
    for name, fraction in (("just below the fold", top * (1 - 5e-4)), ("below both", 0.9 * local)):
        cases = cases_of(temperature, fraction, corner)
        found = trial.once(f"{name} {tail}", lambda cases=cases: fixed_points(cases))
        yield bound(f"{name}: one winner", 1.5 / SIZE, found.state.probabilities[:, 0])
        yield bound(f"{name}: it is stable", found.spectral_radius, 1.0)
    between = fixed_points(cases_of(temperature, 0.5 * (local + top), flat))
    yield bound("between them: the uniform state is stable as well", between.spectral_radius, 1.0)


def _iterated(cases, generations):
    for _ in range(generations):
        cases = cases._replace(state=Categorical(image(cases)))
    return cases.state.probabilities


def _highest(temperature, outcomes):
    """The largest real fraction on a grid of ratios."""
    ratio = np.exp(np.linspace(1e-6, np.log(outcomes), 20_001))
    return first_form(ratio, temperature, outcomes, 1).max()


@proves("U-4")
def proofs(digits):
    """Local and global thresholds of uniform real data."""
    named = {}
    for outcomes, temperature in ((3, "0.8"), (10, "0.8"), (50_000, "0.9")):
        loop, of = ExactLoop.uniform(outcomes, temperature), f"K = {outcomes}, T = {temperature}"
        named[f"{of}, local"] = certify_local(loop, digits=digits)
        named[f"{of}, last fold"] = certify_unique(loop, digits=digits)
    return named
