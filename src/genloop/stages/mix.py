"""Mixing with real data."""

from typing import Self

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ..arguments import check_at_least, check_key, check_model
from ..models import AbstractModel
from ..models.model import is_concrete, scalar, share_of_real_data
from ..operators.covariance import add
from .stage import AbstractStage, check_real, unknown_noise

_EXAMPLE = "Mix(Categorical.of([5, 3, 2]), 0.3)"


def _samples_or_none(samples):
    return None if samples is None else check_at_least("samples", samples, 0)


class Mix(AbstractStage):
    r"""Learn from $(1 - a)\,p + a\,r$: a share $a$ of the training set is real data.

    Three kinds of real data: without `samples` the real distribution itself (infinitely many real
    points); with `samples` $= n_r \ge 1$ a fresh real set every generation; `Mix.fixed` draws one
    finite set and uses it for ever. No real points, $n_r = 0$, go with $a = 0$ and change nothing.
    Raises `ValueError` for $a \notin [0, 1]$, $n_r < 0$ or a share of no points.

    ```python
    gl.Mix(gl.Categorical.of([5, 3, 2]), 0.1)(gl.Categorical.of([1, 0, 0])).probabilities
    ```
    """

    real: AbstractModel
    real_fraction: Float[Array, ""] = eqx.field(converter=scalar(share_of_real_data))
    samples: int | None = eqx.field(static=True, default=None, converter=_samples_or_none)
    batched = True

    def __check_init__(self):
        check_real(self.real, _EXAMPLE)
        if self.samples == 0 and is_concrete(self.real_fraction) and np.any(self.real_fraction > 0):
            raise ValueError(
                f"real_fraction is {self.real_fraction:g} of 0 real samples; make both 0, or give "
                "samples of at least 1."
            )

    @classmethod
    def fixed(
        cls, key: PRNGKeyArray, real: AbstractModel, real_fraction: float, *, samples: int
    ) -> Self:
        """The stage with one real set of `samples` points that is drawn now and never again."""
        check_key(key)
        check_real(real, _EXAMPLE)
        check_at_least("samples", samples, 1)
        return cls(real.draw(key, samples), real_fraction)

    @property
    def draws(self) -> bool:
        return bool(self.samples)

    def __call__(self, model):
        check_model(model)
        real = self.real.sized(self.samples) if self.samples else self.real
        return model.mix(real, self.real_fraction)

    def step(self, key, model):
        if not self.samples:
            return self(model)
        batch = self.real.broadcast(model.batch_shape)
        return model.mix(batch.draw(key, self.samples), self.real_fraction)

    def moments(self, moments):
        return moments.mix(self.real, self.real_fraction, self.samples or None)

    def propagate(self, model, covariance):
        kept = None if covariance is None else covariance.scaled(1 - self.real_fraction)
        if not self.samples:
            return kept
        own = self.real.statistic_covariance()
        if own is None:
            raise unknown_noise(self.real)
        return add(kept, own.scaled(self.real_fraction * self.samples**-0.5))

    def jacobian(self, model):
        return model.mix_jacobian(self.real_fraction)
