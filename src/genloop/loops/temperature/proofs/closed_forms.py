"""Thresholds that are known without the fixed points of the loop, in many digits."""

from ....certificates.balls import ball, flint
from ....certificates.program import exact
from .exact_loop import ExactLoop
from .fold_search import Evidence

_STEPS = 200


def find_contraction(loop: ExactLoop) -> Evidence:
    r"""$a = 1/(1 + z)$ at which the contraction constant of the Hilbert metric is one [HD-10].

    $z = \tfrac12 [\sqrt{(r_{(1)} - r_{(2)})^2 + 4 r_{(1)} r_{(2)} E^2} - r_{(1)} - r_{(2)}]$ with
    $E = (1 + T)/(1 - T)$ and the two smallest real probabilities.
    """
    temperature = exact(loop.temperature)
    rarest = [value for value, count in loop.classes[-2:] for _ in range(min(count, 2))]
    first, second = rarest[-2:]
    steep = (1 + temperature) / (1 - temperature)
    root = ball((first - second) ** 2 + 4 * first * second * steep**2).sqrt()
    return Evidence({}, (1 / (1 + (root - ball(first + second)) / 2)).mid())


def find_unique_any(loop: ExactLoop) -> Evidence:
    r"""$a = g/(1 + g)$ above which all real data leave one attractor [HD-11].

    $g = \epsilon (1 + e^v)$, $\epsilon = \frac1T - 1$, and $v + \log(1 + g)/\epsilon = \log(K/2 -
    1)$: convex and rising in $v$, so that Newton's steps from the right do not overshoot.
    """
    excess = ball(1 / exact(loop.temperature) - 1)
    outcomes = sum(count for _, count in loop.classes)
    if outcomes == 2:
        return Evidence({}, (excess / (1 + excess)).mid())
    goal = (flint.arb(outcomes) / 2 - 1).log()
    v = (goal - excess.log1p() / excess).mid()
    for _ in range(_STEPS):
        growth = excess * (1 + v.exp())
        gap = v + growth.log1p() / excess - goal
        moved = (v - gap / (1 + v.exp() / (1 + growth))).mid()
        if abs(moved - v) <= gap.rad():
            break
        v = moved
    growth = excess * (1 + v.exp())
    return Evidence({}, (growth / (1 + growth)).mid())
