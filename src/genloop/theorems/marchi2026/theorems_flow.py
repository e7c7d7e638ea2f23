"""Theorems on the flow under training errors: its floor, its entropy, its ball."""

import numpy as np

from ...loops.perturbed_flow import formulas
from ...loops.temperature.recipes import loop
from ...models import Categorical
from ...verification import bound, closed_form, scaled, theorem
from . import _instances
from ._instances import COUNT, OUTCOMES, SPAN, TIMES, Flows

PAPER = "marchi2026"


def _floor_flows():
    """Cold flows from the corner of one outcome; the error falls on another one."""
    odds, share = _instances.pick([2.0, 6.0, 20.0]), _instances.pick([0.0, 0.1, 0.5], 3)
    real = np.tile([0.45, 0.1, 0.2, 0.25], (COUNT, 1))
    start = 1e-9 + (1 - OUTCOMES * 1e-9) * np.tile(_instances.entry(0), (COUNT, 1))
    return Flows(
        real=real,
        start=start,
        equilibrium=np.full_like(real, 1 / OUTCOMES),
        temperature=_instances.column(_instances.pick([0.12, 0.2, 0.7, 2.0], 6)),
        odds=_instances.column(odds),
        error=_instances.column(share * odds * 0.1),
        push=np.tile(_instances.entry(0) - _instances.entry(1), (COUNT, 1)),
        gain=np.zeros((COUNT, 1)),
    )


_FLOOR = {"floor": formulas.floor, "time": formulas.settling_time}


@theorem(
    spec="FR-1",
    paper=PAPER,
    status="published",
    hypotheses=(
        "every real probability at least delta > 0",
        "training errors at most eta in every entry",
        "any start, any temperature",
    ),
    claim=_FLOOR,
    mutants={
        "the floor 1 % high": scaled(_FLOOR, 1.01, "floor"),
        "without the training error": _FLOOR
        | {"floor": lambda settled, *, error, **o: formulas.floor(settled, **o)},
        "settled 1 % earlier": scaled(_FLOOR, 0.99, "time"),
    },
)
def floor_under_errors(claim, trial):
    r"""Real data keep every outcome alive: $\theta_i \ge \kappa\,(\mu\delta - \eta)/(1 + \mu)$.

    For $t \ge t_\kappa = \log\frac1{1 - \kappa}/(1 + \mu)$ and every $\kappa < 1$, whatever the
    start, the temperature and the errors $|\varepsilon_i| \le \eta$.
    """
    flows = _floor_flows()
    states = trial.once("orbits", lambda: _instances.orbits(flows))
    odds, error = flows.odds[:, 0], flows.error[:, 0]
    times = TIMES[1:, None] / (1 + odds)
    for temperature in (0.12, 0.2, 0.7, 2.0):
        here = flows.temperature[:, 0] == temperature
        for settled in (0.3, 0.9, 0.999):
            low = claim["floor"](settled, odds=odds, smallest=0.1, error=error)
            late = (times >= claim["time"](settled, odds=odds)) & here
            ratio = np.where(late, low / states[1:].min(axis=-1), 0.0)
            what = f"floor over least probability, T = {temperature}, kappa = {settled}"
            yield bound(what, ratio, 1.0, tolerance=_instances.ROUNDING)
    # The shares that have settled at the times of the orbit, and half a per cent later.
    for later in (1.005, 1.0):
        settled = 1 - np.exp(-later * TIMES[1:32, None])
        reached = times[:31] >= claim["time"](settled, odds=odds) * (1 - 1e-9)
        low = claim["floor"](np.where(reached, settled, 0.0), odds=odds, smallest=0.1, error=error)
        ratio = low / states[1:32].min(axis=-1)
        what = f"floor over least probability at every time, {later} of it"
        yield bound(what, ratio, 1.0, tolerance=_instances.ROUNDING)
    # Where the start has died out and tempering is cold, the floor is all that is left.
    yield bound("it is nearly attained", 1 - 1e-3, ratio.max())


def _rate_flows():
    equilibrium = _instances.equilibria()
    temperature = _instances.pick([0.4, 0.8, 1.0, 2.5])
    needed = (formulas.tempered(equilibrium, temperature) / equilibrium).max(axis=-1) - 1
    odds = 1.3 * np.maximum(needed, 0.1) + _instances.pick([0.0, 2.0], 12)
    real = _instances.held_at(equilibrium, temperature=temperature, odds=odds)
    return Flows(
        real=real,
        start=0.9 * np.roll(equilibrium, 5, axis=0) + 0.1 / OUTCOMES,
        equilibrium=equilibrium,
        temperature=_instances.column(temperature),
        odds=_instances.column(odds),
        error=_instances.column(0.3 * odds * real.min(axis=-1)),
        push=np.random.default_rng(7).normal(size=(COUNT, OUTCOMES)),
        gain=np.zeros((COUNT, 1)),
    )


_RATE = {"rate": formulas.entropy_rate, "gain": formulas.perturbation_gain}


@theorem(
    spec="FR-2",
    paper=PAPER,
    status="published",
    hypotheses=("an equilibrium of the flow without errors", "errors that sum to zero"),
    claim=_RATE,
    mutants={
        "mu in place of 1 + mu": _RATE
        | {"rate": lambda *a, odds, **o: formulas.entropy_rate(*a, odds=odds - 1, **o)},
        "1 + mu 1 % high": _RATE
        | {
            "rate": lambda *a, odds, **o: formulas.entropy_rate(*a, odds=1.01 * (1 + odds) - 1, **o)
        },
        "errors count 1 % more": _RATE
        | {"rate": lambda x, e, p, **o: formulas.entropy_rate(x, e, 1.01 * p, **o)},
        "tempering counts 1 % more": _RATE
        | {
            "rate": lambda x, e, p, **o: (
                formulas.entropy_rate(x, e, p, **o)
                + 0.01 * formulas.tempered_product(x, e, temperature=o["temperature"])
            )
        },
        "the errors gain 1 % less": scaled(_RATE, 0.99, "gain"),
    },
)
def entropy_along_the_flow(claim, trial):
    r"""What moves $V = \mathrm{KL}(\theta \| \theta_e)$ along the flow, term by term.

    With $L = \log(\theta/\theta_e)$: $\dot V = \langle L, S_T(\theta) - S_T(\theta_e) \rangle -
    (1 + \mu) \langle L, \theta - \theta_e \rangle + \langle L, \varepsilon \rangle$. The last term
    is at most $\eta \min_m \sum_i |L_i - m|$, and no less for some error.
    """
    flows = _rate_flows()
    states = trial.once("orbits", lambda: _instances.orbits(flows))
    parameters = {"temperature": flows.temperature[:, 0], "odds": flows.odds[:, 0]}
    error = flows.perturbation(states)
    rates = claim["rate"](states, flows.equilibrium, error, **parameters)
    entropy = formulas.relative_entropy(states, flows.equilibrium)
    gained = _integral(rates) / (1 + parameters["odds"])
    what = "its integral along the orbits"
    yield closed_form(what, gained, entropy[-1] - entropy[0], tolerance=1e-6, scale=entropy[0])
    start = flows.start
    velocity = trial.once("velocity", lambda: _velocity(flows))
    step = 1e-5
    ends = [
        formulas.relative_entropy(start + h * velocity, flows.equilibrium) for h in (step, -step)
    ]
    change = (ends[0] - ends[1]) / (2 * step)
    scale = np.abs(change).max()
    yield closed_form("its value by differences", rates[0], change, tolerance=1e-7, scale=scale)
    most = claim["gain"](states, flows.equilibrium, error=flows.error[:, 0])
    logarithm = np.log(states / flows.equilibrium)
    yield bound("what errors gain", (logarithm * error).sum(axis=-1), most, tolerance=1e-12)
    order = np.argsort(np.argsort(logarithm, axis=-1), axis=-1)
    worst = flows.error * np.where(order >= OUTCOMES / 2, 1.0, -1.0)
    attained = (logarithm * worst).sum(axis=-1)
    yield closed_form("the worst errors", most[0], attained[0], tolerance=1e-10)


def _integral(values):
    """The integral over `TIMES` of the polynomial through the values."""
    from numpy.polynomial import chebyshev

    nodes = 2 * TIMES / SPAN - 1
    coefficients = chebyshev.chebfit(nodes, values, len(TIMES) - 1)
    return chebyshev.chebval(1.0, chebyshev.chebint(coefficients, lbnd=-1)) * SPAN / 2


def _velocity(flows):
    """The derivative of the start along the flow, by the stages of the loop."""
    share = flows.odds / (1 + flows.odds)
    generation = loop(
        temperature=flows.temperature, real_fraction=share, real=Categorical(flows.real)
    )
    change = np.asarray(generation(Categorical(flows.start)).probabilities) - flows.start
    return (1 + flows.odds) * change + flows.perturbation(flows.start)


def _theorem_one_flows():
    temperature = _instances.pick([0.3, 0.6, 0.9, 1.5], 3)
    real, odds, error = _instances.under_theorem_one(
        _instances.SETTLED,
        error_share=np.where(_instances.ERRING, _instances.pick([0.002, 0.2], 4), 0.0),
        excess=_instances.pick([1.0, 400.0], 6),
        temperature=temperature,
    )
    equilibrium = _instances.equilibria()
    # Distance and entropy are closest where an outcome is missing, errors show from rest.
    missing = equilibrium * (1 - (1 - 1e-6) * _instances.entry(0))
    missing = missing / missing.sum(axis=-1, keepdims=True)
    start = np.where(
        _instances.column(_instances.CYCLE // 3 % 2 == 0), _instances.starts(), missing
    )
    at_rest = _instances.column(_instances.ERRING & (_instances.CYCLE < 18))
    return Flows(
        real=real,
        start=np.where(at_rest, equilibrium, start),
        equilibrium=equilibrium,
        temperature=_instances.column(temperature),
        odds=_instances.column(odds),
        error=_instances.column(error),
        push=np.tile(_instances.ALTERNATING, (COUNT, 1)),
        gain=_instances.column(_instances.pick([0.0, 0.0, 0.0, 0.3])),
    )


_THEOREM_ONE = {
    "condition": formulas.fisher_rao_condition,
    "distance": lambda entropy: np.pi / 2 * np.sqrt(entropy),
    "rate": formulas.fisher_rao_rate,
    "radius": formulas.fisher_rao_radius,
}


@theorem(
    spec="FR-4",
    paper=PAPER,
    status="published",
    hypotheses=(
        "mu at least the condition of the theorem, kappa < 1",
        "training errors at most eta in every entry that sum to zero",
        "every real probability at least delta > 0",
    ),
    claim=_THEOREM_ONE,
    mutants={
        "the first term cut to 0.575 (it fails below 0.637)": scaled(
            _THEOREM_ONE, 0.575, "distance"
        ),
        "4.2 times the rate (it fails above 4)": scaled(_THEOREM_ONE, 4.2, "rate"),
        "the radius cut to 0.205 (it fails below 0.225)": scaled(_THEOREM_ONE, 0.205, "radius"),
        "the condition 1 % high": scaled(_THEOREM_ONE, 1.01, "condition"),
    },
)
def published_theorem_one(claim, trial):
    r"""Theorem 1 of the paper: a Fisher-Rao ball under training errors.

    If $\mu \ge \max\{\frac{1 + T \eta_{FR} \kappa}{T \delta \kappa}, \frac{\eta + 2
    \eta_{FR}/\kappa}\delta\}$, $\eta_{FR} = 1/(T \min \theta_e)$, then for $t \ge t_\kappa$:
    $d_{FR}(\theta, \theta_e) \le \frac\pi2 \sqrt{e^{-\lambda (t - t_\kappa)}
    \mathrm{KL}(\theta(t_\kappa) \| \theta_e)} + \varepsilon_{FR}$, with $\lambda = \frac12 [(1 +
    \mu)(1 - q)]$, $q = 2 \eta_{FR} \max \theta_e/z$, $z = \kappa (\mu \delta - \eta)$ and
    $\varepsilon_{FR} = \pi \eta \sqrt{K \max \theta_e/2}/[z (1 - q)]$. Not sharp, but less
    than $\frac2\pi$ of the first term, more than $4 \lambda$ or less than $\frac1{\sqrt 2 \pi}$ of
    $\varepsilon_{FR}$ would be wrong.
    """
    flows = _theorem_one_flows()
    states = trial.once("orbits", lambda: _instances.orbits(flows))
    parameters = flows.parameters
    needed = claim["condition"](
        flows.equilibrium,
        **{name: value for name, value in parameters.items() if name != "odds"},
    )
    yield bound("the condition is met", needed, parameters["odds"], tolerance=1e-9)
    rate = claim["rate"](flows.equilibrium, **parameters)
    yield bound("the rate is positive", 0.0, rate)
    radius = claim["radius"](flows.equilibrium, **parameters)
    allowed = (
        _instances.since(
            flows, states, lambda entropy, time: claim["distance"](np.exp(-rate * time) * entropy)
        )
        + radius
    )
    distance = formulas.fisher_rao_distance(states, flows.equilibrium)
    for erring in (False, True):
        ratio = np.where(_instances.settled() & ((radius > 0) == erring), distance / allowed, 0.0)
        what = "with errors" if erring else "without errors"
        yield bound(f"distance over its bound, {what}", ratio, 1.0, tolerance=_instances.ROUNDING)
