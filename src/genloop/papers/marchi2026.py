r"""Marchi, Silvestre, Gharesifard, Tabuada: a Fisher-Rao view of training with synthetic data.

The loop is that of `marchi2024`; with $\mu = a/(1 - a)$ human samples a synthetic one, these are
published *sufficient* conditions for staying near the real distribution, shown beside the sharp
thresholds. Training is exact here ($\eta = 0$), the weakest form of both conditions.
"""

import jax.numpy as jnp

from ..analysis import Threshold
from ..models import Categorical
from ..precision import in_double
from .marchi2024 import healthy_state

BIBTEX = r"""@article{marchi2026preventing,
  title = {Preventing Model Collapse: A {Fisher-Rao} Perspective on the Dynamics of Training with
           Synthetic Data},
  author = {Marchi, Matteo and Silvestre, Daniel and Gharesifard, Bahman and Tabuada, Paulo},
}
"""


@in_double
def gharesifard_threshold(real: Categorical, *, temperature: float) -> Threshold:
    r"""$\mu\,\delta\,T > 1$ with $\delta = \min_i r_i$, so $a > 1/(1 + \delta T)$ [FR-5].

    The bound of Gharesifard and Tabuada (CDC 2025) as quoted in the paper, for exact training.
    """
    value = float(1 / (1 + real.probabilities.min() * temperature))
    return Threshold(value, (value, value), 0.0)


@in_double
def fisher_rao_threshold(real: Categorical, *, temperature: float) -> Threshold:
    r"""$\mu \ge 2/(T\,\delta\,\theta)$, $\theta$ the least probability of the equilibrium [FR-4].

    Theorem 1 of the paper for exact training and $\kappa \to 1$. The equilibrium depends on the
    real fraction, so the condition is solved by iteration; it contracts because the equilibrium is
    almost the real distribution that close to $a = 1$.
    """
    least = float(real.probabilities.min())
    required = 2 / (temperature * least * least)
    for _ in range(100):
        real_fraction = required / (1 + required)
        state = healthy_state(real, temperature=temperature, real_fraction=real_fraction)
        updated = 2 / (temperature * least * float(state.probabilities.min()))
        change, required = abs(updated - required) / required, updated
        if change < 1e-14:
            break
    else:
        return Threshold.absent("the equilibrium at the bound did not settle in 100 iterations")
    value = float(required / (1 + required))
    return Threshold(value, (value * (1 - change), value * (1 + change)), change)


@in_double
def bounds(real: Categorical, *, temperature: float) -> dict[str, Threshold]:
    """Both published sufficient bounds by name, as real fractions."""
    if float(jnp.min(real.probabilities)) <= 0:
        raise ValueError("the published bounds need every real probability to be positive.")
    return {
        "published_gharesifard": gharesifard_threshold(real, temperature=temperature),
        "published_fisher_rao": fisher_rao_threshold(real, temperature=temperature),
    }
