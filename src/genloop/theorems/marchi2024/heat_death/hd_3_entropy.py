"""HD-3: Entropy rises when a distribution is heated and falls when it is cooled."""

import jax
import numpy as np

from ....loops.temperature import structure
from ....verification import bound, closed_form, scaled, theorem
from .._instances import OUTCOMES, evaluate, instances


@theorem(
    spec="HD-3",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, a = 0", "any distribution, any temperature"),
    claim=structure.entropy_slope,
    mutants={
        "1 % steep": scaled(structure.entropy_slope, 1.01),
        "without the factor b": lambda model, *, temperature: (
            temperature * structure.entropy_slope(model, temperature=temperature)
        ),
        "the variance under p instead of S(p)": lambda model, *, temperature: (
            structure.entropy_slope(model, temperature=1.0) / temperature
        ),
    },
)
def entropy(claim, trial):
    r"""Entropy rises when a distribution is heated and falls when it is cooled.

    $\frac{\mathrm d}{\mathrm d b} H(S_{1/b}(p)) = -b \operatorname{Var}_S(\log p) \le 0$.
    """
    differentiated = jax.value_and_grad(lambda b, model: model.temper(1 / b).entropy())
    for outcomes in OUTCOMES:
        cases = instances(outcomes)
        points = (1 / cases.temperature, cases.state)
        heated, slope = trial.once(f"{outcomes}", lambda p=points: evaluate(differentiated, *p))
        expected = evaluate(_positional(claim), cases.state, cases.temperature)
        yield closed_form(f"slope, {outcomes} outcomes", expected, slope, tolerance=1e-9)
        x = cases.state.probabilities
        rise = (heated + (x * np.log(x)).sum(axis=-1)) * np.sign(cases.temperature - 1)
        yield bound(f"heat raises it, cold lowers it, {outcomes} outcomes", 0.0, rise)


def _positional(claim):
    return lambda model, temperature: claim(model, temperature=temperature)
