"""Iterative retraining: maximum likelihood on real data and on the model's own samples."""

from . import (
    cauchy as cauchy,
    circle as circle,
    curved_surface as curved_surface,
    hard_assignment as hard_assignment,
)
from .closed_forms import (
    likelihood_multipliers as likelihood_multipliers,
    mean_parameters as mean_parameters,
    real_fraction as real_fraction,
    required_real_fraction as required_real_fraction,
    temperature_threshold as temperature_threshold,
    tempered_variance as tempered_variance,
)
from .finite_samples import (
    error_bound as error_bound,
    frequency_error as frequency_error,
)
from .lock_in import (
    LockIn as LockIn,
    certify_lock_in as certify_lock_in,
    lock_in as lock_in,
    lock_in_threshold as lock_in_threshold,
)
