"""Loops that remember: data that accumulate, windows of generations, data that fade."""

from .comparison import (
    Comparison as Comparison,
    Workflow as Workflow,
    comparison as comparison,
)
from .largest_value import (
    largest_value_cdf as largest_value_cdf,
    largest_value_mean as largest_value_mean,
    largest_value_rate as largest_value_rate,
)
from .pools import (
    SubsampledVariance as SubsampledVariance,
    drift_probability as drift_probability,
    kept_log_variance as kept_log_variance,
    kept_square as kept_square,
    kept_unbiased_variance as kept_unbiased_variance,
    kept_variance as kept_variance,
    subsampled_variance as subsampled_variance,
)
from .products import (
    RationalProduct as RationalProduct,
    log_square_product as log_square_product,
    square_sum as square_sum,
)
from .workflows import (
    accumulated_risk as accumulated_risk,
    replaced_risk as replaced_risk,
    subsampled_risk as subsampled_risk,
    workflow_risks as workflow_risks,
)
