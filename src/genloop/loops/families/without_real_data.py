r"""A family that is fitted to its own samples: $v_2$ alone decides [CA-C4].

Errors are $\mathbb{E}(m_t - m_0)^2$ in units of $V(m_0)$, and $\mathbb{E} V(m_t)/V(m_0) = 1 +
v_2\,\mathbb{E}(m_t - m_0)^2/V(m_0)$, since the mean is preserved. `quadratic` is $v_2$: 0 for
normal laws of a known variance and Poisson laws, $1/r$ for gamma and negative binomial laws,
$-1/N$ for binomial ones.
"""

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from ... import numeric as xp
from ...laws.gamma import digamma_minus_log, polygamma
from ..memory.products import log_square_product, square_sum


def replaced_variance(generations: ArrayLike, *, quadratic: float, samples: float):
    r"""$\mathbb{E} V(m_t)/V(m_0) = (1 + v_2/n)^t$ where every generation replaces the last.

    ```python
    gl.loops.families.replaced_variance(20, quadratic=1.0, samples=10)  # 6.7275
    ```
    """
    return xp.exp(_log_growth(generations, quadratic / samples))


def replaced_error(generations: ArrayLike, *, quadratic: float, samples: float):
    r"""The squared error after $t$ generations, $[(1 + v_2/n)^t - 1]/v_2$: $t/n$ for $v_2 = 0$.

    ```python
    gl.loops.families.replaced_error(5, quadratic=0.0, samples=10)  # 0.5
    ```
    """
    if quadratic == 0:
        return generations / samples
    return xp.expm1(_log_growth(generations, quadratic / samples)) / quadratic


def kept_error(
    generations: float, *, quadratic: float, samples: float, size: float = 0.0
) -> Float[np.ndarray, ""]:
    r"""$(\mathbb{E} V(m_t)/V(m_0) - 1)/v_2$ where all data are kept, see `memory.kept_variance`.

    For $v_2 = 0$ it is $\frac1n \sum_{s \le t} (c + s)^{-2}$: without data at first $\frac{\pi^2}{6
    n}$ in the end.

    ```python
    gl.loops.families.kept_error(float("inf"), quadratic=0.0, samples=10)  # 0.164493
    ```
    """
    start = size / samples
    if quadratic == 0:
        return square_sum(generations, start) / samples
    return np.expm1(log_square_product(generations, quadratic / samples, start)) / quadratic


def log_mean_drift(*, shape: float, samples: int) -> float:
    r"""$\psi(n r) - \log(n r) < 0$: what $\log m_t$ of a gamma law of shape $r$ gains a generation.

    ```python
    gl.loops.families.log_mean_drift(shape=1.0, samples=10)  # -0.0508325
    ```
    """
    return digamma_minus_log(shape * samples)


def log_mean_spread(*, shape: float, samples: int) -> float:
    r"""$\psi'(n r)$: the variance of one generation's change of $\log m_t$ of a gamma law.

    ```python
    gl.loops.families.log_mean_spread(shape=1.0, samples=10)  # 0.105166
    ```
    """
    return polygamma(1, shape * samples)


def _log_growth(generations: ArrayLike, ratio: float):
    r"""$t \log(1 + \rho)$, also for $\rho = -1$ and for infinite $t$."""
    if ratio in (-1, 0):
        return xp.where(xp.asarray(generations) > 0, -float("inf") if ratio else 0.0, 0.0)
    return generations * xp.log1p(ratio)
