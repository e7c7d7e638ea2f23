"""Alemohammad et al., "Self-Consuming Generative Models Go MAD" (ICLR 2024).

A Gaussian (in general: any model with these second moments) is sampled with less or more than its
own variance, and refitted to the samples alone, or to them and real data that are fixed or fresh.
Here the sampling bias of the paper is the temperature $T$: the covariance is multiplied by it.
"""

from .certified_thresholds import certify_thresholds as certify_thresholds
from .formulas import (
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
from .loops import (
    fresh_data as fresh_data,
    fully_synthetic as fully_synthetic,
    synthetic_augmentation as synthetic_augmentation,
)
from .thresholds import thresholds as thresholds

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
