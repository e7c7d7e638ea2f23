"""Borji, "A Note on Shumailov et al. (2024)" (2024).

A kernel density estimate is fitted to samples of the estimate before, again and again: the exact
moments of the loop, its limit for infinitely many samples, and what real data or a shrink change.
"""

from ..loops.kernel_density import (
    KernelMixture as KernelMixture,
    KernelMoments as KernelMoments,
    balanced_shrink as balanced_shrink,
    divergence_slope as divergence_slope,
    entropy as entropy,
    expected_mean_error as expected_mean_error,
    expected_variance as expected_variance,
    fixed_bandwidth_limit as fixed_bandwidth_limit,
    fixed_variance as fixed_variance,
    fourth_moments as fourth_moments,
    kullback_leibler as kullback_leibler,
    limit_cumulants as limit_cumulants,
    merge_time as merge_time,
    neutral_factor as neutral_factor,
    neutral_share as neutral_share,
    population_after as population_after,
    population_real_fraction as population_real_fraction,
    real_fraction_for_inflation as real_fraction_for_inflation,
    reference_mixture as reference_mixture,
    required_real_fraction as required_real_fraction,
    scott_factor as scott_factor,
    shape_factor as shape_factor,
    silverman_factor as silverman_factor,
    smoothed_limit as smoothed_limit,
    stationary_moments as stationary_moments,
    typical_growth as typical_growth,
    variance_growth as variance_growth,
    wasserstein as wasserstein,
)
from ..models import AbstractModel
from ..stages import Draw, Loop, Mix, Smooth


def loop(*, samples: int, bandwidth="scott", shrink: bool = False) -> Loop:
    """Every generation is the kernel density estimate of samples of the one before [CA-B2].

    `bandwidth` is "scott" or "silverman", as in SciPy, or a length; see `Smooth`.

    ```python
    loop = gl.papers.borji2024.loop(samples=1000)
    loop.moments(gl.Particles.of([0.0, 1.0, 5.0]).moments()).covariance  # [[4.95645]]
    ```
    """
    return Draw(samples) >> Smooth(bandwidth, shrink=shrink)


def fresh_loop(real: AbstractModel, *, samples: int, real_samples: int, bandwidth="scott") -> Loop:
    """The estimate of synthetic samples and fresh real ones, in every generation [CA-B5].

    ```python
    real = gl.Particles.of([0.0, 1.0, 5.0])
    loop = gl.papers.borji2024.fresh_loop(real, samples=900, real_samples=100)
    loop.moments(real.moments()).covariance  # [[4.95645]]
    ```
    """
    mix = Mix(real, real_samples / (samples + real_samples), samples=real_samples)
    return Draw(samples) >> mix >> Smooth(bandwidth)


LOOPS = {
    "kernel-scott": 'Draw(n) >> Smooth("scott")',
    "kernel-silverman": 'Draw(n) >> Smooth("silverman")',
    "kernel-fixed": "Draw(n) >> Smooth(h)",
    "kernel-shrink": 'Draw(n) >> Smooth("scott", shrink=True)',
    "kernel-fresh": 'Draw(n) >> Mix(real, m / (m + n), samples=m) >> Smooth("scott")',
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{borji2024,
  title = {A Note on {Shumailov} et al. (2024): `{AI} Models Collapse When Trained on Recursively
    Generated Data'},
  author = {Borji, Ali},
  journal = {arXiv preprint arXiv:2410.12954},
  year = {2024},
  eprint = {2410.12954},
  archivePrefix = {arXiv}
}"""
