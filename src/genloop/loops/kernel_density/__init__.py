"""Loops of kernel density estimates: moments, thresholds, populations and their distances."""

from .accumulation import (
    pooled_characteristic as pooled_characteristic,
    pooled_smoothings as pooled_smoothings,
    pooled_variance as pooled_variance,
)
from .bandwidths import (
    balanced_shrink as balanced_shrink,
    neutral_factor as neutral_factor,
    neutral_share as neutral_share,
    scott_factor as scott_factor,
    silverman_factor as silverman_factor,
    variance_growth as variance_growth,
)
from .closed_forms import (
    expected_mean_error as expected_mean_error,
    expected_variance as expected_variance,
    fixed_bandwidth_limit as fixed_bandwidth_limit,
    fixed_variance as fixed_variance,
    population_real_fraction as population_real_fraction,
    required_real_fraction as required_real_fraction,
    stationary_moments as stationary_moments,
)
from .distances import (
    Measured as Measured,
    entropy as entropy,
    integrate as integrate,
    kullback_leibler as kullback_leibler,
    wasserstein as wasserstein,
)
from .exponents import (
    two_point_growth as two_point_growth,
    typical_growth as typical_growth,
    typical_kurtosis as typical_kurtosis,
)
from .mixture import (
    KernelMixture as KernelMixture,
    reference_mixture as reference_mixture,
)
from .moments import (
    KernelMoments as KernelMoments,
    fourth_moment_matrix as fourth_moment_matrix,
    fourth_moments as fourth_moments,
    third_moment_factor as third_moment_factor,
)
from .population import (
    divergence_slope as divergence_slope,
    limit_cumulants as limit_cumulants,
    merge_time as merge_time,
    population_after as population_after,
    real_fraction_for_inflation as real_fraction_for_inflation,
    shape_factor as shape_factor,
    smoothed_limit as smoothed_limit,
    smoothing_rate as smoothing_rate,
)
