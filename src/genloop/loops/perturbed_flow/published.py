r"""The two published sufficient conditions, solved for the real data they ask for.

Training is exact here ($\eta = 0$, $\kappa \to 1$), the weakest form of both conditions.
"""

import numpy as np

from ...analysis import Threshold
from ...arguments import checked
from ...models import Categorical
from ...printing import Named
from .formulas import tempered

_ITERATIONS = 100
_ROUNDING = 4e-14
"""The relative error of a real fraction where the iteration has settled."""


@checked
def gharesifard_odds(real: Categorical, *, temperature: float) -> float:
    r"""$\mu = 1/(T\,\delta)$ with $\delta = \min_i r_i$: real points for each synthetic one [FR-5].

    The bound of Gharesifard and Tabuada (CDC 2025) as quoted in the paper.

    ```python
    gl.loops.perturbed_flow.gharesifard_odds(gl.Categorical.of([5, 3, 2]), temperature=0.8)  # 6.25
    ```
    """
    with np.errstate(over="ignore", divide="ignore"):
        return float(1 / (temperature * np.min(real.probabilities)))


@checked
def fisher_rao_odds(real: Categorical, *, temperature: float) -> float | None:
    r"""$\mu = 2/(T\,\delta\,\theta)$, $\theta$ the least probability of the equilibrium [FR-4].

    Theorem 1 of the paper. The equilibrium depends on $\mu$ and is iterated together with it: the
    loop contracts with so much real data [HD-10]. `None` where that does not settle.

    ```python
    gl.loops.perturbed_flow.fisher_rao_odds(gl.Categorical.of([5, 3, 2]), temperature=0.8)
    ```
    """
    r = np.asarray(real.probabilities)
    state, odds = r, 0.0
    for _ in range(_ITERATIONS):
        with np.errstate(over="ignore", divide="ignore"):
            before, odds = odds, float(2 / (temperature * r.min() * state.min()))
        if odds == np.inf:
            return odds
        if abs(odds - before) <= 1e-14 * odds:
            return float(odds)
        state = (odds * r + tempered(state, temperature)) / (1 + odds)
    return None


@checked
def gharesifard_threshold(real: Categorical, *, temperature: float) -> Threshold:
    r"""`gharesifard_odds` as a real fraction, $a > 1/(1 + \delta T)$ [FR-5].

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.perturbed_flow.gharesifard_threshold(real, temperature=0.8).value  # 0.862069
    ```
    """
    return _threshold(gharesifard_odds(real, temperature=temperature))


@checked
def fisher_rao_threshold(real: Categorical, *, temperature: float) -> Threshold:
    """`fisher_rao_odds` as a real fraction [FR-4].

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.perturbed_flow.fisher_rao_threshold(real, temperature=0.8).value  # 0.984286
    ```
    """
    odds = fisher_rao_odds(real, temperature=temperature)
    if odds is None:
        reason = f"the equilibrium at the bound did not settle in {_ITERATIONS} iterations"
        return Threshold.absent(reason, "not resolved")
    return _threshold(odds)


@checked
def bounds(real: Categorical, *, temperature: float) -> dict[str, Threshold]:
    """Both published sufficient bounds by name, as real fractions.

    Raises `ValueError` where a real probability is zero.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.perturbed_flow.bounds(real, temperature=0.8)["published_gharesifard"].value  # 0.862069
    ```
    """
    if np.min(real.probabilities) <= 0:
        raise ValueError("the published bounds need every real probability to be positive.")
    return Named(
        published_gharesifard=gharesifard_threshold(real, temperature=temperature),
        published_fisher_rao=fisher_rao_threshold(real, temperature=temperature),
    )


def _threshold(odds: float) -> Threshold:
    """A condition on the odds as a real fraction, exact to rounding."""
    value = 1 / (1 + 1 / odds)
    return Threshold(value, uncertainty=_ROUNDING * value, residual=0.0)
