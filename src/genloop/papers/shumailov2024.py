"""Shumailov et al., "AI models collapse when trained on recursively generated data" (2024).

Every generation is fitted to samples of the one before: the exact laws of that loop for
frequencies of outcomes and for Gaussians, and what real data change.
"""

from ..loops.gaussian.brownian_motion import (
    limit_error_probability as limit_error_probability,
    log_variance_distribution as log_variance_distribution,
    log_variance_drift as log_variance_drift,
    passage_probability as passage_probability,
    spread_moment as spread_moment,
)
from ..loops.gaussian.recursive_fitting import (
    heterozygosity as heterozygosity,
    kesten_constant as kesten_constant,
    kullback_leibler_from_real as kullback_leibler_from_real,
    kullback_leibler_to_real as kullback_leibler_to_real,
    lyapunov_exponent as lyapunov_exponent,
    mean_standard_deviation as mean_standard_deviation,
    sample_fourth_moments as sample_fourth_moments,
    sample_variance as sample_variance,
    stratified_limit as stratified_limit,
    stratified_step as stratified_step,
    variance_moment as variance_moment,
    wasserstein_risk as wasserstein_risk,
)
from ..models import AbstractModel
from ..stages import Draw, Loop, Mix, Unbias


def gaussian_loop(*, samples: int) -> Loop:
    """Mean and unbiased covariance of `samples` draws, again and again [CA-A3].

    ```python
    loop = gl.papers.shumailov2024.gaussian_loop(samples=20)
    loop.moments(gl.Gaussian.of(0.0, 1.0).moments()).covariance  # [[1]]
    ```
    """
    return Draw(samples) >> Unbias(samples)


def categorical_loop(*, samples: int) -> Draw:
    """Relative frequencies of `samples` draws, again and again: Wright-Fisher drift [CA-A2].

    ```python
    loop = gl.papers.shumailov2024.categorical_loop(samples=100)
    model = loop.step(jax.random.key(0), gl.Categorical.of([5, 3, 2]))
    ```
    """
    return Draw(samples)


def stratified_loop(real: AbstractModel, *, samples: int, real_samples: int) -> Loop:
    """`samples` synthetic and `real_samples` fresh real points, unbiased covariance [CA-A1b].

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    loop = gl.papers.shumailov2024.stratified_loop(real, samples=80, real_samples=20)
    loop.moments(real.moments()).mean_covariance  # [[0.01]]
    ```
    """
    pool = samples + real_samples
    mix = Mix(real, real_samples / pool, samples=real_samples)
    return Draw(samples) >> mix >> Unbias(pool)


LOOPS = {
    "recursive-gaussian": "Draw(n) >> Unbias(n)",
    "recursive-frequencies": "Draw(n)",
    "recursive-stratified": "Draw(n) >> Mix(real, m / (m + n), samples=m) >> Unbias(n + m)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{shumailov2024,
  title = {{AI} models collapse when trained on recursively generated data},
  author = {Shumailov, Ilia and Shumaylov, Zakhar and Zhao, Yiren and Papernot, Nicolas and
    Anderson, Ross and Gal, Yarin},
  journal = {Nature},
  volume = {631},
  pages = {755--759},
  year = {2024},
  doi = {10.1038/s41586-024-07566-y},
  eprint = {2305.17493},
  archivePrefix = {arXiv}
}"""
