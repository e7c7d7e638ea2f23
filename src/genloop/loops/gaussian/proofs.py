"""Proofs of the named thresholds of a Gaussian loop, by ball arithmetic."""

from fractions import Fraction
from typing import Any

from ...analysis import Threshold
from ...certificates import Certificate, certify_root
from ...certificates.balls import need_flint
from ...certificates.certificate import not_proved
from ...certificates.enclosures import decimal_down, decimal_up
from ...certificates.program import exact
from ...printing import Named
from .equations import Equation, equations
from .thresholds import thresholds


def certify_thresholds(
    *,
    samples: int,
    real_samples: int = 0,
    temperature: Any = "1",
    unbiased: bool = True,
    variance_goal: Any = None,
    fixed: bool = False,
    digits: int = 15,
) -> dict[str, Certificate]:
    r"""The thresholds of `thresholds`, each enclosed as a root or with the reason why not.

    `temperature` and `variance_goal` are exact: text, fractions or doubles. A temperature is proved
    to be the only root from (nearly) zero to a millionth above it, a real fraction the only one
    from a millionth below it to 1: the first that is met on the way from what is safe. Raises
    `ValueError` as `thresholds` and for numbers that are not exact, `InputError` without
    python-flint.

    ```python
    gl.loops.gaussian.certify_thresholds(samples=20, temperature="0.9")["mean"].status  # PROVED
    ```
    """
    need_flint()
    heat, goal = exact(temperature), None if variance_goal is None else exact(variance_goal)
    found = thresholds(
        samples=samples,
        real_samples=real_samples,
        temperature=float(heat),
        unbiased=unbiased,
        variance_goal=None if goal is None else float(goal),
        fixed=fixed,
    )
    goal = (Fraction(1, 2) if heat < 1 else Fraction(2)) if goal is None else goal
    stated = equations(
        samples=samples,
        real_samples=real_samples,
        temperature=heat,
        unbiased=unbiased,
        variance_goal=goal,
        fixed=fixed,
    )
    return Named({name: _certified(found[name], stated[name], digits) for name in found})


def _certified(found: Threshold, equation: Equation, digits: int) -> Certificate:
    if found.value is None:
        return not_proved(f"there is no threshold: {found.reason}")
    value = exact(found.value)
    near = Fraction(1, 10**6)
    if equation.of_real_fraction:
        bounds = decimal_down(value * (1 - near), 12), "1"
    else:
        # The logarithm of the temperature has no value at zero.
        bounds = decimal_down(value * near), decimal_up(value * (1 + near), 12)
    parameters = [str(Fraction(number)) for number in equation.known]
    return certify_root(equation.excess, *bounds, parameters=parameters, digits=digits)
