"""Sampling at a temperature."""

import equinox as eqx
from jaxtyping import Array, Float

from ..arguments import check_model
from ..models.model import positive_temperature, scalar
from ..operators.covariance import transformed
from .stage import AbstractExactStage, derivative


class Temper(AbstractExactStage):
    r"""Sample at temperature $T > 0$: the density becomes proportional to $p^{1/T}$.

    Below one the loop sharpens (truncation, low temperature), above one it flattens. Raises
    `ValueError` for a temperature that is not positive.

    ```python
    gl.Temper(0.5)(gl.Categorical.of([2, 1])).probabilities  # [0.8, 0.2]
    ```
    """

    temperature: Float[Array, ""] = eqx.field(converter=scalar(positive_temperature))
    batched = True

    def __call__(self, model):
        check_model(model)
        return model.temper(self.temperature)

    def moments(self, moments):
        return moments.temper(self.temperature)

    def propagate(self, model, covariance):
        return None if covariance is None else transformed(derivative(self, model), covariance)

    def jacobian(self, model):
        return model.temper_jacobian(self.temperature)
