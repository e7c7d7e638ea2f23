r"""A family without a Fisher information: uniform on $(0, \theta)$, fitted by the largest value.

Of $n$ `samples` in every generation, in units of the true $\theta$. Where the data are replaced
$\theta_t$ is a product of $t$ independent largest values; where they accumulate no point is ever
larger than the largest of the first generation, at which the fit stays.
"""

import numpy as np
from jaxtyping import Array, Float
from scipy import special


def largest_value_mean(generations, *, samples) -> Float[Array, "*shape"]:
    r"""$E\,\theta_t = (\frac n{n+1})^t$ where the data are replaced [CA-C5].

    ```python
    gl.loops.memory.largest_value_mean(2, samples=9)  # 0.81
    ```
    """
    return (1 + 1 / np.asarray(samples, dtype=float)) ** -np.asarray(generations, dtype=float)


def largest_value_rate(samples) -> Float[Array, "*shape"]:
    r"""$\lim \frac1t \log \theta_t = -\frac1n$ almost surely where the data are replaced [CA-C5].

    ```python
    gl.loops.memory.largest_value_rate(10)  # -0.1
    ```
    """
    return -1 / np.asarray(samples, dtype=float)


def largest_value_cdf(value, generations, *, samples) -> Float[Array, "*shape"]:
    r"""$P(\theta_t \le x) = P(\Gamma_t \ge -n \log x)$, $\Gamma_t$ gamma of shape $t$ [CA-C5].

    ```python
    gl.loops.memory.largest_value_cdf(0.5, 1, samples=3)  # 0.125
    ```
    """
    with np.errstate(divide="ignore"):
        level = np.maximum(-samples * np.log(value), 0.0)
    return special.gammaincc(generations, level)
