"""Multipliers of the loop of a chain in closed form, where there is one."""

import numpy as np
from jaxtyping import Array, Complex, Float
from scipy.linalg import eigh, null_space

from ...models import MarkovChain


def reversible_multipliers(
    state: MarkovChain, *, temperature: float, real_fraction: float
) -> Float[Array, " m"]:
    r"""The $K^2 - K$ multipliers at a fixed point with $J = J^\top > 0$, largest first [SQ-5].

    With $S = S_T(J)$ those of changes that keep the symmetry are the eigenvalues of
    $\frac{1-a}T D^{-1/2} (\operatorname{diag} S - S S^\top) D^{-1/2}$ over unordered pairs,
    $D = \operatorname{diag} J$ [HD-6]. The others are those of flows $A = -A^\top$ without
    sources: $\frac{1-a}T \sum_{i<j} A_{ij}^2/J_{ij}$ relative to $\sum_{i<j} A_{ij}^2/S_{ij}$. All
    are real and none is negative.
    """
    pairs, states = np.asarray(state.pairs), state.outcomes
    tempered = pairs ** (1 / temperature) / (pairs ** (1 / temperature)).sum()
    share = (1 - real_fraction) / temperature
    upper = np.triu_indices(states)
    twice = np.where(upper[0] == upper[1], 1.0, 2.0)
    own, drawn = twice * pairs[upper], twice * tempered[upper]
    root = np.sqrt(own)
    even = share * (np.diag(drawn / own) - np.outer(drawn / root, drawn / root))
    even = np.linalg.eigvalsh(even)[1:]
    first, second = np.triu_indices(states, 1)
    edges = np.arange(first.size)
    sources = np.zeros((states, first.size))
    sources[first, edges], sources[second, edges] = 1.0, -1.0
    flows = null_space(sources)
    energy = lambda weight: flows.T @ (flows / weight[first, second][:, None])
    odd = eigh(share * energy(pairs), energy(tempered), eigvals_only=True) if flows.size else []
    return np.sort(np.concatenate([even, odd]))[::-1]


def circular_multipliers(
    state: Float[Array, " k"],
    real: Float[Array, " k"],
    *,
    temperature: float,
    real_fraction: float,
) -> Complex[Array, " m"]:
    r"""The multipliers at a fixed point $P_{ij} = x_{j - i}$ for $R_{ij} \propto r_{j-i}$ [SQ-6].

    Those of the single context, which all contexts share, and for every wave
    $f_m = e^{2 \pi \mathrm i k m/K}$, $0 < k < K$, those of $(1 - a) [I + \frac{a}{1 - \hat q_k}
    (q - r) f^\top]\,DS_T(x)$ with $q = S_T(x)$ and $\hat q_k = f^\top q$; $K^2 - K$ in all, by
    modulus.
    """
    drawn = state ** (1 / temperature) / (state ** (1 / temperature)).sum()
    slope = (np.diag(drawn / state) - np.outer(drawn, drawn / state)) / temperature
    slope = (1 - real_fraction) * slope
    values, places = [], np.arange(len(state))
    for wave in range(len(state)):
        matrix = slope.astype(complex)
        if wave:
            phases = np.exp(2j * np.pi * wave * places / len(state))
            gain = real_fraction / (1 - phases @ drawn)
            matrix = slope + gain * np.outer(drawn - real, phases @ slope)
        found = np.linalg.eigvals(matrix)
        # Changes of a row that do not sum to zero are none.
        values.append(np.delete(found, np.abs(found).argmin()))
    values = np.concatenate(values)
    return values[np.argsort(-np.abs(values))]
