"""The flow of the temperature loop under training errors, and every bound on it."""

from .bound_table import (
    Bound as Bound,
    comparison as comparison,
)
from .flow import (
    perturbed_flow as perturbed_flow,
)
from .formulas import (
    entropy_radius as entropy_radius,
    entropy_rate as entropy_rate,
    euclidean_radius as euclidean_radius,
    fisher_rao_condition as fisher_rao_condition,
    fisher_rao_distance as fisher_rao_distance,
    fisher_rao_radius as fisher_rao_radius,
    fisher_rao_rate as fisher_rao_rate,
    floor as floor,
    settling_time as settling_time,
)
from .published import (
    bounds as bounds,
    fisher_rao_odds as fisher_rao_odds,
    fisher_rao_threshold as fisher_rao_threshold,
    gharesifard_odds as gharesifard_odds,
    gharesifard_threshold as gharesifard_threshold,
)
