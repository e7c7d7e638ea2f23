"""Training sets whose old data fade."""

import equinox as eqx
from jaxtyping import Array, Float

from ..arguments import check_model
from ..models import PairMoments
from ..models.model import number_in, scalar
from ..operators import blend
from ..operators.covariance import add, transformed
from .stage import AbstractStage, check_stage, derivative


class Renew(AbstractStage):
    r"""$p \to (1 - \gamma)\,p + \gamma F(p)$: a share $\gamma$ of the data is new every generation.

    Of the rest every point keeps its place with the weight $(1 - \gamma)^k$ of its age $k$, so
    that the data never end. `generation` is the loop $F$ that makes the new data, draws and real
    data included; $\gamma = 1$ replaces everything. A multiplier $\mu$ of $F$ becomes $1 - \gamma
    (1 - \mu)$ [AC-5]. Raises `ValueError` for a share $\gamma \notin (0, 1]$.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.Renew(gl.Temper(0.8) >> gl.Mix(real, 0.3), 0.2)(real).probabilities
    ```
    """

    generation: AbstractStage
    share: Float[Array, ""] = eqx.field(
        converter=scalar(number_in("share", 0.0, 1.0, open_below=True))
    )

    def __check_init__(self):
        check_stage(self.generation)

    @property
    def batched(self) -> bool:
        return self.generation.batched

    @property
    def draws(self) -> bool:
        return self.generation.draws

    def __call__(self, model):
        check_model(model)
        return model.mix(self.generation(model), self.share)

    def step(self, key, model):
        return model.mix(self.generation.step(key, model), self.share)

    def moments(self, moments):
        return self.generation.moments(PairMoments.of(moments)).pool(self.share)

    def expectation(self, model):
        return model.mix(self.generation.expectation(model), self.share)

    def propagate(self, model, covariance):
        noise = self.generation.propagate(model, None)
        noise = None if noise is None else noise.scaled(self.share)
        if covariance is None:
            return noise
        return add(transformed(derivative(self, model), covariance), noise)

    def jacobian(self, model):
        return blend(self.generation.jacobian(model), self.share)
