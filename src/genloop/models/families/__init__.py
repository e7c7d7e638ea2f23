"""One-parameter exponential families whose variance is a quadratic function of the mean."""

from .counts import (
    Bernoulli as Bernoulli,
    Binomial as Binomial,
    Geometric as Geometric,
    NegativeBinomial as NegativeBinomial,
    Poisson as Poisson,
)
from .family import AbstractQuadraticFamily as AbstractQuadraticFamily
from .real_numbers import Exponential as Exponential, Gamma as Gamma, Normal as Normal
