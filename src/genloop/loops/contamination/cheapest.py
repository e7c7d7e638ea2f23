r"""The least real data that keep a variance, with infinitely many samples at $T < 1$ [PL-3]."""

import numpy as np
from jaxtyping import Float

from ...arguments import check_at_least


def holding_fraction(goal: float, temperature: float) -> float:
    r"""The real fraction that holds the variance at $\rho$, $\frac{\rho (1 - T)}{1 - \rho T}$.

    With infinitely many samples [ST-B8].

    ```python
    gl.loops.contamination.holding_fraction(0.5, 0.8)  # 0.166667
    ```
    """
    return goal * (1 - temperature) / (1 - goal * temperature)


def cheapest_fractions(
    goal: float, temperature: float, generations: int
) -> Float[np.ndarray, " t"]:
    r"""The real fractions with the least sum that keep $\sigma_t^2 \ge \rho \sigma_0^2$ at all $t$.

    The lazy plan: none while $T^t \ge \rho$, then one generation with $\frac{\rho - T^t}{1 - T^t}$,
    then `holding_fraction` for ever. Raises `ValueError` unless $0 < \rho < 1$ and $0 < T < 1$.

    ```python
    gl.loops.contamination.cheapest_fractions(0.8, 0.9, 4)  # [0, 0, 0.261993, 0.285714]
    ```
    """
    _check(goal, temperature)
    check_at_least("generations", generations, 1)
    left = temperature ** np.arange(1.0, generations + 1)
    first = int((left >= goal).sum())
    found = np.full(generations, holding_fraction(goal, temperature))
    found[:first] = 0.0
    if first < generations:
        found[first] = (goal - left[first]) / (1 - left[first])
    return found


def cheapest_at_the_end(goal: float, temperature: float, generations: int) -> float:
    r"""The least sum of real fractions with $\sigma_H^2 \ge \rho \sigma_0^2$, all in the last one.

    $\frac{\rho - T^H}{1 - T^H}$, or zero where $T^H \ge \rho$.

    ```python
    gl.loops.contamination.cheapest_at_the_end(0.8, 0.9, 4)  # 0.418436
    ```
    """
    _check(goal, temperature)
    left = temperature**generations
    return max(0.0, (goal - left) / (1 - left))


def _check(goal: float, temperature: float) -> None:
    for name, value in (("goal", goal), ("temperature", temperature)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {value}.")
