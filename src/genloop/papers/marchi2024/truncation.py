"""Closed forms of loops that sample from the likeliest outcomes only."""

import bisect
import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from jaxtyping import Array, Bool, Float

from ...models import Categorical
from ...stages import AbstractTruncation


def nucleus_sizes(weights: Sequence[int | Fraction], mass: str | Fraction) -> list[int]:
    r"""The support of the nucleus loop in every generation, until it rests, exactly [TR-2].

    $m_{t+1} = \min\{m : C_m \ge c\,C_{m_t}\}$ with the cumulative sums $C$ of the sorted weights,
    in rational arithmetic: give counts or fractions, and the mass $c$ as text such as `"0.9"`.
    Raises `ValueError` for $c \notin (0, 1]$ and for weights that are not positive.
    """
    share = Fraction(mass)
    if not 0 < share <= 1:
        raise ValueError(f"the mass must lie in (0, 1], got {mass}.")
    if not weights or min(weights) <= 0:
        raise ValueError("the weights must be positive; leave out what was never seen.")
    total = list(itertools.accumulate(sorted(weights, reverse=True)))
    sizes = [len(total)]
    while True:
        size = bisect.bisect_left(total, share * total[sizes[-1] - 1]) + 1
        if size == sizes[-1]:
            return sizes
        sizes.append(size)


def is_nucleus_fixed(
    probabilities: Float[Array, "*batch k"], *, mass: float
) -> Bool[Array, "*batch"]:
    r"""Whether nucleus sampling keeps a whole support: one outcome, or $\min p > 1 - c$ [TR-2]."""
    p = np.asarray(probabilities)
    smallest = np.where(p > 0, p, np.inf).min(axis=-1)
    return ((p > 0).sum(axis=-1) == 1) | (smallest > 1 - mass)


def truncated_state(
    real: Categorical, kept: Bool[Array, "*batch k"], *, real_fraction: float
) -> Float[Array, "*batch k"]:
    r"""The fixed point with the kept set $W$, if the rule keeps just $W$ there [TR-3].

    $x_i = r_i\,[a + (1 - a)/r(W)]$ for $i \in W$ and $a\,r_i$ else.
    """
    chosen = np.where(kept, np.asarray(real.probabilities), 0.0)
    share = chosen / chosen.sum(axis=-1, keepdims=True)
    return real_fraction * np.asarray(real.probabilities) + (1 - real_fraction) * share


def truncated_multiplier(
    real: Categorical, kept: Bool[Array, "*batch k"], *, real_fraction: float
) -> Float[Array, "*batch"]:
    r"""$\frac{1 - a}{1 - a + a\,r(W)}$, $|W| - 1$ times; all other multipliers are zero [TR-3]."""
    mass = np.where(kept, np.asarray(real.probabilities), 0.0).sum(axis=-1)
    return (1 - real_fraction) / (1 - real_fraction + real_fraction * mass)


def truncated_fixed_points(
    rule: AbstractTruncation, real: Categorical, *, real_fraction: float
) -> Bool[Array, "n k"]:
    r"""The kept sets of all fixed points of `rule >> Mix(real, a)`, for a few outcomes [TR-3].

    All $2^K - 1$ sets are tried. Raises `ValueError` for more than 16 outcomes.
    """
    if real.outcomes > 16:
        raise ValueError(f"all sets of {real.outcomes} outcomes are too many; 16 is the most.")
    sets = np.array(list(itertools.product((False, True), repeat=real.outcomes))[1:])
    states = truncated_state(real, sets, real_fraction=real_fraction)
    return sets[(np.asarray(rule.kept(states)) == sets).all(axis=1)]
