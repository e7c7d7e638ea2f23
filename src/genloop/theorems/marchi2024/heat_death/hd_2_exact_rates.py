"""HD-2: Tempering divides the Hilbert distance of two distributions by exactly $T$."""

import jax.numpy as jnp
import numpy as np

from ....loops.temperature import structure
from ....stages import Temper
from ....verification import closed_form, scaled, theorem
from .._instances import OUTCOMES, evaluate, instances

_RATES = {
    "distance": structure.distance_after,
    "heating": structure.heating_time,
    "cooling": structure.cooling_time,
}


@theorem(
    spec="HD-2",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, a = 0", "infinite data", "distributions with one common support"),
    claim=_RATES,
    mutants={
        "the distance shrinks by 1/T^2": _RATES
        | {"distance": lambda d, t, *, temperature: d / temperature ** (2 * t)},
        "the distance 1 % large": scaled(_RATES, 1.01, "distance"),
        "heating 1 % slower": scaled(_RATES, 1.01, "heating"),
        "cooling 1 % slower": scaled(_RATES, 1.01, "cooling"),
        "cooling from probabilities, not from their logits": _RATES
        | {"cooling": lambda p, e, *, temperature: jnp.log(e / p) / -jnp.log(temperature)},
    },
)
def exact_rates(claim, trial):
    r"""Tempering divides the Hilbert distance of two distributions by exactly $T$.

    $d_H(S_T x, S_T y) = d_H(x, y)/T$; hence the distance falls (for $T > 1$) from $d_0$ to $\eta$
    in $\ln(d_0/\eta)/\ln T$ generations, and of two outcomes the likelier one grows (for $T < 1$)
    from $p_0$ to $p$ in $\ln[\operatorname{logit} p/\operatorname{logit} p_0]/\ln(1/T)$.
    """
    for outcomes in OUTCOMES:
        cases = instances(outcomes)
        pairs = (cases.state, cases.real, cases.temperature)
        start, later = trial.once(f"distances {outcomes}", lambda p=pairs: evaluate(_distances, *p))
        expected = claim["distance"](start, 3, temperature=pairs[2])
        yield closed_form(f"distance after 3 generations, {outcomes} outcomes", expected, later)
    heat, goal, start = np.array([1.1, 3.0]), np.array([0.01, 0.2]), np.full(2, np.log(2.5))
    time = np.asarray(claim["heating"](start, goal, temperature=heat))
    final = np.array([[0.5, 0.3, 0.2]]) ** (heat**-time)[:, None]
    reached = np.log(final[:, 0] / final[:, 2])
    yield closed_form("distance to uniform at the heating time", reached, goal)
    cold, goal, start = np.array([0.99, 0.6]), np.array([0.999, 0.9]), np.array([0.5001, 0.7])
    time = np.asarray(claim["cooling"](start, goal, temperature=cold))
    odds = (start / (1 - start)) ** (cold**-time)
    yield closed_form("probability at the cooling time", odds / (1 + odds), goal)


def _distances(left, right, temperature):
    """Hilbert distance of two models now and three generations later."""
    later = [model for model in (left, right)]
    for _ in range(3):
        later = [Temper(temperature)(model) for model in later]
    return structure.hilbert_distance(left, right), structure.hilbert_distance(*later)
