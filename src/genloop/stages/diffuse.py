"""Learning by diffusion: noise is added, and taken away again not quite to the end."""

import equinox as eqx
from jaxtyping import Array, Float

from ..arguments import check_model
from ..models.model import is_concrete, number_in, scalar
from .stage import AbstractExactStage, open_moments


class Diffuse(AbstractExactStage):
    r"""Learn by a diffusion with exact score that stops early and starts from the standard normal.

    Noise turns $x$ into $e^{-s} x + \sqrt{1 - e^{-2s}}\,z$ up to the time $T$ = `horizon`; new data
    start from $z \sim N(0, I)$ there, not quite what the data have become, and the exact reverse
    diffusion takes them to the time $\delta$ = `stop`, not quite zero. For $T = \infty$ what is
    learned are the data with the noise of $\delta$, a shrink towards the standard normal [DL-1];
    for finite $T$ a Gaussian becomes the Gaussian of [DL-2]. Raises `ValueError` unless $0 \le
    \delta < T$.

    ```python
    gl.Diffuse(0.1)(gl.Gaussian.of(1.0, 4.0)).covariance  # [[3.45619]]
    ```
    """

    stop: Float[Array, ""] = eqx.field(converter=scalar(number_in("stop", 0.0, float("inf"))))
    horizon: Float[Array, ""] | None = eqx.field(
        default=None,
        converter=lambda time: None if time is None else scalar(_horizon)(time),
    )
    batched = True

    def __check_init__(self):
        known = self.horizon is not None and is_concrete(self.stop, self.horizon)
        if known and not self.stop < self.horizon:
            raise ValueError(
                f"stop must come before the horizon, got {self.stop:g} and {self.horizon:g}; noise "
                "is added up to the horizon and taken away down to stop."
            )

    def __call__(self, model):
        check_model(model)
        if not hasattr(model, "diffuse"):
            raise ValueError(
                f"a {type(model).__name__} is not learned by diffusion; use a Gaussian."
            )
        return model.diffuse(self.stop, self.horizon)

    def moments(self, moments):
        """Those of the noisy data: they close for an infinite horizon."""
        if self.horizon is not None or not hasattr(moments, "diffuse"):
            raise open_moments(self)
        return moments.diffuse(self.stop)


_horizon = number_in("horizon", 0.0, float("inf"), open_below=True)
