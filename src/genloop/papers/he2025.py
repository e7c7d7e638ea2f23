"""He, Xu and Cheng, "Golden Ratio Weighting Prevents Model Collapse" (2025).

Every generation averages a fresh real sample and a sample of the model before; the weight of the
real sample whose error in the end is least is the inverse of the golden ratio where both samples
are equally large.
"""

from ..loops.families import (
    effective_samples as effective_samples,
    optimal_variance_weight as optimal_variance_weight,
    optimal_weight as optimal_weight,
    squared_error as squared_error,
    stationary_error as stationary_error,
    weight_threshold as weight_threshold,
)
from ..models import AbstractModel
from ..stages import Draw, Loop, Mix


def weighted_loop(real: AbstractModel, *, real_weight, real_samples: int, samples: int) -> Loop:
    """The mean of `real_samples` new real points with a weight, and of the model's own [ST-G5].

    ```python
    real = gl.Normal.of(0.0, variance=1.0)
    loop = gl.papers.he2025.weighted_loop(real, real_weight=0.6, real_samples=50, samples=50)
    ```
    """
    return Draw(samples) >> Mix(real, real_weight, samples=real_samples)


LOOPS = {
    "weighted-data": "Draw(n) >> Mix(real, a, samples=m)",
    "weighted-best": "Draw(n) >> Mix(real, (((m / n)**2 + 4 * m / n)**0.5 - m / n) / 2, samples=m)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{he2025,
  title = {Golden Ratio Weighting Prevents Model Collapse},
  author = {He, Hengzhi and Xu, Shirong and Cheng, Guang},
  journal = {arXiv preprint arXiv:2502.18049},
  year = {2025},
  eprint = {2502.18049},
  archivePrefix = {arXiv}
}"""
