r"""Two groups whose best outcomes are sets: basins, and what is outside of both.

With rewards $r_g$ in the basin of group $g$ at least $r_g^* - \epsilon$, in the other basin at most
$r_g^* - \Delta_g$ and outside of both at most $r_g^* - \delta$; $\kappa_g = e^{-(\Delta_g - 2
\epsilon)}$ bounds the leak of group $g$ into the other basin.
"""

import numpy as np


def basin_leak(gap, tolerance=0.0) -> np.ndarray:
    r"""$\kappa = e^{-(\Delta - 2 \epsilon)}$, as the paper has it [FA-2].

    ```python
    gl.loops.curation.plural.basin_leak(np.log(100))  # 0.01
    ```
    """
    return np.exp(2 * np.asarray(tolerance) - gap)


def least_share(start, generations, share, leak) -> np.ndarray:
    r"""Below the mass of the first basin after $t$ generations, with nothing outside [FA-2].

    $a_t \ge \left[\frac1L + (\frac{\kappa_1}q)^t (\frac1{a_0} - \frac1L)\right]^{-1}$, $L = \frac{q
    - \kappa_1}{1 - \kappa_1}$, for $q > \kappa_1$. The mass of the other basin has the same bound
    with $1 - q$ and $\kappa_2$.

    ```python
    gl.loops.curation.plural.least_share(0.01, [0, 1, 100], 0.5, 0.1)
    # [0.01, 0.0458716, 0.444444]
    ```
    """
    limit = (share - leak) / (1 - leak)
    faded = (leak / np.asarray(share)) ** np.asarray(generations)
    return 1 / (1 / limit + faded * (1 / np.asarray(start) - 1 / limit))


def least_reward_variance(share, gap, tolerance=0.0) -> np.ndarray:
    r"""Below the variance of a reward when its basin has the mass $a$, the other basin the rest.

    $a (1 - a) \max(\Delta - \epsilon, 0)^2$, and nothing more for a reward that is known so [FA-3].

    ```python
    gl.loops.curation.plural.least_reward_variance(0.5, 2.0, 0.5)  # 0.5625
    ```
    """
    share = np.asarray(share, dtype=float)
    return share * (1 - share) * np.maximum(np.asarray(gap) - tolerance, 0.0) ** 2
