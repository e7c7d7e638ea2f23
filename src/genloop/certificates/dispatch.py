"""One name for all proofs."""

from collections.abc import Callable
from typing import Any

from ..analysis import Bifurcation, Threshold
from .certificate import Certificate, check_near, not_proved
from .enclosures import decimal_down, decimal_up
from .fixed_points import certify_fixed_point
from .program import CannotCertify, exact
from .thresholds import certify_bifurcation, certify_root

_NEAR = 1e-6


def certify(subject: Callable | Bifurcation | Threshold, of: Any, **options) -> Certificate:
    r"""A proof of what was found in floating point, or the reason why there is none.

    - `certify(map, state)`: exactly one fixed point near the state, and its stability; see
      `certify_fixed_point`.
    - `certify(bifurcation, family)`: a fold, flip or branch point that `bifurcation_point` or
      `bifurcations` found for that family, and no other; see `certify_bifurcation`.
    - `certify(threshold, function)`: a root in the interval of the threshold; see `certify_root`
      (`level` is 0 unless given).

    Options are those of the function behind it: `digits`, `parameters` (exact numbers), `decimals`,
    `level`. Raises `InputError` without python-flint, never for a mathematical outcome.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    loop = gl.Temper(0.8) >> gl.Mix(real, 0.3)
    gl.certify(loop, gl.fixed_point(loop, real).state).status  # PROVED
    ```
    """
    if isinstance(subject, Threshold):
        if subject.interval is None:
            return not_proved(f"there is no threshold: {subject.reason}")
        lower, upper = map(exact, subject.interval)
        return certify_root(of, decimal_down(lower, 17), decimal_up(upper, 17), **options)
    if isinstance(subject, Bifurcation):
        at = float(subject.parameter)
        if subject.period != 1:
            return not_proved("a bifurcation of cycles; give the iterated map")
        found = certify_bifurcation(subject.kind, of, subject.state, at, **options)
        return _near(found, at)
    return certify_fixed_point(subject, of, **options)


def _near(found: Certificate, at: float) -> Certificate:
    """The proof of a bifurcation unless it is another one than was found."""
    try:
        if found.proved:
            check_near([found.parameter], [at], _NEAR, "such bifurcation")
    except CannotCertify as reason:
        return not_proved(reason)
    return found
