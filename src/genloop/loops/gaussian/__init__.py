"""Loops of Gaussians: expected moments, exponents and thresholds in closed form."""

from .brownian_motion import (
    limit_error_probability as limit_error_probability,
    log_variance_distribution as log_variance_distribution,
    log_variance_drift as log_variance_drift,
    passage_probability as passage_probability,
    spread_moment as spread_moment,
)
from .closed_forms import (
    almost_sure_threshold as almost_sure_threshold,
    correction as correction,
    covariance_growth as covariance_growth,
    fresh_data_radius as fresh_data_radius,
    lyapunov_exponents as lyapunov_exponents,
    mean_square_threshold as mean_square_threshold,
    mean_threshold as mean_threshold,
    real_fraction_for_variance as real_fraction_for_variance,
    required_real_fraction as required_real_fraction,
    stationary_moments as stationary_moments,
    temperature_threshold as temperature_threshold,
    truncation_temperature as truncation_temperature,
    wasserstein_risk as wasserstein_risk,
)
from .distances import (
    divergence as divergence,
    precision as precision,
    recall as recall,
    wasserstein_square as wasserstein_square,
)
from .fixed_real_data import (
    fixed_data_moments as fixed_data_moments,
)
from .growing_samples import (
    GrowthLimit as GrowthLimit,
    growth_limit as growth_limit,
    log_variance_along as log_variance_along,
    risk_along as risk_along,
    variance_spread_along as variance_spread_along,
)
from .kept_data import (
    kept_covariance as kept_covariance,
    kept_covariance_constant as kept_covariance_constant,
    kept_error_constant as kept_error_constant,
    kept_error_exponent as kept_error_exponent,
    kept_limit as kept_limit,
)
from .mixture_process import (
    process_limit as process_limit,
    process_matrix as process_matrix,
    process_real_fraction as process_real_fraction,
    process_step as process_step,
)
from .mixtures import (
    mixture_distance as mixture_distance,
    overlap as overlap,
    project_mixture as project_mixture,
)
from .noisy_fitting import (
    balanced_divisor as balanced_divisor,
    noisy_moments as noisy_moments,
    noisy_step as noisy_step,
)
from .passage import (
    passage_quantiles as passage_quantiles,
)
from .plane_deviation import (
    plane_deviation_factor as plane_deviation_factor,
)
from .proofs import (
    certify_thresholds as certify_thresholds,
)
from .recursive_fitting import (
    heterozygosity as heterozygosity,
    kesten_constant as kesten_constant,
    kullback_leibler_from_real as kullback_leibler_from_real,
    kullback_leibler_to_real as kullback_leibler_to_real,
    lyapunov_exponent as lyapunov_exponent,
    mean_standard_deviation as mean_standard_deviation,
    risk_to_any_data as risk_to_any_data,
    risk_with_divisor as risk_with_divisor,
    sample_fourth_moments as sample_fourth_moments,
    sample_variance as sample_variance,
    sliced_wasserstein_risk as sliced_wasserstein_risk,
    stratified_limit as stratified_limit,
    stratified_step as stratified_step,
    undecided_bounds as undecided_bounds,
    variance_moment as variance_moment,
)
from .risks import (
    admissible_excess as admissible_excess,
    admissible_limit as admissible_limit,
    admissible_samples as admissible_samples,
    effective_samples as effective_samples,
    frobenius_risk as frobenius_risk,
    real_risk as real_risk,
    stationary_risk as stationary_risk,
    wasserstein_expansion as wasserstein_expansion,
)
from .squares import (
    SquareRecursion as SquareRecursion,
)
from .thresholds import (
    thresholds as thresholds,
)
