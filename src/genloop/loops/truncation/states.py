"""Closed forms of loops that sample from the likeliest outcomes only."""

import bisect
import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float, Int

from ...models import Categorical
from ...printing import readable
from ...stages import AbstractTruncation, MinP, Nucleus, TopK
from ...stages.truncate import TIE, reaches


def nucleus_sizes(weights: Sequence[int | Fraction], mass: str | Fraction) -> list[int]:
    r"""The support of the nucleus loop in every generation, until it rests, exactly [TR-2].

    $m_{t+1} = \min\{m : C_m \ge c\,C_{m_t}\}$ with the cumulative sums $C$ of the sorted weights,
    in rational arithmetic: give counts or fractions, and the mass $c$ as text such as `"0.9"`.
    Raises `ValueError` for $c \notin (0, 1]$ and for weights that are not positive.

    ```python
    gl.loops.truncation.nucleus_sizes([5, 3, 2], "0.7")  # [3, 2]
    ```
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

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.truncation.truncated_fixed_points(gl.TopK(2), real, real_fraction=0.3).shape  # [3, 3]
    ```
    """
    if real.outcomes > 16:
        raise ValueError(f"all sets of {real.outcomes} outcomes are too many; 16 is the most.")
    sets = np.array(list(itertools.product((False, True), repeat=real.outcomes))[1:])
    states = truncated_state(real, sets, real_fraction=real_fraction)
    return sets[(np.asarray(rule.kept(states)) == sets).all(axis=1)]


@readable
class TruncatedStates(NamedTuple):
    r"""Fixed points that keep the $m$ likeliest real outcomes, smallest $m$ first [TR-3].

    `kept` the numbers $m$, `mass` their real probability $r(W)$, `multiplier` the spectral radius
    (with $m = 1$ it is zero); `truncated_state` gives the state.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.truncation.truncated_states(gl.Nucleus(0.9), real, real_fraction=0.3).multiplier
    ```
    """

    kept: Int[Array, " n"]
    mass: Float[Array, " n"]
    multiplier: Float[Array, " n"]


def truncated_states(
    rule: AbstractTruncation, real: Categorical, *, real_fraction: float
) -> TruncatedStates:
    r"""The fixed points of `rule >> Mix(real, a)` whose kept set is a top of $r$ [TR-3].

    For `TopK`, `Nucleus` and `MinP`, $0 < a < 1$ and any number of outcomes, in $O(K \log K)$: with
    the cumulative sums $C_m$ of the sorted $r$ and $P_m = a C_m + 1 - a$, top-k keeps $k$; a
    nucleus keeps $m$ iff $P_m C_{m-1}/C_m < c \le P_m$, which is an interval of $m$; min-p iff
    $r_m \ge \rho r_1$ and $a r_{m+1} < \rho r_1 P_m/C_m$. From the real data the loop ends in the
    last entry; for a nucleus the first one is the smallest of all kept sets.
    Raises `ValueError` for other rules and real fractions.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.truncation.truncated_states(gl.Nucleus(0.9), real, real_fraction=0.3).kept  # [2, 3]
    ```
    """
    if not 0 < real_fraction < 1:
        raise ValueError(f"the real fraction must lie in (0, 1), got {real_fraction}.")
    r = -np.sort(-np.asarray(real.probabilities))
    total = np.minimum(np.cumsum(r), 1.0)
    kept = np.flatnonzero(_top_holds(rule, r, total, real_fraction)) + 1
    mass = total[kept - 1]
    multiplier = (1 - real_fraction) / (1 - real_fraction + real_fraction * mass)
    return TruncatedStates(kept, mass, np.where(kept == 1, 0.0, multiplier))


def _top_holds(
    rule: AbstractTruncation,
    r: Float[np.ndarray, " k"],
    total: Float[np.ndarray, " k"],
    real_fraction: float,
) -> Bool[np.ndarray, " k"]:
    """For every $m$, whether the rule keeps just the $m$ likeliest where only they are sampled."""
    sampled = real_fraction * total + 1 - real_fraction
    if getattr(rule, "ties", "first") != "first":
        raise ValueError('the tops are known for ties="first" only; use truncated_fixed_points.')
    if isinstance(rule, TopK):
        return np.arange(1, r.size + 1) == min(rule.outcomes, r.size)
    if isinstance(rule, Nucleus):
        goal = float(rule.mass) * (1 - TIE)
        reached = (sampled >= goal) | (np.arange(1, r.size + 1) == r.size)
        return reached & (sampled * (1 - r / total) < goal)
    if isinstance(rule, MinP):
        ratio, following = float(rule.ratio), np.append(r[1:], -1.0)
        boundary = ratio * r[0] * sampled / total
        return np.asarray(reaches(r, ratio * r[0]) & ~reaches(real_fraction * following, boundary))
    raise ValueError(
        f"the tops of {type(rule).__name__} are not known; use truncated_fixed_points for a few "
        "outcomes."
    )
