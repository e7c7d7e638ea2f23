"""The slowest mode of a finite chain: metastable lifetimes and the second eigenvalue."""

from typing import NamedTuple

import numpy as np

from ..printing import readable
from .markov import fundamental_matrix, stationary_law

_ITERATIONS = 100_000


@readable
class Metastable(NamedTuple):
    r"""The behaviour of an absorbing chain for long before it is absorbed [FS-1].

    `lifetime` $1/(1 - \mu)$ generations with the largest eigenvalue $\mu$ among the states that are
    not absorbing, and the quasi-stationary `law` over them: it is lost at the rate $1 - \mu$.

    ```python
    chain = gl.laws.transition_matrix(10)
    gl.laws.metastable(chain).lifetime  # 10
    ```
    """

    lifetime: float
    law: np.ndarray

    @property
    def multiplier(self) -> float:
        r"""The second eigenvalue $\mu$, of which only $1 - \mu$ has full relative accuracy."""
        return 1 - 1 / self.lifetime


def metastable(transitions: np.ndarray) -> Metastable:
    r"""Lifetime and quasi-stationary law of a chain whose first and last state absorb [FS-1].

    $1/(1 - \mu)$ is the largest eigenvalue of the fundamental matrix $(I - Q)^{-1}$, which has only
    positive entries of full relative accuracy: by power iteration, so that lifetimes of $10^{12}$
    are as accurate as those of 10. Raises `ValueError` where the two states do not absorb, and
    where the iteration does not come to rest.

    ```python
    gl.laws.metastable(gl.laws.transition_matrix(10)).lifetime  # 10
    ```
    """
    if transitions[0, 0] != 1 or transitions[-1, -1] != 1:
        raise ValueError("the first and the last state do not absorb; use relaxation_time.")
    exits = transitions[1:-1, 0] + transitions[1:-1, -1]
    visits = fundamental_matrix(transitions[1:-1, 1:-1], exits)
    law = np.full(len(exits), 1 / len(exits))
    for _ in range(_ITERATIONS):
        image = law @ visits
        before, law = law, image / image.sum()
        if np.abs(law - before).max() <= 1e-15 * law.max():
            return Metastable(float(image.sum()), law)
    raise ValueError("two of the slowest modes are too close to be told apart by iteration.")


def relaxation_time(transitions: np.ndarray) -> float:
    r"""$1/|1 - \mu_2|$ generations of an irreducible chain, $\mu_2$ the second eigenvalue [FS-6].

    The numbers $1/(1 - \mu_i)$, $i \ge 2$, are the eigenvalues of $N (I - \mathbf 1 \pi^\top)$ over
    all states but the first, with the fundamental matrix $N$ of the chain killed there (the group
    inverse of $I - P$): the slowest mode is the largest, and its relative accuracy does not suffer
    when $\mu_2$ is near one. Raises `ValueError` for a chain with an absorbing state.

    ```python
    gl.laws.relaxation_time(np.array([[0.9, 0.1], [0.2, 0.8]]))  # 3.33333
    ```
    """
    visits = fundamental_matrix(transitions[1:, 1:], transitions[1:, 0])
    law = stationary_law(transitions)[1:]
    inverse = visits - np.outer(visits.sum(axis=1), law)
    return float(np.abs(np.linalg.eigvals(inverse)).max())
