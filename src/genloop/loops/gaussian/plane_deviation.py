"""How the standard deviations of a Gaussian in the plane shrink in one generation."""

import numpy as np
from scipy import special

from ...arguments import check_at_least
from ...laws.gamma import log_gamma_excess


def plane_deviation_factor(samples: int) -> float:
    r"""$k$ in $E\,\Sigma_1^{1/2} = k\,\sigma I$ from $\Sigma_0 = \sigma^2 I$ in a plane [ST-A2].

    $k = \frac1{\sqrt{2 m}} \frac{\Gamma(m + 1/2)}{\Gamma(m)}\,{}_2F_1(-\frac12, m - 1; m; -1)$ with
    $m = n - 1$, for the unbiased fit to $n$ samples. In one dimension it is $c_4(n) > k$. Raises
    `ValueError` for fewer than three samples, whose covariance is singular.

    ```python
    gl.loops.gaussian.plane_deviation_factor(5)  # 0.905233
    ```
    """
    m = check_at_least("samples", samples, 3) - 1
    trace = np.exp(log_gamma_excess(float(m), 0.5)) / np.sqrt(2)
    return float(trace * special.hyp2f1(-0.5, m - 1, m, -1.0))
