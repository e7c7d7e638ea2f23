"""Seddik et al., "How Bad is Training on Synthetic Data?" (2024).

Next-token frequencies refitted to synthetic tokens alone, or to them and one real corpus that stays
in the training set for ever.
"""

from jaxtyping import PRNGKeyArray

from ..loops.resampling.fixed_real_data import (
    component_deviation as component_deviation,
    concentration as concentration,
    distance_bound as distance_bound,
    excess_ratio as excess_ratio,
    square_distance as square_distance,
)
from ..models import Categorical
from ..stages import AbstractStage, Draw, Loop, Mix


def fully_synthetic_loop(*, samples: int) -> AbstractStage:
    """Frequencies refitted to `samples` tokens of the generation before and to nothing else.

    ```python
    loop = gl.papers.seddik2024.fully_synthetic_loop(samples=100)
    model = loop.step(jax.random.key(0), gl.Categorical.of([5, 3, 2]))
    ```
    """
    return Draw(samples)


def partially_synthetic_loop(
    key: PRNGKeyArray, real: Categorical, *, samples: int, real_samples: int
) -> Loop:
    """`samples` new tokens beside one corpus of `real_samples` real ones, drawn now [SE-1].

    The loop starts at the corpus itself, `loop.stages[-1].real`.

    ```python
    key, real = jax.random.key(0), gl.Categorical.of([5, 3, 2])
    make = gl.papers.seddik2024.partially_synthetic_loop
    loop = make(key, real, samples=80, real_samples=20)
    ```
    """
    mix = Mix.fixed(key, real, real_samples / (samples + real_samples), samples=real_samples)
    return Draw(samples) >> mix


LOOPS = {
    "tokens-synthetic": "Draw(n)",
    "tokens-partially-synthetic": "Draw(n) >> Mix.fixed(real, m / (m + n), samples=m)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{seddik2024,
  title = {How Bad is Training on Synthetic Data? {A} Statistical Analysis of Language Model
    Collapse},
  author = {Seddik, Mohamed El Amine and Chen, Suei-Wen and Hayou, Soufiane and Youssef, Pierre and
    Debbah, Merouane},
  journal = {arXiv preprint arXiv:2404.05090},
  year = {2024},
  eprint = {2404.05090},
  archivePrefix = {arXiv}
}"""
