r"""The named thresholds of the temperature loop for one real distribution.

"Enough real data" means different things, so every threshold has a name: `local` (the healthy state
loses its stability), `unique` (above the last fold: one attractor), `unique_any` (one attractor for
every real distribution), `contraction` (a provable sufficient bound), `fidelity` (the healthy state
stays close to the real data). Below temperature one, sampling sharpens; above it only fidelity is
lost [HD-7].
"""

from collections.abc import Callable, Iterator

import jax
import numpy as np

from ...analysis import Threshold, find_root, fixed_point
from ...arguments import checked
from ...models import Categorical
from ...printing import Named
from .branches import BranchPoint, ProbabilityClasses
from .folds import (
    LOGITS,
    around,
    collapse_fold,
    far_end,
    first_of,
    fold_at,
    healthy_end,
    middle_logit,
    mode_turns,
    point_at,
    points_along,
    real_fraction_at,
)
from .recipes import loop
from .universal import COLDEST, contraction_threshold, universal_threshold

_NOISE = 4e-15
"""Rounding of a distance between two distributions."""
_LEAST = 1e-305
"""Probabilities below it are nothing to a distance, and their quotients would not be numbers."""


@checked
def healthy_state(real: Categorical, *, temperature: float, real_fraction: float) -> Categorical:
    r"""The end of the loop that starts at the real distribution, $x = F(x)$.

    The loop keeps the order of the outcomes, so only the most probable one can win: the end lies on
    its branch, before the fold if there is one and the real fraction allows, else beyond it.
    Outcomes that tie for the first place stay tied, also where that state repels. Without real
    data the leaders take all for $T < 1$, and all outcomes become equal for $T > 1$ [HD-1]. Raises
    `ValueError` for a real fraction outside [0, 1].

    ```python
    real = gl.Categorical.of([5, 3, 2])
    options = {"temperature": 0.8, "real_fraction": 0.3}
    gl.loops.temperature.healthy_state(real, **options).probabilities
    ```
    """
    if not 0 <= real_fraction <= 1:
        raise ValueError(f"the real fraction must lie in [0, 1], got {real_fraction}.")
    if temperature == 1 or real_fraction == 1:
        return real
    if real_fraction == 0:
        probabilities = np.asarray(real.probabilities)
        leads = probabilities == probabilities.max()
        kept = leads if temperature < 1 else probabilities > 0
        return Categorical.of(kept, origin=real.read_from)
    classes, temperature = ProbabilityClasses.of(real), max(temperature, COLDEST)
    end = far_end(classes, temperature, real_fraction)
    if real_fraction_at(classes, temperature, 0, end) <= real_fraction:
        logit = next(leading_logits(classes, temperature, real_fraction))
    elif end < LOGITS:
        generation = loop(temperature=temperature, real_fraction=real_fraction, real=real)
        return fixed_point(generation, real).state
    else:
        logit = end
    return _spread(real, point_at(classes, temperature, 0, logit))


def leading_logits(
    classes: ProbabilityClasses, temperature: float, real_fraction: float
) -> Iterator[float]:
    r"""Logits at which the mode's branch is stable at a real fraction, from $a = 1$ on.

    Its stable stretches are those on which the real fraction falls. Ties at the top end the branch.
    """
    end = far_end(classes, temperature, real_fraction)
    folds = mode_turns(classes, temperature)
    begin = first_of(min(end, middle_logit(temperature)) if folds else end)
    stops = [begin, *(logit for logit, _ in folds), end]

    def excess(logit):
        point = point_at(classes, temperature, 0, logit)
        if real_fraction < 0.5:
            return float(point.real_fraction / real_fraction - 1)
        return float(1 - point.synthetic_fraction / (1 - real_fraction))

    for begin, stop in zip(stops[::2], stops[1::2], strict=True):
        if excess(begin) >= 0 >= excess(stop):
            yield find_root(excess, begin, stop).value


def _spread(real: Categorical, point: BranchPoint) -> Categorical:
    """The state of a branch point, outcome by outcome."""
    probabilities = np.asarray(real.probabilities)
    order = np.searchsorted(-point.real[:-1], -probabilities)
    state = point.probabilities[order]
    leader = probabilities.argmax()
    tied = probabilities == probabilities[leader]
    state[tied] = point.probabilities[-1]
    return Categorical(state / state.sum(), real.read_from)


@checked
def local_threshold(real: Categorical, *, temperature: float) -> Threshold:
    r"""The real fraction at which the branch from $a = 1$ loses its stability.

    A fold of the branch, or, where several outcomes share the largest real probability, the branch
    point at which one of them breaks away ($a = 1 - T$ for a uniform distribution) [U-4].

    ```python
    real = gl.Categorical.uniform(3)
    gl.loops.temperature.local_threshold(real, temperature=0.5).value  # 0.5
    ```
    """
    if temperature >= 1:
        reason = "the healthy state is stable at every positive real fraction"
        return Threshold.absent(reason, "not needed")
    classes = ProbabilityClasses.of(real)
    temperature = max(temperature, COLDEST)
    minima = [logit for logit, sign in mode_turns(classes, temperature) if sign > 0]
    if minima:
        return fold_at(classes, temperature, 0, minima[0])
    if classes.counts[0] > 1:
        value = real_fraction_at(classes, temperature, 0, middle_logit(temperature))
        return around(value, 0.0, 0.0)
    reason = (
        "no fold on this branch: the healthy state moves to its collapse without losing stability"
    )
    return Threshold.absent(reason, "does not apply")


@checked
def unique_threshold(real: Categorical, *, temperature: float) -> Threshold:
    r"""The last fold over all winners: above it the loop has one attractor [HD-9].

    With $\kappa$ fixed, the upper minus the lower root falls with the real probability, so
    $a_i(\kappa) > a_k(\kappa)$ whenever $r_i > r_k$: folds are ordered like the real probabilities.
    Hence only the folds on the branch of the most probable outcome and the fold of the next one
    count. The former are at most one pair, which is found between the ends of the branch and the
    one maximum of a function of its states.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.temperature.unique_threshold(real, temperature=0.5).value  # 0.360471
    ```
    """
    if temperature >= 1:
        reason = "there is one attractor at every positive real fraction"
        return Threshold.absent(reason, "not needed")
    classes, temperature = ProbabilityClasses.of(real), max(temperature, COLDEST)
    candidates = []
    if classes.counts[0] == 1:
        turns = mode_turns(classes, temperature)
        candidates += [fold_at(classes, temperature, 0, logit) for logit, sign in turns if sign < 0]
        rival = 1
    else:
        candidates.append(local_threshold(real, temperature=temperature))
        rival = 0
    fold = collapse_fold(classes, temperature, rival)
    candidates += [] if fold is None else [fold[1]]
    if not all(fold.value is not None and np.isfinite(fold.value) for fold in candidates):
        return Threshold.absent("a fold was not found to rounding", "not resolved")
    return max(candidates, key=lambda fold: fold.value)


@checked
def fidelity_thresholds(
    real: Categorical,
    *,
    temperature: float,
    goals: dict[str, tuple[Callable[[BranchPoint], float], float]],
) -> dict[str, Threshold]:
    r"""The real fractions above which the healthy state keeps each distance at or below its goal.

    `goals` maps a name to a distance (a function of a branch point that vanishes at $a = 1$) and
    its goal. Followed along the branch from $a = 1$; where the branch ends in a fold before a goal
    is missed, the fold is the threshold.

    ```python
    real, thermal = gl.Categorical.of([5, 3, 2]), gl.loops.temperature
    goals = {"near": (thermal.total_variation, 0.1)}
    thermal.fidelity_thresholds(real, temperature=0.8, goals=goals)["near"].value  # 0.379735
    ```
    """
    if temperature == 1:
        reason = "at temperature one every positive real fraction meets the goal"
        return Named(dict.fromkeys(goals, Threshold.absent(reason, "not needed")))
    classes, temperature = ProbabilityClasses.of(real), max(temperature, COLDEST)
    local = local_threshold(real, temperature=temperature)
    never = Threshold.absent("the goal is met at every positive real fraction", "not needed")
    end = healthy_end(classes, temperature)
    folds = mode_turns(classes, temperature)
    end = next((logit for logit, sign in folds if sign > 0), end)
    # The first miss counts: no distance is assumed to grow all along the branch.
    grid = np.linspace(first_of(end), end, 321)
    missed = _first_misses(classes, temperature, grid, goals)
    named = Named()
    for name, (distance, goal) in goals.items():
        excess = lambda logit, d=distance, g=goal: (
            float(d(point_at(classes, temperature, 0, logit))) - g
        )
        if name not in missed:
            named[name] = never if local.value is None else local
            continue
        root = find_root(excess, grid[missed[name] - 1], grid[missed[name]])
        named[name] = _crossing(classes, temperature, root, excess)
    return named


def _first_misses(classes: ProbabilityClasses, temperature: float, grid, goals) -> dict[str, int]:
    """The first place of a grid along the branch at which a goal is missed, by its name."""
    missed, place = {}, 0
    for points, _ in points_along(classes, temperature, 0, grid):
        for row in range(points.real_fraction.size):
            point = jax.tree.map(lambda column, row=row: column[row], points)
            for name, (distance, goal) in goals.items():
                if name not in missed and float(distance(point)) > goal:
                    missed[name] = place
            place += 1
        if len(missed) == len(goals):
            break
    return missed


def _crossing(
    classes: ProbabilityClasses,
    temperature: float,
    root: Threshold,
    excess: Callable[[float], float],
) -> Threshold:
    """The real fraction at which a distance reaches its goal, with its error by rounding."""
    value, step = real_fraction_at(classes, temperature, 0, root.value), 1e-4
    ends = [root.value - step, root.value + step]
    slope = abs(excess(ends[1]) - excess(ends[0])) / (2 * step)
    fractions = [real_fraction_at(classes, temperature, 0, end) for end in ends]
    change = abs(np.log(fractions[1] / fractions[0])) / (2 * step)
    place = root.bracket[1] - root.bracket[0] + (root.residual + _NOISE) / max(slope, 1e-300)
    return around(value, min(change * place, 1.0), root.residual)


def total_variation(point: BranchPoint) -> float:
    r"""$\tfrac12 \sum_i |x_i - r_i|$ between the state and the real distribution.

    ```python
    real, thermal = gl.Categorical.of([5, 3, 2]), gl.loops.temperature
    goals = {"near": (thermal.total_variation, 0.1)}
    thermal.fidelity_thresholds(real, temperature=0.8, goals=goals)["near"].value  # 0.379735
    ```
    """
    return 0.5 * (point.counts * np.abs(point.probabilities - point.real)).sum()


def divergence(point: BranchPoint) -> float:
    r"""The divergence of the state from the real distribution, a goal of fidelity.

    $\mathrm{KL}(r \,\|\, x) = \sum_i r_i \log(r_i/x_i)$ in nats.

    ```python
    real, thermal = gl.Categorical.of([5, 3, 2]), gl.loops.temperature
    goals = {"near": (thermal.divergence, 0.05)}
    thermal.fidelity_thresholds(real, temperature=0.8, goals=goals)["near"].value  # 0.310266
    ```
    """
    ratio = point.real / np.maximum(point.probabilities, _LEAST)
    return (point.counts * point.real * np.log(ratio)).sum()


def vocabulary_change(point: BranchPoint) -> float:
    r"""$|H(x) - H(r)|$: the logarithm of the factor by which the effective vocabulary changed.

    ```python
    real, thermal = gl.Categorical.of([5, 3, 2]), gl.loops.temperature
    goals = {"near": (thermal.vocabulary_change, 0.1)}
    thermal.fidelity_thresholds(real, temperature=0.8, goals=goals)["near"].value  # 0.370766
    ```
    """
    entropy = lambda p: -(point.counts * p * np.log(np.maximum(p, _LEAST))).sum()
    return np.abs(entropy(point.probabilities) - entropy(point.real))


@checked
def thresholds(
    real: Categorical,
    *,
    temperature: float,
    total_variation_goal: float = 0.1,
    divergence_goal: float = 0.05,
    vocabulary_goal: float = 0.9,
) -> dict[str, Threshold]:
    r"""All named thresholds, each a real fraction with its evidence, or a reason.

    The fidelity goals are two-sided: total variation at most `total_variation_goal`, divergence
    $\mathrm{KL}(r \| x)$ at most `divergence_goal` nats, and an effective vocabulary between
    `vocabulary_goal` and one over it times the real one. Raises `ValueError` for a temperature
    that is not positive and finite, a goal outside its range, or a real probability of zero.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.temperature.thresholds(real, temperature=0.8)["unique"].value  # 0.136735
    ```
    """
    _check(temperature, total_variation_goal, divergence_goal, vocabulary_goal)
    goals = {
        "fidelity": (total_variation, total_variation_goal),
        "fidelity_divergence": (divergence, divergence_goal),
        "fidelity_vocabulary": (vocabulary_change, -float(np.log(vocabulary_goal))),
    }
    return Named(
        local=local_threshold(real, temperature=temperature),
        unique=unique_threshold(real, temperature=temperature),
        unique_any=universal_threshold(outcomes=real.outcomes, temperature=temperature),
        contraction=contraction_threshold(real, temperature=temperature),
        **fidelity_thresholds(real, temperature=temperature, goals=goals),
    )


def _check(temperature, total_variation_goal, divergence_goal, vocabulary_goal):
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be positive and finite, got {temperature}.")
    if not 0 < total_variation_goal < 1:
        raise ValueError(f"a total variation lies in (0, 1), got {total_variation_goal}.")
    if not 0 < divergence_goal < np.inf:
        raise ValueError(f"a divergence goal is a positive number, got {divergence_goal}.")
    if not 0 < vocabulary_goal < 1:
        raise ValueError(f"the share of the vocabulary lies in (0, 1), got {vocabulary_goal}.")
