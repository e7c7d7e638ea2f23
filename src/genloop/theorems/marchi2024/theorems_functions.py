"""Theorems on temperature functions in general, and on loops without any real data."""

import itertools

import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp

from ...loops.temperature import temperature_functions
from ...loops.temperature.temperature_functions import TemperatureKind
from ...models import Categorical
from ...stages import Temper, TemperatureFunction
from ...verification import bound, closed_form, scaled, theorem

PAPER = "marchi2024"

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
    paper=PAPER,
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
        image = trial.once(f"image {name}", lambda s=stage: _image(s, inside))
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


def _image(stage, states):
    return np.asarray(stage(Categorical(states)).probabilities)


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


_FACES = {
    "multipliers": temperature_functions.face_multipliers,
    "escape": temperature_functions.face_escape,
    "attracts": temperature_functions.face_attracts,
}


def _in_one_order(order):
    """The multipliers with the transverse ones as if temperatures below one were hot."""
    return lambda *, temperature, **p: temperature_functions.face_multipliers(
        temperature=temperature if order else 1 / temperature, **p
    )


@theorem(
    spec="HD-14",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, infinite data", "T different from one"),
    claim=_FACES,
    mutants={
        "cold and hot exchanged": _FACES | {"multipliers": _in_one_order(False)},
        "1/T once more on the face": _FACES
        | {
            "multipliers": lambda *, survivors, outcomes, **p: (
                temperature_functions.face_multipliers(
                    survivors=min(survivors + 1, outcomes), outcomes=outcomes, **p
                )
            )
        },
        "the multipliers 1 % high": scaled(_FACES, 1.01, "multipliers"),
        "the escape 1 % large": scaled(_FACES, 1.01, "escape"),
        "the escape without the size of the face": _FACES
        | {"escape": lambda x, *, temperature, survivors: x ** (1 / temperature)},
        "every face attracts when cold": _FACES
        | {"attracts": lambda *, temperature, survivors, outcomes: temperature < 1},
    },
)
def uniform_faces(claim, trial):
    r"""Without real data the fixed points of $S_T$ are the uniform distributions over any set $A$.

    They are $2^K - 1$. On the face of $A$ the multiplier is $1/T$, $|A| - 1$ times; a small
    probability $x$ outside becomes $|A|^{b-1} x^b (1 + o(1))$, so that the transverse multiplier is
    0 for $T < 1$ and infinite for $T > 1$. Only corners attract for $T < 1$, only the uniform state
    of all outcomes for $T > 1$.
    """
    faces = np.array(list(itertools.product((0.0, 1.0), repeat=5))[1:])
    states = faces / faces.sum(axis=1, keepdims=True)
    sizes = faces.sum(axis=1).astype(int)
    for temperature in (0.4, 0.8, 1.25, 2.5):
        stage, what = Temper(temperature), f"T = {temperature}"
        moved = trial.once(f"image {what}", lambda s=stage: _image(s, states))
        yield closed_form(f"{len(states)} fixed points, {what}", moved, states, tolerance=1e-14)
        yield from _off_the_faces(trial, what, stage, temperature)
        for survivors in (1, 2, 4, 5):
            options = {"temperature": temperature, "survivors": survivors}
            where, state = f"{survivors} of 5, {what}", states[sizes == survivors][0]
            inner = trial.once(f"inner {where}", lambda s=stage, x=state: _on_face(s, x))
            expected = claim["multipliers"](**options, outcomes=5)
            finite = np.sort(np.append(inner, np.zeros(5 - survivors)))[::-1]
            across = expected[: 5 - survivors] if temperature > 1 else expected[survivors:]
            yield closed_form(f"on the face, {where}", _finite(expected), finite, scale=1.0)
            small = np.array([1e-4, 1e-6, 1e-8]) ** max(1.0, temperature)
            escaped = trial.once(
                f"escape {where}", lambda s=stage, x=state, e=small: _escaped(s, x, e)
            )
            if survivors < 5:
                found = claim["escape"](small, **options)
                yield closed_form(f"transverse, {where}", found, escaped, tolerance=2e-3)
                # The one-sided difference quotient itself, which tends to the multiplier.
                quotient = escaped / small
                side = quotient[-1] if temperature < 1 else 1 / quotient[-1]
                limit = across[0] if temperature < 1 else 1 / across[0]
                yield closed_form(f"its limit, {where}", limit, side, scale=1.0, tolerance=0.05)
            near = trial.once(f"near {where}", lambda s=stage, x=state: _returns(s, x))
            yield closed_form(f"attracts, {where}", claim["attracts"](**options, outcomes=5), near)


def _finite(multipliers):
    """Infinite multipliers as zeros, largest first."""
    return -np.sort(-np.where(np.isfinite(multipliers), multipliers, 0.0))


def _off_the_faces(trial, what, stage, temperature):
    """Random states move, by the Hilbert distance that [HD-2] says."""
    states = np.random.default_rng(14).dirichlet(np.ones(5), size=50)
    image = trial.once(f"moved {what}", lambda: _image(stage, states))
    spread = np.ptp(np.log(states), axis=1)
    yield bound(f"no others, {what}", 1e-3 * spread, np.abs(np.ptp(np.log(image), axis=1) - spread))


def _on_face(stage, state):
    """Eigenvalues of the derivative among the outcomes of a face."""
    inside = state[state > 0]
    if inside.size == 1:
        return np.zeros(1)
    dense = np.asarray(stage.jacobian(Categorical(inside)).dense())
    return np.linalg.eigvals(dense).real


def _escaped(stage, state, small):
    """What a small probability outside the face becomes in one generation."""
    outside = int(np.argmin(state))
    moved = (1 - small)[:, None] * state
    moved[:, outside] += small
    return _image(stage, moved)[:, outside]


def _returns(stage, state, generations=300):
    """Whether the loop comes back from a few states near."""
    generator = np.random.default_rng(15)
    near = state + 1e-3 * generator.dirichlet(np.ones(5), size=4)
    near /= near.sum(axis=1, keepdims=True)
    power = 1 / float(stage.temperature)
    for _ in range(generations):
        near = (near / near.max(axis=1, keepdims=True)) ** power
        near /= near.sum(axis=1, keepdims=True)
    return bool(np.abs(near - state).max() < 1e-6)
