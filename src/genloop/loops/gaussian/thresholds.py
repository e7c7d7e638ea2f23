"""The named thresholds of a Gaussian loop, each a value with its evidence or a reason."""

import math

from ...analysis import Threshold, find_root
from ...arguments import checked
from ...laws import PooledMoments
from ...printing import Named
from . import closed_forms
from .equations import Equation, equations, fixed_variance

_NO_COLLAPSE = (
    "with real data the covariance has a floor and never collapses; the temperature beyond "
    "which it explodes almost surely has no closed form, those of the mean and the second moment "
    "are below it"
)


@checked
def thresholds(
    *,
    samples: int,
    real_samples: int = 0,
    temperature: float = 1.0,
    unbiased: bool = True,
    variance_goal: float | None = None,
    fixed: bool = False,
) -> dict[str, Threshold]:
    r"""Temperatures and real fractions at which a Gaussian loop changes its behaviour.

    For $n$ synthetic `samples` at `temperature` $T$ and $n_r$ fresh `real_samples` a generation,
    $N = n + n_r$. Three upper limits of the temperature at these numbers of samples:

    - `mean`: the expected covariance stays bounded below it [ST-B2, ST-B3];
    - `almost_sure`: without real data, every path collapses below it [ST-B2];
    - `mean_square`: the second moments of the covariance stay bounded below it [ST-B2, ST-B6], for
      $n \ge 2$ samples and real data symmetric about their mean. The spectral radius of their
      recursion grows with $T$, because its entries do, so there is one such temperature, found to
      rounding; proved are the closed forms for $n_r = 0$, and for the unbiased fit that it exceeds
      one exactly for $n_r \ge 2$;

    and two lower limits of the real fraction at this temperature and pool:

    - `real_fraction`: the expected covariance and squared error of the mean stay bounded above it
      [ST-B3]; higher moments need not, see `mean_square`;
    - `variance`: the expected variance stays within `variance_goal` times the real one above it, by
      default within a half for $T < 1$ and within twice for $T > 1$ [ST-B8].

    With `fixed` real points that are drawn once and used for ever all but `variance` stay the same;
    the expected variance is then that over real sets and runs [ST-B4].

    Raises `ValueError` for numbers out of range.

    ```python
    found = gl.loops.gaussian.thresholds(samples=80, real_samples=20, temperature=0.8)
    found["mean"].value  # 1.24441
    ```
    """
    _check(samples, real_samples, temperature, variance_goal)
    pool, share = samples + real_samples, real_samples / (samples + real_samples)
    if variance_goal is None:
        variance_goal = 0.5 if temperature < 1 else 2.0
    stated = equations(
        samples=samples,
        real_samples=real_samples,
        temperature=temperature,
        unbiased=unbiased,
        variance_goal=variance_goal,
        fixed=fixed,
    )
    variance = _fixed_variance if fixed else _variance
    found = {
        "mean": float(closed_forms.temperature_threshold(share, pool, unbiased=unbiased)),
        "almost_sure": _almost_sure(samples, real_samples, unbiased),
        "mean_square": _mean_square(samples, real_samples, unbiased),
        "real_fraction": _real_fraction(temperature, pool, unbiased),
        "variance": variance(variance_goal, temperature, pool, unbiased),
    }
    return Named(
        {
            name: one if isinstance(one, Threshold) else _bracketed(one, stated[name])
            for name, one in found.items()
        }
    )


def _almost_sure(samples, real_samples, unbiased) -> Threshold | float:
    if real_samples:
        return Threshold.absent(_NO_COLLAPSE, "does not apply")
    return float(closed_forms.almost_sure_threshold(samples, unbiased=unbiased))


def _mean_square(samples, real_samples, unbiased) -> float:
    if not real_samples:
        return float(closed_forms.mean_square_threshold(samples, unbiased=unbiased))
    moments = lambda heat: PooledMoments(samples, real_samples, heat, unbiased)
    excess = lambda heat: moments(heat).fourth_moment_radius - 1
    upper = 1.0
    while excess(upper) < 0:
        upper *= 2
    return find_root(excess, 0.0 if upper == 1 else upper / 2, upper).value


def _real_fraction(temperature, pool, unbiased) -> Threshold | float:
    value = float(closed_forms.required_real_fraction(temperature, pool, unbiased=unbiased))
    if value == 0:
        reason = (
            "the expected covariance and the expected squared error of the mean stay bounded at "
            "every positive real fraction; the second moment of the covariance need not"
        )
        return Threshold.absent(reason, "not needed")
    return value


def _variance(goal, temperature, pool, unbiased) -> Threshold | float:
    if temperature == 1:
        reason = "at temperature 1 the variance needs no correction where samples are many"
        return Threshold.absent(reason, "not needed")
    if (goal - 1) * (temperature - 1) <= 0:
        side = "below" if temperature < 1 else "above"
        reason = f"at this temperature the variance goal must lie {side} 1"
        return Threshold.absent(reason, "does not apply")
    value = float(
        closed_forms.real_fraction_for_variance(
            goal, temperature=temperature, pool=pool, unbiased=unbiased
        )
    )
    if math.isnan(value):
        reason = "no real fraction reaches this goal with a pool of this size"
        return Threshold.absent(reason, "not reachable")
    if value == 0:
        return Threshold.absent("every positive real fraction meets the goal", "not needed")
    return value


def _fixed_variance(goal, temperature, pool, unbiased) -> Threshold | float:
    if (goal < 1) != (temperature <= 1):
        side = "above" if temperature > 1 else "below"
        return Threshold.absent(
            f"at this temperature the variance goal must lie {side} 1", "does not apply"
        )
    fit = pool - int(unbiased)
    excess = lambda a: fixed_variance(a, temperature, goal, pool, fit) * (1 if goal < 1 else -1)
    if excess(1 / pool) > 0:
        return Threshold.absent("every positive real fraction meets the goal", "not needed")
    if excess(1.0) < 0:
        reason = "no real fraction reaches this goal with a pool of this size"
        return Threshold.absent(reason, "not reachable")
    return float(find_root(excess, 1 / pool, 1.0).value)


def _bracketed(value: float, equation: Equation) -> Threshold:
    """A value between two numbers at which its equation has opposite signs."""
    known = [float(number) for number in equation.known]
    excess = lambda x: float(equation.excess(x, *known))
    width = 1e-12 * max(abs(value), 1e-3)
    while not excess(value - width) * excess(value + width) < 0:
        width *= 4
        if width > 1e-6:
            raise ArithmeticError(f"no change of sign around {value}; the closed form is wrong.")
    return Threshold(value, (value - width, value + width), residual=abs(excess(value)))


def _check(samples, real_samples, temperature, variance_goal) -> None:
    for name, value, least in (("samples", samples, 2), ("real_samples", real_samples, 0)):
        if value != int(value) or value < least:
            raise ValueError(f"{name} must be a whole number of at least {least}, got {value}.")
    if not 0 < temperature < math.inf:
        raise ValueError(f"temperature must be positive and finite, got {temperature}.")
    if variance_goal is not None and not 0 < variance_goal < math.inf:
        raise ValueError(f"variance_goal must be positive and finite, got {variance_goal}.")
