"""Sampling at a temperature."""

import equinox as eqx
from jaxtyping import Array, Float

from ..analysis.covariance import through
from ..models.model import as_float
from .stage import AbstractExactStage, check_range, mean_jacobian


class Temper(AbstractExactStage):
    r"""Sample at temperature $T > 0$: the density becomes proportional to $p^{1/T}$.

    Below one the loop sharpens (truncation, low temperature), above one it flattens.
    """

    temperature: Float[Array, ""] = eqx.field(converter=as_float)
    batched = True

    def __check_init__(self):
        check_range("temperature", self.temperature, 0.0, float("inf"), open_below=True)

    def __call__(self, model):
        return model.temper(self.temperature)

    def moments(self, moments):
        return moments.temper(self.temperature)

    def propagate(self, model, covariance):
        if covariance is None:
            return None
        structured = self.jacobian(model)
        return through(mean_jacobian(self, model) if structured is None else structured, covariance)

    def jacobian(self, model):
        return model.temper_jacobian(self.temperature)
