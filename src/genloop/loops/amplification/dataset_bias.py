r"""The bias of a dataset that grows by $m$ human and $k$ model samples a round, $a = m/(m + k)$.

It starts with $n_0$ unbiased samples; a model has the bias of its data plus $\delta$.
"""

import numpy as np
from scipy import special

from ...laws.gamma import log_gamma_excess


def bias_limit(shift, real_fraction) -> np.ndarray | float:
    r"""$\delta/a = \frac{m + k}m \delta$, the limit and bound of the model's bias [TH-1].

    ```python
    gl.loops.amplification.bias_limit(0.05, 0.25)  # 0.2
    ```
    """
    return shift / np.asarray(real_fraction)


def accumulated_bias(
    rounds, shift: float, *, human: float, synthetic: float, initial: float
) -> np.ndarray | float:
    r"""$b_t = \frac{k \delta}m \left[1 - \frac{\Gamma(c + 1 + t - a)\,\Gamma(c + 1)}{\Gamma(c + 1 -
    a)\,\Gamma(c + 1 + t)}\right]$, $c = n_0/(m + k)$, the bias of the data [TH-1].

    Solves $b_{t+1} = \frac{n_t b_t + k (b_t + \delta)}{n_t + m + k}$, $n_t = n_0 + t (m + k)$; what
    is missing to the limit decays as $t^{-a}$. Without human data $\delta [\psi(c + 1 + t) -
    \psi(c + 1)]$, without bound. Shape of `rounds`. Raises `ValueError` unless `human` and
    `initial` are non-negative and `synthetic` is positive.

    ```python
    gl.loops.amplification.accumulated_bias(10, 0.1, human=50, synthetic=50, initial=100)
    ```
    """
    if min(human, initial) < 0 or synthetic <= 0:
        raise ValueError(
            "human and initial samples must not be negative and synthetic ones be positive, got "
            f"{human}, {initial} and {synthetic}."
        )
    rounds = np.asarray(rounds, dtype=float)
    first = initial / (human + synthetic) + 1
    if human == 0:
        return shift * (special.digamma(first + rounds) - special.digamma(first))
    share = human / (human + synthetic)
    log_left = [_log_ratio(first + t, share) - _log_ratio(first, share) for t in rounds.ravel()]
    log_left = np.reshape(log_left, rounds.shape)
    return -np.expm1(log_left)[()] * synthetic * shift / human


def model_bias(rounds, shift: float, **sizes) -> np.ndarray | float:
    r"""$b_t + \delta$, which increases to $\delta/a$; arguments of `accumulated_bias` [TH-1].

    ```python
    gl.loops.amplification.model_bias(10, 0.1, human=50, synthetic=50, initial=100)  # 0.166362
    ```
    """
    return accumulated_bias(rounds, shift, **sizes) + shift


def replaced_bias(rounds, shift, real_fraction) -> np.ndarray | float:
    r"""$b_t = \frac{(1 - a)\,\delta}a [1 - (1 - a)^t]$ where the data are replaced [TH-1].

    The same limit as with accumulated data, reached exponentially.

    ```python
    gl.loops.amplification.replaced_bias(1, 0.05, 0.5)  # 0.025
    ```
    """
    rest = 1 - real_fraction
    return rest * shift / real_fraction * (1 - rest ** np.asarray(rounds))


def _log_ratio(x, share):
    r"""$\log[\Gamma(x - a)/\Gamma(x)]$ for $x > a$."""
    return float(log_gamma_excess(x, -share)) - share * np.log(x)
