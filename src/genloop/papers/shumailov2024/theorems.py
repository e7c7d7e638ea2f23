"""What is proved of recursive fitting, and how it is checked."""

from .categorical import frequencies_drift as frequencies_drift
from .gaussian import (
    collapse as collapse,
    log_variance_law as log_variance_law,
    one_dimension as one_dimension,
)
from .real_data import stratified_real_data as stratified_real_data
from .theorems_diffusion import log_variance_brownian_motion as log_variance_brownian_motion
