"""The stochastic differential equation that a loop tends to with many samples."""

from collections.abc import Callable
from typing import Any, NamedTuple

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import lineax as lx
from jaxtyping import Array, Float, PRNGKeyArray, PyTree

from ...arguments import check_at_least, check_function, check_key, refuse_if
from ...operators import Coordinates, linear_coordinates
from ...operators.covariance import AbstractCovariance, Factored
from ...printing import readable
from ..simplex import SimplexStep
from ..state_checks import check_double, check_map, checked_state

Covariance = Callable[[PyTree], AbstractCovariance | Float[Array, "k k"]]


@readable
class Diffusion(NamedTuple):
    r"""A diffusion of vectors of numbers, by its drift and the covariance of its noise.

    $\mathrm dy = f(y)\,\mathrm dt + B(y)\,\mathrm dW$ (Ito), $C = B B^\top$.

    `coordinates` between states and the vectors $y$, `drift` $f$ and `covariance` $C$ of them.

    ```python
    limit = gl.diffusion_limit(gl.Draw(100), gl.Categorical.of([1, 1]))
    limit.covariance(jnp.array([0.5, 0.5])).dense()  # [[0.0025, -0.0025], [-0.0025, 0.0025]]
    ```
    """

    coordinates: Coordinates
    drift: Callable[[Float[Array, " k"]], Float[Array, " k"]]
    covariance: Callable[[Float[Array, " k"]], AbstractCovariance]

    def within(self, chart: Coordinates) -> "Diffusion":
        r"""The same process for $y = \phi(x)$: drift $D\phi\,f + \frac12 \sum_k D^2\phi[b_k, b_k]$
        with the columns $b_k$ of $B$, and noise $D\phi\,B$ (Ito's formula)."""
        along = lambda x, b: jax.jvp(chart.enter, (x,), (b,))[1]
        twice = lambda x, b: jax.jvp(lambda z: along(z, b), (x,), (b,))[1]

        def drift(y):
            x = chart.leave(y)
            columns = self.covariance(x).columns()
            curvature = jax.vmap(lambda b: twice(x, b))(columns).sum(axis=0)
            return along(x, self.drift(x)) + curvature / 2

        def covariance(y):
            x = chart.leave(y)
            return Factored(jax.vmap(lambda b: along(x, b))(self.covariance(x).columns()).T)

        enter = lambda state: chart.enter(self.coordinates.enter(state))
        leave = lambda y: self.coordinates.leave(chart.leave(y))
        return Diffusion(Coordinates(enter, leave), drift, covariance)


def diffusion_limit(
    function: Callable[[PyTree], PyTree],
    state: PyTree,
    *,
    covariance: Covariance | None = None,
    chart: Coordinates | None = None,
) -> Diffusion:
    r"""The drift $F_n(x) - x$ and the covariance $C(x)$ of the noise of one generation.

    They define the stochastic differential equation that a loop tends to with many samples, as
    functions of coordinates of the state: linear coordinates, `mean_parameters()` where the state
    has them, or those of a `chart`: a pair of functions `enter(x)` and `leave(y)` of these. $F_n$
    is the method `expectation(state)` of the map where it has one, with its biases of order $1/n$,
    else the map; $C$ is `covariance(state)`, a matrix or an operator of
    `genloop.operators.covariance`, or without it the method of that name of the map. Raises
    `ValueError` for a map that has neither.

    ```python
    limit = gl.diffusion_limit(gl.Draw(100), gl.Categorical.of([5, 3, 2]))
    limit.drift(jnp.array([0.5, 0.3, 0.2]))  # [0, 0, 0]
    ```
    """
    known = getattr(function, "covariance", None) if covariance is None else covariance
    if known is None:
        raise ValueError(
            "the map has no method covariance(state); pass covariance=, a function of the state "
            "that returns the covariance matrix of one generation."
        )
    state = checked_state(state)
    check_map(function, state)
    check_function("a covariance", known, "lambda state: matrix")
    coordinates = linear_coordinates(state)
    image = coordinates.of(getattr(function, "expectation", function))

    def noise(x):
        found = known(coordinates.leave(x))
        if isinstance(found, AbstractCovariance):
            return found
        matrix = jnp.asarray(found)
        if matrix.shape != (x.size, x.size):
            raise ValueError(
                f"the covariance of a state of {x.size} numbers must have the shape "
                f"{(x.size, x.size)}, got {matrix.shape}."
            )
        return Factored.of(matrix)

    if covariance is not None:
        noise(coordinates.enter(state))
    plain = Diffusion(coordinates, lambda x: image(x) - x, noise)
    return plain if chart is None else plain.within(chart)


def diffusion(
    function: Callable[[PyTree], PyTree],
    key: PRNGKeyArray,
    state: PyTree,
    times: Float[Array, " n"],
    *,
    replicates: int,
    steps: int,
    covariance: Covariance | None = None,
    chart: Coordinates | None = None,
    simplex: bool | None = None,
) -> PyTree:
    r"""Paths of the diffusion that a loop with many samples tends to, at the given times.

    Paths of $\mathrm dx = [F_n(x) - x]\,\mathrm dt + C(x)^{1/2}\,\mathrm dW$ (Ito) [FS-5].

    The limit of many samples of a loop that stays close to the identity; `diffusion_limit` says
    what $F_n$ and $C$ are. Time is in generations and starts at `times[0]`; `steps` equal steps
    lead from each time to the next. Returns the states of `replicates` independent paths with
    leading axes `(replicates, times)`.

    Where the paths may go: a `chart` keeps what its coordinates keep, and states with a method
    `chart()` bring one. With `simplex=True`, by default for states that have `on_simplex`, the
    coordinates are probabilities and remain so (`genloop.analysis.simplex.SimplexStep`). All else
    is Euler and Maruyama's method. The weak error is of first order in the step. Raises
    `ValueError` for float32 states, for fewer than one step, and for maps without a covariance.

    ```python
    times = jnp.linspace(0.0, 10.0, 3)
    model, key = gl.Categorical.of([1, 1]), jax.random.key(0)
    paths = gl.stochastic.diffusion(gl.Draw(100), key, model, times, replicates=8, steps=20)
    paths.probabilities.shape  # [8, 3, 2]
    ```
    """
    state = checked_state(state)
    check_double(state, "the diffusion")
    check_key(key)
    check_at_least("steps", steps, 1)
    check_at_least("replicates", replicates, 1)
    times = jnp.asarray(times)
    times = refuse_if(times, ~(jnp.diff(times) > 0).all(), "the times must increase.")
    # For its errors: inside of a compiled function they are long.
    diffusion_limit(function, state, covariance=covariance)
    return _paths(function, key, state, times, replicates, steps, covariance, chart, simplex)


@eqx.filter_jit
def _paths(
    function: Callable,
    key: PRNGKeyArray,
    state: PyTree,
    times: Array,
    replicates: int,
    steps: int,
    covariance: Covariance | None,
    chart: Coordinates | None,
    simplex: bool | None,
):
    if chart is None and hasattr(state, "chart"):
        chart = state.chart()
    equation = diffusion_limit(function, state, covariance=covariance, chart=chart)
    on_simplex = getattr(state, "on_simplex", False) if simplex is None else simplex
    constrained = on_simplex and chart is None
    solver = SimplexStep(equation.covariance) if constrained else diffrax.Euler()
    start = equation.coordinates.enter(state)
    paths = jax.vmap(lambda key: _path(equation, solver, key, start, times, steps))
    return jax.vmap(jax.vmap(equation.coordinates.leave))(paths(jr.split(key, replicates)))


def _path(
    equation: Diffusion,
    solver: diffrax.Euler,
    key: PRNGKeyArray,
    start: Float[Array, " k"],
    times: Float[Array, " n"],
    steps: int,
) -> Any:
    """The states of one path at the times, in coordinates, by so many steps between two times."""
    share = jnp.arange(steps) / steps
    inner = times[:-1, None] + jnp.diff(times)[:, None] * share[None, :]
    grid = jnp.append(inner.ravel(), times[-1])
    shape = jax.ShapeDtypeStruct((equation.covariance(start).noise_dimension,), start.dtype)
    # Fixed steps ask for every increment once: the path need not be consistent under refinement.
    motion = diffrax.UnsafeBrownianPath(shape, key)
    root = lambda t, y, args: lx.FunctionLinearOperator(equation.covariance(y).root, shape)
    return diffrax.diffeqsolve(
        diffrax.MultiTerm(
            diffrax.ODETerm(lambda t, y, args: equation.drift(y)),
            diffrax.ControlTerm(root, motion),
        ),
        solver,
        t0=times[0],
        t1=times[-1],
        dt0=None,
        y0=start,
        saveat=diffrax.SaveAt(ts=times),
        stepsize_controller=diffrax.StepTo(ts=grid),
        max_steps=grid.size,
        adjoint=diffrax.DirectAdjoint(),
    ).ys
