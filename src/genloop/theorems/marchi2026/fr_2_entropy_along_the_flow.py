r"""FR-2: What moves $V = \mathrm{KL}(\theta \| \theta_e)$ along the flow, term by term."""

import numpy as np

from ...loops.perturbed_flow import formulas
from ...loops.temperature.recipes import loop
from ...models import Categorical
from ...verification import bound, closed_form, scaled, theorem
from . import _instances
from ._instances import COUNT, OUTCOMES, SPAN, TIMES, Flows


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
    paper="marchi2026",
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
