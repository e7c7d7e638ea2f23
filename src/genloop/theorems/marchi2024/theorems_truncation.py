"""Theorems on loops that sample from the likeliest outcomes only."""

from fractions import Fraction

import numpy as np

from ...loops.truncation import states as truncation
from ...models import Categorical
from ...stages import MinP, Mix, Nucleus, Temper, TopK
from ...verification import bound, closed_form, scaled, theorem

PAPER = "marchi2024"


def _states(outcomes, count):
    """Random distributions from nearly even to very uneven ones."""
    generator = np.random.default_rng(outcomes)
    spread = np.geomspace(0.1, 30, count)
    return np.stack([generator.dirichlet(np.full(outcomes, s)) for s in spread])


def _applied(rule, states):
    return np.asarray(rule(Categorical.of(states)).probabilities)


_ONCE = {"top-k": TopK, "min-p": MinP}


@theorem(
    spec="TR-1",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, infinite data", "ties are broken the same way every time"),
    claim=_ONCE,
    mutants={
        "top-k with its ratios raised to 0.99": _ONCE
        | {"top-k": lambda k: TopK(k) >> Temper(1.01)},
        "min-p 1 % high": _ONCE | {"min-p": lambda m: MinP(min(1.01 * m, 1.0))},
        "min-p 1 % low": _ONCE | {"min-p": lambda m: MinP(0.99 * m)},
        "a nucleus in place of min-p": _ONCE | {"min-p": lambda m: Nucleus(1 - m)},
    },
)
def truncation_once(claim, trial):
    r"""Top-k and min-p sampling do all they do in one generation.

    They are idempotent and keep the ratios of what they keep. The fixed points of top-k are all
    $p$ with at most $k$ outcomes, those of min-p all with $\min_{p_i > 0} p_i \ge m \max_i p_i$.
    """
    states = _states(9, 40)
    for name, parameters in (("top-k", (1, 3, 8)), ("min-p", (0.05, 0.3, 0.9))):
        for parameter in parameters:
            rule = claim[name](parameter)
            once = _applied(rule, states)
            what = f"{name} {parameter}"
            yield closed_form(f"{what}: twice is once", _applied(rule, once), once, scale=1.0)
            kept = once > 0
            scale = (states * kept).sum(axis=1, keepdims=True)
            yield closed_form(f"{what}: ratios", once, kept * states / scale, scale=1.0)
            if name == "top-k":
                limit = np.minimum(parameter, (states > 0).sum(axis=1))
                yield closed_form(f"{what}: how many", kept.sum(axis=1), limit)
            else:
                expected = states >= parameter * states.max(axis=1, keepdims=True)
                yield closed_form(f"{what}: which", kept, expected, scale=1.0)


_NUCLEUS = {"sizes": truncation.nucleus_sizes, "fixed": truncation.is_nucleus_fixed}
_ZIPF = [Fraction(1, rank) for rank in range(1, 1001)]


def _off_by(change):
    return _NUCLEUS | {"sizes": lambda weights, mass: change(_NUCLEUS["sizes"], weights, mass)}


@theorem(
    spec="TR-2",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, infinite data", "ties are broken the same way every time"),
    claim=_NUCLEUS,
    mutants={
        "all of it in one generation": _off_by(lambda f, w, c: f(w, c)[:2] + f(w, c)[-1:]),
        "the mass 1 % low": _off_by(lambda f, w, c: f(w, Fraction(c) * Fraction(99, 100))),
        "fixed where min p > 0.99 (1 - c)": _NUCLEUS
        | {"fixed": lambda p, mass: truncation.is_nucleus_fixed(p, mass=0.01 + 0.99 * mass)},
        "fixed where min p > 1.01 (1 - c)": _NUCLEUS
        | {"fixed": lambda p, mass: truncation.is_nucleus_fixed(p, mass=1.01 * mass - 0.01)},
        "fixed only at one outcome": _NUCLEUS | {"fixed": lambda p, mass: (p > 0).sum(-1) == 1},
    },
)
def nucleus_recursion(claim, trial):
    r"""Nucleus sampling goes on: the supports follow $m_{t+1} = \min\{m : C_m \ge c\,C_{m_t}\}$.

    $C$ are the cumulative sums of the sorted first distribution. A distribution is fixed if and
    only if it has one outcome or all its positive probabilities exceed $1 - c$.
    """
    cases = (
        ("Zipf, c = 0.9", _ZIPF, "0.9"),
        ("Zipf, c = 0.95", _ZIPF, "0.95"),
        ("100 equal outcomes, c = 0.9", [1] * 100, "0.9"),
        ("counts", [5000, 3000, 900, 700, 40, 3, 3, 1], "0.99"),
    )
    for name, weights, mass in cases:
        sizes = claim["sizes"](weights, mass)
        path = trial.once(name, lambda w=weights, c=mass: _supports(w, float(c)))
        length = max(len(sizes), len(path))
        padded = [list(x) + [x[-1]] * (length - len(x)) for x in (sizes, path)]
        yield closed_form(f"supports of the loop, {name}", *padded)
    for mass in (0.7, 0.9, 0.97):
        # Two of them half a per cent beside the border.
        least = np.array([0.995, 1.005]) * (1 - mass)
        border = np.stack([(1 - least) / 2, (1 - least) / 2, least, 0 * least, 0 * least], axis=1)
        states = np.concatenate([_states(5, 400), border])
        kept = (np.asarray(Nucleus(mass).kept(states)) == (states > 0)).all(axis=1)
        found = claim["fixed"](states, mass=mass)
        yield closed_form(f"fixed distributions, c = {mass}", found, kept, scale=1.0)


def _supports(weights, mass):
    """The supports of the loop itself in floating point."""
    state, sizes = np.array([float(w) for w in weights]), []
    state = np.sort(state / state.sum())[::-1]
    while len(sizes) < 2 or sizes[-1] != sizes[-2]:
        sizes.append(int((state > 0).sum()))
        state = _applied(Nucleus(mass), state)
    return sizes[:-1]


_MIXED = {
    "state": truncation.truncated_state,
    "multiplier": truncation.truncated_multiplier,
    "tops": lambda *a, **p: truncation.truncated_states(*a, **p).kept,
}
_REAL = Categorical.of(np.array([0.3, 0.25, 0.2, 0.15, 0.1]))


@theorem(
    spec="TR-3",
    paper=PAPER,
    status="derived",
    hypotheses=("0 < a < 1, infinite data", "no outcome is just kept or just dropped"),
    claim=_MIXED,
    mutants={
        "without the real data of what is kept": _MIXED
        | {
            "state": lambda real, kept, real_fraction: (
                np.where(kept, (1 - real_fraction), real_fraction)
                * truncation.truncated_state(real, kept, real_fraction=real_fraction)
            )
        },
        "the multiplier without real data": _MIXED
        | {
            "multiplier": lambda real, kept, real_fraction: (1 - real_fraction) + 0.0 * kept[..., 0]
        },
        "1 % more real data in the state": _MIXED
        | {
            "state": lambda real, kept, *, real_fraction: truncation.truncated_state(
                real, kept, real_fraction=1.01 * real_fraction
            )
        },
        "the multiplier 1 % high": scaled(_MIXED, 1.01, "multiplier"),
        "only the last of the tops": _MIXED
        | {"tops": lambda *a, **p: truncation.truncated_states(*a, **p).kept[-1:]},
    },
)
def truncation_with_real_data(claim, trial):
    r"""With real data a loop that keeps the set $W$ rests at $x_i = r_i [a + (1 - a)/r(W)]$ in $W$.

    Outside $W$, $x_i = a r_i$. It is a fixed point if and only if the rule keeps just $W$ there;
    its multipliers are $\frac{1 - a}{1 - a + a r(W)}$, $|W| - 1$ times, and zero: it attracts.
    For top-k that is $\min_W r\,(1 + \frac1{\mu r(W)}) \ge \max_{W^c} r$. A nucleus of mass $c$ can
    keep the $m$ likeliest real outcomes iff $P_m \frac{C_{m-1}}{C_m} < c \le P_m = a C_m + 1 - a$:
    an interval of $m$ that begins with the smallest of all kept sets.
    """
    for rule in (TopK(2), Nucleus(0.8), MinP(0.4)):
        for share in (0.2, 0.5, 0.85):
            what = f"{type(rule).__name__}, a = {share}"
            sets = truncation.truncated_fixed_points(rule, _REAL, real_fraction=share)
            states = claim["state"](_REAL, sets, real_fraction=share)
            again = share * _REAL.probabilities + (1 - share) * _applied(rule, states)
            yield closed_form(f"fixed points, {what}", states, again, tolerance=1e-12)
            loop = rule >> Mix(_REAL, share)
            dense = trial.once(what, lambda loop=loop, s=states: _spectra(loop, s))
            expected = claim["multiplier"](_REAL, sets, real_fraction=share)[:, None]
            expected = np.where(np.arange(5) < sets.sum(axis=1)[:, None] - 1, expected, 0.0)
            yield closed_form(f"multipliers, {what}", expected, dense, scale=1.0, tolerance=1e-10)
    yield from _tops(claim, trial)
    counts = [_number(share) for share in (0.3, 0.6, 0.75, 0.8, 0.9)]
    yield closed_form("fixed points of top-2", [10, 9, 4, 3, 1], counts)
    last = [_has_the_last_two(share) for share in (0.66, 0.67)]
    yield closed_form("the last two of five win up to a = 2/3", [1, 0], last, scale=1.0)


def _tops(claim, trial):
    """The kept sets that are tops of the real distribution, against all sets."""
    generator = np.random.default_rng(3)
    for rule in (TopK(2), Nucleus(0.8), MinP(0.4)):
        for share in (0.1, 0.5, 0.85):
            real = Categorical.of(-np.sort(-generator.dirichlet(np.full(6, 2.0))))
            what = f"{type(rule).__name__}, a = {share}"
            sets = trial.once(f"sets {what}", lambda a=(rule, real), s=share: _all_sets(*a, s))
            sizes = sets.sum(axis=1)
            tops = [size for size, kept in zip(sizes, sets, strict=True) if kept[:size].all()]
            found = claim["tops"](rule, real, real_fraction=share)
            yield closed_form(f"how many tops, {what}", len(found), len(tops))
            yield closed_form(f"tops, {what}", sum(2**found), sum(2 ** np.array(tops)))
            if isinstance(rule, Nucleus):
                yield closed_form(f"the smallest of all, {what}", found[0], sizes.min())
    real, many = Categorical.of(1 / np.arange(1, 2001.0)), np.arange(2000)
    found = claim["tops"](Nucleus(0.9), real, real_fraction=0.4)
    sizes = np.array([found[0] - 1, found[0], found[-1], found[-1] + 1])
    state = claim["state"](real, many < sizes[:, None], real_fraction=0.4)
    again = np.asarray(Nucleus(0.9).kept(state)).sum(axis=1)
    yield closed_form("2000 outcomes, the smallest and the largest top", again[1:3], sizes[1:3])
    yield bound("no top beyond them", 1, np.abs(again - sizes)[[0, 3]])


def _all_sets(rule, real, share):
    return truncation.truncated_fixed_points(rule, real, real_fraction=share)


def _spectra(loop, states):
    """Moduli of the eigenvalues of dense derivatives, largest first."""
    dense = [loop.jacobian(Categorical.of(state)).dense() for state in states]
    return -np.sort(-np.abs(np.linalg.eigvals(np.stack(dense))), axis=1)


def _number(share):
    return len(truncation.truncated_fixed_points(TopK(2), _REAL, real_fraction=share))


def _has_the_last_two(share):
    sets = truncation.truncated_fixed_points(TopK(2), _REAL, real_fraction=share)
    return int((sets == [False, False, False, True, True]).all(axis=1).any())


def _end(p, *, outcomes, temperature):
    r"""Uniform on the kept outcomes for $T > 1$, the likeliest outcome alone for $T < 1$."""
    order = np.argsort(-p, axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1)
    winners = outcomes if temperature > 1 else 1
    return np.where(rank < winners, 1 / winners, 0.0)


@theorem(
    spec="TR-4",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, infinite data", "one likeliest outcome for T < 1"),
    claim=_end,
    mutants={
        "1 % more": scaled(_end, 1.01),
        "1 % less": scaled(_end, 0.99),
        "uniform on one outcome more": lambda p, *, outcomes, temperature: _end(
            p, outcomes=outcomes + 1, temperature=temperature
        ),
        "hot and cold exchanged": lambda p, *, outcomes, temperature: _end(
            p, outcomes=outcomes, temperature=1 / temperature
        ),
    },
)
def tempered_truncation(claim, trial):
    r"""Top-k sampling at $T > 1$ ends uniform on $k$ outcomes, at $T < 1$ in a single one.

    Both ends of [HD-1] in one map: from the second generation on the kept outcomes are the same,
    and among them tempering acts as without truncation.
    """
    states = _states(7, 12)
    for temperature in (0.8, 1.25):
        rule = TopK(3) >> Temper(temperature)
        expected = claim(states, outcomes=3, temperature=temperature)
        found = trial.once(f"end {temperature}", lambda rule=rule: _iterated(rule, states))
        yield closed_form(f"the end at T = {temperature}", expected, found, scale=1.0)


def _iterated(rule, states):
    for _ in range(250):
        states = _applied(rule, states)
    return states
