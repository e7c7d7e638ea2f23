"""FA-1: What no group likes best vanishes if the gap is above log 2, and need not below it."""

from fractions import Fraction

import numpy as np

from ...certificates import certify_root
from ...loops.curation import plural
from ...verification import bound, closed_form, proves, scaled, theorem

_COMPROMISE = (
    (Fraction(1), Fraction(1, 100), Fraction(4, 5), Fraction(1, 1000)),
    (Fraction(1, 100), Fraction(1), Fraction(4, 5), Fraction(1, 1000)),
)
_START = tuple(Fraction(n, 100) for n in (45, 45, 9, 1))
_FAR = (
    (Fraction(1), Fraction(1, 1000), Fraction(1, 4)),
    (Fraction(1, 1000), Fraction(1), Fraction(1, 4)),
)
_FAR_START = tuple(Fraction(n, 1000) for n in (1, 899, 100))

_CLAIM = {
    "factor": lambda gains, gap: gains.max(),
    "safe": lambda tolerance: np.log(2) + tolerance,
    "equal": lambda leak: -np.log((1 + leak) / 2),
}


@theorem(
    spec="FA-1",
    paper="falahati2026",
    status="derived",
    hypotheses=(
        "two groups, infinitely many candidates and data, no real data",
        "outside of both basins both rewards are at least delta below their largest value",
    ),
    claim=_CLAIM,
    mutants={
        "above a gap of log 2 every generation contracts": _CLAIM
        | {"factor": lambda gains, gap: gains.max() if gap < np.log(2) else min(1.0, gains.max())},
        "the mean gain bounds the factor": _CLAIM | {"factor": lambda gains, gap: gains.mean()},
        "the factor 1 % small": scaled(_CLAIM, 0.99, "factor"),
        "a gap of log 2 whatever the tolerance": _CLAIM | {"safe": lambda tolerance: np.log(2)},
        "the safe gap 1 % small": scaled(_CLAIM, 0.99, "safe"),
        "equal groups: the leak does not matter": _CLAIM | {"equal": lambda leak: np.log(2)},
        "equal groups: 1 % less": scaled(_CLAIM, 0.99, "equal"),
    },
    refutes={
        "Lemma 3.3 of arXiv 2605.07724v1, as quoted from its main text": _CLAIM
        | {"factor": lambda gains, gap: min(1.0, gains.max())},
        "Lemma 3.3 of arXiv 2605.07724v1, read for the limit only": _CLAIM
        | {"safe": lambda tolerance: 0.0, "equal": lambda leak: 0.0},
    },
)
def outside_mass(claim, trial):
    r"""What no group likes best vanishes if the gap is above log 2, and need not below it.

    The mass $m$ outside of both basins has $m' \le m\,\sup W$ over the outside, which contracts if
    that is below one (the hypothesis of outside domination). From every start with both basins $m
    \to 0$ geometrically if $\delta > \log 2 + \epsilon$, whatever the shares and $\Delta_g$; no
    smaller gap will do. For equal groups whose favourites leak $e^{-\Delta}$, $\epsilon = 0$, a
    compromise at the gap $\delta$ for both grows if and only if $2 e^{-\delta} > 1 + e^{-\Delta}$,
    and then takes everything.
    """
    yield from _example(claim, _COMPROMISE, _START, np.log(1.25))
    yield from _example(claim, _FAR, _FAR_START, np.log(4))
    for tolerance in (0.0, 0.2):
        for side, alive in ((1.001, 0.0), (0.999, 1.0)):
            gap = side * claim["safe"](tolerance)
            top = _limit(1e-9, np.exp(-tolerance), np.exp(-gap))
            what = f"mass outside at {side} of the safe gap, tolerance {tolerance}"
            yield closed_form(what, alive, float(top[2] > 0))
    for leak in (0.01, 0.3):
        for side, alive in ((1.0005, 0.0), (0.9995, 1.0)):
            gap = side * claim["equal"](leak)
            top = _limit(leak, 1.0, np.exp(-gap))
            what = f"mass of the compromise at {side} of the critical gap, leak {leak}"
            yield closed_form(what, alive, top[2], scale=1.0, tolerance=1e-8)
    random = np.random.default_rng(12)
    for index in range(20):
        top = trial.once(f"random {index}", lambda: _random_limit(random))
        yield closed_form(f"gap above log 2 + tolerance, random rewards {index}", 0.0, top)


def _example(claim, odds, start, gap):
    """The mass outside of the first two outcomes, in exact rational arithmetic."""
    half = Fraction(1, 2)
    means = [sum(y * p for y, p in zip(row, start, strict=True)) for row in odds]
    gains = [
        sum(half * row[i] / z for row, z in zip(odds, means, strict=True))
        for i in range(len(start))
    ]
    after = sum(p * w for p, w in zip(start[2:], gains[2:], strict=True))
    before = sum(start[2:])
    outside = np.array([float(w) for w in gains[2:]])
    what = f"odds {_listed(zip(*odds, strict=True))} from {_listed([start])}"
    factor = claim["factor"](outside, gap)
    yield bound(f"mass outside after a generation, {what}", float(after), factor * float(before))
    if gap > claim["safe"](0.0):
        top = plural.limit(np.log(np.array(odds, dtype=float)), np.full(2, 0.5))
        yield closed_form(f"mass outside in the limit, {what}", 0.0, top[2:].sum())


def _listed(rows):
    return " ".join("(" + ", ".join(map(str, row)) + ")" for row in rows)


def _limit(leak, best, outside):
    """The limit of two favourites, hardly worse than the best, and a compromise."""
    # One more outcome for each group has the best reward and hardly any odds for the other.
    odds = np.array([[best, leak, outside], [leak, best, outside]])
    return plural.limit(np.log(odds), np.array([0.5, 0.5]))


def _random_limit(random):
    """The mass outside of random basins in the limit, above the safe gap."""
    tolerance, share = 0.3 * random.random(), 0.05 + 0.9 * random.random()
    near, far = -tolerance * random.random((2, 3)), -1 - 5 * random.random((2, 3))
    away = -np.log(2) - tolerance - 0.01 - random.random((2, 4))
    rewards = np.hstack([[near[0], far[0]], [far[1], near[1]], away])
    return plural.limit(rewards, np.array([share, 1 - share]))[6:].sum()


@proves("FA-1")
def proofs(digits):
    r"""The critical gap of a compromise, as the root of its gain, $\Delta = \log 100$."""
    import jax.numpy as jnp

    def gain(gap, leak):
        mean = (1 + leak) / 2
        return jnp.exp(-gap) / mean - 1

    return {"leak 1/100": certify_root(gain, "0", "1", parameters=["0.01"], digits=digits)}
