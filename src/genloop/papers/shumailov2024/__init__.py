"""Shumailov et al., "AI models collapse when trained on recursively generated data" (2024).

Every generation is fitted to samples of the one before: the exact laws of that loop for
frequencies of outcomes and for Gaussians, and what real data change.
"""

from .diffusion import (
    limit_error_probability as limit_error_probability,
    log_variance_distribution as log_variance_distribution,
    log_variance_drift as log_variance_drift,
    passage_probability as passage_probability,
    spread_moment as spread_moment,
)
from .formulas import (
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
from .loops import (
    categorical_loop as categorical_loop,
    gaussian_loop as gaussian_loop,
    stratified_loop as stratified_loop,
)

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
