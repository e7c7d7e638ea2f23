"""Recursive fitting to own samples, alone or together with fresh real data."""

from ...models import AbstractModel
from ...stages import Draw, Loop, Mix, Unbias


def gaussian_loop(*, samples: int) -> Loop:
    """Mean and unbiased covariance of `samples` draws, again and again [CA-A3]."""
    return Draw(samples) >> Unbias(samples)


def categorical_loop(*, samples: int) -> Draw:
    """Relative frequencies of `samples` draws, again and again: Wright-Fisher drift [CA-A2]."""
    return Draw(samples)


def stratified_loop(real: AbstractModel, *, samples: int, real_samples: int) -> Loop:
    """`samples` synthetic and `real_samples` fresh real points, unbiased covariance [CA-A1b]."""
    pool = samples + real_samples
    mix = Mix(real, real_samples / pool, samples=real_samples)
    return Draw(samples) >> mix >> Unbias(pool)
