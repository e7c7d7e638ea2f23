"""Exact laws of finite samples: numbers without Monte Carlo."""

from .extinction import (
    Extinction as Extinction,
    expected_outcomes as expected_outcomes,
    lineage_share as lineage_share,
    loss_bounds as loss_bounds,
)
from .first_passage import FirstPassage as FirstPassage
from .log_chi_square import LogDeterminant as LogDeterminant, LogVariance as LogVariance
from .markov import fundamental_matrix as fundamental_matrix, stationary_law as stationary_law
from .pooled import PooledMoments as PooledMoments
from .quadratic_form import QuadraticForm as QuadraticForm
from .relaxation import (
    Metastable as Metastable,
    metastable as metastable,
    relaxation_time as relaxation_time,
)
from .selection_mutation import (
    SelectionMutation as SelectionMutation,
    diffusion_absorption_time as diffusion_absorption_time,
)
from .separated_mixture import SeparatedMixture as SeparatedMixture
from .total_variance import TotalVariance as TotalVariance
from .wishart_products import WishartProducts as WishartProducts
from .wright_fisher import (
    absorption_times as absorption_times,
    binomial_law as binomial_law,
    chain_eigenvalues as chain_eigenvalues,
    expected_absorption_time as expected_absorption_time,
    fixation_probabilities as fixation_probabilities,
    loss_probabilities as loss_probabilities,
    transition_matrix as transition_matrix,
)
