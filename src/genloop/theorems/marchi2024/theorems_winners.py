"""Theorems on the stable states below temperature one: at most one winner, and the whole list."""

import dataclasses

import numpy as np

from ...loops.temperature import structure
from ...loops.temperature.stable_states import stable_states
from ...models import Categorical
from ...verification import bound, closed_form, theorem
from . import _enumeration
from ._instances import OUTCOMES, Instances, derivatives, evaluate, instances

PAPER = "marchi2024"

_CRITERION = {"attracts": structure.attracts, "balance": structure.winner_balance}


def _any_winner(model, **options):
    return structure.winner_balance(model, **options)[0] <= 1


def _up_to_two(model, **options):
    winners, balance = structure.winner_balance(model, **options)
    return (winners == 0) | ((winners <= 2) & (balance > 0))


def _too_balanced(model, **options):
    winners, balance = structure.winner_balance(model, **options)
    return winners, balance + 0.01


def _synthetic(factor):
    """The criterion with the synthetic share, to which all $d_i$ are proportional, multiplied."""
    return lambda model, *, temperature, real_fraction: structure.attracts(
        model, temperature=temperature, real_fraction=1 - factor * (1 - real_fraction)
    )


@theorem(
    spec="HD-8",
    paper=PAPER,
    status="derived",
    hypotheses=("T < 1", "an interior state"),
    claim=_CRITERION,
    mutants={
        "one winner is always stable": _CRITERION | {"attracts": _any_winner},
        "two winners can be stable": _CRITERION | {"attracts": _up_to_two},
        "1 % more synthetic data": _CRITERION | {"attracts": _synthetic(1.01)},
        "1 % less synthetic data": _CRITERION | {"attracts": _synthetic(0.99)},
        "the balance higher by 0.01": _CRITERION | {"balance": _too_balanced},
    },
)
def at_most_one_winner(claim, trial):
    r"""A stable state has at most one outcome with $d_i > 1$, the winner.

    With $d_i = (1 - a)\,b\,s_i/x_i$, at a fixed point $d_i > 1$ means $x_i > a r_i/(1 - T)$. All
    multipliers are below one iff nobody wins, or one outcome $i$ wins and $\frac{s_i}{d_i - 1} >
    \sum_{j \ne i} \frac{s_j}{1 - d_j}$ (for $d_j \ne 1$).
    """
    attracts = lambda state, t, a: claim["attracts"](state, temperature=t, real_fraction=a)
    balance = lambda state, t, a: claim["balance"](state, temperature=t, real_fraction=a)
    for outcomes in OUTCOMES:
        cases = _mostly_one_winner(outcomes)
        radius = trial.once(f"radius {outcomes}", lambda cases=cases: _radius(cases))
        found = evaluate(attracts, cases.state, cases.temperature, cases.real_fraction)
        yield closed_form(f"all multipliers below one, {outcomes} outcomes", found, radius < 1)
        # The derivative is proportional to 1 - a, so this real fraction makes its top exactly one.
        critical = 1 - (1 - cases.real_fraction) / radius
        winners, level = evaluate(balance, cases.state, cases.temperature, critical)
        one = winners == 1
        yield bound(f"one winner at multiplier one, {outcomes} outcomes", 20, one.sum())
        name = f"balance zero at multiplier one, {outcomes} outcomes"
        yield closed_form(name, level[one], 0.0, tolerance=1e-10)
    cases, fixed = trial.once("fixed points", _fixed_points)
    winners, _ = evaluate(balance, Categorical(fixed), cases.temperature, cases.real_fraction)
    share = cases.real_fraction / (1 - cases.temperature)
    above = (fixed > share[:, None] * cases.real.probabilities).sum(axis=1)
    yield closed_form("winners at fixed points", winners, above)


def _mostly_one_winner(outcomes) -> Instances:
    """Random states of which most have a winner, at real fractions around the critical ones."""
    cases = instances(outcomes, coldest=0.2, hottest=0.95, count=128)
    state = cases.state.probabilities ** np.linspace(0.3, 2.5, 128)[:, None]
    cases = cases._replace(state=Categorical.of(state))
    radius = _radius(cases) / (1 - cases.real_fraction)
    near = np.random.default_rng(outcomes).uniform(0.5, 1.5, size=128) / radius
    return cases._replace(real_fraction=np.clip(1 - near, 0.0, 0.999))


def _radius(cases):
    return np.abs(np.linalg.eigvals(derivatives(cases)[0])).max(axis=-1)


_LOOPS = (
    ((0.5, 0.3, 0.2), 0.5, 0.3),
    ((0.5, 0.3, 0.2), 0.5, 0.36),
    ((0.5, 0.3, 0.2), 0.5, 0.37),
    ((0.45, 0.35, 0.2), 0.15, 0.72),
    ((0.26, 0.25, 0.25, 0.24), 0.5, 0.503),
    ((0.3, 0.25, 0.25, 0.2), 0.8, 0.12),
    ((0.3, 0.3, 0.25, 0.15), 0.6, 0.25),
)
"""Real distributions, temperatures and real fractions with different numbers of stable states.

All have three distinct real probabilities, so that the solver is compiled once.
"""


def _fixed_points():
    """All fixed points of two loops of four outcomes, each with its loop."""
    rows = []
    for real, temperature, fraction in _LOOPS[4:6]:
        states = _enumeration.fixed_points(real, temperature=temperature, real_fraction=fraction)
        rows += [(temperature, fraction, real, state) for state in states]
    temperature, fraction, real, state = map(np.array, zip(*rows, strict=True))
    return Instances(temperature, fraction, Categorical(real), Categorical(state)), state


def _altered(change):
    def claim(real, **parameters):
        return change(stable_states(real, **parameters))

    return claim


def _without_last(states):
    fields = ("level", "counts", "real", "leading", "spectral_radius", "residual", "logits")
    return dataclasses.replace(states, **{name: getattr(states, name)[:-1] for name in fields})


@theorem(
    spec="HD-9",
    paper=PAPER,
    status="derived",
    hypotheses=("T < 1", "0 < a <= 1", "every real probability positive", "infinite data"),
    claim=stable_states,
    mutants={
        "the least probable winner missing": _altered(_without_last),
        "the leading probability 0.1 % high": _altered(
            lambda states: dataclasses.replace(states, leading=1.001 * states.leading)
        ),
        "every outcome can win": _altered(
            lambda states: dataclasses.replace(
                states, counts=states.counts + (states.number < states.distribution.outcomes)
            )
        ),
    },
)
def complete_list(claim, trial):
    r"""All stable states, each from one scalar equation.

    Fixed points solve $x_j - c\,x_j^b = a r_j$ with one $c = (1 - a)/\sum_k x_k^b$, each $x_j$ on
    the lower or upper root. In units of $c$, $z_j - z_j^b = \kappa r_j$, the stable ones are:
    everyone on the lower root; or one winner $i$ on the upper root, where $a_i(\kappa) =
    \kappa/\sum_j z_j$ rises. Unless $i$ is the single most probable outcome, $a_i$ rises on one
    interval, up to a fold: one stable state below its real fraction and none above.
    """
    for number, (real, temperature, fraction) in enumerate(_LOOPS):
        options = {"temperature": temperature, "real_fraction": fraction}
        search = lambda real=real, options=options: _stable_by_exhaustion(real, options)
        expected = trial.once(f"exhaustion {number}", search)
        found = claim(Categorical.of(real), **options)
        what = f"r = {real}, T = {temperature}, a = {fraction}"
        yield closed_form(f"how many, {what}", found.number, len(expected))
        listed = np.repeat(found.leading, found.counts)
        leaders = np.sort(expected.max(axis=1))
        if listed.size == leaders.size:
            name = f"leading probabilities, {what}"
            yield closed_form(name, np.sort(listed), leaders, tolerance=1e-11)
    states = claim(Categorical.of((0.26, 0.25, 0.25, 0.24)), temperature=0.5, real_fraction=0.503)
    made = np.array([states.state(row).probabilities for row in range(len(states.level))])
    power = made**2 / (made**2).sum(axis=1, keepdims=True)
    image = 0.503 * np.array([0.26, 0.25, 0.25, 0.24]) + 0.497 * power
    yield closed_form("they are fixed points", image, made, tolerance=1e-13)


def _stable_by_exhaustion(real, options):
    states = _enumeration.fixed_points(real, **options)
    return states[_enumeration.stable(states, **options)]
