"""Recursive training on data with a heavy tail, through the stages."""

import numpy as np

from ...models import Categorical
from ...stages import Draw, Loop, Mix, Temper, TopK


def zipf(exponent: float, outcomes: int) -> Categorical:
    r"""$p_i \propto i^{-\beta}$ on $i = 1, \dots, K$."""
    return Categorical.of(np.arange(1.0, outcomes + 1) ** -exponent)


def replace_loop(*, samples: int) -> Draw:
    """Every generation sees `samples` tokens of the one before and nothing else [DO-4]."""
    return Draw(samples)


def cut_loop(*, kept: int, samples: int) -> Loop:
    """`samples` tokens of a model that only uses its `kept` likeliest tokens [DO-2]."""
    return TopK(kept) >> Draw(samples)


def narrowed_loop(*, temperature: float, samples: int) -> Loop:
    r"""`samples` tokens at a temperature: Zipf's exponent becomes $\beta/T$ [DO-3]."""
    return Temper(temperature) >> Draw(samples)


def fresh_data_loop(*, real: Categorical, samples: int, real_samples: int) -> Loop:
    """`samples` tokens of the model together with `real_samples` new real ones [DO-4]."""
    share = real_samples / (real_samples + samples)
    return Draw(samples) >> Mix(real, share, samples=real_samples)


def mixed_loop(*, kept: int, real: Categorical, samples: int, real_samples: int) -> Loop:
    """`samples` tokens of a model with a cut tail together with `real_samples` real ones [DO-5]."""
    share = real_samples / (real_samples + samples)
    return TopK(kept) >> Draw(samples) >> Mix(real, share, samples=real_samples)
