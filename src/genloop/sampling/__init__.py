"""Exact random numbers by sufficient statistics, all driven by JAX keys."""

from .binomial import binomial as binomial
from .categorical import multinomial as multinomial
from .chain import pair_counts as pair_counts
from .chi import chi as chi
from .gamma import gamma as gamma
from .normal import normal as normal, normal_pair as normal_pair
from .poisson import poisson as poisson
from .wishart import bartlett as bartlett, standard_fit as standard_fit
