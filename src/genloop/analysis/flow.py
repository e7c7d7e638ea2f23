"""The mean-field differential equation of a loop."""

from collections.abc import Callable
from typing import Any

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import optimistix as optx
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Float, PyTree

from ..arguments import check_function, check_number, check_positive, refuse_if
from ..operators import linear_coordinates
from ..printing import readable
from .state_checks import check_double, check_floating, check_map, check_quantity, checked_state

_MAX_STEPS = 100_000
_BRACKET = 1e-8
"""Width of the bracket at which one Newton step takes over, which squares the error."""


def flow(
    function: Callable[[PyTree], PyTree],
    state: PyTree,
    times: Float[Array, " n"],
    *,
    tolerance: float = 1e-10,
) -> PyTree:
    r"""The states at increasing `times` of the flow $\dot x = F(x) - x$ from `state` on [HD-4].

    A dataset that accumulates its generations follows this flow in the time $\log(\text{size})$, in
    coordinates in which mixing is linear: states that have `mean_parameters()` and
    `with_mean_parameters(x)` flow in these, others in their own leaves. It has the fixed points of
    the map. The states have a leading axis of the times, the first of which is that of `state`, and
    are as exact as relative and absolute `tolerance` per step (Tsitouras 5/4). Raises `ValueError`
    for float32 states and an error where the solver fails.

    ```python
    times = jnp.array([0.0, 1.0])
    gl.flow(lambda x: 0.5 * x, jnp.array(1.0), times)  # [1, 0.606531]
    ```
    """
    times = jnp.asarray(times, float)
    if times.ndim != 1 or times.size < 2:
        raise ValueError(f"times are a list of at least two numbers, got shape {times.shape}.")
    times = refuse_if(times, ~(jnp.diff(times) > 0).all(), "the times must increase.")
    return _flow(function, _checked(function, state, tolerance), times, tolerance)


@eqx.filter_jit
def _flow(function, state, times, tolerance):
    enter, leave = coordinates = linear_coordinates(state)
    solution = _solve(
        _field(function, coordinates),
        enter(state),
        (times[0], times[-1]),
        tolerance,
        saveat=diffrax.SaveAt(ts=times),
    )
    return jax.vmap(leave)(solution.ys)


@readable
class Passage(eqx.Module):
    r"""The first crossing of a flow: `time`, the `state` there, and whether it is `reached`.

    `time` is infinite where the flow does not cross within the horizon; `state` is then the one at
    the horizon.

    ```python
    gl.flow_until(lambda x: 0 * x, jnp.array(1.0), lambda x: x - 0.5, horizon=10.0).reached  # True
    ```
    """

    time: Float[Array, ""]
    state: PyTree
    reached: Bool[Array, ""]


def flow_until(
    function: Callable[[PyTree], PyTree],
    state: PyTree,
    event: Callable[[PyTree], Float[Array, ""]],
    *,
    horizon: float | Float[Array, ""],
    tolerance: float = 1e-10,
) -> Passage:
    r"""The first time at which a quantity vanishes, $g(x_t) = 0$, along the flow of a map [HD-4].

    `event` is the scalar function $g$ of the state, which must change its sign there (two changes
    within one step of the solver are not seen); the time runs from 0 to `horizon` as in `flow`, so
    that a dataset that accumulates has grown by the factor $e^t$. The crossing is bracketed within
    a step of the solver, and one Newton step in time from a solution that ends there,
    $t - g/\dot g$, makes it as exact as the flow itself and gives its derivatives in everything
    that the map, the start and the event close over (reverse mode). Raises `ValueError` for float32
    states and an error where the solver fails.

    ```python
    gl.flow_until(lambda x: 0 * x, jnp.array(1.0), lambda x: x - 0.5, horizon=10.0).time  # 0.693147
    ```
    """
    state = _checked(function, state, tolerance)
    check_function("an event", event, "lambda x: ...")
    check_quantity("the event", event, state)
    check_number(horizon=horizon)
    horizon = jnp.asarray(horizon, float)
    horizon = refuse_if(horizon, horizon < 0, f"the horizon must not be negative, got {horizon}.")
    horizon = refuse_if(
        horizon, ~jnp.isfinite(event(state)), "the event is not finite at the start."
    )
    return _flow_until(function, state, event, horizon, tolerance)


@eqx.filter_jit
def _flow_until(function, state, event, horizon, tolerance):
    enter, leave = coordinates = linear_coordinates(state)
    field, start = _field(function, coordinates), enter(state)
    level = lambda x: event(leave(x))
    first = level(start)
    at_once = first == 0
    # In units of its first value, so that it falls from one and the tolerance has no unit.
    unit = stop_gradient(jnp.where(at_once, 1.0, first))
    found = _solve(
        field,
        stop_gradient(start),
        (0.0, horizon),
        tolerance,
        event=diffrax.Event(
            lambda t, y, args, **_: level(y) / unit,
            optx.Bisection(rtol=0.0, atol=_BRACKET, flip=True),
        ),
    )
    reached = at_once | diffrax.is_event(found.result)
    near = jnp.where(at_once, 0.0, stop_gradient(found.ts[-1]))
    # A solution of no length would have no first step.
    there = _solve(field, start, (0.0, jnp.where(near > 0, near, 1.0)), tolerance).ys[-1]
    there = jnp.where(near > 0, there, start)
    velocity = field(near, there, None)
    excess, rate = jax.jvp(level, (there,), (velocity,))
    late = jnp.where(reached & (rate != 0), excess / jnp.where(rate == 0, 1.0, rate), 0.0)
    time = jnp.where(reached, near - late, jnp.inf)
    return Passage(time, leave(there - late * velocity), reached)


def _field(function, coordinates):
    image = coordinates.of(function)
    return lambda t, x, args: image(x) - x


def _solve(field, start, span, tolerance, **options) -> Any:
    return diffrax.diffeqsolve(
        diffrax.ODETerm(field),
        diffrax.Tsit5(),
        t0=span[0],
        t1=span[1],
        dt0=None,
        y0=start,
        stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=tolerance),
        max_steps=_MAX_STEPS,
        **options,
    )


def _checked(function, state, tolerance):
    state = checked_state(state)
    check_double(state, "the flow")
    check_floating(state)
    check_positive(tolerance=tolerance)
    check_map(function, state)
    return state
