"""HD-12(ii): Near temperature one a fixed point differs from $r$ in proportion to $1/T - 1$."""

import numpy as np

from ....loops.temperature.closed_forms import expansions
from ....verification import closed_form, theorem
from ._instances import MANY, REAL, first_order_only, order_of_error


def _first_order_in_temperature(real, *, temperature, real_fraction):
    surprise = np.log(real) - real @ np.log(real)
    odds = (1 - real_fraction) / real_fraction
    return real + odds * (1 / temperature - 1) * real * surprise


@theorem(
    spec="HD-12(ii)",
    paper="marchi2024",
    status="derived",
    hypotheses=("infinite data", "every real probability positive", "a > 0", "T near one"),
    claim=expansions.near_temperature_one,
    mutants={
        "without the second order": _first_order_in_temperature,
        "the second order 1 % low": first_order_only(
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
    for name, real in (("3 outcomes", REAL), ("12 outcomes", MANY)):
        for fraction, sign in ((0.3, 1), (0.3, -1), (0.8, 1)):
            what = f"{name}, a = {fraction}, T {'below' if sign > 0 else 'above'} one"
            parameters = lambda step, a=fraction, s=sign: {
                "temperature": 1 / (1 + s * step),
                "real_fraction": a,
            }
            expansion = lambda real=real, **p: claim(real, **p)
            order = order_of_error(trial, what, expansion, real, real, parameters, 0.004)
            yield closed_form(f"order of the error, {what}", order, 3.0, tolerance=0.01)
