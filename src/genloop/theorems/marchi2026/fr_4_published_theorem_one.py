"""FR-4: Theorem 1 of the paper: a Fisher-Rao ball under training errors."""

import numpy as np

from ...loops.perturbed_flow import formulas
from ...verification import bound, proves, scaled, theorem
from . import _instances
from ._instances import ANY_OUTCOMES, COUNT, ERROR, SETTLED_SHARE, TEMPERATURE, Flows, least_odds


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
    paper="marchi2026",
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


@proves("FR-4")
def proofs(digits):
    r"""Equality in both conditions of the theorem, at uniform data ($\delta = \theta_e = 1/K$)."""
    settled = lambda mu, t, k, n: t * mu * k / n - (1 + n * k)
    error = lambda mu, t, k, n, eta: mu / n - eta - 2 * n / (t * k)
    known = [TEMPERATURE, SETTLED_SHARE, str(ANY_OUTCOMES)]
    of = f"uniform, K = {ANY_OUTCOMES}, T = {TEMPERATURE}"
    return {
        f"{of}, first condition": least_odds(settled, digits, parameters=known),
        f"{of}, second condition": least_odds(error, digits, parameters=[*known, ERROR]),
    }
