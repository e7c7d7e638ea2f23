"""Theorems on fixed points in limits: much real data, temperatures near one and zero, collapse."""

import numpy as np
from scipy.optimize import minimize_scalar

from ...loops.temperature.closed_forms import expansions
from ...verification import bound, closed_form, scaled, theorem
from . import _enumeration

PAPER = "marchi2024"

_REAL = np.array([0.5, 0.3, 0.2])
_TIED = np.array([0.3, 0.3, 0.25, 0.15])
_MANY = 1 / np.arange(1, 13) ** 1.1
_MANY /= _MANY.sum()


def _fixed_point(start, real, *, temperature, real_fraction, generations=2000):
    """The end of the loop from a state, in plain NumPy."""
    state = np.array(start, dtype=float)
    for _ in range(generations):
        power = (state / state.max()) ** (1 / temperature)
        before, state = state, real_fraction * real + (1 - real_fraction) * power / power.sum()
        if np.abs(state - before).max() < 1e-17:
            break
    return state


def _observed_order(error, step):
    """The exponent of an error at small steps, from two halvings, extrapolated once."""
    errors = [error(step * 2.0**-k) for k in range(3)]
    first, second = np.log2(errors[0] / errors[1]), np.log2(errors[1] / errors[2])
    return 2 * second - first


def _order(trial, name, claim, real, start, parameters, step):
    """The observed order of the error of an expansion; exact states are shared."""

    def error(size):
        options = parameters(size)
        solve = lambda: _fixed_point(start, real, **options)
        exact = trial.once(f"{name} {size}", solve)
        return np.abs(claim(**options) - exact).max()

    return _observed_order(error, step)


def _first_order_only(formula, limit):
    """An expansion whose terms beyond the limit are 1 % too small: of first order only."""
    return lambda real, **p: 0.99 * (formula(real, **p) - limit(real, **p)) + limit(real, **p)


def _one_step(real, *, temperature, real_fraction):
    """The loop applied once to the real distribution."""
    power = real ** (1 / temperature)
    return real_fraction * real + (1 - real_fraction) * power / power.sum()


def _first_order_in_temperature(real, *, temperature, real_fraction):
    surprise = np.log(real) - real @ np.log(real)
    odds = (1 - real_fraction) / real_fraction
    return real + odds * (1 / temperature - 1) * real * surprise


@theorem(
    spec="HD-12(i)",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data", "every real probability positive", "the synthetic share small"),
    claim=expansions.near_real_data,
    mutants={
        "without the second order": _one_step,
        "the second order 1 % low": _first_order_only(expansions.near_real_data, _one_step),
    },
)
def much_real_data(claim, trial):
    r"""With much real data, $x^* = r + q\,(s - r) + q^2\,DS_T(r)(s - r) + O(q^3)$, $q = 1 - a$.

    $s = S_T(r)$: one generation away from the real distribution, and then one more of the change.
    """
    for name, real in (("3 outcomes", _REAL), ("12 outcomes", _MANY)):
        for temperature in (0.5, 2.0):
            what = f"{name}, T = {temperature}"
            parameters = lambda q, t=temperature: {"temperature": t, "real_fraction": 1 - q}
            expansion = lambda real=real, **p: claim(real, **p)
            order = _order(trial, what, expansion, real, real, parameters, 0.01)
            yield closed_form(f"order of the error, {what}", order, 3.0, tolerance=0.01)


@theorem(
    spec="HD-12(ii)",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data", "every real probability positive", "a > 0", "T near one"),
    claim=expansions.near_temperature_one,
    mutants={
        "without the second order": _first_order_in_temperature,
        "the second order 1 % low": _first_order_only(
            expansions.near_temperature_one, _first_order_in_temperature
        ),
    },
)
def nearly_neutral_sampling(claim, trial):
    r"""Near temperature one a fixed point differs from $r$ in proportion to $1/T - 1$.

    With $\epsilon = 1/T - 1$, $\lambda = (1 - a)/a$, $\ell_i = \log r_i + H(r)$ and $V = \sum_i r_i
    \ell_i^2$: $x^* = r + \lambda \epsilon\,r \ell + \lambda \epsilon^2\,[\frac12 r (\ell^2 - V) +
    \lambda r (\ell^2 + \ell - V)] + O(\epsilon^3)$.
    """
    for name, real in (("3 outcomes", _REAL), ("12 outcomes", _MANY)):
        for fraction, sign in ((0.3, 1), (0.3, -1), (0.8, 1)):
            what = f"{name}, a = {fraction}, T {'below' if sign > 0 else 'above'} one"
            parameters = lambda step, a=fraction, s=sign: {
                "temperature": 1 / (1 + s * step),
                "real_fraction": a,
            }
            expansion = lambda real=real, **p: claim(real, **p)
            order = _order(trial, what, expansion, real, real, parameters, 0.004)
            yield closed_form(f"order of the error, {what}", order, 3.0, tolerance=0.01)


_COLD = {
    "limit": expansions.coldest_fraction,
    "fold": expansions.cold_fold,
    "state": expansions.cold_winner,
}


def _one_leader_fold(real, winner, *, temperature):
    """The fold with one most probable outcome counted where there are several, and none for one."""
    real = np.asarray(real)
    return expansions.cold_fold(real, winner, temperature=2 * temperature) / 2 + (
        expansions.coldest_fraction(real, winner) / 2
    )


def _nearer_fold(real, winner, *, temperature):
    limit = expansions.coldest_fraction(real, winner)
    return limit + 0.99 * (expansions.cold_fold(real, winner, temperature=temperature) - limit)


@theorem(
    spec="HD-12(iii)",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data", "every real probability positive", "T -> 0"),
    claim=_COLD,
    mutants={
        "the limit 1 % low": scaled(_COLD, 0.99, "limit"),
        "the limit 1 % high": scaled(_COLD, 1.01, "limit"),
        "the fold 1 % nearer to its limit": _COLD | {"fold": _nearer_fold},
        "the state at a temperature 1 % higher": _COLD
        | {
            "state": lambda real, winner, *, temperature, real_fraction: expansions.cold_winner(
                real, winner, temperature=1.01 * temperature, real_fraction=real_fraction
            )
        },
        "below 1/(1 + r_1)": _COLD | {"limit": lambda real, winner: 1 / (1 + max(real))},
        "the fold without its logarithm": _COLD
        | {
            "fold": lambda real, winner, *, temperature: (
                expansions.coldest_fraction(real, winner) * (1 - temperature * max(real))
            )
        },
        "the fold with T/2 under the logarithm": _COLD | {"fold": _one_leader_fold},
        "the state to leading order": _COLD
        | {
            "state": lambda real, winner, *, temperature, real_fraction: (
                real_fraction * real + (1 - real_fraction) * (np.arange(real.size) == winner)
            )
        },
    },
)
def cold_collapse(claim, trial):
    r"""For $T \to 0$ outcome $i$ can win below $a_0 = 1/(1 + r_1 - r_i)$, $r_1 = \max_j r_j$.

    Its state tends to $y = a r + (1 - a) e_i$, with $x^* = a r + (1 - a) S_T(y) + O(\eta^2/T)$ for
    $\eta = \max_{j \ne i} (y_j/y_i)^{1/T}$. Its fold is $a_0 [1 - T a_0 r_1 (1 + \log\frac{(k +
    1)\,\Delta}{T r_1})] + O(T^2 \log^2 T)$, $\Delta = r_1 - r_i > 0$, $k$ outcomes of probability
    $r_1$.
    """
    for name, real, winner in (("3 outcomes", _REAL, 1), ("two tied leaders", _TIED, 2)):
        for temperature in (0.02, 0.005, 0.00125, 2e-4):
            what = f"{name}, T = {temperature}"
            search = lambda r=real, i=winner, t=temperature: _fold(r, i, t)
            fold = trial.once(what, search)
            size = temperature * np.log(temperature)
            limit = claim["limit"](real, winner)
            yield bound(f"distance of the fold from its limit, {what}", abs(fold - limit), -size)
            found = claim["fold"](real, winner, temperature=temperature)
            yield bound(f"error of the fold, {what}", abs(fold - found), 0.4 * size**2)
    for winner in (0, 1, 2):
        start = 0.6 * _REAL + 0.4 * (np.arange(3) == winner)
        for temperature in (0.05, 0.025):
            options = {"temperature": temperature, "real_fraction": 0.6}
            what = f"winner {winner + 1}, T = {temperature}"
            solve = lambda o=options, x=start: _fixed_point(x, _REAL, **o)
            exact = trial.once(f"state {what}", solve)
            small = (np.delete(start, winner).max() / start[winner]) ** (1 / temperature)
            error = np.abs(claim["state"](_REAL, winner, **options) - exact).max()
            allowed = small**2 / temperature + 1e-15
            yield bound(f"error of the state, {what}", error, allowed)


def _fold(real, winner, temperature):
    r"""The largest real fraction with this winner, $\max_\kappa \kappa/\sum_j z_j$ [HD-9]."""
    largest = _enumeration.largest_level(temperature) / real.max()

    def negative(place):
        scale = largest * -np.expm1(-np.exp(place))
        lower, upper = _enumeration.roots(scale * real, temperature)
        return -scale / np.where(np.arange(real.size) == winner, upper, lower).sum()

    grid = np.linspace(-30, 6, 300)
    best = int(np.argmin([negative(place) for place in grid]))
    around = (grid[best - 1], grid[best + 1])
    return -minimize_scalar(negative, bounds=around, method="bounded", options={"xatol": 1e-9}).fun


def _shifted(*, second=0.0, third=0.0, share=0.0):
    """The expansion with parts of its terms changed."""

    def expansion(real, winner, *, temperature, real_fraction):
        b = 1 / temperature
        options = {"temperature": temperature, "real_fraction": real_fraction}
        least = real_fraction * np.asarray(real)
        factor = real_fraction * (b * (1 - real[winner]) - 1)
        change = second * factor + share * real_fraction * b * real[winner]
        added = change * least**b + third * b * least ** (2 * b - 1)
        added[winner] = 0.0
        added[winner] = -added.sum()
        return expansions.near_vertex(real, winner, **options) + added

    return expansion


@theorem(
    spec="HD-12(iv)",
    paper=PAPER,
    status="derived",
    hypotheses=("T < 1, infinite data", "every real probability positive", "a -> 0"),
    claim=expansions.near_vertex,
    mutants={
        "the third term 1 % low": _shifted(third=-0.01),
        "the factor of the second term 1 % low": _shifted(second=-0.01),
        "the real share of the winner 1 % low in it": _shifted(share=0.01),
        "all real data count for the factor": _shifted(share=1.0),
    },
)
def near_collapse(claim, trial):
    r"""With little real data the losers of a collapse at $T < 1$ have little more than $a r_j$.

    $x_j = y_j + y_j^b [1 + a (b (1 - r_i) - 1)] + b\,y_j^{2 b - 1} + O(a^{3b-2} + a^{b+2})$ for
    $y_j = a r_j$, $b = 1/T$ and the winner $i$.
    """
    uniform = np.full(4, 0.25)
    cases = (("3 outcomes", _REAL, 0), ("3 outcomes, the last wins", _REAL, 2), ("4", uniform, 0))
    for name, real, winner in cases:
        for temperature, step in ((0.8, 1e-5), (0.5, 0.01), (0.4, 0.02)):
            what = f"{name}, T = {temperature}"
            parameters = lambda a, t=temperature: {"temperature": t, "real_fraction": a}
            start = np.where(np.arange(real.size) == winner, 1.0, 1e-3)
            expansion = lambda real=real, winner=winner, **p: claim(real, winner, **p)
            order = _order(trial, what, expansion, real, start / start.sum(), parameters, step)
            expected = min(3 / temperature - 2, 1 / temperature + 2)
            yield closed_form(f"order of the error, {what}", order, expected, tolerance=0.02)
