"""Barzilai and Shamir, "When Models Don't Collapse: On the Consistency of Iterative MLE" (2025).

Maximum likelihood on all data that were ever made, and a family for which that is of no use.
"""

from ..loops.memory import (
    accumulated_risk as accumulated_risk,
    drift_probability as drift_probability,
    largest_value_cdf as largest_value_cdf,
    largest_value_mean as largest_value_mean,
    largest_value_rate as largest_value_rate,
)
from ..loops.memory.recipes import accumulate as accumulate

LOOPS = {
    "accumulate-likelihood": "Accumulate(Temper(1), samples=n)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{barzilai2025,
  title = {When Models Don't Collapse: On the Consistency of Iterative {MLE}},
  author = {Barzilai, Daniel and Shamir, Ohad},
  journal = {arXiv preprint arXiv:2505.19046},
  year = {2025},
  eprint = {2505.19046},
  archivePrefix = {arXiv}
}"""
