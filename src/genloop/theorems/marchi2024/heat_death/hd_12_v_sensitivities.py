"""HD-12(v): How a fixed point moves with the real fraction and with the temperature."""

import numpy as np

from ....loops.temperature import structure
from ....verification import closed_form, scaled, theorem
from .._instances import fixed_points, instances, on_instances

_SENSITIVITIES = {
    "real_fraction": structure.real_fraction_sensitivity,
    "temperature": structure.temperature_sensitivity,
}


@theorem(
    spec="HD-12(v)",
    paper="marchi2024",
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
