"""The mean-field differential equation of a loop."""

from collections.abc import Callable

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from .jacobian import is_double


@eqx.filter_jit
def flow(
    map: Callable[[PyTree], PyTree],
    state: PyTree,
    times: Float[Array, " n"],
    *,
    tolerance: float = 1e-10,
) -> PyTree:
    r"""The solution of $\dot x = F(x) - x$ at increasing `times`, started at `times[0]` [HD-4].

    A dataset that accumulates its generations follows this flow in the time $\log(\text{size})$,
    in coordinates in which mixing is linear: states that have `mean_parameters()` and
    `with_mean_parameters(x)` flow in these, others in their own leaves. It has the fixed points of
    the map. Returns the states with a leading axis of the times, to
    relative and absolute `tolerance` per step (Tsitouras 5/4). Raises `ValueError` for float32
    states and an error where the solver fails.
    """
    if not is_double(state):
        raise ValueError("the flow needs float64 states; work inside `with genloop.x64():`.")
    linear = hasattr(state, "mean_parameters") and hasattr(state, "with_mean_parameters")
    enter = (lambda x: x.mean_parameters()) if linear else (lambda x: x)
    leave = state.with_mean_parameters if linear else (lambda x: x)
    image = lambda x: enter(map(leave(x)))
    field = lambda t, x, args: jax.tree.map(jnp.subtract, image(x), x)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(field),
        diffrax.Tsit5(),
        t0=times[0],
        t1=times[-1],
        dt0=None,
        y0=enter(state),
        saveat=diffrax.SaveAt(ts=times),
        stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance),
        max_steps=100_000,
    )
    return jax.vmap(leave)(solution.ys)
