"""The three autophagous loops of the paper, as stages."""

from jaxtyping import PRNGKeyArray

from ...models import AbstractModel
from ...stages import Draw, Loop, Mix, Temper, Unbias


def fully_synthetic(*, samples: int, temperature=1.0) -> Loop:
    """Every generation is fitted to samples of the one before and to nothing else [ST-B1]."""
    return Temper(temperature) >> Draw(samples) >> Unbias(samples)


def fresh_data(real: AbstractModel, *, samples: int, real_samples: int, temperature=1.0) -> Loop:
    """`samples` synthetic points are pooled with `real_samples` new real ones [ST-B3]."""
    pool = samples + real_samples
    mix = Mix(real, real_samples / pool, samples=real_samples)
    return Temper(temperature) >> Draw(samples) >> mix >> Unbias(pool)


def synthetic_augmentation(
    key: PRNGKeyArray, real: AbstractModel, *, samples: int, real_samples: int, temperature=1.0
) -> Loop:
    """As `fresh_data`, with one set of real points that is drawn now and used for ever [ST-B4]."""
    pool = samples + real_samples
    mix = Mix.fixed(key, real, real_samples / pool, samples=real_samples)
    return Temper(temperature) >> Draw(samples) >> mix >> Unbias(pool)
