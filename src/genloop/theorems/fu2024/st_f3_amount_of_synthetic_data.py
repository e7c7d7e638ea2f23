"""ST-F3: The error rises with the amount of synthetic data, then falls."""

import jax.numpy as jnp
import numpy as np
from scipy import optimize

from ...certificates import certify_root
from ...loops import error_propagation
from ...verification import bound, closed_form, proves, scaled, theorem

_FORMULAS = {
    "bound": error_propagation.synthetic_bound,
    "worst": error_propagation.worst_ratio,
    "back": error_propagation.return_ratio,
}
_CASES = (
    (5, 0.25, 0.0),
    (2, 0.5, 0.0),
    (40, 0.4, 0.0),
    (3, 0.25, 0.6),
    (5, 0.25, 1.0),
    (1, 0.25, 0.9),
)


@theorem(
    spec="ST-F3",
    paper="fu2024",
    status="derived",
    hypotheses=(
        "every generation learns from the same n real points and m of the model before",
        "the error of learning from N points is C N^-r with 0 < r < 1",
    ),
    claim=_FORMULAS,
    mutants={
        "more data are better": _FORMULAS
        | {
            "bound": lambda x, t, rate, start=0.0: (
                error_propagation.synthetic_bound(x, t, rate=rate, start=start) / (1 + x)
            )
        },
        "the bound 1 % high": scaled(_FORMULAS, 1.01, "bound"),
        "worst at as much as the generations": _FORMULAS
        | {"worst": lambda t, rate, start=0.0: float(t)},
        "worst 1 % later": scaled(_FORMULAS, 1.01, "worst"),
        "back 1 % later": scaled(_FORMULAS, 1.01, "back"),
        "back even for a first model from the same data": _FORMULAS
        | {
            "back": lambda t, rate, start=0.0: error_propagation.return_ratio(
                t, rate=rate, start=min(start, 0.99)
            )
        },
    },
)
def amount_of_synthetic_data(claim, trial):
    r"""The error rises with the amount of synthetic data, then falls.

    With $n$ real and $m = x n$ synthetic points in each of $t$ generations, an error of learning $C
    N^{-r}$ and a first model of the error $\tau C n^{-r}$, the bound of ST-F1 is $B(x) = (1 +
    x)^{1 - r} (1 - q^t) + \tau q^t$, $q = \frac x{1 + x}$, times what the real points alone leave.
    It has one maximum at most, where $\frac{1 - r}t \sum_{i < t} q^{-i} = 1 - \tau (1 - q)^{1 -
    r}$, and falls to $\tau$ behind it: below $B(0) = 1$ from one ratio on for $\tau < 1$, about
    $t^{1/r}$ for $\tau = 0$, and never for $\tau \ge 1$, when the first model has learned from the
    same real points.
    """
    for generations, rate, start in _CASES:
        known = {"rate": rate, "start": start}
        what = f"t = {generations}, r = {rate}, tau = {start}"
        for ratio in (0.0, 0.7, 30.0, 4e4):
            value = claim["bound"](ratio, generations, **known)
            slow = _summed(ratio, generations, rate, start)
            yield closed_form(f"sum of {what}, x = {ratio}", value, slow, tolerance=1e-11)
        exact = trial.once(f"worst {what}", lambda c=(generations, rate, start): _worst(*c))
        worst = claim["worst"](generations, **known)
        yield closed_form(f"largest {what}", worst, exact, tolerance=1e-7)
        back = claim["back"](generations, **known)
        if start < 1:
            again = _summed(back, generations, rate, start)
            yield closed_form(f"back {what}", again, 1.0, tolerance=1e-10)
            yield bound(f"behind the largest {what}", worst, back)
        else:
            yield closed_form(f"never back {what}", float(np.isinf(back)), 1.0)
            grid = np.geomspace(1e-4, 1e14, 400)
            least = claim["bound"](grid, generations, **known).min()
            yield bound(f"never below one {what}", 1.0, float(least) + 1e-12)
    late = claim["back"](2000, rate=0.5) / 2000**2
    yield bound("about t^(1/r) for many generations", abs(late - 1), 2e-3)


def _summed(ratio, generations, rate, start):
    """The recursion of ST-F1, generation by generation, in units of the real points' error."""
    share, error = ratio / (1 + ratio), start
    for _ in range(generations):
        error = share * error + (1 + ratio) ** -rate
    return error


def _worst(generations, rate, start):
    """The largest value of the recursion by search, in the logarithm of the ratio."""
    height = lambda log: -_summed(np.exp(log), generations, rate, start)
    grid = np.linspace(-6, 12, 200)
    top = grid[np.argmin([height(log) for log in grid])]
    found = optimize.minimize_scalar(
        height, bounds=(top - 0.1, top + 0.1), method="bounded", options={"xatol": 1e-10}
    )
    return float(np.exp(found.x))


@proves("ST-F3")
def proofs(digits):
    r"""Where the bound is largest, and from where on it is below one."""
    known = {"parameters": ["1/4"], "digits": digits}
    slope = lambda y, r: (1 - r) * (1 + y + y**2 + y**3 + y**4) / 5 - 1
    level = lambda log, r: (
        (1 - r) * jnp.log1p(jnp.exp(log)) + jnp.log1p(-((1 / (1 + jnp.exp(-log))) ** 5))
    )
    return {
        "1/q of the largest bound, t = 5, r = 1/4": certify_root(slope, "1", "2", **known),
        "log x back at one, t = 5, r = 1/4": certify_root(level, "3", "8", **known),
    }
