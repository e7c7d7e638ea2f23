"""Curated loops: what is kept of a generation is chosen by rewards."""

from . import plural as plural
from .bounds import (
    divergence_bound as divergence_bound,
    largest_advantage as largest_advantage,
    least_reward as least_reward,
    least_reward_gain as least_reward_gain,
    mean_reward as mean_reward,
)
from .condensation import (
    EstimatedCondensation as EstimatedCondensation,
    beta_condensation_fraction as beta_condensation_fraction,
    condensation_fraction as condensation_fraction,
    condensation_fraction_of as condensation_fraction_of,
    condensed_mass as condensed_mass,
    estimated_condensation as estimated_condensation,
    gaussian_condensation_fraction as gaussian_condensation_fraction,
)
from .gaussian_choice import (
    HARD_CHOICE_FRACTION as HARD_CHOICE_FRACTION,
    choice_fraction as choice_fraction,
    choice_shift as choice_shift,
    choice_variances as choice_variances,
)
from .linear_rewards import (
    linear_reward_fraction as linear_reward_fraction,
    linear_reward_multipliers as linear_reward_multipliers,
    linear_reward_state as linear_reward_state,
    linear_reward_variance as linear_reward_variance,
)
from .perron import (
    CuratedLimit as CuratedLimit,
    curated_flow as curated_flow,
    curated_limit as curated_limit,
    curation_matrix as curation_matrix,
)
from .quadratic_rewards import (
    centred_multipliers as centred_multipliers,
    centred_variance as centred_variance,
    curated_variance as curated_variance,
    quadratic_reward_variances as quadratic_reward_variances,
)
from .two_outcomes import (
    chosen_share as chosen_share,
    chosen_slope as chosen_slope,
    common_multiplier as common_multiplier,
    curated_multiplier as curated_multiplier,
    curated_share as curated_share,
    invasion_threshold as invasion_threshold,
    rare_multiplier as rare_multiplier,
)
