r"""Kernel density loops that keep all data: $m$ = `samples` points of the fit join the pool.

After $t$ generations the pool has $t m$ points, the first $m$ of them real.
"""

import numpy as np
from scipy import special


def pooled_variance(generations: int, samples, bandwidth, variance=1.0):
    r"""The expected variance of the pool, with the divisor $t m$, for an absolute bandwidth.

    $v_1 = (1 - \frac1m) \sigma_0^2$ and $v_{t+1} = v_t \left(1 - \frac1{m (t+1)^2}\right) + h^2
    \frac{m - 1/(t+1)}{(t+1) m}$: it grows as $h^2 \log t$ only [CA-C3].

    ```python
    gl.loops.kernel_density.pooled_variance(100, 100, 0.5)  # 2.02773
    ```
    """
    pool = variance * (1 - 1 / samples)
    for place in range(2, generations + 1):
        lost = 1 / (samples * place**2)
        pool = pool * (1 - lost) + bandwidth**2 * (1 / place - lost)
    return pool


def pooled_characteristic(generations, frequency, bandwidth, characteristic=1.0):
    r"""The characteristic function of the pool, for infinitely many samples, at a `frequency` $u$.

    $\varphi_t = \frac{\Gamma(t + k)}{\Gamma(1 + k)\,\Gamma(t + 1)}\,\varphi_0 \sim
    \frac{t^{-(1 - k)}}{\Gamma(1 + k)} \varphi_0$ with $k = e^{-h^2 u^2/2}$ [CA-C3];
    `characteristic` is $\varphi_0(u)$.

    ```python
    gl.loops.kernel_density.pooled_characteristic(100, 1.0, 0.5)  # 0.608641
    ```
    """
    kernel = np.exp(-np.square(np.asarray(bandwidth) * frequency) / 2)
    time = np.asarray(generations, dtype=float)
    # The quotient of Gamma functions by one beta function, which is accurate at every time.
    return characteristic / (time * (time + kernel) * special.beta(1 + kernel, time))


def pooled_smoothings(generations: int) -> np.ndarray:
    r"""How often a random point of the pool has been smoothed: probabilities of $0, \dots, t - 1$.

    One less than the number of records of a random order of $t$: $E z^J = \prod_{s=1}^{t-1}
    \frac{s + z}{s + 1}$, nearly Poisson with the mean $\log t$ [CA-C3]. If the data were replaced
    it would be $t - 1$.

    ```python
    gl.loops.kernel_density.pooled_smoothings(3)  # [0.333333, 0.5, 0.166667]
    ```
    """
    law = np.ones(1)
    for s in range(1, generations):
        law = np.convolve(law, [s / (s + 1), 1 / (s + 1)])
    return law
