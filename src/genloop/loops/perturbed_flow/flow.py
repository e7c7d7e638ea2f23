"""The flow of the paper, with training errors that may depend on the state."""

from collections.abc import Callable

from jaxtyping import Array, Float

from ...analysis import flow
from ...models import Categorical
from ..temperature.recipes import loop


def perturbed_flow(
    start: Categorical,
    times: Float[Array, " n"],
    *,
    temperature: float | Float[Array, "*batch 1"],
    odds: float | Float[Array, "*batch 1"],
    real: Categorical,
    perturbation: Callable[[Float[Array, "*batch k"]], Float[Array, "*batch k"]],
) -> Categorical:
    r"""The distributions along the flow of the loop under training errors, at increasing times.

    $\dot\theta = S_T(\theta) - \theta + \mu (r - \theta) + \varepsilon(\theta)$ [FR-1].

    `odds` is $\mu$, `perturbation` the training error $\varepsilon$, which should sum to zero;
    `times` are $(1 + \mu)\,t$, that is the logarithm of the growing dataset's size, and start with
    that of `start`. The states come with a leading axis of the times.

    ```python
    real, times = gl.Categorical.of([5, 3, 2]), jnp.array([0.0, 1.0])
    options = {"temperature": 0.8, "odds": 1.0, "real": real, "perturbation": lambda x: 0 * x}
    gl.loops.perturbed_flow.perturbed_flow(real, times, **options).probabilities.shape  # [2, 3]
    ```
    """
    real_fraction = odds / (1 + odds)
    exact = loop(temperature=temperature, real_fraction=real_fraction, real=real)

    def generation(state):
        error = (1 - real_fraction) * perturbation(state.probabilities)
        return Categorical(exact(state).probabilities + error)

    return flow(generation, start, times)
