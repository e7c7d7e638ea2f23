"""Alemohammad et al., "Self-Consuming Generative Models Go MAD" (ICLR 2024).

A Gaussian (in general: any model with these second moments) is sampled with less or more than its
own variance, and refitted to the samples alone, or to them and real data that are fixed or fresh.
Here the sampling bias of the paper is the temperature $T$: the covariance is multiplied by it.
"""

from jaxtyping import PRNGKeyArray

from ..loops.gaussian.closed_forms import (
    almost_sure_threshold as almost_sure_threshold,
    correction as correction,
    covariance_growth as covariance_growth,
    fresh_data_radius as fresh_data_radius,
    lyapunov_exponents as lyapunov_exponents,
    mean_square_threshold as mean_square_threshold,
    mean_threshold as mean_threshold,
    real_fraction_for_variance as real_fraction_for_variance,
    required_real_fraction as required_real_fraction,
    stationary_moments as stationary_moments,
    temperature_threshold as temperature_threshold,
    truncation_temperature as truncation_temperature,
    wasserstein_risk as wasserstein_risk,
)
from ..loops.gaussian.fixed_real_data import (
    fixed_data_moments as fixed_data_moments,
)
from ..loops.gaussian.kept_data import (
    kept_covariance as kept_covariance,
    kept_covariance_constant as kept_covariance_constant,
    kept_error_constant as kept_error_constant,
    kept_error_exponent as kept_error_exponent,
    kept_limit as kept_limit,
)
from ..loops.gaussian.proofs import (
    certify_thresholds as certify_thresholds,
)
from ..loops.gaussian.risks import (
    admissible_excess as admissible_excess,
    admissible_limit as admissible_limit,
    admissible_samples as admissible_samples,
    effective_samples as effective_samples,
    frobenius_risk as frobenius_risk,
    real_risk as real_risk,
    stationary_risk as stationary_risk,
    wasserstein_expansion as wasserstein_expansion,
)
from ..loops.gaussian.squares import (
    SquareRecursion as SquareRecursion,
)
from ..loops.gaussian.thresholds import (
    thresholds as thresholds,
)
from ..models import AbstractModel
from ..stages import Draw, Loop, Mix, Temper, Unbias


def fully_synthetic(*, samples: int, temperature=1.0) -> Loop:
    """Every generation is fitted to samples of the one before and to nothing else [ST-B1].

    ```python
    loop = gl.papers.alemohammad2023.fully_synthetic(samples=80, temperature=0.9)
    loop.moments(gl.Gaussian.of(0.0, 1.0).moments()).covariance  # [[0.9]]
    ```
    """
    return Temper(temperature) >> Draw(samples) >> Unbias(samples)


def fresh_data(real: AbstractModel, *, samples: int, real_samples: int, temperature=1.0) -> Loop:
    """`samples` synthetic points are pooled with `real_samples` new real ones [ST-B3].

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    loop = gl.papers.alemohammad2023.fresh_data(real, samples=80, real_samples=20)
    loop.moments(real.moments()).covariance  # [[1]]
    ```
    """
    pool = samples + real_samples
    mix = Mix(real, real_samples / pool, samples=real_samples)
    return Temper(temperature) >> Draw(samples) >> mix >> Unbias(pool)


def synthetic_augmentation(
    key: PRNGKeyArray, real: AbstractModel, *, samples: int, real_samples: int, temperature=1.0
) -> Loop:
    """As `fresh_data`, with one set of real points that is drawn now and used for ever [ST-B4].

    ```python
    key, real = jax.random.key(0), gl.Gaussian.of(0.0, 1.0)
    make = gl.papers.alemohammad2023.synthetic_augmentation
    loop = make(key, real, samples=80, real_samples=20)
    ```
    """
    pool = samples + real_samples
    mix = Mix.fixed(key, real, real_samples / pool, samples=real_samples)
    return Temper(temperature) >> Draw(samples) >> mix >> Unbias(pool)


LOOPS = {
    "mad-synthetic": "Temper(T) >> Draw(n) >> Unbias(n)",
    "mad-fresh": "Temper(T) >> Draw(n) >> Mix(real, m / (m + n), samples=m) >> Unbias(n + m)",
    "mad-augmented": "Temper(T) >> Draw(n) >> Mix.fixed(real, m / (m + n), samples=m)"
    " >> Unbias(n + m)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@inproceedings{alemohammad2024,
  title = {Self-Consuming Generative Models Go {MAD}},
  author = {Alemohammad, Sina and Casco-Rodriguez, Josue and Luzi, Lorenzo and
    Humayun, Ahmed Imtiaz and Babaei, Hossein and LeJeune, Daniel and Siahkoohi, Ali and
    Baraniuk, Richard G.},
  booktitle = {International Conference on Learning Representations},
  year = {2024},
  eprint = {2307.01850},
  archivePrefix = {arXiv}
}"""
