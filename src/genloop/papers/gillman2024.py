r"""Gillman et al., "Self-Correcting Self-Consuming Loops for Generative Model Training" (2024).

Before a model is retrained its samples are corrected: from $p$ to $\pi_\gamma p = (p + \gamma
p_*)/(1 + \gamma)$ with the best model $p_*$, $\gamma$ being the strength of the correction.
"""

from ..loops.families import (
    squared_error as squared_error,
    stationary_error as stationary_error,
)
from ..loops.retraining.self_correction import (
    corrected_mean_parameters as corrected_mean_parameters,
    corrected_multipliers as corrected_multipliers,
)
from ..loops.retraining.sufficient import (
    sufficient_rate as sufficient_rate,
    sufficient_real_fraction as sufficient_real_fraction,
    sufficient_weight as sufficient_weight,
)
from ..models import AbstractModel
from ..stages import Blend, Loop, Mix


def loop(
    real: AbstractModel, *, strength, real_fraction, target: AbstractModel | None = None
) -> Loop:
    """One exact retraining on corrected samples; the target is the real distribution [ST-C1].

    ```python
    real, model = gl.Categorical.of([1, 1]), gl.Categorical.of([1, 0])
    loop = gl.papers.gillman2024.loop(real, strength=1.0, real_fraction=0.5)
    loop(model).probabilities  # [0.625, 0.375]
    ```
    """
    return Blend(real if target is None else target, strength) >> Mix(real, real_fraction)


def finite_loop(
    real: AbstractModel,
    *,
    strength,
    samples: int,
    real_samples: int,
    target: AbstractModel | None = None,
) -> Loop:
    """Retraining on `samples` corrected points of the model and `real_samples` new real ones.

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    make = gl.papers.gillman2024.finite_loop
    loop = make(real, strength=0.5, samples=80, real_samples=20)
    ```
    """
    share = real_samples / (samples + real_samples)
    blend = Blend(real if target is None else target, strength, samples)
    return blend >> Mix(real, share, samples=real_samples)


LOOPS = {
    "self-correcting-exact": "Blend(real, g) >> Mix(real, a)",
    "self-correcting": "Blend(real, g, samples=n) >> Mix(real, m / (m + n), samples=m)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@inproceedings{gillman2024,
  title = {Self-Correcting Self-Consuming Loops for Generative Model Training},
  author = {Gillman, Nate and Freeman, Michael and Aggarwal, Daksh and Hsu, Chia-Hong and
    Luo, Calvin and Tian, Yonglong and Sun, Chen},
  booktitle = {International Conference on Machine Learning},
  year = {2024},
  eprint = {2402.07087},
  archivePrefix = {arXiv}
}"""
