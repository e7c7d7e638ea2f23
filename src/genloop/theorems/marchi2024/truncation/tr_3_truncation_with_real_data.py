"""TR-3: truncation with real data."""

from fractions import Fraction

import numpy as np

from ....certificates import certify_root
from ....loops.truncation import states as truncation
from ....models import Categorical
from ....stages import MinP, Mix, Nucleus, TopK
from ....verification import bound, closed_form, proves, scaled, theorem
from ._instances import applied

_MIXED = {
    "state": truncation.truncated_state,
    "multiplier": truncation.truncated_multiplier,
    "tops": lambda *a, **p: truncation.truncated_states(*a, **p).kept,
}


_REAL = Categorical.of(np.array([0.3, 0.25, 0.2, 0.15, 0.1]))


@theorem(
    spec="TR-3",
    paper="marchi2024",
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
            again = share * _REAL.probabilities + (1 - share) * applied(rule, states)
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


@proves("TR-3")
def proofs(digits):
    """At which real fractions top-2 and a nucleus keep a set of (6, 5, 4, 3, 2)/20."""
    top = lambda a, least, mass, best: least * (a * mass + 1 - a) - a * mass * best
    mass = lambda a, total: a * total + 1 - a
    real = [Fraction(w, 20) for w in (6, 5, 4, 3, 2)]
    return {
        "top-2 keeps the last two up to": certify_root(
            top, "1/10", "1", parameters=["1/10", str(real[3] + real[4]), "3/10"], digits=digits
        ),
        "a nucleus of 0.8 keeps the first three up to": certify_root(
            lambda a, total, c: mass(a, total) - c,
            "0",
            "1",
            parameters=[str(sum(real[:3])), "0.8"],
            digits=digits,
        ),
        "a nucleus of 0.8 keeps the first four from": certify_root(
            lambda a, total, before, c: mass(a, total) * before - c * total,
            "0",
            "1",
            parameters=[str(sum(real[:4])), str(sum(real[:3])), "0.8"],
            digits=digits,
        ),
    }
