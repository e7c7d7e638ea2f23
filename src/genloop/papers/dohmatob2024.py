r"""Dohmatob et al., "A Tale of Tails: Model Collapse as a Change of Scaling Laws" (2024).

Tokens with a heavy tail, learned by a memory that is wrong on what it never saw: how cutting the
tail, sampling coldly, or training on one's own tokens again and again changes the law by which the
test error falls with the data, and what real data repair.
"""

import numpy as np

from ..loops.tails.errors import (
    cut_error as cut_error,
    effective_samples as effective_samples,
    missing_mass as missing_mass,
    missing_mass_closed as missing_mass_closed,
    missing_mass_constant as missing_mass_constant,
    mixed_error as mixed_error,
    mixed_tail as mixed_tail,
    narrowed_constant as narrowed_constant,
    narrowed_error as narrowed_error,
    survival as survival,
    test_error as test_error,
)
from ..loops.tails.zipf import (
    tail_mass as tail_mass,
)
from ..models import Categorical
from ..stages import Draw, Loop, Mix, Temper, TopK


def zipf(exponent: float, outcomes: int) -> Categorical:
    r"""Zipf's law with an exponent on so many outcomes, as a model.

    $p_i \propto i^{-\beta}$ on $i = 1, \dots, K$.

    ```python
    gl.papers.dohmatob2024.zipf(1.0, 3).probabilities  # [0.545455, 0.272727, 0.181818]
    ```
    """
    return Categorical.of(np.arange(1.0, outcomes + 1) ** -exponent)


def replace_loop(*, samples: int) -> Draw:
    """Every generation sees `samples` tokens of the one before and nothing else [DO-4].

    ```python
    loop = gl.papers.dohmatob2024.replace_loop(samples=100)
    loop.samples  # 100
    ```
    """
    return Draw(samples)


def cut_loop(*, kept: int, samples: int) -> Loop:
    """`samples` tokens of a model that only uses its `kept` likeliest tokens [DO-2].

    ```python
    loop = gl.papers.dohmatob2024.cut_loop(kept=2, samples=100)
    loop(gl.Categorical.of([5, 3, 2])).probabilities  # [0.625, 0.375, 0]
    ```
    """
    return TopK(kept) >> Draw(samples)


def narrowed_loop(*, temperature: float, samples: int) -> Loop:
    r"""`samples` tokens at a temperature: Zipf's exponent becomes $\beta/T$ [DO-3].

    ```python
    loop = gl.papers.dohmatob2024.narrowed_loop(temperature=0.5, samples=100)
    loop(gl.papers.dohmatob2024.zipf(1.0, 3)).probabilities  # [0.734694, 0.183673, 0.0816327]
    ```
    """
    return Temper(temperature) >> Draw(samples)


def fresh_data_loop(*, real: Categorical, samples: int, real_samples: int) -> Loop:
    """`samples` tokens of the model together with `real_samples` new real ones [DO-4].

    ```python
    real = gl.papers.dohmatob2024.zipf(2.0, 10)
    loop = gl.papers.dohmatob2024.fresh_data_loop(real=real, samples=80, real_samples=20)
    ```
    """
    share = real_samples / (real_samples + samples)
    return Draw(samples) >> Mix(real, share, samples=real_samples)


def mixed_loop(*, kept: int, real: Categorical, samples: int, real_samples: int) -> Loop:
    """`samples` tokens of a model with a cut tail together with `real_samples` real ones [DO-5].

    ```python
    real = gl.papers.dohmatob2024.zipf(2.0, 10)
    loop = gl.papers.dohmatob2024.mixed_loop(kept=5, real=real, samples=80, real_samples=20)
    ```
    """
    share = real_samples / (real_samples + samples)
    return TopK(kept) >> Draw(samples) >> Mix(real, share, samples=real_samples)


LOOPS = {
    "tail-replaced": "Draw(n)",
    "tail-cut": "TopK(k) >> Draw(n)",
    "tail-narrowed": "Temper(T) >> Draw(n)",
    "tail-fresh": "Draw(n) >> Mix(real, m / (m + n), samples=m)",
    "tail-cut-fresh": "TopK(k) >> Draw(n) >> Mix(real, m / (m + n), samples=m)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@inproceedings{dohmatob2024tale,
  title = {A Tale of Tails: Model Collapse as a Change of Scaling Laws},
  author = {Dohmatob, Elvis and Feng, Yunzhen and Yang, Pu and Charton, Francois and Kempe, Julia},
  booktitle = {Proceedings of the 41st International Conference on Machine Learning},
  series = {Proceedings of Machine Learning Research},
  volume = {235},
  year = {2024},
  eprint = {2402.07043},
  archivePrefix = {arXiv}
}"""
