r"""The widths of Gaussian kernels: rules, factors and what a refit does to the variance.

A `factor` $f$ is relative: the kernel has the covariance $f^2 S$ of the sample covariance $S$ with
the divisor $n - 1$, as in SciPy's `gaussian_kde`. A `bandwidth` $h$ is absolute: the kernel has the
covariance $h^2 I$ whatever the data, as in scikit-learn's `KernelDensity`, which takes the numbers
of the same rules for $h$.
"""

import numpy as np

from ...models.particles.bandwidth import Rule


def scott_factor(samples, dimension=1):
    r"""Scott's rule: the factor of a kernel, or its bandwidth where that is absolute.

    $n^{-1/(d+4)}$ in $d$ = `dimension` dimensions [CA-B1].

    ```python
    gl.loops.kernel_density.scott_factor(1000)  # 0.251189
    ```
    """
    return Rule("scott")(samples, dimension)


def silverman_factor(samples, dimension=1):
    r"""Silverman's rule: the factor of a kernel, or its bandwidth where that is absolute.

    $\left(\frac{n (d + 2)}4\right)^{-1/(d+4)}$ in $d$ = `dimension` dimensions [CA-B1].

    ```python
    gl.loops.kernel_density.silverman_factor(1000)  # 0.266065
    ```
    """
    return Rule("silverman")(samples, dimension)


def variance_growth(samples, factor, shrink=1.0):
    r"""The factor of the expected variance in a generation without real data.

    $b^2 c$ with $c = 1 - \frac1n + f^2$, in any dimension, entry by entry [CA-B2] [ST-F6]; the
    points are drawn back to their mean by $b$ = `shrink` [CA-B4].

    ```python
    gl.loops.kernel_density.variance_growth(1000, gl.loops.kernel_density.scott_factor(1000))
    # 1.0621
    ```
    """
    return shrink**2 * (1 - 1 / samples + factor**2)


def neutral_factor(samples):
    r"""The factor at which the expected variance stays as it is: $f = n^{-1/2}$ [CA-B2].

    Every rule above is larger, for all $n \ge 2$ and $d \ge 1$: with it the variance blows up. Of
    Scott's rule it is the share $n^{-\frac{d+2}{2 (d+4)}}$ [ST-F6].

    ```python
    gl.loops.kernel_density.neutral_factor(100)  # 0.1
    ```
    """
    return np.power(samples, -0.5)


def balanced_shrink(samples, factor):
    r"""The shrink with which the expected variance stays as it is: $b = c^{-1/2}$ [CA-B4].

    For infinitely many samples it is $(1 + f^2)^{-1/2}$.

    ```python
    gl.loops.kernel_density.balanced_shrink(1000, 0.25)  # 0.970599
    ```
    """
    return 1 / np.sqrt(variance_growth(samples, factor))


def neutral_share(samples, dimension=1):
    r"""The share of Scott's factor at which the expected variance stays as it is [ST-F6].

    $n^{-\frac{d+2}{2 (d+4)}}$, in one dimension $n^{-3/10}$.

    ```python
    gl.loops.kernel_density.neutral_share(1000)  # 0.125893
    ```
    """
    return neutral_factor(samples) / scott_factor(samples, dimension)
