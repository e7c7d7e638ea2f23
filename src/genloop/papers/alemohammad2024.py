r"""Alemohammad et al., "Self-Improving Diffusion Models with Synthetic Data" (2024).

SIMS: a base model is guided away from an auxiliary model, itself fine-tuned on its own samples, by
the score $(1 + w)\,s_r - w\,s_s$ with the strength $w$.
"""

from ..loops.guidance import (
    critical_strength as critical_strength,
    critical_strength_of_samples as critical_strength_of_samples,
    effective_temperature as effective_temperature,
    guided_variance as guided_variance,
    required_real_fraction as required_real_fraction,
    unbiased_strength as unbiased_strength,
    variance_growth as variance_growth,
)
from ..models import AbstractModel
from ..stages import Draw, Guide, Loop, Mix, Temper


def loop(real: AbstractModel, *, strength, temperature, real_fraction, flow: bool = False) -> Loop:
    """A generation whose fits are biased by a temperature, guided away from its own fit [ST-E3].

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    loop = gl.papers.alemohammad2024.loop(real, strength=0.9, temperature=0.9, real_fraction=0.1)
    loop(real).covariance  # [[1]]
    ```
    """
    bias = Temper(temperature)
    return Mix(real, real_fraction) >> bias >> Guide(strength, bias, flow)


def synthetic_loop(*, strength, samples: int, auxiliary_samples: int) -> Loop:
    """Without real data: both models are fitted to samples, guided by the flow [ST-E4].

    ```python
    make = gl.papers.alemohammad2024.synthetic_loop
    loop = make(strength=1.0, samples=100, auxiliary_samples=100)
    ```
    """
    return Draw(samples) >> Guide(strength, Draw(auxiliary_samples), flow=True)


LOOPS = {
    "sims": "Mix(real, a) >> Temper(T) >> Guide(w, Temper(T))",
    "sims-flow": "Mix(real, a) >> Temper(T) >> Guide(w, Temper(T), flow=True)",
    "sims-synthetic": "Draw(n) >> Guide(w, Draw(m), flow=True)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{alemohammad2024,
  title = {Self-Improving Diffusion Models with Synthetic Data},
  author = {Alemohammad, Sina and Humayun, Ahmed Imtiaz and Agarwal, Shruti and
    Collomosse, John and Baraniuk, Richard},
  journal = {arXiv preprint arXiv:2408.16333},
  year = {2024},
  eprint = {2408.16333},
  archivePrefix = {arXiv}
}"""
