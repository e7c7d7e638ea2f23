"""Derivatives of maps as linear operators that know their structure.

A map may bring a method `jacobian(state)` that returns one of these; every question of this package
is then answered through the operator, never through a dense matrix it did not ask for.
"""

from .composition import blend as blend, compose as compose
from .coordinates import (
    Coordinates as Coordinates,
    Unravel as Unravel,
    flattened as flattened,
    linear_coordinates as linear_coordinates,
)
from .dense import Dense as Dense
from .linear import AbstractJacobian as AbstractJacobian, UnstableCounts as UnstableCounts
from .low_rank import (
    DiagonalMinusRankOne as DiagonalMinusRankOne,
    DiagonalPlusLowRank as DiagonalPlusLowRank,
    Normalised as Normalised,
    ScaledIdentity as ScaledIdentity,
)
from .matrix_free import MatrixFree as MatrixFree
from .norms import distance as distance, maximum_norm as maximum_norm
