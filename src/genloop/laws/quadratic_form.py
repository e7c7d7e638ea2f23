"""The law of a sum of squares of normal numbers, to rounding, by one contour integral."""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy import special

from ..bisection import zero_between
from ..printing import readable

_STEP, _PLACES, _NEWTON, _SMALLEST = 0.05, 124, 40, 1e-90


@readable
@dataclasses.dataclass(frozen=True)
class QuadraticForm:
    r"""$Q = \sum_j (\sqrt{w_j} z_j + u_j)^2$ for independent standard normal $z_j$.

    With `weights` $w_j \ge 0$ and `shifts` $u_j$. Every quadratic form $(x - a)^\top B (x - a)$ of
    a normal vector is of this kind. Raises `ValueError` for negative weights, numbers that are not
    finite, or arrays of different length.

    ```python
    gl.laws.QuadraticForm([1.0, 1.0], [0.0, 0.0]).cdf(2.0)  # 0.632121
    ```
    """

    weights: Float[np.ndarray, " d"]
    shifts: Float[np.ndarray, " d"]

    def __post_init__(self):
        weights, shifts = (np.asarray(part, dtype=float) for part in (self.weights, self.shifts))
        if weights.ndim != 1 or weights.shape != shifts.shape or not weights.size:
            raise ValueError(
                "a quadratic form needs as many shifts as weights, one or more, got shapes "
                f"{weights.shape} and {shifts.shape}."
            )
        if not (np.isfinite(weights).all() and np.isfinite(shifts).all() and weights.min() >= 0):
            raise ValueError("weights must be finite and not negative, shifts finite.")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "shifts", shifts)

    @property
    def mean(self) -> float:
        r"""$\sum_j (w_j + u_j^2)$."""
        return float((self.weights + self.shifts**2).sum())

    def cdf(self, level: float) -> float:
        r"""$P(Q \le x)$, with a relative error near rounding in both tails.

        $\frac1{2 \pi i} \int e^{K(s)} \frac{\mathrm ds}s$ with $K(s) = s x + \log E\,e^{-s Q}$,
        along the path of steepest descent from the saddle point of $K$, where $K = K_0 - v^2$: the
        trapezoidal rule in $v$ converges geometrically once the pole at zero is taken out, whose
        part is a normal probability. Zero below $10^{-90}$ times the largest weight.
        """
        below, share = self._tail(level)
        return share if below else 1 - share

    def survival(self, level: float) -> float:
        r"""$P(Q > x)$; see `cdf`."""
        below, share = self._tail(level)
        return 1 - share if below else share

    def _tail(self, level) -> tuple[bool, float]:
        """The probability of one side, and whether that is the lower one."""
        fixed = self.weights == 0
        level = float(level) - (self.shifts[fixed] ** 2).sum()
        if fixed.all():
            return True, float(level >= 0)
        if level <= _SMALLEST * self.weights.max():
            return True, 0.0
        # In units of the largest weight.
        unit = self.weights.max()
        weights, squares = self.weights[~fixed] / unit, self.shifts[~fixed] ** 2 / unit
        return _integral(weights, squares, level / unit)


def _integral(weights, squares, level):
    """Whether the saddle point belongs to the lower tail, and the probability of that tail."""
    saddle = _saddle(weights, squares, level)
    bend = 1 + 2 * weights * saddle
    # -K at the saddle without cancellation: every term is positive.
    terms = _logarithm_beyond(2 * weights * saddle) / 2
    depth = np.sqrt((terms + 2 * squares * weights * (saddle / bend) ** 2).sum())
    v, path, slope = _descent(weights, squares, level, saddle)
    rest = -2 * v / slope / path - 1 / (v - 1j * np.copysign(depth, saddle))
    rest = _STEP / np.pi * np.exp(-(v**2) - depth**2) @ rest.imag
    below = saddle > 0
    return below, float(special.erfc(depth) / 2 + (rest if below else -rest))


def _logarithm_beyond(x):
    r"""$\log(1 + x) - \frac x{1 + x} \ge 0$, near zero as $\frac{x^2}2 {}_2F_1(2, 2; 3; -x)$.

    Its root is the distance of the pole from the path: its rounding would be enlarged by the step.
    """
    near = np.clip(x, -0.5, 0.5)
    series = near**2 / 2 * special.hyp2f1(2, 2, 3, -near)
    return np.where(near == x, series, np.log1p(x) - x / (1 + x))


def _descent(weights, squares, level, saddle):
    r"""Places on the path of steepest descent, where $K$ is less than at the saddle by $v^2$.

    Returns $v$, $s$ and $K'(s)$; by Newton's method, along the upper half of the path.
    """
    change = lambda s: (
        (s - saddle) * level
        - (np.log((1 + 2 * weights * s) / (1 + 2 * weights * saddle)) / 2).sum()
        - (squares * (s - saddle) / (1 + 2 * weights * s) / (1 + 2 * weights * saddle)).sum()
    )
    derivative = lambda s: (
        level - (weights / (1 + 2 * weights * s) + squares / (1 + 2 * weights * s) ** 2).sum()
    )
    bend = 1 + 2 * weights * saddle
    curvature = (2 * (weights / bend) ** 2 + 4 * weights * squares / bend**3).sum()
    v = _STEP * (np.arange(_PLACES) + 0.5)
    place = complex(saddle) + 1j * v[0] * np.sqrt(2 / curvature)
    places, slopes = [], []
    for height in v:
        for _ in range(_NEWTON):
            move = (change(place) + height**2) / derivative(place)
            place -= move
            if abs(move) <= 1e-15 * abs(place - saddle):
                break
        places.append(place)
        slopes.append(derivative(place))
        place += -2 * height / slopes[-1] * _STEP
    return v, np.array(places), np.array(slopes)


def _saddle(weights, squares, level):
    r"""The zero of $K'(s) = x - \sum_j [w_j/b_j + u_j^2/b_j^2]$, $b_j = 1 + 2 w_j s$.

    It increases in $s$ from the singularity at $-\frac12$, so that there is one zero; in the
    logarithm of the distance from there.
    """

    def slope(log_distance):
        bend = 1 + 2 * weights * (np.exp(log_distance) - 0.5)
        return level - (weights / bend + squares / bend**2).sum()

    lower = -np.log(2 * level) - 1.0
    upper = lower + 2.0
    while slope(upper) < 0:
        upper += 2.0
    return np.exp(zero_between(slope, lower, upper)) - 0.5
