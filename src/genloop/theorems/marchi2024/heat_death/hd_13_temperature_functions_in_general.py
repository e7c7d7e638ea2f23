r"""HD-13: Sampling with $\tau = g/\sum g$ heats if $g(x)/x$ falls and cools if it rises."""

import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp

from ....certificates import certify_root
from ....loops.temperature import temperature_functions
from ....loops.temperature.temperature_functions import TemperatureKind
from ....models import Categorical
from ....stages import TemperatureFunction
from ....verification import bound, closed_form, proves, scaled, theorem
from ._instances import image_of

_HOT, _COLD = TemperatureKind.HOT, TemperatureKind.COLD


_FUNCTIONS = {
    "x/(1 + x)": (_HOT, lambda x: x / (1 + x)),
    "log(1 + 20 x)": (_HOT, lambda x: jnp.log1p(20 * x)),
    "x^3 + x": (_COLD, lambda x: x**3 + x),
    "exp(4 x) - 1": (_COLD, lambda x: jnp.expm1(4 * x)),
    "3 x": (TemperatureKind.NEUTRAL, lambda x: 3 * x),
    "x^2/(0.1 + x^2)": (TemperatureKind.MIXED, lambda x: x**2 / (0.1 + x**2)),
}


_STATES = np.array(
    [
        [0.4, 0.3, 0.2, 0.1, 0.0],
        [0.35, 0.35, 0.1, 0.2, 0.0],
        [0.97, 0.01, 0.01, 0.005, 0.005],
        [0.21, 0.2, 0.2, 0.2, 0.19],
    ]
)


_GENERAL = {
    "kind": temperature_functions.temperature_kind,
    "rates": temperature_functions.ratio_rates,
    "end": temperature_functions.function_end,
    "multiplier": temperature_functions.uniform_elasticity,
}


def _kind_by_concavity(function):
    """Concave functions called hot, convex ones cold, by the values at 0, 1/2 and 1."""
    middle, top = (float(function(jnp.asarray(x))) for x in (0.5, 1.0))
    gap = middle - top / 2
    return TemperatureKind.NEUTRAL if gap == 0 else _HOT if gap > 0 else _COLD


@theorem(
    spec="HD-13",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, infinite data", "g(0) = 0, g continuous and increasing"),
    claim=_GENERAL,
    mutants={
        "the kind from the curvature of g": _GENERAL | {"kind": _kind_by_concavity},
        "hot and cold exchanged": _GENERAL
        | {
            "end": lambda g, p: temperature_functions.function_end(
                lambda x: jnp.where(x > 0, x**2 / g(jnp.where(x > 0, x, 1.0)), 0.0), p
            )
        },
        "rates without the normaliser": _GENERAL
        | {
            "rates": lambda g, p: temperature_functions.ratio_rates(
                lambda x: g(x) / g(x).sum(axis=-1, keepdims=True), np.sqrt(p)
            )
        },
        "rates 1 % high": scaled(_GENERAL, 1.01, "rates"),
        "the multiplier 1 % high": scaled(_GENERAL, 1.01, "multiplier"),
        "the multiplier of one outcome more": _GENERAL
        | {
            "multiplier": lambda g, *, outcomes: temperature_functions.uniform_elasticity(
                g, outcomes=outcomes + 1
            )
        },
    },
)
def temperature_functions_in_general(claim, trial):
    r"""Sampling with $\tau = g/\sum g$ heats if $g(x)/x$ falls and cools if it rises.

    Along the flow $\frac{\mathrm d}{\mathrm dt} \log\frac{x_i}{x_j} = [\frac{g(x_i)}{x_i} -
    \frac{g(x_j)}{x_j}]/\sum_k g(x_k)$. With $g(x)/x$ strictly falling (hot) flow and loop without
    real data end uniform on the support, strictly rising (cold) uniform on the most probable
    outcomes; for a linear $g$ every state is fixed. The multiplier at the uniform state is
    $u g'(u)/g(u)$, $u = 1/K$: below one if hot, above one if cold.
    """
    inside = _STATES[2:]
    for name, (kind, function) in _FUNCTIONS.items():
        stage = TemperatureFunction(function)
        yield closed_form(f"kind of {name}", claim["kind"](function) == kind, True)
        image = trial.once(f"image {name}", lambda s=stage: image_of(s, inside))
        drift = (image - inside) / inside
        expected = claim["rates"](function, inside)
        rates = drift[:, :, None] - drift[:, None, :]
        yield closed_form(f"log ratios along the flow, {name}", expected, rates, scale=1.0)
        dense = lambda s=stage: np.asarray(s.jacobian(Categorical.uniform(5)).dense())
        spectrum = np.linalg.eigvals(trial.once(f"derivative {name}", dense))
        multiplier = claim["multiplier"](function, outcomes=5)
        found = -np.sort(-spectrum.real)[:4]
        yield closed_form(f"multiplier of the uniform state, {name}", multiplier, found)
        if kind is TemperatureKind.MIXED:
            continue
        end = claim["end"](function, _STATES)
        loop = trial.once(f"loop {name}", lambda f=function: _loop_end(f, _STATES))
        yield closed_form(f"end of the loop, {name}", end, loop, scale=1.0, tolerance=1e-9)
        flow = trial.once(f"flow {name}", lambda f=function: _flow_end(f, _STATES))
        yield closed_form(f"end of the flow, {name}", end, flow, scale=1.0, tolerance=1e-6)
        sign = {_HOT: 1, _COLD: -1}.get(kind, 0)
        yield bound(f"side of one, {name}", 0.0, sign * (1 - multiplier))


def _tau(function, states):
    weights = np.asarray(function(states))
    return weights / weights.sum(axis=-1, keepdims=True)


def _loop_end(function, states, generations=300):
    """The loop iterated; what is left of an outcome that goes is not followed below rounding."""
    for _ in range(generations):
        states = _tau(function, states)
    return states


def _flow_end(function, states, time=250.0):
    """The flow by an initial value solver that knows nothing of the loop."""

    def velocity(_, flat):
        x = np.maximum(flat.reshape(states.shape), 0.0)
        return (_tau(function, x) - x).ravel()

    options = {"method": "LSODA", "rtol": 1e-10, "atol": 1e-13}
    path = solve_ivp(velocity, (0, time), states.ravel(), **options)
    return path.y[:, -1].reshape(states.shape)


@proves("HD-13")
def proofs(digits):
    r"""$u g'(u)/g(u) = 1$ for $g = x^2/(c + x^2)$: how many equal outcomes are stable."""
    excess = lambda u, c: 2 * c / (c + u**2) - 1
    return {
        "c = 0.1, uniform state of 1/u outcomes": certify_root(
            excess, "0", "1", parameters=["0.1"], digits=digits
        )
    }
