"""Loops that sample from the likeliest outcomes only: top-k, nucleus and min-p sampling."""

from .paths import (
    TruncationPath as TruncationPath,
    truncated_end as truncated_end,
    truncated_fidelity as truncated_fidelity,
    truncation_path as truncation_path,
)
from .states import (
    TruncatedStates as TruncatedStates,
    nucleus_sizes as nucleus_sizes,
    truncated_fixed_points as truncated_fixed_points,
    truncated_states as truncated_states,
)
