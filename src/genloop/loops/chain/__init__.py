"""Texts of a bigram model: temperature and real data for a chain of tokens.

An extension of this project, not of a paper: the loop of Marchi, Soatto, Chaudhari and Tabuada is
run in every context of a first-order Markov chain at once, and what the chain writes decides how
often each context is trained. It tells when the contexts behave as if each were alone, and when
not; the proofs are in `theory/sequences.md`.
"""

from .contexts import (
    context_collapse_threshold as context_collapse_threshold,
    context_thresholds as context_thresholds,
    effective_real_fractions as effective_real_fractions,
)
from .pairs import collapse_threshold as collapse_threshold, pair_distribution as pair_distribution
from .recipes import loop as loop, sampled_loop as sampled_loop
from .recovery import collapsed_state as collapsed_state, recovery_threshold as recovery_threshold
