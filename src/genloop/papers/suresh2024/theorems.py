"""What is proved of the rates of collapse, and how it is checked."""

from .theorems_families import (
    gaussian_rate as gaussian_rate,
    one_parameter_families as one_parameter_families,
)
from .theorems_words import forgetting_a_word as forgetting_a_word
