"""What is proved of the autophagous loops, and how it is checked."""

from .real_data import (
    fresh_data_loop as fresh_data_loop,
    two_real_points as two_real_points,
    variance_goal as variance_goal,
)
from .synthetic import (
    fully_synthetic_loop as fully_synthetic_loop,
    three_thresholds as three_thresholds,
)
