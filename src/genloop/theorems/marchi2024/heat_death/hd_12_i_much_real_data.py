"""HD-12(i): much real data."""

from ....loops.temperature.closed_forms import expansions
from ....verification import closed_form, theorem
from ._instances import MANY, REAL, first_order_only, order_of_error


def _one_step(real, *, temperature, real_fraction):
    """The loop applied once to the real distribution."""
    power = real ** (1 / temperature)
    return real_fraction * real + (1 - real_fraction) * power / power.sum()


@theorem(
    spec="HD-12(i)",
    paper="marchi2024",
    status="derived",
    hypotheses=("infinite data", "every real probability positive", "the synthetic share small"),
    claim=expansions.near_real_data,
    mutants={
        "without the second order": _one_step,
        "the second order 1 % low": first_order_only(expansions.near_real_data, _one_step),
    },
)
def much_real_data(claim, trial):
    r"""With much real data, $x^* = r + q\,(s - r) + q^2\,DS_T(r)(s - r) + O(q^3)$, $q = 1 - a$.

    $s = S_T(r)$: one generation away from the real distribution, and then one more of the change.
    """
    for name, real in (("3 outcomes", REAL), ("12 outcomes", MANY)):
        for temperature in (0.5, 2.0):
            what = f"{name}, T = {temperature}"
            parameters = lambda q, t=temperature: {"temperature": t, "real_fraction": 1 - q}
            expansion = lambda real=real, **p: claim(real, **p)
            order = order_of_error(trial, what, expansion, real, real, parameters, 0.01)
            yield closed_form(f"order of the error, {what}", order, 3.0, tolerance=0.01)
