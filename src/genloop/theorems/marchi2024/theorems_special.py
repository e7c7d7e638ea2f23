"""Theorems on uniform real data at $T = 1/2$ and on two outcomes."""

import numpy as np
from scipy import integrate

from ...loops.temperature.closed_forms import special_cases, uniform
from ...verification import closed_form, scaled, theorem
from . import _engine
from ._instances import derivatives, evaluate
from .theorems_uniform import cases_of, folds_by_the_engine, image, two_level_states

PAPER = "marchi2024"

_HALF = {
    "fold": special_cases.half_temperature_fold,
    "ratios": special_cases.half_temperature_ratios,
}


@theorem(
    spec="U-5",
    paper=PAPER,
    status="derived",
    hypotheses=("uniform real data", "T = 1/2", "m < K/2 winners, for the fold"),
    claim=_HALF,
    mutants={
        "K - 1 instead of its root": _HALF
        | {
            "fold": lambda *, outcomes, winners: special_cases.half_temperature_fold(
                outcomes=outcomes, winners=winners
            )._replace(real_fraction=outcomes / (outcomes + 2 * (outcomes - winners)))
        },
        "the ratio at the fold without its root": _HALF
        | {
            "fold": lambda **p: special_cases.half_temperature_fold(**p)._replace(
                log_ratio=2 * special_cases.half_temperature_fold(**p).log_ratio
            )
        },
        "the fold 1 % high": scaled(_HALF, 1.01, "fold"),
        "ratios 1 % high": scaled(_HALF, 1.01, "ratios"),
    },
)
def half_temperature(claim, trial):
    r"""At $T = 1/2$ the branch equation is quadratic.

    $a_\mathrm{fold} = \frac{K}{K + 2 \sqrt{m (K - m)}}$ at $\rho = \sqrt{(K - m)/m}$; the states at
    a real fraction $a$ have $\rho_\pm = [K (1 - a) \pm \sqrt{K^2 (1 - a)^2 - 4 a^2 m (K - m)}]/(2 a
    m)$.
    """
    outcomes, winners = np.array([(3, 1), (5, 2), (12, 1), (12, 5), (1e3, 1), (5e4, 7)]).T
    general = lambda k, m: tuple(uniform.fold(temperature=0.5, outcomes=k, winners=m))
    exact = trial.once("folds", lambda: evaluate(general, outcomes, winners))
    found = tuple(claim["fold"](outcomes=outcomes, winners=winners))
    yield closed_form("general fold", found, exact, tolerance=1e-12)
    few = slice(2, 4)
    folds = trial.once("engine", lambda: folds_by_the_engine(0.5, winners[few]))
    yield closed_form("folds by the engine", found[0][few], folds, tolerance=1e-10)
    fraction = 0.5 + 0.7 * (exact[0] - 0.5)
    options = {"outcomes": outcomes, "winners": winners}
    ratios = claim["ratios"](real_fraction=fraction, **options)
    for name, ratio in zip(("upper", "lower"), ratios, strict=True):
        on_branch = uniform.branch_fraction(np.log(ratio), temperature=0.5, **options)
        yield closed_form(f"{name} state on the branch", on_branch, fraction, tolerance=1e-12)
    ratio = np.asarray(claim["ratios"](real_fraction=0.3, outcomes=12, winners=1.0)[0])[None]
    states = two_level_states(np.log(ratio), np.ones(1), 12)
    cases = cases_of(np.full(1, 0.5), 0.3, states)
    yield closed_form("a fixed point of the loop", image(cases), states, tolerance=1e-12)


_PAIR = {
    "map": special_cases.magnetisation_map,
    "half": special_cases.magnetisation_at_half,
    "third": special_cases.magnetisation_at_third,
    "onset": special_cases.magnetisation_onset,
    "flow": special_cases.magnetisation_flow,
}


@theorem(
    spec="U-8",
    paper=PAPER,
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
    pitchforks = trial.once("engine", lambda: _engine.crossings(flat, kernel=1))
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
