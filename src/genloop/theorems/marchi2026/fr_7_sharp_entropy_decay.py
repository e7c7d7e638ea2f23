r"""FR-7: Relative entropy decays above $\mu = \Lambda - 1$, and $\Lambda$ cannot be improved."""

import numpy as np

from ...loops.perturbed_flow import formulas
from ...loops.temperature.universal import universal_multiplier, universal_ratio
from ...verification import bound, closed_form, proves, scaled, theorem
from . import _instances
from ._instances import ANY_OUTCOMES, COUNT, OUTCOMES, TEMPERATURE, TIMES, Flows, any_real_data

_SHARP = {
    "multiplier": lambda temperature, outcomes: float(
        universal_multiplier(temperature=temperature, outcomes=outcomes)
    ),
    "speed": 4.0,
    "radius": formulas.entropy_radius,
}


_COLD = (0.3, 0.5, 0.8)


def _sharp_flows(multiplier):
    """Just enough real data at the worst equilibrium, or plenty; half of them with errors."""
    temperature = _instances.pick(_COLD)
    lead = np.array([float(universal_ratio(temperature=t, outcomes=OUTCOMES)) for t in _COLD])
    worst = np.where(np.arange(OUTCOMES) < 2, lead[:, None], 1.0)[_instances.CYCLE % len(_COLD)]
    worst = worst / worst.sum(axis=-1, keepdims=True)
    plenty = _instances.column(_instances.CYCLE >= COUNT // 2)
    equilibrium = np.where(plenty, 1 / OUTCOMES, worst)
    odds = (multiplier - 1) * np.where(plenty[:, 0], 500.0, 1.02)
    real = _instances.held_at(equilibrium, temperature=temperature, odds=odds)
    erring = _instances.CYCLE // 3 % 2
    return Flows(
        real=real,
        start=np.where(plenty * erring[:, None], equilibrium, _instances.starts()),
        equilibrium=equilibrium,
        temperature=_instances.column(temperature),
        odds=_instances.column(odds),
        error=_instances.column(0.01 * erring * odds * real.min(axis=-1)),
        push=np.tile(_instances.ALTERNATING, (COUNT, 1)),
        gain=np.zeros((COUNT, 1)),
    )


@theorem(
    spec="FR-7",
    paper="marchi2026",
    status="derived",
    hypotheses=(
        "T < 1 and mu > Lambda - 1, Lambda the largest multiplier of tempering at any state",
        "training errors at most eta in every entry that sum to zero",
        "every real probability positive",
    ),
    claim=_SHARP,
    mutants={
        "the multiplier 0.5 % low": scaled(_SHARP, 0.995, "multiplier"),
        "the multiplier of one outcome less": _SHARP
        | {"multiplier": lambda t, k: _SHARP["multiplier"](t, k - 1)},
        "J at least 4.04 squared distances": _SHARP | {"speed": 4.04},
        "the radius cut to 0.7 (it fails below 0.707)": scaled(_SHARP, 0.7, "radius"),
    },
)
def sharp_entropy_decay(claim, trial):
    r"""Relative entropy decays above $\mu = \Lambda - 1$, and $\Lambda$ cannot be improved.

    $\langle L, S_T(\theta) - S_T(\theta_e) \rangle \le \Lambda J$ for all $\theta, \theta_e$, where
    $J = \langle L, \theta - \theta_e \rangle \ge \max\{V, 4 d_{FR}^2\}$ and $\Lambda$ is that of
    [HD-11]. So without errors $\dot V \le -g J$, $g = 1 + \mu - \Lambda$, and $V \le V_0 e^{-g t}$
    from every start; with errors, for $t \ge t_\kappa$, $d_{FR} \le \sqrt V \le e^{-g (t -
    t_\kappa)/2} \sqrt{V(t_\kappa)} + \eta \sqrt{K/m}/g$, $m$ the floor of [FR-1].
    """
    for outcomes in (OUTCOMES, 9):
        left, right = trial.once(f"pairs {outcomes}", lambda k=outcomes: _pairs(k))
        symmetric = formulas.symmetric_entropy(left, right)
        distance = formulas.fisher_rao_distance(left, right)
        ratio = claim["speed"] * distance**2 / symmetric
        yield bound(f"4 d^2 over J, K = {outcomes}", ratio, 1.0, tolerance=1e-9)
        for temperature in _COLD:
            what = f"K = {outcomes}, T = {temperature}"
            largest = claim["multiplier"](temperature, outcomes)
            product = formulas.tempered_product(
                left, right, temperature=np.full(len(left), temperature)
            )
            yield bound(f"tempering over J, {what}", product / symmetric, largest)
            close = trial.once(f"close {what}", lambda k=outcomes, t=temperature: _worst_pair(k, t))
            yield closed_form(f"a pair at the worst state, {what}", largest, close, tolerance=1e-5)
    flows, states = trial.once("flows", _sharp_orbits)
    known = _multipliers(claim)
    parameters = flows.parameters
    parameters.pop("temperature")
    gap = 1 + parameters["odds"] - known
    radius = claim["radius"](OUTCOMES, multiplier=known, **parameters)
    decayed = _instances.since(flows, states, lambda v, time: np.exp(-gap * time / 2) * np.sqrt(v))
    entropy = np.sqrt(formulas.relative_entropy(states, flows.equilibrium))
    ratio = np.where(_instances.settled()[:-1], entropy[1:] / (decayed + radius)[1:], 0.0)
    yield bound("root of V over its bound", ratio, 1.0, tolerance=_instances.ROUNDING)
    law = entropy[0] * np.exp(-gap * TIMES[:, None] / (1 + parameters["odds"]) / 2)
    quiet = (parameters["error"] == 0) & (entropy[0] > 0)
    ratio = entropy[1:, quiet] / law[1:, quiet]
    yield bound(
        "root of V over its decay without errors", ratio, 1.0, tolerance=_instances.ROUNDING
    )


def _multipliers(claim):
    r"""$\Lambda$ at the temperature of every flow."""
    return _instances.pick([claim["multiplier"](temperature, OUTCOMES) for temperature in _COLD])


def _sharp_orbits():
    flows = _sharp_flows(_multipliers(_SHARP))
    return flows, _instances.orbits(flows)


def _pairs(outcomes, count=4000):
    """Random pairs from far to close, from the middle to the boundary."""
    generator = np.random.default_rng(outcomes)
    spread = generator.choice([0.2, 1.0, 5.0], size=(count, 1))
    right = generator.gamma(spread, size=(count, outcomes)) + 1e-6
    size = 10 ** generator.uniform(-2, 1, size=(count, 1))
    left = right * np.exp(size * generator.normal(size=(count, outcomes)))
    return tuple(x / x.sum(axis=-1, keepdims=True) for x in (left, right))


def _worst_pair(outcomes, temperature, step=1e-3):
    """Tempering over $J$ for the worst state and one whose leaders are a little apart."""
    lead = float(universal_ratio(temperature=temperature, outcomes=outcomes))
    right = np.where(np.arange(outcomes) < 2, lead, 1.0)
    left = right * np.exp(step * np.array([1.0, -1.0, *[0.0] * (outcomes - 2)]))
    left, right = left / left.sum(), right / right.sum()
    product = formulas.tempered_product(left, right, temperature=temperature)
    return product / formulas.symmetric_entropy(left, right)


@proves("FR-7")
def proofs(digits):
    r"""$\mu = \Lambda - 1$: above it the relative entropy to the equilibrium decays."""
    return {f"K = {ANY_OUTCOMES}, T = {TEMPERATURE}": any_real_data(digits)}
