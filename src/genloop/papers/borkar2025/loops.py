"""Recursive resampling with an external source."""

from ...models import Categorical
from ...stages import Draw, Loop, Mix


def loop(source: Categorical, *, samples: int, real_fraction: float) -> Loop:
    r"""$\mu' = \mathrm{Mult}(N, a r + (1 - a) \mu)/N$: every point is from the `source` $r$ with
    probability $a$, else from the points of the generation before [BO-1]."""
    return Mix(source, real_fraction) >> Draw(samples)
