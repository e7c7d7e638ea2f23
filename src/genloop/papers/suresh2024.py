"""Suresh, Thangaraj and Khandavally, "Rate of Model Collapse in Recursive Training" (2024).

How fast frequencies, Gaussians and one-parameter families forget when every generation is fitted to
samples of the one before: the published rates beside the exact laws.
"""

from ..loops.resampling.forgetting import (
    bernoulli_variance as bernoulli_variance,
    deviation_bound as deviation_bound,
    half_life as half_life,
    mean_deviation as mean_deviation,
    mean_deviation_bound as mean_deviation_bound,
    poisson_laplace as poisson_laplace,
    poisson_variance as poisson_variance,
    published_deviation_bound as published_deviation_bound,
    published_survival as published_survival,
    share_bounds as share_bounds,
    survival as survival,
    variance_exponent as variance_exponent,
)
from ..stages import AbstractStage, Draw, Loop, Unbias


def unigram_loop(*, samples: int) -> AbstractStage:
    """Frequencies of outcomes, refitted to `samples` tokens of the generation before [SU-1].

    With two outcomes the Bernoulli model [SU-3].

    ```python
    loop = gl.papers.suresh2024.unigram_loop(samples=100)
    model = loop.step(jax.random.key(0), gl.Categorical.of([5, 3, 2]))
    ```
    """
    return Draw(samples)


def gaussian_loop(*, samples: int) -> Loop:
    """Mean and unbiased variance, refitted to `samples` points [SU-2].

    ```python
    loop = gl.papers.suresh2024.gaussian_loop(samples=20)
    loop.moments(gl.Gaussian.of(0.0, 1.0).moments()).covariance  # [[1]]
    ```
    """
    return Draw(samples) >> Unbias(samples)


LOOPS = {
    "forgetting-unigram": "Draw(n)",
    "forgetting-gaussian": "Draw(n) >> Unbias(n)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{suresh2024,
  title = {Rate of Model Collapse in Recursive Training},
  author = {Suresh, Ananda Theertha and Thangaraj, Andrew and
    Khandavally, Aditya Nanda Kishore},
  journal = {arXiv preprint arXiv:2412.17646},
  year = {2024},
  eprint = {2412.17646},
  archivePrefix = {arXiv}
}"""
