"""Bertrand et al., "On the Stability of Iterative Retraining of Generative Models" (ICLR 2024).

A model maximises the likelihood of real data plus `synthetic_weight` $w$ times that of its own
samples. In an exponential family this averages mean parameters with real fraction $a = 1/(1 + w)$.
"""

from .certified import LockIn as LockIn, lock_in as lock_in
from .formulas import (
    likelihood_multipliers as likelihood_multipliers,
    mean_parameters as mean_parameters,
    real_fraction as real_fraction,
    required_real_fraction as required_real_fraction,
    temperature_threshold as temperature_threshold,
    tempered_variance as tempered_variance,
)
from .loops import biased_loop as biased_loop, finite_loop as finite_loop, loop as loop

BIBTEX = """@inproceedings{bertrand2024,
  title = {On the Stability of Iterative Retraining of Generative Models on their own Data},
  author = {Bertrand, Quentin and Bose, Avishek Joey and Duplessis, Alexandre and
    Jiralerspong, Marco and Gidel, Gauthier},
  booktitle = {International Conference on Learning Representations},
  year = {2024},
  eprint = {2310.00429},
  archivePrefix = {arXiv}
}"""
