r"""Choices between two candidates: a tournament of the outcomes, which may have no winner.

$p'_i = p_i (1 + (M p)_i)$ with $M_{ij} = \sum_g q_g \tanh\frac{r_{gi} - r_{gj}}2$.
"""

import numpy as np


def majorities(rewards, shares) -> np.ndarray:
    r"""By how much outcome $i$ is preferred to $j$, $M_{ij} = \sum_g q_g \tanh\frac{r_{gi} -
    r_{gj}}2$.

    The chance that $i$ is chosen of the pair, minus that of $j$ [CU-8].

    ```python
    gl.loops.curation.plural.majorities(np.log([[3.0, 1.0]]), [1.0])  # [[0, 0.5], [-0.5, 0]]
    ```
    """
    rewards = np.asarray(rewards, dtype=float)
    apart = rewards[:, :, None] - rewards[:, None, :]
    return np.tensordot(np.asarray(shares), np.tanh(apart / 2), 1)


def cycle_balance(majorities) -> np.ndarray:
    r"""The fixed point of three outcomes that beat each other in turn, $p \propto (M_{23}, M_{31},
    M_{12})$.

    All three live there, and no orbit converges to it [CU-8]. Raises `ValueError` without a cycle.

    ```python
    cycle = np.array([[0, 0.2, -0.1], [-0.2, 0, 0.1], [0.1, -0.1, 0]])
    gl.loops.curation.plural.cycle_balance(cycle)  # [0.25, 0.25, 0.5]
    ```
    """
    around = _around(majorities)
    return around / around.sum()


def calming_fraction(majorities) -> float:
    r"""The real fraction above which a cycle of three outcomes comes to rest, $1 - \frac1{\sqrt{1 +
    \omega^2}}$.

    $\omega^2 = \frac{\alpha \beta \gamma}{\alpha + \beta + \gamma}$ of the three majorities, for
    real data at `cycle_balance`; at this fraction a circle is born (Neimark-Sacker) [CU-8].

    ```python
    cycle = np.array([[0, 0.3, -0.3], [-0.3, 0, 0.3], [0.3, -0.3, 0]])
    gl.loops.curation.plural.calming_fraction(cycle)  # 0.0146707
    ```
    """
    around = _around(majorities)
    return float(1 - 1 / np.sqrt(1 + around.prod() / around.sum()))


def _around(majorities):
    m = np.asarray(majorities, dtype=float)
    around = np.array([m[1, 2], m[2, 0], m[0, 1]])
    around = around if around[0] > 0 else -around
    if m.shape != (3, 3) or not (around > 0).all():
        raise ValueError("the three outcomes do not beat each other in turn: one of them wins.")
    return around
