"""The cheapest schedule that is found: simple ones by bisection, the best of them by gradients.

What an optimiser says is never believed: a schedule counts where the recursion meets the goals.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from .problem import Problem

_STARTS = 4
_STEPS = 60
MOST_POINTS = 2.0**40
"""The largest count that is tried."""
CONSTANT = "constant"
OPTIMUM = "optimum"


class Found(NamedTuple):
    """A schedule that meets the goals, and what it costs."""

    name: str
    numbers: np.ndarray
    cost: float


def search(problem: Problem) -> list[Found]:
    """The schedules that meet the goals by name, the optimum first; empty where none was found."""
    simple = [found for found in _simple(problem) if found is not None]
    if not simple:
        return []
    simple.sort(key=lambda found: found.cost)
    tried = [_trimmed(problem, found.numbers) for found in simple[:_STARTS]]
    for found in simple[:_STARTS]:
        tried.append(_trimmed(problem, _descended(problem, found.numbers)))
    best = min(tried, key=problem.cost_of)
    return [Found(OPTIMUM, best, problem.cost_of(best)), *simple]


def _simple(problem: Problem) -> Iterator[Found | None]:
    """The best constant, and other schedules of one number each."""
    length = problem.generations
    ramp = np.arange(1, length + 1) / length
    shapes = {
        CONSTANT: np.ones(length),
        "all at the start": np.eye(length)[0],
        "all at the end": np.eye(length)[-1],
        "falling in a line": ramp[::-1],
        "rising in a line": ramp,
    }
    for name, shape in shapes.items():
        yield _named(problem, name, _scaled(problem, shape))
    if problem.every:
        yield _named(problem, "just in time", _just_in_time(problem))


def _named(problem: Problem, name: str, numbers: np.ndarray | None) -> Found | None:
    if numbers is None:
        return None
    return Found(name, numbers, problem.cost_of(numbers))


def _whole(problem: Problem, numbers: np.ndarray) -> np.ndarray:
    """The numbers in their bounds, counts rounded up."""
    numbers = np.clip(numbers, problem.lower, problem.upper)
    # What rounding has added to a whole number is no point more.
    return np.maximum(np.ceil(numbers - 1e-9), 0.0) + 0.0 if problem.whole else numbers


def _scaled(problem: Problem, shape: np.ndarray) -> np.ndarray | None:
    """The smallest multiple of a shape that meets the goals, `None` where none was found."""
    room = problem.upper - problem.lower
    at = lambda scale: _whole(problem, problem.lower + scale * shape)
    return _smallest(problem, lambda scale: problem.met(at(scale)), at, room)


def _smallest(
    problem: Problem, holds: Callable[[float], bool], at: Callable[[float], np.ndarray], room: float
) -> np.ndarray | None:
    """The schedule at the smallest number at which a condition holds, from a grid and bisection."""
    if problem.whole:
        grid = np.concatenate([[0.0], 2.0 ** np.arange(0, 41)])
        grid = np.append(grid[grid < room], min(room, MOST_POINTS))
    else:
        grid = np.linspace(0.0, room, 65)
    good = next((place for place, scale in enumerate(grid) if holds(scale)), None)
    if good is None:
        return None
    low, high = grid[max(good - 1, 0)], grid[good]
    for _ in range(_STEPS if good else 0):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
        if high - low <= 1e-15 * high:
            break
    return at(high)


def _just_in_time(problem: Problem) -> np.ndarray | None:
    """As little as possible in every generation, one after the other."""
    numbers = _whole(problem, np.full(problem.generations, problem.lower))
    for t in range(problem.generations):

        def at(scale, t=t, before=numbers):
            after = before.copy()
            after[t] = problem.lower + scale
            return _whole(problem, after)

        holds = lambda scale, t=t, at=at: problem.met_by(at(scale), t)
        found = _smallest(problem, holds, at, problem.upper - problem.lower)
        if found is None:
            return None
        numbers = found
    return numbers if problem.met(numbers) else None


def _descended(problem: Problem, start: np.ndarray) -> np.ndarray:
    """The schedule to which sequential quadratic programming leads, mended to meet the goals."""
    scale = max(float(np.abs(start).max()), 1e-12)
    (cost, gradient), (margins, slopes) = problem.costs, problem.margins
    unit = max(abs(problem.cost_of(start)), 1e-300)
    bounds = [(problem.lower / scale, problem.upper / scale)] * problem.generations
    found = minimize(
        lambda z: float(cost(scale * z)) / unit,
        start / scale,
        jac=lambda z: np.asarray(gradient(scale * z)) * (scale / unit),
        bounds=bounds,
        constraints={
            "type": "ineq",
            "fun": lambda z: np.asarray(margins(scale * z)),
            "jac": lambda z: np.asarray(slopes(scale * z)) * scale,
        },
        method="SLSQP",
        options={"maxiter": 200, "ftol": 1e-12},
    )
    end = found.x * scale
    if not np.isfinite(end).all():
        return start
    return _mended(problem, end, start)


def _mended(problem: Problem, numbers: np.ndarray, good: np.ndarray) -> np.ndarray:
    """The point nearest to `numbers` on the way to a good schedule that is good itself."""
    at = lambda share: _whole(problem, (1 - share) * numbers + share * good)
    if problem.met(at(0.0)):
        return at(0.0)
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if problem.met(at(middle)) else (middle, high)
    return at(high)


def _trimmed(problem: Problem, numbers: np.ndarray) -> np.ndarray:
    """A schedule from which no generation can give anything away: each is lowered while it can."""
    for _ in range(3):
        before = problem.cost_of(numbers)
        for t in np.argsort(-numbers, kind="stable"):
            numbers = _lowered(problem, numbers, int(t))
        if not problem.cost_of(numbers) < before * (1 - 1e-9):
            break
    return numbers


def _lowered(problem: Problem, numbers: np.ndarray, t: int) -> np.ndarray:
    def at(value):
        after = numbers.copy()
        after[t] = value
        return _whole(problem, after)

    low, high = problem.lower, numbers[t]
    least = 1.0 if problem.whole else 1e-12 * max(high, 1e-300)
    if high - low < least or not problem.met(at(max(low, high - least))):
        return numbers
    if problem.met(at(low)):
        return at(low)
    while high - low > least:
        middle = np.floor(0.5 * (low + high)) if problem.whole else 0.5 * (low + high)
        low, high = (low, middle) if problem.met(at(middle)) else (middle, high)
    return at(high)
