"""CU-8: Of few candidates groups may choose in circles: the loop then never comes to rest."""

import jax.numpy as jnp
import numpy as np

from ...analysis import spectral_radius, threshold
from ...certificates import certify_root
from ...loops.curation import plural
from ...models import Categorical
from ...stages import Choose, Mix
from ...verification import bound, closed_form, proves, scaled, theorem

_TWO_GROUPS = np.array([[20.0, 0.0, -20.0], [-1.0, 0.0, 1.0]]), np.array([0.4, 0.6])
_IN_TURN = 2.0 * np.array([[1.0, 0, -1], [-1, 1, 0], [0, -1, 1]]), np.full(3, 1 / 3)

_CLAIM = {
    "region": plural.coexistence_region,
    "majorities": plural.majorities,
    "balance": plural.cycle_balance,
    "fraction": plural.calming_fraction,
}


@theorem(
    spec="CU-8",
    paper="curation",
    status="derived",
    hypotheses=("finitely many outcomes, K candidates, infinite data",),
    claim=_CLAIM,
    mutants={
        "the region of infinitely many candidates": _CLAIM
        | {"region": lambda one, two, *, among: plural.coexistence_region(one, two)},
        "region 1 % off": scaled(_CLAIM, 1.01, "region"),
        "majorities of votes": _CLAIM
        | {"majorities": lambda r, q: plural.majorities(100 * np.asarray(r), q)},
        "majorities 1 % large": scaled(_CLAIM, 1.01, "majorities"),
        "a balance of equals": _CLAIM | {"balance": lambda m: np.full(3, 1 / 3)},
        "balance 1 % high": scaled(_CLAIM, 1.01, "balance"),
        "a third of the fraction": scaled(_CLAIM, 1 / 3, "fraction"),
        "fraction 1 % high": scaled(_CLAIM, 1.01, "fraction"),
    },
)
def few_candidates(claim, trial):
    r"""Of few candidates groups may choose in circles: the loop then never comes to rest.

    Of two candidates, $p'_i = p_i (1 + (M p)_i)$ with $M_{ij} = \sum_g q_g \tanh\frac{r_{gi} -
    r_{gj}}2$. Of two outcomes one is lost unless $M = 0$: neither can crowd out the other only for
    $q_-(K) < q < q_+(K)$, which is empty for $K = 2$, and opens at $K = 3$. Three outcomes may beat
    each other in turn, already with two groups; then all live at $p_* \propto (M_{23}, M_{31},
    M_{12})$ only, $\sum_i p_{*i} \log p_i$ falls in every generation, and no other start with all
    three converges. Real data at $p_*$ calm it from $a = 1 - (1 + \omega^2)^{-1/2}$ on, $\omega^2 =
    \frac{M_{12} M_{23} M_{31}}{M_{12} + M_{23} + M_{31}}$.
    """
    one, two = 0.3, 0.05
    for among in (2, 4):
        what = f"leaks {one} and {two}, {among} candidates"
        found = trial.once(what, lambda n=among: _ends(one, two, n))
        ends = claim["region"](one, two, among=among)
        what = f"where neither crowds out the other, {what}"
        yield closed_form(what, ends, found, tolerance=1e-6)
    for name, (rewards, shares) in {"two groups": _TWO_GROUPS, "three": _IN_TURN}.items():
        matrix = np.array(claim["majorities"](rewards, shares))
        loop = Choose(jnp.array(rewards), among=2, shares=jnp.array(shares))
        start = np.array([0.2, 0.3, 0.5])
        exact = np.asarray(loop(Categorical.of(start)).probabilities)
        yield closed_form(f"one generation by stages, {name}", start * (1 + matrix @ start), exact)
        cycle = plural.majorities(rewards, shares)
        balance = np.asarray(claim["balance"](cycle))
        yield closed_form(f"balance, {name}", start * 0, cycle @ balance / balance[0], scale=1.0)
        yield closed_form(f"of mass one, {name}", balance.sum(), 1.0)
        yield from _wandering(cycle, plural.cycle_balance(cycle), start, name)
        critical = trial.once(f"calm {name}", lambda r=rewards, q=shares: _calm(r, q))
        fraction = claim["fraction"](cycle)
        yield closed_form(
            f"real fraction by the engine, {name}", fraction, critical, tolerance=1e-8
        )


def _ends(one, two, among):
    """The shares at which a rare outcome neither grows nor falls, by stages near the corners."""
    rewards, rare = jnp.log(jnp.array([[1.0, one], [two, 1.0]])), 1e-9
    loops = [Choose(reward, among=among) for reward in rewards]

    def end(index):
        start = Categorical.of(np.where(np.arange(2) == index, rare, 1 - rare))
        own, other = (float(loop(start).probabilities[index]) / rare - 1 for loop in loops)
        # Groups add up: q own + (1 - q) other = 0.
        return other / (other - own)

    return end(0), end(1)


def _wandering(matrix, balance, start, name):
    """The potential falls without end, and each outcome leads again and again."""
    state, potential, leaders = start, [], []
    for _ in range(6000):
        potential.append(balance @ np.log(state))
        leaders.append(state.argmax())
        state = state * (1 + matrix @ state)
        state = state / state.sum()
    yield bound(f"the potential falls, {name}", np.diff(potential), 0.0)
    yield bound(f"one outcome is nearly lost, {name}", state.min(), 1e-3)
    changes = np.flatnonzero(np.diff(leaders))
    yield bound(f"the lead keeps changing, {name}", 3, np.sum(changes > 300))


def _calm(rewards, shares):
    """The real fraction at which the spectral radius at the balance is one, by the engine."""
    balance = Categorical.of(plural.cycle_balance(plural.majorities(rewards, shares)))
    choice = Choose(jnp.array(rewards), among=2, shares=jnp.array(shares))
    radius = lambda a: spectral_radius(choice >> Mix(balance, a), balance)
    return float(threshold(radius, 0.0, 0.5))


@proves("CU-8")
def proofs(digits):
    r"""The real fraction that calms three groups in turn, $\Delta = 2$, as modulus one."""

    def modulus(a, gap):
        half, whole = jnp.tanh(gap / 2), jnp.tanh(gap)
        margin = (2 * half - whole) / 3
        return (1 - a) ** 2 * (1 + margin**2 / 3) - 1

    return {"gap 2": certify_root(modulus, "0", "0.5", parameters=["2"], digits=digits)}
