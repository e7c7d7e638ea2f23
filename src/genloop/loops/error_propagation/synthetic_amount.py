r"""Is more synthetic data better? The bound of an error of learning $C N^{-r}$ [ST-F3].

Each of $t$ generations learns from the same $n$ real points and $m = x n$ of the model before, $N =
n + m$. The bound of `replaced_bound` is, in units of $C n^{-r}$, what $n$ real points alone leave,

$$B(x) = (1 + x)^{1 - r} (1 - q^t) + \tau q^t, \qquad q = \frac x{1 + x}.$$

`start` $\tau$ is the error of the first model in this unit: 0 for a perfect one, 1 for one that has
learned from the $n$ real points. `rate` is $r$, $0 < r < 1$.
"""

import numpy as np

from ...arguments import check_at_least
from ...bisection import zero_between


def synthetic_bound(ratio, generations: int, *, rate: float, start: float = 0.0):
    r"""$B(x)$ at a ratio $x$ of synthetic to real points; $B(0) = 1$, $B(\infty) = \tau$ [ST-F3].

    Arrays of ratios broadcast. Raises `ValueError` for numbers out of range.

    ```python
    gl.loops.error_propagation.synthetic_bound(1.0, 5, rate=0.25)  # 1.62924
    ```
    """
    generations = _checked(generations, rate, start)
    ratio = np.asarray(ratio, dtype=float)
    if not (ratio >= 0).all():
        raise ValueError("a ratio of synthetic to real points is at least zero.")
    with np.errstate(divide="ignore"):
        log_share = -np.log1p(1 / ratio)
    kept = np.exp(generations * log_share)
    # One minus a power near one: nothing cancels.
    bound = (1 + ratio) ** (1 - rate) * -np.expm1(generations * log_share) + start * kept
    return np.where(np.isinf(ratio), float(start), bound)[()]


def worst_ratio(generations: int, *, rate: float, start: float = 0.0) -> float:
    r"""$x^*$, where the bound is largest; it rises before and falls behind it [ST-F3].

    With $q = \frac x{1 + x}$ the root of $\frac{1 - r}t \sum_{i < t} q^{-i} = 1 - \tau (1 -
    q)^{1 - r}$, of which there is one at most; 0 where the bound falls from the beginning, as for
    one generation and $\tau \le r$.

    ```python
    gl.loops.error_propagation.worst_ratio(5, rate=0.25)  # 6.93006
    ```
    """
    generations = _checked(generations, rate, start)
    if generations == 1 and start <= rate:
        return 0.0
    steps = np.arange(generations)

    def level(share):
        falling = (1 - rate) / generations * np.sum(share ** -steps.astype(float))
        return falling - 1 + start * (1 - share) ** (1 - rate)

    least = 1e-300 ** (1 / generations)
    share = zero_between(level, max(least, 1e-12), 1.0)
    return share / (1 - share)


def return_ratio(generations: int, *, rate: float, start: float = 0.0) -> float:
    r"""$x_1 > 0$, from which on the bound is below that of real data alone: $B(x_1) = 1$ [ST-F3].

    About $t^{1/r}$ for $\tau = 0$. Infinite for $\tau \ge 1$: if the first model has learned from
    the same real points, no amount of synthetic data improves the bound. Zero where it falls from
    the beginning.

    ```python
    gl.loops.error_propagation.return_ratio(5, rate=0.25)  # 615.948
    ```
    """
    worst = worst_ratio(generations, rate=rate, start=start)
    if start >= 1:
        return float("inf")
    if worst == 0:
        return 0.0
    level = lambda log: synthetic_bound(np.exp(log), generations, rate=rate, start=start) - 1
    last = np.log(worst) + 1
    while level(last) > 0:
        last += 1
    return float(np.exp(zero_between(level, np.log(worst), last)))


def _checked(generations: int, rate: float, start: float) -> int:
    if not 0 < rate < 1:
        raise ValueError(
            f"rate must lie between 0 and 1, got {rate:g}: the error of learning from N points "
            "falls like N to the power of -rate, for example 0.5."
        )
    if not start >= 0:
        raise ValueError(
            f"start must be at least 0, got {start:g}; give 1 for a first model "
            "that has learned from the real points."
        )
    return check_at_least("generations", generations, 1)
