r"""Self-improving loops: each generation is guided away from what its own samples would make of it.

$w$ = `strength`; $a$ = `real_fraction`, $q = 1 - a$. A base model is fitted with a `temperature`
$T$, the auxiliary one with a temperature $T'$ (`auxiliary`, of the base; $T$ unless given), both
the bias of sampling or fitting; `flow` follows the probability flow, else the density is guided.
"""

from ...operators.guidance import flow_weight as flow_weight
from .finite_samples import (
    critical_strength_of_samples as critical_strength_of_samples,
    improper_probability as improper_probability,
    log_variance_drift as log_variance_drift,
    log_variance_spread as log_variance_spread,
    variance_growth as variance_growth,
)
from .linearised import (
    linearised_multiplier as linearised_multiplier,
    linearised_threshold as linearised_threshold,
)
from .temperatures import (
    critical_strength as critical_strength,
    effective_temperature as effective_temperature,
    guided_variance as guided_variance,
    required_real_fraction as required_real_fraction,
    strength_for as strength_for,
    unbiased_strength as unbiased_strength,
    uniform_strength as uniform_strength,
)
