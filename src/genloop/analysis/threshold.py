"""Crossings of a level by a quantity of one parameter."""

import dataclasses
import enum
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .. import numeric as xp
from ..arguments import check_function, check_number, refuse_if
from ..bisection import bisected, zero_between
from ..printing import number, readable, rough
from ..programs import known, traced
from .state_checks import check_quantity

_HALVINGS = 60


class ThresholdStatus(enum.StrEnum):
    """The kind of an answer: a number, or one of four kinds of absence.

    ```python
    gl.find_threshold(lambda p: p**2, 2.0, 3.0).status  # does not apply
    ```
    """

    VALUE = "value"
    NOT_NEEDED = "not needed"
    """Every positive amount meets the demand: there is nothing to cross."""
    DOES_NOT_APPLY = "does not apply"
    """The question has no meaning here, for example the loss of a stability that is never lost."""
    NOT_REACHABLE = "not reachable"
    """No amount meets the demand."""
    NOT_RESOLVED = "not resolved"
    """There may be a number: it was not found, or nobody knows a formula. Never "none"."""


@readable
@dataclasses.dataclass(frozen=True)
class Threshold:
    """A named threshold: a value with its evidence, or the reason why there is none.

    `bracket` holds the value between two points, the smaller first, at which the defining equation
    has opposite signs. Where the value follows from others (a fold, a closed form) there is no such
    pair but an `uncertainty`, an estimate of its error. `residual` is the distance of the equation
    from zero. All are of a floating-point search and no enclosure: `genloop.certify` makes these.
    Exactly one of `value` and `reason` is `None`; `status` names the kind of absence.

    ```python
    float(gl.find_threshold(lambda p: p**2, 0.0, 2.0))  # 1
    ```
    """

    value: float | None
    bracket: tuple[float, float] | None = None
    uncertainty: float | None = None
    residual: float | None = None
    status: ThresholdStatus = ThresholdStatus.VALUE
    reason: str | None = None

    def __post_init__(self):
        absent = self.value is None
        if absent == (self.reason is None) or absent == (self.status == ThresholdStatus.VALUE):
            raise ValueError(
                "a threshold is a value, or a reason with a status: use Threshold.absent without "
                "a value."
            )
        if self.bracket is not None:
            object.__setattr__(self, "bracket", tuple(sorted(self.bracket)))

    def _heading(self) -> str:
        return f"Threshold: {self.status if self.value is None else number(self.value)}"

    def _printed(self):
        ends = None if self.bracket is None else " to ".join(map(repr, map(float, self.bracket)))
        errors = {"uncertainty": self.uncertainty, "residual": self.residual}
        return {"bracket": ends, **errors, "reason": self.reason}

    def _in_short(self) -> str:
        if self.value is None:
            return f"{self.status}: {self.reason}"
        below, above = self.interval or (self.value, self.value)
        return f"{number(self.value)} +/- {rough((above - below) / 2)}"

    def __float__(self) -> float:
        if self.value is None:
            raise ValueError(f"there is no value: {self.reason}.")
        return self.value

    @property
    def interval(self) -> tuple[float, float] | None:
        """The bracket, or the value less and more its uncertainty; `None` without a value."""
        if self.bracket is not None or self.value is None:
            return self.bracket
        width = self.uncertainty or 0.0
        return self.value - width, self.value + width

    @classmethod
    def absent(cls, reason: str, status: ThresholdStatus | str) -> "Threshold":
        """The threshold that is not there, with the reason and the kind of its absence."""
        return cls(None, reason=reason, status=ThresholdStatus(status))


def threshold(
    quantity: Callable[[Float[Array, ""]], Float[Array, ""]],
    lower: float,
    upper: float,
    *,
    level: float = 1.0,
) -> Float[Array, ""]:
    r"""The parameter $p \in [l, u]$ at which a quantity crosses a level, $q(p) = c$, to rounding.

    Bisection in the bracket, then two Newton steps that carry the first and second derivatives of
    $p$ in everything `quantity` closes over: $\mathrm dp/\mathrm d\theta = -q_\theta/q_p$. Where
    the quantity jumps across the level this is the place of the jump, without a derivative;
    `find_threshold` tells the two apart. Raises `ValueError` unless $q - c$ has opposite signs at
    the two ends and a value at every point that is asked for (an `equinox` error under tracing): a
    search that failed has none.

    ```python
    gl.threshold(lambda p: p**2, 0.0, 2.0)  # 1
    ```
    """
    return bracketed_threshold(quantity, lower, upper, level=level)[0]


def find_threshold(
    quantity: Callable[[Float[Array, ""]], Float[Array, ""]],
    lower: float,
    upper: float,
    *,
    level: float = 1.0,
    reason: str = "the quantity does not cross the level in the interval",
) -> Threshold:
    """The parameter at which a quantity crosses a level, with its evidence, or why there is none.

    `threshold` as a `Threshold`: the value with its bracket (two ends where the quantity lies on
    either side of the level) and residual, or `reason` where nothing is crossed. A jump across the
    level does not apply either, and a quantity that is NaN at an end or where it is asked for is
    not resolved. Raises `ValueError` for what is no such quantity.

    ```python
    gl.find_threshold(lambda p: p**2, 0.0, 2.0).value  # 1
    ```
    """
    _check(quantity, lower, upper, level)
    excess, (lower, upper) = _excess(quantity, level), _ends(lower, upper)
    ends = [float(_constant(excess, end)) for end in (lower, upper)]
    for end, height in zip((lower, upper), ends, strict=True):
        if np.isnan(height):
            return _unresolved(end)
    if not np.sign(ends[0]) * np.sign(ends[1]) <= 0:
        return Threshold.absent(reason, ThresholdStatus.DOES_NOT_APPLY)
    value, below, above, missing = _bisected(excess, lower, upper, ends[0])
    if not np.isnan(missing):
        return _unresolved(missing)
    residual = abs(float(_constant(excess, value)))
    if residual > 1e-6 * max(map(abs, ends)):
        jump = f"the quantity jumps across the level near {float(value):.12g}"
        return Threshold.absent(jump, ThresholdStatus.DOES_NOT_APPLY)
    return Threshold(float(value), (float(below), float(above)), residual=residual)


def _unresolved(place) -> Threshold:
    missing = f"the quantity has no value (NaN) at {float(place):.12g}"
    return Threshold.absent(missing, ThresholdStatus.NOT_RESOLVED)


def find_root(quantity: Callable[[float], float], lower: float, upper: float) -> Threshold:
    """The zero of a plain function of a number, to rounding, with a tight bracket.

    For quantities that are cheap to evaluate one by one; `threshold` is the traceable form.
    Raises `ValueError` unless the quantity changes its sign.

    ```python
    gl.analysis.find_root(lambda p: p**2 - 2, 0.0, 2.0).value  # 1.41421
    ```
    """
    value = zero_between(quantity, float(lower), float(upper))
    residual, width = quantity(value), 4e-16 * max(abs(value), 1e-3)
    below, above = value, value
    while np.sign(quantity(below)) * np.sign(quantity(above)) > 0 or below == above:
        below, above, width = max(lower, value - width), min(upper, value + width), 4 * width
    return Threshold(value, (below, above), residual=abs(residual))


def bracketed_threshold(
    quantity: Callable[[Float[Array, ""]], Float[Array, ""]],
    lower: float | Array,
    upper: float | Array,
    *,
    level: float = 1.0,
) -> tuple[Float[Array, ""], Float[Array, ""], Float[Array, ""]]:
    """`threshold` together with the final bracket."""
    if jnp.result_type(float) != jnp.float64:
        raise ValueError(
            "a threshold needs float64; work inside `with genloop.x64():` or set jax_enable_x64."
        )
    _check(quantity, lower, upper, level)
    excess, (lower, upper) = _excess(quantity, level), _ends(lower, upper)
    ends = excess(lower), excess(upper)
    carries = traced(ends, lower, upper)
    at_lower, at_upper = known(xp.stop_gradient(ends))
    lower = refuse_if(
        lower,
        xp.isnan(at_lower + at_upper),
        "the quantity has no value (NaN) at an end of the interval: narrow the interval.",
    )
    lower = refuse_if(
        lower,
        xp.sign(at_lower) * xp.sign(at_upper) > 0,
        "the quantity does not cross the level between `lower` and `upper`: widen the interval.",
    )
    value, below, above, missing = _bisected(excess, lower, upper, at_lower)
    value = refuse_if(
        value,
        xp.isfinite(missing),
        "the quantity has no value (NaN) inside the interval, so that its crossing is not known: "
        "narrow the interval.",
    )
    value = _refined(excess, value) if carries else value
    return jnp.asarray(value), jnp.asarray(below), jnp.asarray(above)


def _check(quantity, lower, upper, level):
    example = "threshold(lambda p: ..., lower, upper)"
    check_function("a quantity of one parameter", quantity, example)
    check_number(lower=lower, upper=upper, level=level)
    check_quantity("the quantity", quantity, jnp.zeros(()))


def _excess(quantity, level):
    return lambda p: quantity(p) - level


def _ends(*ends):
    return [xp.asarray(end, dtype=float) for end in ends]


def _constant(excess, p):
    """The excess at a point, without derivatives; a number where nothing else is traced."""
    return known(xp.stop_gradient(excess(xp.stop_gradient(p))))


def _bisected(excess, lower, upper, at_lower):
    """The crossing, its bracket, and a point where the quantity is NaN (or NaN for none)."""

    def examine(before, after):
        (left, left_missing), (right, right_missing) = before, after
        middle = 0.5 * (left + right)
        here = _constant(excess, middle)
        # A place without a value is remembered by every point that comes after it.
        missing = xp.where(xp.isnan(left_missing), right_missing, left_missing)
        missing = xp.where(xp.isnan(here), middle, missing)
        return (middle, missing), xp.sign(here) == xp.sign(at_lower)

    # What is traced makes all of it so, from the first step on.
    ends = xp.stop_gradient(tuple((end, end * np.nan + 0 * at_lower) for end in (lower, upper)))
    ends = bisected(examine, *ends, steps=_HALVINGS)
    if not xp.of_jax(ends):
        ends = bisected(examine, *ends, steps=_missing_halvings(ends[0][0], ends[1][0]))
    (below, first), (above, last) = ends
    missing = xp.where(xp.isnan(first), last, first)
    value = xp.stop_gradient(0.5 * (below + above))
    if not xp.of_jax(value):
        # An end of the bracket may be the crossing itself.
        value = min((below, value, above), key=lambda p: abs(_constant(excess, p)))
    return value, below, above, missing


def _missing_halvings(below, above):
    """Those that a crossing far below the width of the interval needs to be known to rounding."""
    size = max(abs(below), abs(above), 1e-300)
    return int(np.clip(np.ceil(np.log2(abs(above - below) / size + 1e-300) + 52), 0, _HALVINGS))


def _refined(excess, value):
    """The crossing after two of Newton's steps, which carry its derivatives."""

    def newton(_, value):
        residual, slope = jax.jvp(excess, (value,), (xp.ones_like(value),))
        step = residual / xp.where(slope == 0, 1.0, slope)
        # A kink or a jump of the quantity stays where bisection put it.
        trusted = xp.isfinite(step) & (xp.abs(step) <= 1e-6 * (xp.abs(value) + 1e-3))
        return value - xp.where(trusted, step, 0.0)

    if xp.of_jax(value):
        return jax.lax.fori_loop(0, 2, newton, value)
    return newton(1, newton(0, value))
