"""When one outcome takes everything, and which ones are lost for sure."""

import numpy as np


def strongest_rival(rewards, shares) -> np.ndarray:
    r"""For each outcome $c$ the growth of its strongest rival, $\max_i \sum_g q_g e^{r_{gi} -
    r_{gc}}$.

    An outcome takes everything, from every start with all outcomes, if this is one: if no other
    has a mean relative odds above one with it. At most one outcome does, up to equals [CU-5].

    ```python
    rewards = np.log([[1.0, 0.01, 0.8], [0.01, 1.0, 0.8]])
    gl.loops.curation.plural.strongest_rival(rewards, [0.5, 0.5])  # [50.005, 50.005, 1]
    ```
    """
    rewards = np.asarray(rewards, dtype=float)
    apart = rewards[:, :, None] - rewards[:, None, :]
    return np.tensordot(np.asarray(shares), np.exp(apart), 1).max(axis=0)


def safe_gap(groups) -> np.ndarray:
    r"""$\log G$: what is that much worse than their best for all groups is always lost [CU-5].

    An outcome with $r_{gi} \le \max_j r_{gj} - \delta$ for every one of $G$ groups, $\delta > \log
    G$, vanishes whatever the shares and the other rewards, and no smaller gap has this property.

    ```python
    gl.loops.curation.plural.safe_gap(2)  # 0.693147
    ```
    """
    return np.log(groups)
