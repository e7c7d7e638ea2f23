"""Kazdan et al., "Collapse or Thrive?" (2024).

Gaussians refitted to their own samples: every generation replaces the data, adds to them, or adds
to them and learns from as many as one generation has, chosen from all.
"""

from ..loops.memory import (
    SubsampledVariance as SubsampledVariance,
    kept_log_variance as kept_log_variance,
    kept_square as kept_square,
    kept_unbiased_variance as kept_unbiased_variance,
    kept_variance as kept_variance,
    subsampled_variance as subsampled_variance,
)
from ..loops.memory.recipes import (
    accumulate as accumulate,
    keep_window as keep_window,
    replace as replace,
    subsample as subsample,
)

LOOPS = {
    "replace": "Draw(n)",
    "accumulate": "Accumulate(Temper(1), samples=n)",
    "subsample": "Subsample(Temper(1), samples=n, generations=G)",
    "keep-window": "Window(Temper(1), samples=n, generations=w)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{kazdan2024,
  title = {Collapse or Thrive? Perils and Promises of Synthetic Data in a Self-Generating World},
  author = {Kazdan, Joshua and Schaeffer, Rylan and Dey, Apratim and Gerstgrasser, Matthias and
    Rafailov, Rafael and Donoho, David L. and Koyejo, Sanmi},
  journal = {arXiv preprint arXiv:2410.16713},
  year = {2024},
  eprint = {2410.16713},
  archivePrefix = {arXiv}
}"""
