"""FR-5: The Euclidean ball of Gharesifard and Tabuada under training errors."""

import numpy as np

from ...loops.perturbed_flow import formulas
from ...verification import bound, proves, scaled, theorem
from . import _instances
from ._instances import (
    COUNT,
    ERROR,
    OUTCOMES,
    SETTLED_SHARE,
    SMALLEST,
    TEMPERATURE,
    Flows,
    least_odds,
)


def _ball_flows():
    equilibrium = _instances.equilibria()
    temperature = _instances.pick([0.4, 0.8, 1.5], 2)
    smallest, excess = equilibrium.min(axis=-1), _instances.pick([1.3, 4.0, 300.0, 2000.0], 6)
    for _ in range(60):
        odds = excess / (temperature * smallest)
        real = _instances.held_at(equilibrium, temperature=temperature, odds=odds)
        smallest = real.min(axis=-1)
    return Flows(
        real=real,
        start=equilibrium,
        equilibrium=equilibrium,
        temperature=_instances.column(temperature),
        odds=_instances.column(odds),
        error=_instances.column(0.02 * odds * smallest),
        push=np.tile(_instances.ALTERNATING, (COUNT, 1)),
        gain=_instances.column(_instances.pick([0.0, 1.0], 3)),
    )


_BALL = {
    "radius": formulas.euclidean_radius,
    "sharper": formulas.euclidean_radius_proved,
}


@theorem(
    spec="FR-5",
    paper="marchi2026",
    status="reconstructed",
    hypotheses=(
        "kappa (mu delta - eta) T > 1",
        "training errors at most eta in every entry that sum to zero",
        "every real probability at least delta > 0",
    ),
    claim=_BALL,
    mutants={
        "the Euclidean norm itself": _BALL
        | {"radius": lambda **o: formulas.euclidean_radius(**o) / np.sqrt(OUTCOMES)},
        "the ball 1 % smaller": scaled(_BALL, 0.99, "radius"),
        "the sharper ball 1 % smaller": scaled(_BALL, 0.99, "sharper"),
    },
)
def euclidean_ball(claim, trial):
    r"""The Euclidean ball of Gharesifard and Tabuada under training errors.

    In the end $\|\theta - \theta_e\|_2/\sqrt K \le \frac{\eta z T}{(1 + \mu)(z T - 1)}$
    with $z = \kappa (\mu \delta - \eta)$ and $z T > 1$. Proved with $2 z T$ in place of $z T$, so
    $z T > \frac12$ is enough. As it is quoted the norm is not named; it cannot be the Euclidean
    one without $\sqrt K$.
    """
    flows = _ball_flows()
    states = trial.once("orbits", lambda: _instances.orbits(flows))
    parameters = flows.parameters | {"settled": 0.999}
    error = states - flows.equilibrium
    size = np.sqrt((error**2).mean(axis=-1))
    radius, sharper = claim["radius"](**parameters), claim["sharper"](**parameters)
    for name, ball in (("as quoted", radius), ("sharper", sharper)):
        yield bound(f"error over the ball {name}", size / ball, 1.0, tolerance=_instances.ROUNDING)
    yield bound("the sharper one is smaller", sharper, radius)
    gain = trial.once("gain", lambda: _steepest_tempering(flows))
    low = formulas.floor(**{k: v for k, v in parameters.items() if k != "temperature"})
    limit = 1 / (2 * parameters["temperature"] * low)
    yield bound("steepness of tempering above the floor", gain, limit, tolerance=1e-9)


def _steepest_tempering(flows):
    """The largest norm of the derivative of tempering over random states above the floor."""
    generator, temperature = np.random.default_rng(6), flows.temperature[:, 0]
    low = 0.999 * 0.98 * flows.odds * flows.smallest[:, None] / (1 + flows.odds)
    largest = np.zeros(COUNT)
    for spread in (0.3, 1.0, 10.0):
        free = generator.dirichlet(np.full(OUTCOMES, spread), size=(40, COUNT))
        x = low + (1 - OUTCOMES * low) * free
        s = formulas.tempered(x, temperature)
        matrix = np.eye(OUTCOMES) * s[..., None] - s[..., :, None] * s[..., None, :]
        matrix = matrix / x[..., None, :] / temperature[:, None, None]
        largest = np.maximum(largest, np.linalg.norm(matrix, 2, axis=(-2, -1)).max(axis=0))
    return largest


@proves("FR-5")
def proofs(digits):
    r"""$z T = 1$ and the sharper $z T = \frac12$, $z = \kappa (\mu \delta - \eta)$."""
    strength = lambda mu, t, k, delta, eta: k * (mu * delta - eta) * t
    known, of = [TEMPERATURE, SETTLED_SHARE, SMALLEST, ERROR], f"T = {TEMPERATURE}"
    sharper = lambda mu, *known: strength(mu, *known) - 0.5
    published = lambda mu, *known: strength(mu, *known) - 1
    return {
        f"{of}, published": least_odds(published, digits, parameters=known),
        f"{of}, sharper": least_odds(sharper, digits, parameters=known),
    }
