"""PL-3: The cheapest schedule of real data is lazy: none, one smaller generation, then the same."""

import numpy as np

from ...loops import contamination
from ...models import Gaussian
from ...stages import Mix, Temper
from ...verification import closed_form, exact_law, theorem

_CLAIM = {
    "every": contamination.cheapest_fractions,
    "end": contamination.cheapest_at_the_end,
}


def _constant(goal, temperature, generations):
    return np.full(generations, contamination.holding_fraction(goal, temperature))


def _late(goal, temperature, generations):
    """Without the smaller generation: full strength as soon as anything is needed."""
    found = contamination.cheapest_fractions(goal, temperature, generations)
    return np.where(found > 0, contamination.holding_fraction(goal, temperature), 0.0)


@theorem(
    spec="PL-3",
    paper="schedules",
    status="derived",
    hypotheses=(
        "infinitely many samples at a temperature T < 1, a start at the real data",
        "a goal 0 < rho < 1 for the variance; the cost is the sum of the real fractions",
    ),
    claim=_CLAIM,
    mutants={
        "always the same": _CLAIM | {"every": _constant},
        "no smaller generation": _CLAIM | {"every": _late},
        "1 % less": _CLAIM | {"every": lambda *s: 0.99 * contamination.cheapest_fractions(*s)},
        "the end for the price of a generation": _CLAIM
        | {"end": lambda rho, t, h: contamination.holding_fraction(rho, t)},
        "1 % less at the end": _CLAIM
        | {"end": lambda *s: 0.99 * contamination.cheapest_at_the_end(*s)},
    },
)
def cheapest_plan(claim, trial):
    r"""The cheapest schedule of real data is lazy: none, one smaller generation, then the same.

    Among all real fractions with $\sigma_t^2 \ge \rho \sigma_0^2$ for $t = 1, \dots, H$ the
    least sum has $a_t = 0$ while $T^{t+1} \ge \rho$, then $\frac{\rho - T^{t+1}}{1 - T^{t+1}}$
    once, then $\frac{\rho (1 - T)}{1 - \rho T}$ for ever. If $\sigma_H^2 \ge \rho \sigma_0^2$
    alone is asked for, the least sum is $\frac{\rho - T^H}{1 - T^H}$ or zero, all of it in the
    last generation.
    """
    for goal, heat, length in ((0.8, 0.9, 6), (0.5, 0.8, 9), (0.95, 0.9, 5), (0.1, 0.7, 12)):
        name = f"rho = {goal}, T = {heat}, H = {length}"
        shares = claim["every"](goal, heat, length)
        least = trial.once(f"every {name}", lambda g=goal, t=heat, h=length: _least(g, t, h, True))
        yield exact_law(f"the least cost, {name}", np.sum(shares), least, tolerance=1e-9)
        path = _path(shares, heat)
        lowest = max(goal, heat**length)
        yield closed_form(f"the lowest variance, {name}", lowest, path.min())
        least = trial.once(f"end {name}", lambda g=goal, t=heat, h=length: _least(g, t, h, False))
        yield exact_law(f"at the end, {name}", claim["end"](goal, heat, length), least, scale=1.0)


def _path(shares, heat):
    """The variance of every generation, by the stages."""
    real = model = Gaussian.of(0.0, 1.0)
    found = []
    for share in shares:
        model = (Temper(heat) >> Mix(real, float(share)))(model)
        found.append(float(model.covariance[0, 0]))
    return np.array(found)


def _least(goal, heat, length, every):
    r"""The least cost over all paths through a fine set of variances, by dynamic programming.

    $\sigma'^2 = T \sigma^2 + a (1 - T \sigma^2)$ makes $a$ a function of two variances. The set has
    the powers of $T$, the goal and what falls to it, and a few hundred others.
    """
    powers = heat ** np.arange(length + 1.0)
    others = np.random.default_rng(7).uniform(0.5 * goal, 1.0, 400)
    values = np.unique(np.concatenate([powers, goal / powers, [goal], others]))
    values = values[(values <= 1) & (values > 0)]
    fallen = heat * values[:, None]
    share = (values[None, :] - fallen) / (1 - fallen)
    # Between variances that differ by rounding only no real data are needed.
    price = np.where(share < -1e-12, np.inf, np.maximum(share, 0.0))
    good = values >= goal - 1e-12
    cost = np.where(good, 0.0, np.inf)
    for _ in range(length):
        ahead = (price + cost).min(axis=1)
        cost = np.where(good, ahead, np.inf) if every else ahead
    return float(cost[np.argmax(values)])
