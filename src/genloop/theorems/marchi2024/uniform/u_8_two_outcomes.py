"""U-8: two outcomes."""

import numpy as np
from scipy import integrate

from ....loops.temperature.closed_forms import special_cases, uniform
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_local
from ....verification import closed_form, proves, scaled, theorem
from .. import _general_solver
from .._instances import derivatives, evaluate
from ._instances import cases_of, image

_PAIR = {
    "map": special_cases.magnetisation_map,
    "half": special_cases.magnetisation_at_half,
    "third": special_cases.magnetisation_at_third,
    "onset": special_cases.magnetisation_onset,
    "flow": special_cases.magnetisation_flow,
}


@theorem(
    spec="U-8",
    paper="marchi2024",
    status="derived",
    hypotheses=("two outcomes", "uniform real data", "infinite data"),
    claim=_PAIR,
    mutants={
        "the image 0.1 % large": scaled(_PAIR, 1.001, "map"),
        "b 1 % large inside": _PAIR
        | {
            "map": lambda m, *, temperature, real_fraction: special_cases.magnetisation_map(
                m, temperature=temperature / 1.01, real_fraction=real_fraction
            )
        },
        "1 % more at T = 1/2": scaled(_PAIR, 1.01, "half"),
        "1 % more at T = 1/3": scaled(_PAIR, 1.01, "third"),
        "the onset 1 % high": scaled(_PAIR, 1.01, "onset"),
        "the multiplier at T = 1/2 without 1 - a": _PAIR
        | {"half": lambda *, real_fraction: (np.sqrt(1 - 2 * real_fraction), real_fraction)},
        "3 a^2/(4 (1 - a)^2) at T = 1/3": _PAIR
        | {
            "third": lambda *, real_fraction: (
                special_cases.magnetisation_at_third(real_fraction=real_fraction)[0],
                3 * real_fraction**2 / (2 - 2 * real_fraction) ** 2,
            )
        },
        "the onset without its factor 3": _PAIR
        | {"onset": lambda **p: special_cases.magnetisation_onset(**p) / np.sqrt(3)},
        "the flow 1 % late": _PAIR
        | {"flow": lambda time, start: special_cases.magnetisation_flow(0.99 * time, start)},
    },
)
def two_outcomes(claim, trial):
    r"""Two outcomes: $m = x_1 - x_2 \to (1 - a) \tanh(b \operatorname{artanh} m)$ in a generation.

    A pitchfork at $a = 1 - T$: $m^2 \simeq 3 \epsilon/(b^2 - 1)$ for $\epsilon = (1 - a) b - 1 \to
    0$. At $T = \frac12$ $m^2 = 1 - 2a$ with multiplier $\frac a{1 - a}$, at $T = \frac13$ $m^2 =
    \frac{2 - 3a}{2 + a}$ with $\frac{3 a^2}{4 (1 - a)}$. The flow of $T = \frac12$, $a = 0$ takes
    the time $\ln \frac{m (1 - m_0^2)}{m_0 (1 - m^2)}$.
    """
    share = np.linspace(0.01, 0.99, 32)
    temperature, m = np.geomspace(0.2, 3.0, 32), np.linspace(-0.95, 0.98, 32)
    moved = image(cases_of(temperature, share, _states(m)))
    expected = claim["map"](m, temperature=temperature, real_fraction=share)
    yield closed_form("one generation", expected, moved[:, 0] - moved[:, 1], tolerance=1e-12)
    for name, heat, last in (("half", 1 / 2, 0.49), ("third", 1 / 3, 0.66)):
        fraction = np.linspace(0.01, last, 32)
        m, multiplier = claim[name](real_fraction=fraction)
        cases = cases_of(np.full(32, heat), fraction, _states(np.asarray(m)))
        fixed = (image(cases), cases.state.probabilities)
        yield closed_form(f"fixed points at T = {heat:.3g}", *fixed, tolerance=1e-12)
        steepest = np.linalg.eigvals(derivatives(cases)[0]).real.max(axis=-1)
        yield closed_form(f"multipliers at T = {heat:.3g}", multiplier, steepest, tolerance=1e-9)
    temperature = np.array([0.2, 0.5, 0.8])
    flat = cases_of(temperature, 1.02 * (1 - temperature), np.full((3, 2), 0.5))
    pitchforks = trial.once("engine", lambda: _general_solver.crossings(flat, multiplicity=1))
    yield closed_form("pitchforks by the engine", 1 - temperature, pitchforks, tolerance=1e-12)
    fraction = 1 - temperature * (1 + 1e-6)
    state = lambda t, a: uniform.upper_state(temperature=t, real_fraction=a, outcomes=2)
    delta = trial.once("onset", lambda: evaluate(state, temperature, fraction).log_ratio)
    onset = claim["onset"](temperature=temperature, real_fraction=fraction)
    yield closed_form("onset", onset, np.tanh(delta / 2), tolerance=1e-4)
    times = np.array([0.5, 3.0, 6.0])
    path = trial.once("flow", lambda: _integrated(times, 0.1))
    yield closed_form("flow", claim["flow"](times, 0.1), path, tolerance=1e-9)


def _states(magnetisation):
    return np.stack([1 + magnetisation, 1 - magnetisation], axis=-1) / 2


def _integrated(times, start):
    slope = lambda time, m: 2 * m / (1 + m**2) - m
    options = {"t_eval": times, "method": "DOP853", "rtol": 1e-12, "atol": 1e-14}
    return integrate.solve_ivp(slope, (0, times[-1]), [start], **options).y[0]


@proves("U-8")
def proofs(digits):
    """The pitchfork of two equal outcomes."""
    return {"T = 0.8": certify_local(ExactLoop.of([1, 1], "0.8"), digits=digits)}
