"""Theorems on the multipliers, the concavity and the sensitivities of every temperature loop."""

import functools

import jax
import numpy as np

from ...loops.temperature import structure
from ...verification import bound, closed_form, scaled, theorem
from ._instances import OUTCOMES, derivatives, fixed_points, instances, on_instances, without_real

PAPER = "marchi2024"


_SPECTRUM = {"equation": structure.secular_equation, "bound": structure.multiplier_bound}


@theorem(
    spec="HD-6",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data", "an interior state", "distinct s_i/x_i, for the equation"),
    claim=_SPECTRUM,
    mutants={
        "poles 1 % high": _SPECTRUM
        | {"equation": lambda m, mu, **p: structure.secular_equation(m, mu / 1.01, **p)},
        "the multipliers of the loop without real data": _SPECTRUM
        | {
            "equation": lambda m, mu, **p: structure.secular_equation(
                m, mu, **(p | {"real_fraction": 0.0})
            )
        },
        "the bound 1 % low": scaled(_SPECTRUM, 0.99, "bound"),
    },
)
def spectrum(claim, trial):
    r"""All multipliers are real and at least zero, and follow from one scalar equation.

    At any interior $x$ the derivative is similar, by $\operatorname{diag}(\sqrt x)$, to a positive
    semidefinite matrix. Besides a zero with right vector $x$ its eigenvalues are the $K - 1$ roots
    of $\sum_i s_i/(d_i - \mu) = 0$, $d_i = (1 - a)\,b\,s_i/x_i$, one between neighbouring $d_i$; so
    nothing but crossings of $+1$ can happen. $\mu_{\max} \le (1 - a)\,b\,u_1 u_2$ with the two
    largest $u_i = s_i/x_i$, an equality for $K = 2$. At fixed points $d_i = b\,(1 - a r_i/x_i)$.
    """
    for outcomes in OUTCOMES:
        cases = instances(outcomes)
        symmetric, values, poles = trial.once(f"{outcomes}", lambda c=cases: _spectra(c))
        what = f"{outcomes} outcomes"
        yield closed_form(f"symmetry, {what}", symmetric, symmetric.swapaxes(1, 2), scale=1.0)
        yield bound(f"a multiplier in every gap, {what}", poles[:, :-1], values, tolerance=1e-9)
        yield bound(f"a gap for every multiplier, {what}", values, poles[:, 1:], tolerance=1e-9)
        residual = on_instances(without_real(_at_each(claim["equation"])), cases, values)
        yield closed_form(f"equation, {what}", residual, 0.0, tolerance=1e-6, scale=1.0)
        limit = on_instances(without_real(claim["bound"]), cases)
        yield bound(f"two largest ratios, {what}", values[:, -1], limit, tolerance=1e-9)
        if outcomes == 2:
            yield closed_form("the bound is attained by two outcomes", limit, values[:, -1])
    cases = instances(12)
    found = trial.once("fixed points", lambda: fixed_points(cases))
    at_rest = cases._replace(state=found.state)
    _, values, poles = trial.once("at rest", lambda: _spectra(at_rest))
    yield closed_form("general solver", found.spectral_radius, values[:, -1], tolerance=1e-8)
    share, temperature = cases.real_fraction[:, None], cases.temperature[:, None]
    special = (1 - share * cases.real.probabilities / found.state.probabilities) / temperature
    yield closed_form("poles at fixed points", np.sort(special), poles, tolerance=1e-8, scale=1.0)


@functools.cache
def _at_each(equation):
    """The equation at all multipliers of a state."""
    return lambda state, values, **p: jax.vmap(lambda mu: equation(state, mu, **p))(values)


def _spectra(cases):
    """The symmetric form of the derivative, its K - 1 tangent eigenvalues and the sorted poles."""
    matrices, images = derivatives(cases)
    x, share = cases.state.probabilities, cases.real_fraction[:, None]
    root = np.sqrt(x)
    symmetric = matrices * root[:, None, :] / root[:, :, None]
    # The null vector of the symmetric form is moved out of the way of the other eigenvalues.
    shift = 10 + np.abs(symmetric).max()
    moved = symmetric + shift * root[:, :, None] * root[:, None, :]
    values = np.linalg.eigvalsh(moved)[:, :-1]
    tempered = images - share * cases.real.probabilities
    poles = np.sort(tempered / x / cases.temperature[:, None], axis=-1)
    return symmetric, values, poles


@theorem(
    spec="HD-7",
    paper=PAPER,
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


_SENSITIVITIES = {
    "real_fraction": structure.real_fraction_sensitivity,
    "temperature": structure.temperature_sensitivity,
}


@theorem(
    spec="HD-12(v)",
    paper=PAPER,
    status="derived",
    hypotheses=("a fixed point at which no multiplier is one", "infinite data"),
    claim=_SENSITIVITIES,
    mutants={
        "the direct effect alone": _SENSITIVITIES
        | {
            "real_fraction": lambda state, *, temperature, real_fraction, real: (
                real.probabilities - state.temper(temperature).probabilities
            )
        },
        "without the synthetic share": _SENSITIVITIES
        | {
            "temperature": lambda state, *, real_fraction, **p: (
                structure.temperature_sensitivity(state, real_fraction=real_fraction, **p)
                / (1 - real_fraction)
            )
        },
        "1 % more by the real fraction": scaled(_SENSITIVITIES, 1.01, "real_fraction"),
        "1 % more by the temperature": scaled(_SENSITIVITIES, 1.01, "temperature"),
    },
)
def sensitivities(claim, trial):
    r"""How a fixed point moves with the real fraction and with the temperature.

    $\frac{\mathrm d x^*}{\mathrm d a} = (I - DF)^{-1} (r - S_T(x^*))$ and $\frac{\mathrm d
    x^*}{\mathrm d T} = (I - DF)^{-1} (1 - a)\,\partial_T S_T(x^*)$ with $\partial_T S_T(x)_i =
    -T^{-2} s_i (\log x_i - \sum_j s_j \log x_j)$.
    """
    cases = instances(12, coldest=0.8)
    cases = cases._replace(state=cases.real)
    for name in _SENSITIVITIES:
        point, slope = trial.once(name, lambda name=name: _difference(cases, name))
        expected = on_instances(claim[name], cases._replace(state=point))
        scale = np.maximum(np.abs(slope).max(axis=-1, keepdims=True), 1e-2)
        what = f"central difference in the {name.replace('_', ' ')}"
        yield closed_form(what, expected, slope, tolerance=1e-4, scale=scale)


def _difference(cases, name, step=1e-4):
    """The fixed points and their central differences of fourth order in one parameter."""
    shifted = lambda shift: cases._replace(**{name: getattr(cases, name) + shift})
    at = lambda shift: fixed_points(shifted(shift)).state.probabilities
    near, far = at(step) - at(-step), at(2 * step) - at(-2 * step)
    return fixed_points(cases).state, (8 * near - far) / (12 * step)
