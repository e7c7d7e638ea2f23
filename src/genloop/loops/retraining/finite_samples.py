r"""How far finite samples carry a contracting loop from its fixed point [ST-A11]."""

import numpy as np
from jaxtyping import Float


def error_bound(generations, *, rate, error, start=0.0) -> Float[np.ndarray, "*shape"]:
    r"""$\rho^t d_0 + e\,\frac{1 - \rho^t}{1 - \rho}$: the distance after $t$ generations, at most.

    The exact loop brings any two models nearer by the factor $\rho$ = `rate` in some norm, and a
    generation of finite samples is at most `error` $e$ off, $d_0$ = `start` away at the beginning.
    For $\rho = 1$ it is $d_0 + e t$. In the norm of $-A$ that $\rho$ is the spectral radius.

    ```python
    gl.loops.retraining.error_bound(3, rate=0.5, error=0.1)  # 0.175
    ```
    """
    generations, rate = np.asarray(generations, dtype=float), np.asarray(rate, dtype=float)
    kept = rate**generations
    apart = np.where(rate == 1, 1.0, 1 - rate)
    steps = np.where(rate == 1, generations, (1 - kept) / apart)
    return kept * start + error * steps


def frequency_error(samples, probability, generations=1) -> Float[np.ndarray, "*shape"]:
    r"""$e = \sqrt{\log(2 t/\delta)/(2 n)}$: a relative frequency is nowhere further off.

    With probability $1 - \delta$ in all of $t$ generations, each of $n$ = `samples` points
    (Hoeffding's inequality and a union bound); $\delta$ = `probability`.

    ```python
    gl.loops.retraining.frequency_error(100, 0.05)  # 0.13581
    ```
    """
    return np.sqrt(np.log(2 * np.asarray(generations) / probability) / (2 * samples))
