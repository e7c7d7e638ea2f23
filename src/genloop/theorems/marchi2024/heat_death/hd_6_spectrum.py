"""HD-6: All multipliers are real and at least zero, and follow from one scalar equation."""

import functools

import jax
import numpy as np

from ....certificates import certify_bifurcation
from ....loops.temperature import structure
from ....verification import bound, closed_form, proves, scaled, theorem
from .._instances import (
    OUTCOMES,
    REAL,
    derivatives,
    fixed_points,
    instances,
    on_instances,
    without_real,
)

_SPECTRUM = {"equation": structure.secular_equation, "bound": structure.multiplier_bound}


@theorem(
    spec="HD-6",
    paper="marchi2024",
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


@proves("HD-6")
def proofs(digits):
    """A fold of the loop's own program, where the largest multiplier is one."""

    def family(a, real, temperature):
        def generation(x):
            powers = x ** (1 / temperature)
            return a * real + (1 - a) * powers / powers.sum()

        return generation

    known = {"real": REAL, "temperature": "0.8"}
    start = np.array([0.2643, 0.6166, 0.1191])
    return {
        "(5, 3, 2), T = 0.8, fold of outcome 2": certify_bifurcation(
            "fold", family, start, 0.1367, parameters=known, digits=digits
        )
    }
