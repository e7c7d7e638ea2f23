"""Learning from finitely many samples of the model."""

import functools

import equinox as eqx

from ..arguments import check_at_least, check_key, check_model
from ..models import AbstractModel
from ..operators.covariance import add, transformed
from .stage import AbstractStage, identity_jacobian, mean_jacobian, unknown_noise

_two_or_more = functools.partial(check_at_least, "samples", least=2)


class Draw(AbstractStage):
    r"""Draw $n \ge 2$ independent samples and fit the next model to them by maximum likelihood.

    This is where finite data come in: the map of infinite data is the identity. The realisation
    goes through sufficient statistics, so that its cost does not grow with `samples` where the
    family has them. Raises `ValueError` for fewer than two samples.

    ```python
    model = gl.Draw(1000).step(jax.random.key(0), gl.Gaussian.of(0.0, 1.0))
    ```
    """

    samples: int = eqx.field(static=True, converter=_two_or_more)
    batched = True

    def __call__(self, model):
        check_model(model)
        return model.sized(self.samples) if isinstance(model, AbstractModel) else model

    def step(self, key, model):
        check_key(key)
        check_model(model)
        return model.draw(key, self.samples)

    def moments(self, moments):
        return moments.draw(self.samples)

    def propagate(self, model, covariance):
        own = model.statistic_covariance()
        if own is None:
            raise unknown_noise(model)
        return add(covariance, own.scaled(self.samples**-0.5))

    def jacobian(self, model):
        return identity_jacobian(model)


class Unbias(AbstractStage):
    r"""Divide scatter by $N - 1$ instead of $N$, for a fit to `samples` $= N$ points in all.

    It repairs a bias of finite samples, so the map of infinite data is the identity. Raises
    `ValueError` for fewer than two samples.

    ```python
    gl.Unbias(10).expectation(gl.Gaussian.of(0.0, 0.9)).covariance  # [[1]]
    ```
    """

    samples: int = eqx.field(static=True, converter=_two_or_more)
    batched = True

    @property
    def draws(self) -> bool:
        return False

    def __call__(self, model):
        check_model(model)
        return model

    def step(self, key, model):
        return model.unbias(self.samples)

    def moments(self, moments):
        return moments.unbias(self.samples)

    def expectation(self, model):
        return model.unbias(self.samples)

    def propagate(self, model, covariance):
        if covariance is None:
            return None
        return transformed(mean_jacobian(self.expectation, model), covariance)

    def jacobian(self, model):
        return identity_jacobian(model)
