r"""Loops learned by diffusion: a shrink towards the standard normal in every generation [DL-1].

$p_{t+1} = P_\delta[a p_0 + (1 - a) p_t]$ with $P_\delta$ the noise of time $\delta$ = `stop`: $x
\to e^{-\delta} x + \sqrt{1 - e^{-2\delta}}\,z$. Distributions of every kind; moments in units of
the noise, which is standard normal.
"""

import numpy as np


def shrunk_limit(moment, degree: int = 2, *, stop, real_fraction):
    r"""What stays of a Hermite moment, $\frac{a k}{1 - (1 - a) k} h_j$, $k = e^{-j\delta}$ [DL-1].

    `moment` is $h_j = E\,\mathrm{He}_j(x)$ of the real data for the `degree` $j \ge 1$: their mean
    for 1, their mean square minus one for 2. All moments fall to zero, those of the standard
    normal, without real data.

    ```python
    gl.loops.error_propagation.shrunk_limit(3.0, stop=0.1, real_fraction=0.2)  # 1.42382
    ```
    """
    kept = np.exp(-degree * np.asarray(stop, dtype=float))
    return (real_fraction * kept / (1 - (1 - real_fraction) * kept) * moment)[()]


def shrink_rate(degree: int = 1, *, stop, real_fraction):
    r"""$(1 - a) e^{-j\delta}$, by which a Hermite moment comes nearer to its limit [DL-1].

    Total variation falls by $1 - a$ at least.

    ```python
    gl.loops.error_propagation.shrink_rate(2, stop=0.1, real_fraction=0.2)  # 0.654985
    ```
    """
    return ((1 - real_fraction) * np.exp(-degree * np.asarray(stop, dtype=float)))[()]


def required_real_fraction(tolerance, degree: int = 2, *, stop):
    r"""$a = (e^{j\delta} - 1)(\frac1\epsilon - 1)$ keeps a moment within a share $\epsilon$ [DL-1].

    The least real fraction for which a Hermite moment of the `degree` loses at most the share
    `tolerance` of its value; above one where no real fraction is enough, as the noise of one
    generation is too much already.

    ```python
    gl.loops.error_propagation.required_real_fraction(0.1, stop=0.01)  # 0.181812
    ```
    """
    return (np.expm1(degree * np.asarray(stop, dtype=float)) * (1 / tolerance - 1))[()]


def diffused_variance(variance, *, stop, horizon):
    r"""The variance that is learned from a horizon $T$ in one dimension [DL-2].

    $v_\delta + e^{-2T} g^2 (1 - v)$ with $v_s = e^{-2s} v + 1 - e^{-2s}$, $g = e^{\delta - T}
    v_\delta/v_T$. It lies between $v$ and one.

    ```python
    gl.loops.error_propagation.diffused_variance(4.0, stop=0.1, horizon=1.0)  # 3.05066
    ```
    """
    noisy = lambda time: np.exp(-2 * time) * variance - np.expm1(-2 * time)
    kept = np.exp(stop - horizon) * noisy(stop) / noisy(horizon)
    return noisy(stop) + np.exp(-2 * horizon) * kept**2 * (1 - variance)


def diffusion_multiplier(*, stop, horizon):
    r"""$e^{-2\delta} - e^{-4T + 2\delta}$, the multiplier of the variance at the normal law [DL-2].

    Without real data. Even for $\delta = 0$ it is below one: a diffusion that starts from the
    wrong noise forgets what it has learned.

    ```python
    gl.loops.error_propagation.diffusion_multiplier(stop=0.0, horizon=1.0)  # 0.981684
    ```
    """
    return np.exp(-2 * stop) - np.exp(2 * stop - 4 * horizon)
