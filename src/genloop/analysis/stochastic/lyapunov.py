"""The rate at which nearby orbits separate: the largest Lyapunov exponent."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, Int, PRNGKeyArray, PyTree

from ...arguments import check_at_least
from ...printing import host, number, readable, rough
from ..state_checks import check_map, check_step, checked_state
from .orbits import replicated


@readable
class LyapunovExponent(eqx.Module):
    r"""An estimate of $\lambda$ with its statistical error.

    `value` is the mean of the `replicates`, one estimate from each orbit, and `standard_error`
    comes from their spread.

    ```python
    gl.stochastic.LyapunovExponent(jnp.array([-0.5, -0.25])).value  # -0.375
    ```
    """

    replicates: Float[Array, " r"]

    def _heading(self) -> str:
        values = host(self.replicates)
        error = values.std(ddof=1) / values.size**0.5
        return f"LyapunovExponent: {number(values.mean())} +/- {rough(error)}"

    @property
    def value(self) -> Float[Array, ""]:
        """The mean over the replicates."""
        return self.replicates.mean()

    @property
    def standard_error(self) -> Float[Array, ""]:
        r"""$\sqrt{s^2/R}$ of the mean."""
        return self.replicates.std(ddof=1) / self.replicates.size**0.5

    @property
    def diverged(self) -> Int[Array, ""]:
        """The number of orbits that left all bounds, with which `value` is NaN."""
        return jnp.isnan(self.replicates).sum()


def lyapunov_exponent(
    function: Callable[[PyTree], PyTree], starts: PyTree, *, generations: int, transient: int = 100
) -> LyapunovExponent:
    r"""The rate at which nearby orbits separate, $\lambda = \lim \tfrac1t \log |DF^t(x)\,v|$.

    The largest Lyapunov exponent of a map: negative where orbits settle, positive in chaos. A
    tangent vector is carried along the orbit by forward differentiation and brought back to length
    one in every generation; $\lambda$ is the mean logarithm of its growth over `generations` after
    a `transient` that turns it into the most expanding direction. `starts` has a leading axis of at
    least two independent starts in the basin of one attractor: there the exponents agree in the
    limit, so that their spread is the error; a remainder of order one over `generations` is in all
    of them. A tangent that vanishes (a superstable orbit) gives minus infinity. Raises `ValueError`
    for fewer than two starts or one generation.

    ```python
    starts = jnp.array([0.1, 0.2, 0.3])
    found = gl.lyapunov_exponent(lambda x: 4 * x * (1 - x), starts, generations=1000)
    abs(found.value - jnp.log(2)) < 0.02  # True
    ```
    """
    starts = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), checked_state(starts))
    shape = jnp.shape(jax.tree.leaves(starts)[0])
    replicates = shape[0] if shape else 0
    _check(generations, transient, replicates)
    check_map(function, jax.tree.map(lambda leaf: leaf[0], starts))
    return _exponent(_Unforced(function), jr.key(0), starts, generations, transient)


def random_lyapunov_exponent(
    step: Callable[[PRNGKeyArray, PyTree], PyTree],
    key: PRNGKeyArray,
    state: PyTree,
    *,
    generations: int,
    replicates: int,
    transient: int = 100,
) -> LyapunovExponent:
    r"""The largest exponent of a random product, $\lim \tfrac1t \log |D(F_t \cdots F_1)(x)\,v|$.

    A generation $F_t$ is the kernel `step(key, state)` with the key of that generation held fixed,
    differentiated in the state: neighbours see the same random numbers (so a kernel that draws
    counts, whose derivative is zero, has none). For $x_{t+1} = A_t x_t$ it is the exponent of the
    random matrices. Independent `replicates` from one state give the error; kernels with
    `batched = True` advance all with one key, as in `orbits`. Otherwise as `lyapunov_exponent`.

    ```python
    step = lambda key, x: x * jnp.exp(jax.random.normal(key) - 0.5)
    key, options = jax.random.key(0), {"generations": 100, "replicates": 8}
    found = gl.stochastic.random_lyapunov_exponent(step, key, jnp.array(1.0), **options)
    ```
    """
    state = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), checked_state(state))
    _check(generations, transient, replicates)
    check_step(step, key, state)
    repeat = lambda leaf: jnp.broadcast_to(leaf, (replicates, *jnp.shape(leaf)))
    starts = jax.tree.map(repeat, state)
    return _exponent(step, key, starts, generations, transient)


class _Unforced(eqx.Module):
    """A map as a kernel without randomness."""

    function: Callable

    def __call__(self, key, state):
        return self.function(state)


def _check(generations, transient, replicates):
    check_at_least("generations", generations, 1)
    check_at_least("transient", transient, 0)
    if check_at_least("replicates", replicates, 0) < 2:
        raise ValueError(f"an error bar needs at least two replicates, got {replicates}.")


@eqx.filter_jit
def _exponent(
    step: Callable, key: PRNGKeyArray, states: PyTree, generations: int, transient: int
) -> LyapunovExponent:
    directions, randomness = jr.split(key)
    leaves, structure = jax.tree.flatten(states)
    advance = replicated(step, leaves[0].shape[0])
    keys = jr.split(directions, len(leaves))
    normal = [jr.normal(k, jnp.shape(x), x.dtype) for k, x in zip(keys, leaves, strict=True)]
    tangents = _scaled(jax.tree.unflatten(structure, normal))[0]

    def generation(carry, time):
        states, tangents, total = carry
        here = lambda x: advance(jr.fold_in(randomness, time), x)
        states, tangents = jax.jvp(here, (states,), (tangents,))
        tangents, growth = _scaled(tangents)
        return (states, tangents, total + jnp.where(time < transient, 0.0, growth)), None

    start = (states, tangents, jnp.zeros(leaves[0].shape[0]))
    times = jnp.arange(transient + generations)
    (_, _, total), _ = jax.lax.scan(generation, start, times)
    return LyapunovExponent(total / generations)


def _scaled(tangents):
    """Tangents of length one, and the logarithms of what their lengths were."""
    square = lambda leaf: (leaf.reshape(leaf.shape[0], -1) ** 2).sum(axis=1)
    length = jnp.sqrt(sum(square(leaf) for leaf in jax.tree.leaves(tangents)))
    scale = jnp.where(length > 0, length, 1.0)
    divide = lambda leaf: leaf / scale.reshape(-1, *[1] * (leaf.ndim - 1))
    return jax.tree.map(divide, tangents), jnp.log(length)
