"""FR-1: floor under errors."""

import numpy as np

from ...loops.perturbed_flow import formulas
from ...verification import bound, proves, scaled, theorem
from . import _instances
from ._instances import COUNT, ERROR, OUTCOMES, SMALLEST, TIMES, Flows, least_odds


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
    paper="marchi2026",
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


@proves("FR-1")
def proofs(digits):
    r"""$\mu \delta = \eta$: above it the training error leaves every outcome alive."""
    condition = lambda mu, delta, eta: mu * delta - eta
    found = least_odds(condition, digits, parameters=[SMALLEST, ERROR])
    return {f"least probability {SMALLEST}, error {ERROR}": found}
