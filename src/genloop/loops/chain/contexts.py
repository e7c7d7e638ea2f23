r"""The theory of one context at a time, and the real fraction that a context sees [SQ-1].

Row $i$ of the coupled loop obeys $P_i' = a_i R_i + (1 - a_i) S_T(P_i)$, the temperature loop of one
distribution [HD-1 to HD-12], with a real fraction $a_i$ of its own. The theory of single contexts
takes $a_i = a$: context frequencies are frozen.
"""

import numpy as np
from jaxtyping import Array, Float

from ...analysis import Threshold
from ...models import Categorical, MarkovChain
from .. import temperature as temperature_loop
from .pairs import collapse_fold


def effective_real_fractions(
    synthetic: MarkovChain, real: MarkovChain, *, real_fraction: float
) -> Float[Array, "*batch k"]:
    r"""$a_i = \frac{a \pi_i}{a \pi_i + (1 - a) \sigma_i}$: the real share of context $i$.

    `synthetic` is the chain that writes, after tempering; $\sigma$ and $\pi$ are the context
    frequencies of it and of the real text. NaN in contexts that neither of them visits.

    ```python
    real = gl.MarkovChain.of_transition([[0.6, 0.4], [0.2, 0.8]])
    model = gl.MarkovChain.of_transition([[0.5, 0.5], [0.5, 0.5]])
    gl.loops.chain.effective_real_fractions(model, real, real_fraction=0.5)  # [0.4, 0.571429]
    ```
    """
    own = real_fraction * real.contexts
    return own / (own + (1 - real_fraction) * synthetic.contexts)


def context_thresholds(real: MarkovChain, *, temperature: float) -> dict[str, Float[Array, " k"]]:
    """The thresholds `local` and `unique` of every context as if it were alone, NaN where absent.

    Those of `marchi2024` for the row of the context, without the outcomes that never follow it. A
    context with one successor has neither.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.2, 0.8]])
    gl.loops.chain.context_thresholds(chain, temperature=0.5)["unique"]  # [0.333894, 0.224776]
    ```
    """
    rows = [row[row > 0] for row in np.asarray(real.transition)]
    named = {"local": temperature_loop.local_threshold, "unique": temperature_loop.unique_threshold}
    return {
        name: np.array([_value(threshold, row, temperature) for row in rows])
        for name, threshold in named.items()
    }


def context_collapse_threshold(
    real: MarkovChain, *, temperature: float, first: int, second: int
) -> Threshold:
    """The real fraction above which `second` cannot have won in the context `first` alone.

    Raises `ValueError` for a pair that never occurs; for temperatures below one as
    `collapse_threshold`.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.2, 0.8]])
    options = {"temperature": 0.5, "first": 0, "second": 1}
    gl.loops.chain.context_collapse_threshold(chain, **options).value  # 0.333894
    ```
    """
    row = np.asarray(real.transition)[first]
    return collapse_fold(row, [second], temperature=temperature)


def _value(threshold, row, temperature):
    if row.size < 2:
        return np.nan
    value = threshold(Categorical.of(row), temperature=temperature).value
    return np.nan if value is None else value
