"""Iterative retraining: maximum likelihood on real data and on the model's own samples."""

from .closed_forms import (
    likelihood_multipliers as likelihood_multipliers,
    mean_parameters as mean_parameters,
    real_fraction as real_fraction,
    required_real_fraction as required_real_fraction,
    temperature_threshold as temperature_threshold,
    tempered_variance as tempered_variance,
)
from .lock_in import (
    LockIn as LockIn,
    lock_in as lock_in,
)
