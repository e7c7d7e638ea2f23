"""Taori and Hashimoto, "Data Feedback Loops" (ICML 2023): amplification of dataset biases.

A dataset grows by human data and by outputs of models that were trained on it; every model adds at
most a bias $\\delta$ to that of its data.
"""

from ..loops.amplification.dataset_bias import (
    accumulated_bias as accumulated_bias,
    bias_limit as bias_limit,
    model_bias as model_bias,
    replaced_bias as replaced_bias,
)
from ..models import Categorical
from ..stages import Loop, Mix


def replacement_loop(
    human: Categorical, favoured: Categorical, *, slip: float, real_fraction: float
) -> Loop:
    r"""With probability `slip` an output is `favoured`, and a share $a$ of the data is human.

    The data are replaced: $p' = a\,r + (1 - a)[(1 - \epsilon) p + \epsilon v]$. The model's bias is
    $\delta = \epsilon (1 - p_v) \le \epsilon (1 - r_v)$ above that of its data [TH-1].

    ```python
    human, favoured = gl.Categorical.of([1, 1]), gl.Categorical.of([1, 0])
    make = gl.papers.taori2022.replacement_loop
    make(human, favoured, slip=0.1, real_fraction=0.5)(human).probabilities  # [0.525, 0.475]
    ```
    """
    return Mix(favoured, slip) >> Mix(human, real_fraction)


LOOPS = {
    "feedback-replacement": "Mix(Categorical(1, 0), slip) >> Mix(real, a)",
}
"""The loops here as they are typed; of two outcomes the first is favoured."""


BIBTEX = """@inproceedings{taori2023,
  title = {Data Feedback Loops: Model-driven Amplification of Dataset Biases},
  author = {Taori, Rohan and Hashimoto, Tatsunori},
  booktitle = {International Conference on Machine Learning},
  pages = {33883--33920},
  year = {2023},
  eprint = {2209.03942},
  archivePrefix = {arXiv}
}"""
