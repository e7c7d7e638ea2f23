"""HD-8: A stable state has at most one outcome with $d_i > 1$, the winner."""

import numpy as np

from ....loops.temperature import structure
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_local
from ....models import Categorical
from ....verification import bound, closed_form, proves, theorem
from .. import _enumeration
from .._instances import OUTCOMES, Instances, derivatives, evaluate, instances
from ._instances import LOOPS

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
    paper="marchi2024",
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


def _fixed_points():
    """All fixed points of two loops of four outcomes, each with its loop."""
    rows = []
    for real, temperature, fraction in LOOPS[4:6]:
        states = _enumeration.fixed_points(real, temperature=temperature, real_fraction=fraction)
        rows += [(temperature, fraction, real, state) for state in states]
    temperature, fraction, real, state = map(np.array, zip(*rows, strict=True))
    return Instances(temperature, fraction, Categorical(real), Categorical(state)), state


@proves("HD-8")
def proofs(digits):
    """The point where the leaders part, and a healthy branch with folds."""
    nearly_even = [f"{rank}" for rank in (100, 99, 98, 97, 96, 95, 94, 93)]
    return {
        "two leaders, (2, 2, 1), T = 1/2": certify_local(
            ExactLoop.of([2, 2, 1], "1/2"), digits=digits
        ),
        "100 to 93, T = 0.7": certify_local(ExactLoop.of(nearly_even, "0.7"), digits=digits),
    }
