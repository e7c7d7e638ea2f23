"""Thresholds of the temperature loop by the general engine, which knows nothing but the map."""

import functools

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...analysis import BifurcationKind, bifurcation_point
from ...loops.temperature.recipes import loop
from ._instances import Instances, on_instances


def folds(guesses: Instances) -> Float[Array, " n"]:
    """The real fractions of the folds near states and real fractions, NaN where none is found."""
    return on_instances(_search(BifurcationKind.FOLD, 1), guesses)


def crossings(guesses: Instances, *, multiplicity: int) -> Float[Array, " n"]:
    """The real fractions of the branch points near the guesses, NaN where none is found."""
    return on_instances(_search(BifurcationKind.BRANCH_POINT, multiplicity), guesses)


@functools.cache
def _search(kind, multiplicity):
    def search(state, *, temperature, real_fraction, real):
        family = lambda a: loop(temperature=temperature, real_fraction=a, real=real)
        point = bifurcation_point(kind, family, state, real_fraction, multiplicity=multiplicity)
        return jnp.where(point.converged, point.parameter, jnp.nan)

    return search
