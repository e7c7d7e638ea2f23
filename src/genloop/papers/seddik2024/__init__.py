"""Seddik et al., "How Bad is Training on Synthetic Data?" (2024).

Next-token frequencies refitted to synthetic tokens alone, or to them and one real corpus that stays
in the training set for ever.
"""

from .formulas import (
    component_deviation as component_deviation,
    concentration as concentration,
    distance_bound as distance_bound,
    excess_ratio as excess_ratio,
    square_distance as square_distance,
)
from .loops import (
    fully_synthetic_loop as fully_synthetic_loop,
    partially_synthetic_loop as partially_synthetic_loop,
)

BIBTEX = """@article{seddik2024,
  title = {How Bad is Training on Synthetic Data? {A} Statistical Analysis of Language Model
    Collapse},
  author = {Seddik, Mohamed El Amine and Chen, Suei-Wen and Hayou, Soufiane and Youssef, Pierre and
    Debbah, Merouane},
  journal = {arXiv preprint arXiv:2404.05090},
  year = {2024},
  eprint = {2404.05090},
  archivePrefix = {arXiv}
}"""
