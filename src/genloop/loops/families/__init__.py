"""One-parameter families with the variance V(m) = v0 + v1 m + v2 m^2, refitted for ever."""

from .weights import (
    effective_samples as effective_samples,
    optimal_variance_weight as optimal_variance_weight,
    optimal_weight as optimal_weight,
    squared_error as squared_error,
    stationary_error as stationary_error,
    weight_threshold as weight_threshold,
)
from .without_real_data import (
    kept_error as kept_error,
    log_mean_drift as log_mean_drift,
    log_mean_spread as log_mean_spread,
    replaced_error as replaced_error,
    replaced_variance as replaced_variance,
)
