"""The two training regimes of the paper, as stages."""

from jaxtyping import PRNGKeyArray

from ...models import Categorical
from ...stages import AbstractStage, Draw, Loop, Mix


def fully_synthetic_loop(*, samples: int) -> AbstractStage:
    """Frequencies refitted to `samples` tokens of the generation before and to nothing else."""
    return Draw(samples)


def partially_synthetic_loop(
    key: PRNGKeyArray, real: Categorical, *, samples: int, real_samples: int
) -> Loop:
    """`samples` new tokens beside one corpus of `real_samples` real ones, drawn now [SE-1].

    The loop starts at the corpus itself, `loop.stages[-1].real`.
    """
    mix = Mix.fixed(key, real, real_samples / (samples + real_samples), samples=real_samples)
    return Draw(samples) >> mix
