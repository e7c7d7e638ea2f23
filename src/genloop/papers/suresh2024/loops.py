"""The recursive fits of the paper, as stages."""

from ...stages import AbstractStage, Draw, Loop, Unbias


def unigram_loop(*, samples: int) -> AbstractStage:
    """Frequencies of outcomes, refitted to `samples` tokens of the generation before [SU-1].

    With two outcomes the Bernoulli model [SU-3].
    """
    return Draw(samples)


def gaussian_loop(*, samples: int) -> Loop:
    """Mean and unbiased variance, refitted to `samples` points [SU-2]."""
    return Draw(samples) >> Unbias(samples)
