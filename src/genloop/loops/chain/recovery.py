"""Collapsed texts, and the real fraction from which on they recover, by the general analysis."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...analysis import BifurcationKind, Threshold, bifurcations, branch, fixed_point
from ...arguments import checked
from ...models import MarkovChain
from .recipes import loop

_BEGIN = 0.02


@checked
def collapsed_state(
    real: MarkovChain, *, temperature: float, real_fraction: float, first: int, second: int
) -> MarkovChain:
    """The end of the loop that starts with `first` and `second` following each other for ever.

    For two equal tokens, one that repeats itself. The start is the real chain with 999 in 1000 next
    tokens in these contexts replaced.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.4, 0.6]])
    options = {"temperature": 0.5, "real_fraction": 0.1, "first": 0, "second": 0}
    gl.loops.chain.collapsed_state(chain, **options).contexts  # [0.948563, 0.0514375]
    ```
    """
    rows = np.array(real.transition)
    for context, successor in ((first, second), (second, first)):
        rows[context] *= 1e-3
        rows[context, successor] += 1 - 1e-3
    start = MarkovChain.of_transition(jnp.asarray(rows))
    generation = loop(temperature=temperature, real_fraction=real_fraction, real=real)
    return fixed_point(generation, start).state


@checked
def recovery_threshold(
    real: MarkovChain, *, temperature: float, first: int, second: int, lower: float = _BEGIN
) -> Threshold:
    r"""The real fraction above which a collapsed text recovers: the fold of its branch [SQ-8].

    The state of `collapsed_state` at the real fraction `lower` is followed upwards in the real
    fraction through all $K^2$ numbers of the chain. No theory of contexts or of pairs is used.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.4, 0.6]])
    options = {"temperature": 0.2, "first": 0, "second": 1}
    gl.loops.chain.recovery_threshold(chain, **options).value  # 0.587486
    ```
    """
    state = collapsed_state(
        real, temperature=temperature, real_fraction=lower, first=first, second=second
    )
    wins = float(state.transition[first, second])
    if np.isnan(wins):
        reason = f"no state of this pair is found at the real fraction {lower:g}"
        return Threshold.absent(reason, "not resolved")
    if wins < 0.5:
        reason = f"the pair does not win at the real fraction {lower:g}"
        return Threshold.absent(reason, "does not apply")
    family = jax.tree_util.Partial(_family, real, jnp.asarray(temperature, float))
    traced = branch(family, state, lower, 1.0, steps=80, capacity=1)
    found = bifurcations(family, traced)
    if not found or found[0].kind is not BifurcationKind.FOLD:
        reason = "the collapsed state has no fold as real data are added"
        return Threshold.absent(reason, "does not apply")
    value, residual = float(found[0].parameter), float(found[0].residual)
    return Threshold(value, uncertainty=max(residual, 4e-16), residual=residual)


def _family(real: MarkovChain, temperature: Float[Array, ""], real_fraction: Float[Array, ""]):
    return loop(temperature=temperature, real_fraction=real_fraction, real=real)
