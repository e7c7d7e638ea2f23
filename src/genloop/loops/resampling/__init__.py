"""Frequencies that are refitted to their own samples: drift, forgetting, external sources."""

from .external_source import (
    mixing_bound as mixing_bound,
    mixing_time as mixing_time,
    relative_variance as relative_variance,
    transient_mean as transient_mean,
)
from .fixed_real_data import (
    component_deviation as component_deviation,
    concentration as concentration,
    distance_bound as distance_bound,
    excess_ratio as excess_ratio,
    square_distance as square_distance,
)
from .forgetting import (
    bernoulli_variance as bernoulli_variance,
    deviation_bound as deviation_bound,
    half_life as half_life,
    mean_deviation as mean_deviation,
    mean_deviation_bound as mean_deviation_bound,
    poisson_laplace as poisson_laplace,
    poisson_variance as poisson_variance,
    published_deviation_bound as published_deviation_bound,
    published_survival as published_survival,
    share_bounds as share_bounds,
    survival as survival,
    variance_exponent as variance_exponent,
)
