"""CU-2: With real data one fixed point attracts every start, at a rate that is known."""

import numpy as np

from ...analysis import multipliers
from ...loops.curation import plural
from ...models import Categorical
from ...verification import bound, closed_form, scaled, theorem
from ._instances import engine, orbit, path, problems

_CLAIM = {
    "limit": plural.limit,
    "balance": lambda gains, real, a: a * real / (1 - (1 - a) * gains),
    "contraction": lambda state, real, a: 1 - a * (real / state).min(),
    "approach": lambda gap: gap,
}


@theorem(
    spec="CU-2",
    paper="curation",
    status="derived",
    hypotheses=(
        "finitely many outcomes, infinitely many candidates and data",
        "a share a > 0 of real data that have every outcome",
    ),
    claim=_CLAIM,
    mutants={
        "real data count twice": _CLAIM
        | {
            "limit": lambda r, q, *, real, real_fraction: plural.limit(
                r, q, real=real, real_fraction=2 * real_fraction / (1 + real_fraction)
            )
        },
        "the square of the contraction": _CLAIM
        | {"contraction": lambda *at: _CLAIM["contraction"](*at) ** 2},
        "the contraction 1 % faster": scaled(_CLAIM, 0.99, "contraction"),
        "the balance 1 % high": scaled(_CLAIM, 1.01, "balance"),
        "the fixed point comes 1 % nearer": scaled(_CLAIM, 1.01, "approach"),
        "the limit 1 % high": scaled(_CLAIM, 1.01, "limit"),
    },
)
def real_data(claim, trial):
    r"""With real data one fixed point attracts every start, at a rate that is known.

    Real data are one more curator for every outcome: $p' = (1 - a)\,p\,W + a\,r$ maximises $\Psi =
    (1 - a) \Phi + a \sum_i r_i \log p_i$ as in CU-1. $\Psi$ is strictly concave, so there is one
    fixed point, $p_{*i} = \frac{a r_i}{1 - (1 - a) W_i}$, every outcome lives, and from every start
    $\mathrm{KL}(p_* \| p') \le (1 - a \min_i \frac{r_i}{p_{*i}})\,\mathrm{KL}(p_* \| p)$, for every
    $a > 0$ and all rewards. The multipliers are real and lie in $[0, 1 - a \min_i
    \frac{r_i}{p_{*i}}]$.
    """
    for index, (rewards, shares, start, real) in enumerate(problems(9, seed=3)):
        a = (0.02, 0.3, 0.8)[index // 3]
        known = {"real": real, "real_fraction": a}
        what = f"case {index}, a = {a}"
        state = claim["limit"](rewards, shares, **known)
        loop = engine(rewards, shares, real, a)
        reached = trial.once(f"engine {index}", lambda loop=loop, p=start: orbit(loop, p, 4000))
        yield closed_form(f"limit by stages, {what}", state, reached, tolerance=1e-9)
        balance = claim["balance"](plural.gains(reached, rewards, shares), real, a)
        yield closed_form(f"balance, {what}", balance, reached, tolerance=1e-8)
        states = path(rewards, shares, start, 30, **known)
        yield from _bounds(claim, states, reached, rewards, shares, known, what)
        if index % 3 == 1:
            found = np.real(
                trial.once(
                    f"multipliers {index}",
                    lambda loop=loop, p=reached: multipliers(loop, Categorical.of(p)),
                )
            )
            yield bound(f"multipliers, {what}", found, claim["contraction"](reached, real, a))
            yield bound(f"multipliers are not negative, {what}", -1e-12, found)
    yield from _attained(claim)


def _bounds(claim, states, top, rewards, shares, known, what):
    apart = np.array([plural.divergence(top, state) for state in states])
    rate = claim["contraction"](top, known["real"], known["real_fraction"])
    yield bound(f"contraction, {what}", apart[1:], rate * apart[:-1] + 1e-13)
    level = lambda state: plural.welfare(state, rewards, shares, **known)
    gap = np.array([level(top) - level(state) for state in states])
    nearer = claim["approach"](gap[:-1])
    yield bound(f"approach, {what}", nearer - 1e-13, -np.diff(apart))


def _attained(claim):
    """No rewards, and real data that hardly have an outcome: the bounds are attained."""
    rare, more, a = 1e-9, 1e-4, 0.3
    real, start = np.array([1 - rare, rare]), np.array([1 - more, more])
    rewards, shares = np.zeros((1, 2)), np.ones(1)
    known = {"real": real, "real_fraction": a}
    states = path(rewards, shares, start, 1, **known)
    yield from _bounds(
        claim, states, real, rewards, shares, known, "an outcome that is hardly real"
    )
    far = np.array([1e-12, 1 - 1e-12])
    rewards = 60.0 * np.array([[1.0, 0.0]])
    states = path(rewards, shares, far, 1, **known)
    top = plural.limit(rewards, shares, **known)
    yield from _bounds(claim, states, top, rewards, shares, known, "one favourite")
