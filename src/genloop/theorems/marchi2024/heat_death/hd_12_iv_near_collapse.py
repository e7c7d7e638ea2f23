"""HD-12(iv): near collapse."""

import numpy as np

from ....loops.temperature.closed_forms import expansions
from ....verification import closed_form, theorem
from ._instances import REAL, order_of_error


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
    paper="marchi2024",
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
    cases = (("3 outcomes", REAL, 0), ("3 outcomes, the last wins", REAL, 2), ("4", uniform, 0))
    for name, real, winner in cases:
        for temperature, step in ((0.8, 1e-5), (0.5, 0.01), (0.4, 0.02)):
            what = f"{name}, T = {temperature}"
            parameters = lambda a, t=temperature: {"temperature": t, "real_fraction": a}
            start = np.where(np.arange(real.size) == winner, 1.0, 1e-3)
            expansion = lambda real=real, winner=winner, **p: claim(real, winner, **p)
            start = start / start.sum()
            order = order_of_error(trial, what, expansion, real, start, parameters, step)
            expected = min(3 / temperature - 2, 1 / temperature + 2)
            yield closed_form(f"order of the error, {what}", order, expected, tolerance=0.02)
