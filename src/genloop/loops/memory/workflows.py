r"""How training sets are put together, to first order in one over the number of points.

Every asymptotically linear estimator moves by the mean of its influence function: the fit of
generation $t$ is $u_t = \sum_i w_{ti} (u_{i-1} + G_i)$, where $w_{ti}$ is the share of the data of
generation $i$ in its training set, $G_i$ are independent with the covariance $I^{-1}/n$ of a fit to
one generation of data, and $u_0 = 0$ is the truth. Risks are in units of that covariance, so that
they hold for every such estimator and any dimension [CA-C2].
"""

import numpy as np
from jaxtyping import Array, Float

from .products import square_sum


def workflow_risks(
    shares: Float[Array, "t t"], *, real_shares=None, subsampled=None
) -> Float[Array, " t"]:
    r"""$\operatorname{Var} u_s$ for $s = 1, \dots, t$ and any shares $w_{si}$ of the generations.

    `shares` is lower triangular; `real_shares`, of the same shape, are those of as many fresh real
    points of every generation, $\sum_i (w_{si} + r_{si}) = 1$. `subsampled` is the variance of the
    choice of points: $1 - \frac1s$ where as many as one generation has are chosen of all [CA-C2].

    ```python
    gl.loops.memory.workflow_risks(jnp.eye(3))  # [1, 2, 3]
    ```
    """
    shares = np.asarray(shares, dtype=float)
    count = len(shares)
    extra = np.zeros(count) if subsampled is None else np.sqrt(subsampled)
    sources = [np.eye(count), np.zeros((count, count)), np.diag(extra)]
    if real_shares is not None:
        sources[1] = np.asarray(real_shares, dtype=float)
    fresh = np.hstack([shares @ sources[0], sources[1], sources[2]])
    response = np.zeros((count, 3 * count))
    for t in range(count):
        response[t] = fresh[t] + shares[t, 1:] @ response[:-1]
    return (response**2).sum(axis=1)


def replaced_risk(generations) -> Float[Array, "*shape"]:
    """The variance $t$ of a fit that sees the last generation only [CA-C2].

    ```python
    gl.loops.memory.replaced_risk(10)  # 10
    ```
    """
    return np.asarray(generations, dtype=float)


def accumulated_risk(generations: float) -> float:
    r"""$\sum_{s \le t} 1/s^2$, which tends to $\pi^2/6$: all data are kept [CA-C2].

    ```python
    gl.loops.memory.accumulated_risk(jnp.inf)  # 1.64493
    ```
    """
    return square_sum(generations)


def subsampled_risk(generations: float) -> float:
    r"""$3 \sum_{s \le t} 1/s^2 - 2$, which tends to $\pi^2/2 - 2$: some are chosen of all [CA-C2].

    As many points as one generation has, without replacement.

    ```python
    gl.loops.memory.subsampled_risk(jnp.inf)  # 2.9348
    ```
    """
    return 3 * square_sum(generations) - 2
