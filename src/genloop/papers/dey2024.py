"""Dey and Donoho, "Universality of the pi^2/6 Pathway in Avoiding Model Collapse" (2024).

What an asymptotically linear estimator loses when every generation discards the data, augments
them, or chooses from all of them as many as one generation has.
"""

from ..loops.memory import (
    accumulated_risk as accumulated_risk,
    replaced_risk as replaced_risk,
    subsampled_risk as subsampled_risk,
    workflow_risks as workflow_risks,
)
from ..loops.memory.recipes import (
    accumulate as augment,
    replace as discard,
    subsample as augment_subsample,
)

__all__ = [
    "BIBTEX",
    "LOOPS",
    "accumulated_risk",
    "augment",
    "augment_subsample",
    "discard",
    "replaced_risk",
    "subsampled_risk",
    "workflow_risks",
]

LOOPS = {
    "discard": "Draw(n)",
    "augment": "Accumulate(Temper(1), samples=n)",
    "augment-subsample": "Subsample(Temper(1), samples=n, generations=G)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{dey2024,
  title = {Universality of the $\\pi^2/6$ Pathway in Avoiding Model Collapse},
  author = {Dey, Apratim and Donoho, David},
  journal = {arXiv preprint arXiv:2410.22812},
  year = {2024},
  eprint = {2410.22812},
  archivePrefix = {arXiv}
}"""
