"""Iterative retraining on real data and on the model's own samples."""

from ...models import AbstractModel
from ...stages import Draw, Loop, Mix, Temper


def loop(real: AbstractModel, *, real_fraction) -> Mix:
    """One exact retraining of an exponential family [ST-A6]."""
    return Mix(real, real_fraction)


def finite_loop(real: AbstractModel, *, samples: int, real_samples: int) -> Loop:
    """Retraining on `real_samples` new real points and `samples` points of the model."""
    share = real_samples / (samples + real_samples)
    return Draw(samples) >> Mix(real, share, samples=real_samples)


def biased_loop(real: AbstractModel, *, temperature, real_fraction) -> Loop:
    """Exact retraining where the model is sampled at a temperature [ST-A12]."""
    return Temper(temperature) >> Mix(real, real_fraction)
