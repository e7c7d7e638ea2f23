"""Finite Markov chains without subtraction: every result has full relative accuracy."""

import numpy as np


def fundamental_matrix(transitions: np.ndarray, exits: np.ndarray) -> np.ndarray:
    r"""$N = (I - Q)^{-1}$: expected visits to state $j$ from state $i$ before the chain leaves.

    `transitions` $Q$ is $(m, m)$, `exits` the probability of leaving from each state, shape
    $(m,)$; the diagonal of $I - Q$ is taken as the sum of what it balances (Grassmann, Taksar,
    Heyman), so only positive numbers are added, multiplied and divided, and visit counts of
    $10^{15}$ are as accurate as those of 10. By halves, hence mostly matrix products:
    $N_{11} = (I - Q_{11} - Q_{12} (I - Q_{22})^{-1} Q_{21})^{-1}$.
    Raises `ValueError` if some state is never left.

    ```python
    gl.laws.fundamental_matrix(np.array([[0.5]]), np.array([0.5]))  # [[2]]
    ```
    """
    if len(exits) == 1:
        if not exits[0] > 0:
            raise ValueError("the chain never leaves some of its states; remove them first.")
        return 1 / exits[:, None]
    half = len(exits) // 2
    first, second = slice(None, half), slice(half, None)
    there, back = transitions[first, second], transitions[second, first]
    inner = fundamental_matrix(transitions[second, second], exits[second] + back.sum(axis=1))
    detour = there @ inner
    visits = np.empty_like(transitions)
    visits[first, first] = fundamental_matrix(
        transitions[first, first] + detour @ back, exits[first] + detour @ exits[second]
    )
    visits[first, second] = visits[first, first] @ detour
    visits[second, first] = inner @ (back @ visits[first, first])
    visits[second, second] = inner + visits[second, first] @ detour
    return visits


def stationary_law(transitions: np.ndarray) -> np.ndarray:
    r"""The law $\pi$ with $\pi P = \pi$ of an irreducible chain, shape $(m,)$.

    Between two visits to the first state the others are visited $P_{0,\cdot} N$ times, where $N$
    is the fundamental matrix of the chain killed at that state. Raises `ValueError` for a chain
    with an absorbing state.

    ```python
    gl.laws.stationary_law(np.array([[0.9, 0.1], [0.2, 0.8]]))  # [0.666667, 0.333333]
    ```
    """
    visits = fundamental_matrix(transitions[1:, 1:], transitions[1:, 0])
    law = np.append(1.0, transitions[0, 1:] @ visits)
    return law / law.sum()
