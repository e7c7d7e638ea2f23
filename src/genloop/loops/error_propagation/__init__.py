"""Errors of learning that add up over generations, and loops learned by diffusion."""

from .diffusion import (
    diffused_variance as diffused_variance,
    diffusion_multiplier as diffusion_multiplier,
    required_real_fraction as required_real_fraction,
    shrink_rate as shrink_rate,
    shrunk_limit as shrunk_limit,
)
from .recursion import (
    ancestors as ancestors,
    error_bound as error_bound,
    kept_bound as kept_bound,
    kept_weights as kept_weights,
    lagged_weights as lagged_weights,
    rate as rate,
    replaced_bound as replaced_bound,
)
from .synthetic_amount import (
    return_ratio as return_ratio,
    synthetic_bound as synthetic_bound,
    worst_ratio as worst_ratio,
)
