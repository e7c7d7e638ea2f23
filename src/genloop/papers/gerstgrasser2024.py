"""Gerstgrasser et al., "Is Model Collapse Inevitable?" (2024).

The mean of a Gaussian with known covariance: replacing the data lets its error grow without bound,
adding to them keeps it below pi^2/6 times that of the first generation.
"""

from ..loops.memory import (
    accumulated_risk as accumulated_risk,
    replaced_risk as replaced_risk,
    square_sum as square_sum,
)
from ..loops.memory.recipes import accumulate as accumulate, replace as replace

LOOPS = {
    "replace-all": "Draw(n)",
    "accumulate-all": "Accumulate(Temper(1), samples=n)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{gerstgrasser2024,
  title = {Is Model Collapse Inevitable? {B}reaking the Curse of Recursion by Accumulating Real and
    Synthetic Data},
  author = {Gerstgrasser, Matthias and Schaeffer, Rylan and Dey, Apratim and Rafailov, Rafael and
    Sleight, Henry and Hughes, John and Korbak, Tomasz and Agrawal, Rajashree and Pai, Dhruv and
    Gromov, Andrey and Roberts, Daniel A. and Yang, Diyi and Donoho, David L. and Koyejo, Sanmi},
  journal = {arXiv preprint arXiv:2404.01413},
  year = {2024},
  eprint = {2404.01413},
  archivePrefix = {arXiv}
}"""
