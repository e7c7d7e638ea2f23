"""The derivative of a one-generation map and its eigenvalues."""

from collections.abc import Callable

import equinox as eqx
import jax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Complex, Float, PyTree

from ..operators import AbstractJacobian, Dense, MatrixFree
from ..programs import at_once, kernel
from .state_checks import check_floating, check_map, checked_map, checked_state

_LARGEST_MATRIX = 1024
"""A state of more numbers than this has no dense derivative unless it is asked for."""


class Flattened(eqx.Module):
    """A map of a pytree as a map of the vector of its numbers."""

    function: Callable[[PyTree], PyTree]
    unravel: Callable[[Float[Array, " n"]], PyTree] = eqx.field(static=True)

    def __call__(self, vector: Float[Array, " n"]) -> Float[Array, " n"]:
        return ravel_pytree(self.function(self.unravel(vector)))[0]


def linearize(function: Callable[[PyTree], PyTree], state: PyTree) -> AbstractJacobian:
    r"""The derivative $J = DF(x)$ on the flattened state, with its structure where it is known.

    A map may have a method `jacobian(state)` that returns an operator of
    `genloop.operators` or `None`; every other map is differentiated into a dense matrix, or, for
    more than 1,024 numbers, one product at a time.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.analysis.linearize(gl.Temper(0.8) >> gl.Mix(real, 0.3), real).size  # 3
    ```
    """
    operator = structured_jacobian(function, state)
    if operator is not None:
        return operator
    flat, unravel = ravel_pytree(state)
    return derivative_of(Flattened(function, unravel), flat)


def structured_jacobian(
    function: Callable[[PyTree], PyTree], state: PyTree
) -> AbstractJacobian | None:
    """The derivative by the method `jacobian` of the map itself, `None` where it has none."""
    own = getattr(function, "jacobian", None)
    return None if own is None else own(state)


def derivative_of(
    function: Callable[[Float[Array, " n"]], Float[Array, " n"]], point: Float[Array, " n"]
) -> AbstractJacobian:
    """The derivative of a function of a vector, as a matrix while that is small."""
    if point.size > _LARGEST_MATRIX:
        return MatrixFree(function, point)
    return Dense(jax.jacfwd(function)(point))


def jacobian(function: Callable[[PyTree], PyTree], state: PyTree) -> Float[Array, "k k"]:
    r"""The derivatives $\partial F_i / \partial x_j$ of a map at a state of $k$ numbers, `(k, k)`.

    Raises `ValueError` for a state of whole numbers and for what is no map of such states; so do
    `multipliers` and `spectral_radius`.

    ```python
    gl.jacobian(lambda x: x**2, jnp.array([1.0, 2.0]))  # [[2, 0], [0, 4]]
    ```
    """
    return _asked(function, state, "dense")


def multipliers(
    function: Callable[[PyTree], PyTree], state: PyTree
) -> Float[Array, " k"] | Complex[Array, " k"]:
    r"""The multipliers $\mu_i$ of a map at a state, the eigenvalues of $DF(x)$, largest first.

    Largest in modulus, shape `(k,)`. At a fixed point a small perturbation along the $i$-th
    eigenvector is multiplied by $\mu_i$ every generation. Maps that keep a constraint
    (probabilities that sum to one) have a multiplier zero for the direction across it. Real for a
    map with symmetrisable structure [HD-6]. Of a large state without structure only the leading
    ones.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.multipliers(gl.Temper(0.8) >> gl.Mix(real, 0.3), real)[:2]  # [0.878663, 0.775386]
    ```
    """
    return _asked(function, state, "multipliers")


def spectral_radius(function: Callable[[PyTree], PyTree], state: PyTree) -> Float[Array, ""]:
    r"""The largest modulus of the multipliers, $\rho = \max_i |\mu_i|$, at a state.

    A fixed point is stable where $\rho < 1$: small errors die out, by $\rho$ in every generation in
    the long run. It is unstable where $\rho > 1$. (At $\rho = 1$ the derivative does not decide.)
    Differentiable where the top multiplier is simple, twice as well. Where it is repeated the first
    derivative is right if a symmetry keeps the multipliers together (else there are only one-sided
    ones, and this is that of their mean), and NaN where different multipliers have the same modulus
    or are defective; the second is right for loops over outcomes along changes that keep them
    together, and NaN for a general map: it depends on how they split.

    ```python
    gl.spectral_radius(lambda x: jnp.array([x[1], 0.25 * x[0]]), jnp.zeros(2))  # 0.5
    ```
    """
    return _asked(function, state, "spectral_radius")


def _asked(function, state, what):
    state = checked_state(state)
    check_floating(state)
    return _answered(checked_map(function, state), state, what)


@at_once
def _answered(function, state, what):
    return getattr(_checked(function, state), what)()


@kernel
def _checked(function, state):
    check_map(function, state)
    return linearize(function, state)
