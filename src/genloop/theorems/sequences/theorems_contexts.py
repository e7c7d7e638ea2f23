"""Theorems on contexts: when they are alone, and what couples them."""

import numpy as np

from ...loops.chain.contexts import effective_real_fractions
from ...loops.chain.spectra import circular_multipliers
from ...models import MarkovChain
from ...verification import bound, closed_form, scaled, theorem
from ._instances import escort, generation, pairs_of, random_rows, rested, spectrum, staged

PAPER = "sequences"


@theorem(
    spec="SQ-1",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data", "every context occurs in the real text"),
    claim=effective_real_fractions,
    mutants={
        "the same real fraction everywhere": lambda synthetic, real, real_fraction: (
            real_fraction + 0.0 * synthetic.contexts
        ),
        "contexts of the real text and the synthetic one exchanged": (
            lambda synthetic, real, real_fraction: effective_real_fractions(
                real, synthetic, real_fraction=real_fraction
            )
        ),
        "the real fractions 1 % high": scaled(effective_real_fractions, 1.01),
        "mixed by rows and not by counts": lambda synthetic, real, real_fraction: (
            real_fraction * real.contexts / synthetic.contexts
        ),
    },
)
def contexts_as_loops(claim, trial):
    r"""Every context is a temperature loop with a real fraction of its own.

    $P_i' = a_i R_i + (1 - a_i) S_T(P_i)$ with
    $a_i = \frac{a \pi_i}{a \pi_i + (1 - a) \sigma_i}$, so the ratio of real to synthetic data is
    $\mu_i = \mu\,\pi_i/\sigma_i$: contexts that the synthetic text visits rarely are protected,
    frequent ones lose. $\sum_i w_i' a_i = a$, and
    $\frac{a \pi_i}{a \pi_i + 1 - a} \le a_i \le 1$. A fixed point is one of every context at its
    $a_i$.
    """
    for seed, temperature, share in ((1, 0.6, 0.3), (2, 0.8, 0.7), (3, 1.5, 0.2)):
        real = pairs_of(random_rows(seed))
        start = pairs_of(random_rows(seed + 10, evenness=0.5))
        what = f"T = {temperature}, a = {share}"
        rest = trial.once(what, lambda x=start, r=real, t=temperature, a=share: rested(x, r, t, a))
        for name, state in (("a state", start), ("the fixed point", np.asarray(rest))):
            written = MarkovChain.of(generation(state, real, temperature, 0.0))
            own = np.asarray(claim(written, MarkovChain(real), real_fraction=share))
            image = np.asarray(staged(state, real, temperature, share))
            sums = image.sum(axis=1)
            rows, target = state / state.sum(axis=1)[:, None], real / real.sum(axis=1)[:, None]
            tempered = escort(rows, temperature)
            expected = own[:, None] * target + (1 - own[:, None]) * tempered
            yield closed_form(f"rows of {name}, {what}", expected, image / sums[:, None])
            yield closed_form(f"mean of {name}, {what}", sums @ own, share)
            least = share * real.sum(axis=1) / (share * real.sum(axis=1) + 1 - share)
            yield bound(f"least share, {name}, {what}", least, own)
            if name != "a state":
                yield closed_form(f"{name} of every context, {what}", expected, rows, scale=1.0)


def _linear(real_fraction, temperature):
    return 1 - real_fraction


def _equal(real_fraction, temperature):
    return (1 - real_fraction) / temperature


@theorem(
    spec="SQ-2",
    paper=PAPER,
    status="derived",
    hypotheses=("T = 1, infinite data", "one class of contexts"),
    claim=_linear,
    mutants={
        "the square": lambda real_fraction, temperature: (1 - real_fraction) ** 2,
        "1 % high": scaled(_linear, 1.01),
    },
)
def temperature_one(claim, trial):
    r"""At $T = 1$ the pairs go straight to the real ones, $J_t - R = (1 - a)^t (J_0 - R)$.

    Without real data every chain stays as it is. With real data all $K^2 - K$ multipliers are
    $1 - a$: contexts are not coupled in the pairs, however different their rows are.
    """
    for seed, share in ((1, 0.0), (2, 0.3), (3, 0.9)):
        real, start = pairs_of(random_rows(seed)), pairs_of(random_rows(seed + 5, evenness=0.7))
        state = start
        for count in (1, 2, 3):
            state = np.asarray(staged(state, real, 1.0, share))
            expected = real + claim(share, 1.0) ** count * (start - real)
            yield closed_form(f"pairs after {count}, a = {share}", expected, state, scale=1.0)
        values = trial.once(f"a = {share}", lambda r=real, a=share: spectrum(r, r, 1.0, a))
        expected = np.where(np.arange(16) < 12, claim(share, 1.0), 0.0)
        yield closed_form(f"multipliers, a = {share}", expected, values, scale=1.0)


_GRAPHS = {
    "all equal": np.ones((4, 4)),
    "a one-way graph": np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 0]], float),
    "uneven degrees": np.array([[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 1], [1, 1, 0, 0]], float),
}


@theorem(
    spec="SQ-3",
    paper=PAPER,
    status="derived",
    hypotheses=("T < 1, infinite data", "every token has equally likely successors"),
    claim=_equal,
    mutants={
        "1 % high": scaled(_equal, 1.01),
        "1 % low": scaled(_equal, 0.99),
        "as at temperature one": lambda real_fraction, temperature: 1 - real_fraction,
        "the square of the temperature": lambda real_fraction, temperature: (
            (1 - real_fraction) / temperature**2
        ),
    },
)
def equal_successors(claim, trial):
    r"""A walk with equally likely successors rests, with multipliers $\frac{1-a}T$ and zero only.

    $\frac{1-a}T$ comes once for every successor but one of each context, as if contexts were alone:
    the walk is stable if and only if $a > 1 - T$, however unevenly it visits its contexts.
    """
    for name, graph in _GRAPHS.items():
        real = pairs_of(_lazy(graph))
        for temperature, share in ((0.5, 0.6), (0.8, 0.15)):
            what = f"{name}, T = {temperature}, a = {share}"
            image = np.asarray(staged(real, real, temperature, share))
            yield closed_form(f"rest, {what}", real, image, scale=1.0)
            find = lambda r=real, t=temperature, a=share: spectrum(r, r, t, a)
            values = trial.once(what, find)
            expected = np.where(np.arange(16) < graph.sum() - 4, claim(share, temperature), 0.0)
            # Repeated eigenvalues are known to the root of the rounding.
            yield closed_form(what, expected, values, scale=1.0, tolerance=1e-6)


def _lazy(graph):
    return graph / graph.sum(axis=1, keepdims=True)


def _coupled(factor):
    """The multipliers with another strength of the coupling between contexts."""

    def multipliers(state, real, *, temperature, real_fraction):
        drawn = escort(state, temperature)
        other = drawn + factor * (real - drawn)
        return circular_multipliers(
            state, other, temperature=temperature, real_fraction=real_fraction
        )

    return multipliers


@theorem(
    spec="SQ-6",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data", "contexts that are equal up to a rotation, $R_{ij} = r_{j-i}/K$"),
    claim=circular_multipliers,
    mutants={
        "contexts alone": _coupled(0.0),
        "the coupling 1 % high": _coupled(1.01),
        "1 % high": scaled(circular_multipliers, 1.01),
        "the coupling reversed": _coupled(-1.0),
    },
)
def equal_contexts(claim, trial):
    r"""If all contexts are equal up to a rotation, they rest like one alone but are less stable.

    $P_{ij} = x_{j-i}$ is a fixed point if and only if $x$ is one of the single context at the same
    $a$. Its multipliers are those of the single context and of $K - 1$ waves; among these
    $\frac{(1-a)\,s_0}{T\,x_0}$, $K - 1$ times, belongs to contexts that repeat themselves more or
    less. So a repetition that wins, which is stable in a context alone, ends their balance.
    """
    for weights, temperature, share in (
        ((4, 3, 2, 1), 0.7, 0.5),
        ((4, 3, 2, 1), 0.7, 0.35),
        ((1, 3, 2, 2), 0.6, 0.45),
    ):
        row = np.array(weights) / sum(weights)
        what = f"r = {weights}, T = {temperature}, a = {share}"
        state = trial.once(what, lambda r=row, t=temperature, a=share: _single(r, t, a))
        real, pairs = _circular(row), _circular(state)
        image = np.asarray(staged(pairs, real, temperature, share))
        yield closed_form(f"rest, {what}", pairs, image, scale=1.0)
        find = lambda p=pairs, r=real, t=temperature, a=share: spectrum(p, r, t, a)
        values = trial.once(f"spectrum {what}", find)[:12]
        claimed = claim(state, row, temperature=temperature, real_fraction=share)
        # Sums of powers know a spectrum without an order, and repeated values without loss.
        for power in (1, 2, 3, 4):
            traces = (claimed**power).sum(), (values**power).sum()
            yield closed_form(f"trace of the power {power}, {what}", *traces)
        drawn = escort(state, temperature)
        repeated = (1 - share) * drawn[0] / (temperature * state[0])
        gaps = np.sort(np.abs(claimed - repeated))[:3]
        yield closed_form(f"repetition, {what}", gaps, np.zeros(3), tolerance=1e-6)


def _single(row, temperature, share):
    """The fixed point of one context alone, by its orbit."""
    state = row
    for _ in range(4000):
        state = share * row + (1 - share) * escort(state, temperature)
    return state


def _circular(row):
    return np.array([np.roll(row, i) for i in range(len(row))]) / len(row)
