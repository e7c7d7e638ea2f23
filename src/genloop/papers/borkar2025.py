"""Borkar, "A theoretical basis for model collapse in recursive training" (2025).

Empirical distributions resampled for ever: with an external source of samples, howsoever minor,
there is one stationary law; without it a single outcome is left. Here on finitely many outcomes,
with the numbers.
"""

from ..loops.resampling.external_source import (
    mixing_bound as mixing_bound,
    mixing_time as mixing_time,
    relative_variance as relative_variance,
    transient_mean as transient_mean,
)
from ..models import Categorical
from ..stages import Draw, Loop, Mix


def loop(source: Categorical, *, samples: int, real_fraction: float) -> Loop:
    r"""$\mu' = \mathrm{Mult}(N, a r + (1 - a) \mu)/N$: every point is from the `source` $r$ with
    probability $a$, else from the points of the generation before [BO-1].

    ```python
    real, model = gl.Categorical.of([1, 1]), gl.Categorical.of([1, 0])
    gl.papers.borkar2025.loop(real, samples=100, real_fraction=0.5)(model).probabilities
    ```
    """
    return Mix(source, real_fraction) >> Draw(samples)


LOOPS = {
    "external-source": "Mix(real, a) >> Draw(n)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{borkar2025,
  title = {A theoretical basis for model collapse in recursive training},
  author = {Borkar, Vivek S.},
  journal = {arXiv preprint arXiv:2506.09401},
  year = {2025},
  eprint = {2506.09401},
  archivePrefix = {arXiv}
}"""
