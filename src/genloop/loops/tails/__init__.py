"""Heavy tails: the test error of recursive training as a function of the data."""

from .errors import (
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
from .zipf import (
    tail_mass as tail_mass,
)
