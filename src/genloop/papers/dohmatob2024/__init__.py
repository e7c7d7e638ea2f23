r"""Dohmatob et al., "A Tale of Tails: Model Collapse as a Change of Scaling Laws" (2024).

Tokens with a heavy tail, learned by a memory that is wrong on what it never saw: how cutting the
tail, sampling coldly, or training on one's own tokens again and again changes the law by which the
test error falls with the data, and what real data repair.
"""

from .formulas import (
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
from .loops import (
    cut_loop as cut_loop,
    fresh_data_loop as fresh_data_loop,
    mixed_loop as mixed_loop,
    narrowed_loop as narrowed_loop,
    replace_loop as replace_loop,
    zipf as zipf,
)
from .tails import tail_mass as tail_mass

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
