"""Taori and Hashimoto, "Data Feedback Loops" (ICML 2023): amplification of dataset biases.

A dataset grows by human data and by outputs of models that were trained on it; every model adds at
most a bias $\\delta$ to that of its data.
"""

from .formulas import (
    accumulated_bias as accumulated_bias,
    bias_limit as bias_limit,
    model_bias as model_bias,
    replaced_bias as replaced_bias,
)
from .loops import replacement_loop as replacement_loop

BIBTEX = """@inproceedings{taori2023,
  title = {Data Feedback Loops: Model-driven Amplification of Dataset Biases},
  author = {Taori, Rohan and Hashimoto, Tatsunori},
  booktitle = {International Conference on Machine Learning},
  pages = {33883--33920},
  year = {2023},
  eprint = {2209.03942},
  archivePrefix = {arXiv}
}"""
