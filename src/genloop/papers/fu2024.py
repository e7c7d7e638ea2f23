"""Fu, Zhang, Wang, Tian and Tao, "Towards Theoretical Understandings of Self-Consuming Generative
Models" (2024).

Every generation may learn from any mixture of real data and of the data of all models before it.
Errors of learning add up along the way back to real data.
"""

from ..loops.error_propagation import (
    ancestors as ancestors,
    diffused_variance as diffused_variance,
    diffusion_multiplier as diffusion_multiplier,
    error_bound as error_bound,
    kept_bound as kept_bound,
    kept_weights as kept_weights,
    lagged_weights as lagged_weights,
    rate as rate,
    replaced_bound as replaced_bound,
    required_real_fraction as required_real_fraction,
    return_ratio as return_ratio,
    shrink_rate as shrink_rate,
    shrunk_limit as shrunk_limit,
    synthetic_bound as synthetic_bound,
    worst_ratio as worst_ratio,
)
from ..models import AbstractModel, Gaussian
from ..stages import Diffuse, Loop, Mix, Window


def mixture_loop(real: AbstractModel, *, real_fraction, weights, samples: int) -> Window:
    """Learn from real data and from the last models, with weights by their age [ST-F1].

    ```python
    real = gl.Categorical.of([5, 3, 2])
    loop = gl.papers.fu2024.mixture_loop(real, real_fraction=0.2, weights=(0.7, 0.3), samples=50)
    ```
    """
    return Window(Mix(real, real_fraction), samples=samples, weights=weights)


def diffusion_loop(real: Gaussian, *, real_fraction, stop, horizon=None) -> Loop:
    """Real data and those of the model before, learned by a diffusion that stops early [DL-1].

    ```python
    loop = gl.papers.fu2024.diffusion_loop(gl.Gaussian.of(0.0, 4.0), real_fraction=0.2, stop=0.1)
    ```
    """
    return Mix(real, real_fraction) >> Diffuse(stop, horizon)


LOOPS = {"diffusion-early-stop": "Mix(real, a) >> Diffuse(s)"}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{fu2024,
  title = {Towards Theoretical Understandings of Self-Consuming Generative Models},
  author = {Fu, Shi and Zhang, Sen and Wang, Yingjie and Tian, Xinmei and Tao, Dacheng},
  journal = {arXiv preprint arXiv:2402.11778},
  year = {2024},
  eprint = {2402.11778},
  archivePrefix = {arXiv}
}"""
