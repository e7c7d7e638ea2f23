r"""HD-7: A loop at $T \ge 1$ has one fixed point and every orbit tends to it, for any $a > 0$."""

import numpy as np

from ....loops.temperature import structure
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_unique
from ....verification import bound, closed_form, proves, scaled, theorem
from .._instances import OUTCOMES, derivatives, fixed_points, instances, on_instances
from ._instances import ZIPF


@theorem(
    spec="HD-7",
    paper="marchi2024",
    status="derived",
    hypotheses=("T >= 1", "a > 0", "every real probability positive", "infinite data"),
    claim=structure.curvature_bound,
    mutants={
        "1 % more curved": scaled(structure.curvature_bound, 1.01),
        "1 % less curved": scaled(structure.curvature_bound, 0.99),
        "r_i/x_i instead of r_i/x_i^2, times K": lambda m, v, **p: (
            structure.curvature_bound(m, v * m.probabilities**0.5, **p) * m.probabilities.size
        ),
    },
)
def heated_loops(claim, trial):
    r"""A loop at $T \ge 1$ has one fixed point and every orbit tends to it, for any $a > 0$.

    The potential is strictly concave on the simplex: $v \cdot \nabla^2 U(x)\,v \le -a \sum_i r_i
    v_i^2/x_i^2$ for tangent vectors $v$, with equality at $T = 1$. So there is no threshold.
    """
    for outcomes in OUTCOMES:
        cases = instances(outcomes, coldest=1.0)
        direction = cases.real.probabilities - cases.state.probabilities
        exact = trial.once(f"curvature {outcomes}", lambda c=cases, v=direction: _curvature(c, v))
        upper = on_instances(_any_temperature(claim), cases, direction)
        yield bound(f"curvature, {outcomes} outcomes", exact, upper, tolerance=1e-9)
        yield closed_form(f"equality at T = 1, {outcomes} outcomes", upper[0], exact[0])
    cases = instances(12, coldest=1.0)
    points = trial.once("points", lambda: fixed_points(cases))
    for start in ("real", "rolled"):
        other = (
            cases.real.probabilities if start == "real" else np.roll(_cornered(cases), 1, axis=-1)
        )
        moved = cases._replace(state=type(cases.state)(other))
        again = trial.once(start, lambda moved=moved: fixed_points(moved))
        same = (again.state.probabilities, points.state.probabilities)
        yield closed_form(f"one fixed point, {start} start", *same, tolerance=1e-9)
    yield bound("it is stable", points.spectral_radius, 1 - 1e-6)


def _any_temperature(claim):
    return lambda state, direction, *, temperature, **p: claim(state, direction, **p)


def _curvature(cases, direction):
    r"""$v \cdot \nabla^2 U\,v$ from $\partial_i U = F_i/x_i$ and the derivative of $F$."""
    matrices, images = derivatives(cases)
    relative = direction / cases.state.probabilities
    turned = np.einsum("nij,nj->ni", matrices, direction)
    return (relative * turned).sum(axis=-1) - (images * relative**2).sum(axis=-1)


def _cornered(cases):
    """The states of the instances, moved most of the way to their most probable outcome."""
    power = cases.state.probabilities**4
    return power / power.sum(axis=-1, keepdims=True)


@proves("HD-7")
def proofs(digits):
    """Temperatures above one."""
    loop = ExactLoop.of(ZIPF, "1.1")
    return {"Zipf's law, 10 outcomes, T = 1.1": certify_unique(loop, digits=digits)}
