"""HD-12(iii): cold collapse."""

import numpy as np
from scipy.optimize import minimize_scalar

from ....loops.temperature.closed_forms import expansions
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_fold
from ....verification import bound, proves, scaled, theorem
from .. import _enumeration
from ._instances import REAL, fixed_point

_TIED = np.array([0.3, 0.3, 0.25, 0.15])


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
    paper="marchi2024",
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
    for name, real, winner in (("3 outcomes", REAL, 1), ("two tied leaders", _TIED, 2)):
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
        start = 0.6 * REAL + 0.4 * (np.arange(3) == winner)
        for temperature in (0.05, 0.025):
            options = {"temperature": temperature, "real_fraction": 0.6}
            what = f"winner {winner + 1}, T = {temperature}"
            solve = lambda o=options, x=start: fixed_point(x, REAL, **o)
            exact = trial.once(f"state {what}", solve)
            small = (np.delete(start, winner).max() / start[winner]) ** (1 / temperature)
            error = np.abs(claim["state"](REAL, winner, **options) - exact).max()
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


@proves("HD-12(iii)")
def proofs(digits):
    """A fold close to temperature zero, whose expansion the theorem gives."""
    return {
        f"(5, 3, 2), T = {t}, fold of outcome 2": certify_fold(
            ExactLoop.of([5, 3, 2], t), 1, digits=digits
        )
        for t in ("0.01", "0.001")
    }
