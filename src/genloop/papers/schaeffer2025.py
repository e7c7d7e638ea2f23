"""Schaeffer et al., "Position: Model Collapse Does Not Mean What You Think" (2025).

Eight definitions of model collapse are in use, and workflows differ in which of them they meet:
`genloop.answers.profile` puts any loop to the test of each.
"""

from ..models import AbstractModel
from ..stages import Accumulate, Draw, Loop, Mix, Temper, Unbias


def replace(*, samples: int) -> Loop:
    """Every generation is fitted to `samples` of the one before, unbiased [CA-E].

    ```python
    loop = gl.papers.schaeffer2025.replace(samples=20)
    loop.moments(gl.Gaussian.of(0.0, 1.0).moments()).mean_covariance  # [[0.05]]
    ```
    """
    return Draw(samples) >> Unbias(samples)


def with_real_data(real: AbstractModel, *, samples: int, real_samples: int) -> Loop:
    """`real_samples` new real points join in every generation [CA-E].

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    loop = gl.papers.schaeffer2025.with_real_data(real, samples=18, real_samples=2)
    loop.moments(real.moments()).mean_covariance  # [[0.05]]
    ```
    """
    pool = samples + real_samples
    return Draw(samples) >> Mix(real, real_samples / pool, samples=real_samples) >> Unbias(pool)


def accumulate(*, samples: int) -> Accumulate:
    """All data are kept and `samples` points of the model join [CA-E].

    ```python
    stage = gl.papers.schaeffer2025.accumulate(samples=20)
    stage.moments(stage.begin(gl.Gaussian.of(0.0, 1.0)).moments()).size  # 40
    ```
    """
    return Accumulate(Temper(1.0), samples=samples)


LOOPS = {
    "profile-replace": "Draw(n) >> Unbias(n)",
    "profile-real-data": "Draw(n) >> Mix(real, m / (m + n), samples=m) >> Unbias(n + m)",
    "profile-accumulate": "Accumulate(Temper(1), samples=n)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{schaeffer2025,
  title = {Position: Model Collapse Does Not Mean What You Think},
  author = {Schaeffer, Rylan and Kazdan, Joshua and Arulandu, Alvan Caleb and Koyejo, Sanmi},
  journal = {arXiv preprint arXiv:2503.03150},
  year = {2025},
  eprint = {2503.03150},
  archivePrefix = {arXiv}
}"""
