"""Correcting what a model says towards a better one before a generation learns from it."""

import equinox as eqx
from jaxtyping import Array, Float

from ..arguments import check_at_least, check_key, check_model
from ..models import AbstractModel, draw_mixture, mixture_covariance
from ..models.model import number_in, scalar
from ..operators.covariance import add
from .stage import AbstractStage, check_real, open_moments, unknown_noise


def _samples_or_none(samples):
    return None if samples is None else check_at_least("samples", samples, 2)


class Blend(AbstractStage):
    r"""Learn from $\pi_\gamma p = (p + \gamma p_*)/(1 + \gamma)$: samples corrected to a target.

    Every sample is replaced by one of the target $p_*$ with the probability $s = \gamma/(1 +
    \gamma)$, $\gamma \ge 0$ being the `strength`. The map of infinite data is the fit to this
    mixture. With `samples` $= n \ge 2$ a generation draws so many points from it, which for
    $\gamma = 0$ is `Draw`: the mixture itself, not its fit, is sampled. `Mix` behind it joins real
    data, so that `Blend(target, g, samples=n) >> Mix(real, a, samples=m)` is a self-correcting loop
    [ST-C1]. Raises `ValueError` for a negative strength, fewer samples, or a target that is no
    model.

    ```python
    target = gl.Categorical.of([1, 1, 0])
    gl.Blend(target, 1.0)(gl.Categorical.of([0, 1, 1])).probabilities  # [0.25, 0.5, 0.25]
    ```
    """

    target: AbstractModel
    strength: Float[Array, ""] = eqx.field(
        converter=scalar(number_in("strength", 0.0, float("inf")))
    )
    samples: int | None = eqx.field(static=True, default=None, converter=_samples_or_none)
    batched = True

    def __check_init__(self):
        check_real(self.target, "Blend(Categorical.of([5, 3, 2]), 0.5)", "the target")

    @property
    def share(self) -> Float[Array, ""]:
        r"""$s = \gamma/(1 + \gamma)$, the share of the target in what is learned from."""
        return self.strength / (1 + self.strength)

    @property
    def draws(self) -> bool:
        return self.samples is not None

    def __call__(self, model):
        check_model(model)
        return model.mix(self.target, self.share)

    def step(self, key, model):
        check_key(key)
        check_model(model)
        if self.samples is None:
            return self(model)
        return draw_mixture(key, model, self.target, self.share, self.samples)

    def moments(self, moments):
        if self.samples is None:
            return moments.mix(self.target, self.share)
        if not hasattr(moments, "draw_mixture"):
            raise open_moments(self)
        return moments.draw_mixture(self.target, self.share, self.samples)

    def propagate(self, model, covariance):
        kept = None if covariance is None else covariance.scaled(1 - self.share)
        if self.samples is None:
            return kept
        own = mixture_covariance(model, self.target, self.share)
        if own is None:
            raise unknown_noise(model)
        return add(kept, own.scaled(self.samples**-0.5))

    def jacobian(self, model):
        return model.mix_jacobian(self.share)
