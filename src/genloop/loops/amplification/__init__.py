"""Feedback that favours one answer: the growing bias of a dataset."""

from .dataset_bias import (
    accumulated_bias as accumulated_bias,
    bias_limit as bias_limit,
    model_bias as model_bias,
    replaced_bias as replaced_bias,
)
