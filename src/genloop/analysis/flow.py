"""The mean-field differential equation of a loop."""

from collections.abc import Callable

import diffrax
import equinox as eqx
import jax
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

    A dataset that accumulates its generations follows this flow in the time $\log(\text{size})$; it
    has the fixed points of the map. Returns the states with a leading axis of the times, to
    relative and absolute `tolerance` per step (Tsitouras 5/4). Raises `ValueError` for float32
    states and an error where the solver fails.
    """
    if not is_double(state):
        raise ValueError("the flow needs float64 states; work inside `with genloop.x64():`.")
    field = lambda t, x, args: jax.tree.map(lambda new, old: new - old, map(x), x)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(field),
        diffrax.Tsit5(),
        t0=times[0],
        t1=times[-1],
        dt0=None,
        y0=state,
        saveat=diffrax.SaveAt(ts=times),
        stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance),
        max_steps=100_000,
    )
    return solution.ys
