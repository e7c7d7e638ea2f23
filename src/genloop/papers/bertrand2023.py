"""Bertrand et al., "On the Stability of Iterative Retraining of Generative Models" (ICLR 2024).

A model maximises the likelihood of real data plus `synthetic_weight` $w$ times that of its own
samples. In an exponential family this averages mean parameters with real fraction $a = 1/(1 + w)$.
"""

from ..loops.gaussian import (
    mean_standard_deviation as mean_standard_deviation,
    plane_deviation_factor as plane_deviation_factor,
)
from ..loops.retraining import (
    cauchy as cauchy,
    circle as circle,
    curved_surface as curved_surface,
    hard_assignment as hard_assignment,
)
from ..loops.retraining.closed_forms import (
    likelihood_multipliers as likelihood_multipliers,
    mean_parameters as mean_parameters,
    real_fraction as real_fraction,
    required_real_fraction as required_real_fraction,
    temperature_threshold as temperature_threshold,
    tempered_variance as tempered_variance,
)
from ..loops.retraining.finite_samples import (
    error_bound as error_bound,
    frequency_error as frequency_error,
)
from ..loops.retraining.lock_in import (
    LockIn as LockIn,
    certify_lock_in as certify_lock_in,
    lock_in as lock_in,
    lock_in_threshold as lock_in_threshold,
)
from ..models import AbstractModel
from ..stages import Draw, Loop, Mix, Temper


def loop(real: AbstractModel, *, real_fraction) -> Mix:
    """One exact retraining of an exponential family [ST-A6].

    ```python
    real, model = gl.Categorical.of([1, 1]), gl.Categorical.of([1, 0])
    gl.papers.bertrand2023.loop(real, real_fraction=0.5)(model).probabilities  # [0.75, 0.25]
    ```
    """
    return Mix(real, real_fraction)


def finite_loop(real: AbstractModel, *, samples: int, real_samples: int) -> Loop:
    """Retraining on `real_samples` new real points and `samples` points of the model.

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    loop = gl.papers.bertrand2023.finite_loop(real, samples=80, real_samples=20)
    ```
    """
    share = real_samples / (samples + real_samples)
    return Draw(samples) >> Mix(real, share, samples=real_samples)


def biased_loop(real: AbstractModel, *, temperature, real_fraction) -> Loop:
    """Exact retraining where the model is sampled at a temperature [ST-A12].

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    gl.papers.bertrand2023.biased_loop(real, temperature=0.5, real_fraction=0.5)(real).covariance
    ```
    """
    return Temper(temperature) >> Mix(real, real_fraction)


LOOPS = {
    "retraining-exact": "Mix(real, a)",
    "retraining": "Draw(n) >> Mix(real, m / (m + n), samples=m)",
    "retraining-biased": "Temper(T) >> Mix(real, a)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@inproceedings{bertrand2024,
  title = {On the Stability of Iterative Retraining of Generative Models on their own Data},
  author = {Bertrand, Quentin and Bose, Avishek Joey and Duplessis, Alexandre and
    Jiralerspong, Marco and Gidel, Gauthier},
  booktitle = {International Conference on Learning Representations},
  year = {2024},
  eprint = {2310.00429},
  archivePrefix = {arXiv}
}"""
