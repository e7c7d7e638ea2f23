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
from ..loops.gaussian.growing_samples import (
    GrowthLimit as GrowthLimit,
    growth_limit as growth_limit,
    log_variance_along as log_variance_along,
    risk_along as risk_along,
    variance_spread_along as variance_spread_along,
)
from ..loops.gaussian.mixture_process import (
    process_limit as process_limit,
    process_real_fraction as process_real_fraction,
    process_step as process_step,
)
from ..loops.gaussian.mixtures import (
    mixture_distance as mixture_distance,
    project_mixture as project_mixture,
)
from ..loops.gaussian.noisy_fitting import (
    balanced_divisor as balanced_divisor,
    noisy_moments as noisy_moments,
)
from ..loops.gaussian.recursive_fitting import (
    heterozygosity as heterozygosity,
    kesten_constant as kesten_constant,
    kullback_leibler_from_real as kullback_leibler_from_real,
    kullback_leibler_to_real as kullback_leibler_to_real,
    lyapunov_exponent as lyapunov_exponent,
    mean_standard_deviation as mean_standard_deviation,
    risk_to_any_data as risk_to_any_data,
    risk_with_divisor as risk_with_divisor,
    sample_fourth_moments as sample_fourth_moments,
    sample_variance as sample_variance,
    sliced_wasserstein_risk as sliced_wasserstein_risk,
    stratified_limit as stratified_limit,
    stratified_step as stratified_step,
    undecided_bounds as undecided_bounds,
    variance_moment as variance_moment,
    wasserstein_risk as wasserstein_risk,
)
from ..models import AbstractModel
from ..stages import Draw, Loop, Mix, Renew, Unbias


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


def process_loop(
    real: AbstractModel, *, samples: int, real_fraction: float, share: float = 1.0
) -> Loop:
    r"""The data $\alpha\,p_\theta + \beta\,p_t + \gamma\,p_0$ of the next generation [CA-A1].

    $\gamma$ is `real_fraction`, `share` the newest model's part $\alpha/(\alpha + \beta)$ of the
    rest. On Gaussian models a mixture is replaced by the Gaussian of its mean and covariance, which
    leaves the expected moments as they are.

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    loop = gl.papers.shumailov2024.process_loop(real, samples=100, real_fraction=0.1, share=0.5)
    loop.moments(real.moments()).mean_covariance  # [[0.002025]]
    ```
    """
    return Renew(Draw(samples) >> Unbias(samples), share) >> Mix(real, real_fraction)


LOOPS = {
    "recursive-process": "Renew(Draw(n) >> Unbias(n), g) >> Mix(real, a)",
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
