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
from .curvature import (
    curvature_ratios as curvature_ratios,
    curvatures as curvatures,
    energy_norm as energy_norm,
    inexact_jacobian as inexact_jacobian,
    information_root as information_root,
    largest_step as largest_step,
    least_gain as least_gain,
    residual as residual,
    retraining_jacobian as retraining_jacobian,
    retraining_multipliers as retraining_multipliers,
    rising_directions as rising_directions,
)
from .escape import (
    critical_points as critical_points,
    escape_weight as escape_weight,
    is_resolved as is_resolved,
    mean_log_likelihood as mean_log_likelihood,
    same_law as same_law,
    spread_starts as spread_starts,
)
from .finite_samples import (
    error_bound as error_bound,
    frequency_error as frequency_error,
)
from .landscape import (
    RESOLVED as RESOLVED,
    Curvatures as Curvatures,
)
from .lock_in import (
    LockIn as LockIn,
    certify_lock_in as certify_lock_in,
    lock_in as lock_in,
    lock_in_threshold as lock_in_threshold,
)
from .self_correction import (
    corrected_mean_parameters as corrected_mean_parameters,
    corrected_multipliers as corrected_multipliers,
)
from .sufficient import (
    Constants as Constants,
    constants as constants,
    lipschitz_constant as lipschitz_constant,
    model_distance as model_distance,
    rate_bound as rate_bound,
    sufficient_rate as sufficient_rate,
    sufficient_real_fraction as sufficient_real_fraction,
    sufficient_weight as sufficient_weight,
)
from .transport import (
    Distance as Distance,
    transport_distance as transport_distance,
)
