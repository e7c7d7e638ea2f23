r"""How far a loop with fresh real data is from the real data, and how many samples that is worth.

$d$ dimensions, $n_s$ synthetic `samples` a generation at `temperature` $T$ and $n_r$ fresh
`real_samples`; everything in the coordinates in which the real data are $N(0, I_d)$. A risk is

- `"wasserstein"`: $E\,W_2^2$ to second order in the deviations about the mean covariance $s I$,
  $E|\delta|^2 + d (1 - \sqrt s)^2 + \frac{E \operatorname{tr} \Sigma^2 - d s^2}{4 s^{3/2}}$; or
- `"frobenius"`: $E|\delta|^2 + \frac14 E \|\Sigma - I\|_F^2$, exactly [ST-B7].
"""

import functools
from collections.abc import Callable
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np

from ...analysis import Threshold, find_root
from ...arguments import checked
from ...models import Gaussian
from ...models.square_moments import GaussianSquareMoments
from .squares import SquareRecursion

Risk = Literal["wasserstein", "frobenius"]
_LARGEST, _GRID = 1e8, 64


def frobenius_risk(moments: GaussianSquareMoments) -> Any:
    r"""The squared distance of mean and covariance from the real ones [ST-B7].

    $E|\delta|^2 + \frac14 E \|S - I\|_F^2$, exactly: $\|S - I\|_F^2 = \operatorname{tr} S^2 - 2
    \operatorname{tr} S + d$.

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    gl.loops.gaussian.frobenius_risk(gl.models.GaussianSquareMoments.of(real).draw(10))  # 0.1475
    ```
    """
    spread = moments.square_trace - 2 * moments.trace + moments.dimension
    return moments.error + spread / 4


def wasserstein_expansion(moments: GaussianSquareMoments) -> Any:
    r"""The expected squared Wasserstein distance from the real data, to second order [ST-B7].

    $E|\delta|^2 + d (1 - \sqrt s)^2 + \frac{E \operatorname{tr} S^2 - d s^2}{4 s^{3/2}}$ with
    $s = E \operatorname{tr} S/d$: the expansion in $S - s I$, for states whose expected covariance
    is a multiple of the real one. It needs many more samples than dimensions.

    ```python
    real = gl.Gaussian.of(0.0, 1.0)
    moments = gl.models.GaussianSquareMoments.of(real).draw(10)
    gl.loops.gaussian.wasserstein_expansion(moments)  # 0.155338
    ```
    """
    d, mean = moments.dimension, moments.trace / moments.dimension
    root = mean**0.5
    noise = moments.square_trace - d * mean * mean
    return moments.error + d * (1 - root) ** 2 + noise / (4 * mean * root)


_RISKS: dict[str, Callable[[GaussianSquareMoments], Any]] = {
    "wasserstein": wasserstein_expansion,
    "frobenius": frobenius_risk,
}


def _generation(moments, samples, real_samples, temperature, unbiased):
    """One generation of `fresh_data`, for numbers of samples that need not be whole."""
    pool = samples + real_samples
    drawn = moments.temper(temperature).draw(samples)
    mixed = drawn.pool(real_samples / pool, 1 / real_samples)
    return mixed.unbias(pool) if unbiased else mixed


def _real_alone(dimension, real_samples, unbiased):
    """The moments of the fit to real points only: all that a pool with a share of one keeps."""
    fit = _standard(dimension).pool(1, 1 / real_samples)
    return fit.unbias(real_samples) if unbiased else fit


@functools.cache
def _standard(dimension) -> GaussianSquareMoments:
    real = Gaussian(np.zeros(dimension), np.eye(dimension))
    return GaussianSquareMoments.of(real)


@checked
def stationary_risk(
    samples: float,
    real_samples: int,
    *,
    dimension: int = 1,
    temperature: float = 1.0,
    unbiased: bool = True,
    risk: Risk = "wasserstein",
) -> float:
    """The risk of a loop with fresh real data after many generations [ST-B7].

    Infinite where the expected squares have no limit; `samples` may be any positive number.
    Raises `ValueError` for numbers out of range.

    ```python
    gl.loops.gaussian.stationary_risk(40, 10, risk="frobenius")  # 0.0936215
    ```
    """
    _check(samples, real_samples, dimension, temperature)
    start = _standard(dimension)
    step = lambda moments: _generation(moments, samples, real_samples, temperature, unbiased)
    recursion = SquareRecursion.of_generation(step, start.reference)
    if not recursion.spectral_radius < 1:
        return float("inf")
    return float(_RISKS[risk](recursion.stationary()))


@checked
def real_risk(
    real_samples: float, *, dimension: int = 1, unbiased: bool = True, risk: Risk = "wasserstein"
) -> float:
    r"""The risk of the fit to real points alone: $\frac dn + \frac{d (d + 1)}{4 (n - 1)}$ [ST-B7].

    For the unbiased fit, where both risks agree. Raises `ValueError` for fewer than two points.

    ```python
    gl.loops.gaussian.real_risk(10)  # 0.155556
    ```
    """
    _check(1.0, real_samples, dimension, 1.0)
    return float(_RISKS[risk](_real_alone(dimension, real_samples, unbiased)))


def effective_samples(risk, *, dimension: int = 1) -> Any:
    r"""The number $n_e$ of real points that alone, fitted without bias, have a risk $Q$.

    $n_e = \frac{b + \sqrt{b^2 - 4 Q d}}{2 Q}$ with $b = Q + d + \frac{d (d + 1)}4$ [ST-B7].

    ```python
    gl.loops.gaussian.effective_samples(gl.loops.gaussian.real_risk(10))  # 10
    ```
    """
    d = dimension
    linear = risk + d + d * (d + 1) / 4
    return (linear + jnp.sqrt(linear**2 - 4 * risk * d)) / (2 * risk)


@checked
def admissible_samples(
    real_samples: int,
    *,
    dimension: int = 1,
    temperature: float = 1.0,
    unbiased: bool = True,
    risk: Risk = "wasserstein",
) -> Threshold:
    r"""The largest number of synthetic samples that does no harm beside the real points [ST-B7].

    The largest $n_s \ge 1$ at which `stationary_risk` is no more than `real_risk`, the risk of the
    same fit to the real points alone, as a real number; or a reason: no number does harm, or every
    number does. Searched on a grid up to $10^8$ times the real points, and refined to rounding.
    Raises `ValueError` for numbers out of range.

    ```python
    gl.loops.gaussian.admissible_samples(100, temperature=0.7, risk="frobenius").value  # 65.7324
    ```
    """
    _check(1.0, real_samples, dimension, temperature)
    options = {"dimension": dimension, "unbiased": unbiased, "risk": risk}
    alone = real_risk(real_samples, **options)
    excess = lambda samples: (
        stationary_risk(samples, real_samples, temperature=temperature, **options) - alone
    )
    grid = np.geomspace(1, _LARGEST * real_samples, _GRID)
    harmless = np.flatnonzero([excess(samples) <= 0 for samples in grid])
    if not harmless.size:
        return Threshold.absent(
            "every number of synthetic samples makes the model worse than the real points alone",
            "not reachable",
        )
    last = harmless[-1]
    if last == len(grid) - 1:
        return Threshold.absent(
            "no number of synthetic samples makes the model worse than the real points alone",
            "not needed",
        )
    return find_root(excess, grid[last], grid[last + 1])


def admissible_limit(temperature, *, dimension: int = 1, risk: Risk = "wasserstein") -> Any:
    r"""The limit of `admissible_samples` for many real points, fitted without bias [ST-B7].

    $n_s^* = \frac{4 (2 - T) + (d + 1)(\frac12 + \frac32 T - T^2)}{(1 - T)^2}$, and for the
    Frobenius risk with $2 - T^2$ as the last factor. Infinite at $T = 1$, and zero where no
    synthetic sample helps. Fewer do no harm beside all large numbers of real points, more do; at
    $n_s^*$ itself the limit leaves it open.

    ```python
    gl.loops.gaussian.admissible_limit(0.7, dimension=100)  # 1247.33
    ```
    """
    temperature = jnp.asarray(temperature, dtype=float)
    curved = (1 + 3 * temperature) / 2 if risk == "wasserstein" else 2.0
    gain = 4 * (2 - temperature) + (dimension + 1) * (curved - temperature**2)
    return jnp.maximum(gain, 0.0) / (1 - temperature) ** 2


def admissible_excess(samples, real_samples, temperature, *, dimension=1, risk: Risk) -> Any:
    r"""The stationary risk minus that of the real points alone, for the unbiased fit [ST-B7].

    In plain arithmetic, of exact numbers as well: `admissible_samples` is a zero of it.

    ```python
    excess = gl.loops.gaussian.admissible_excess(65.73239335275297, 100, 0.7, risk="frobenius")
    abs(excess) < 1e-15  # True
    ```
    """
    start = _standard(dimension)
    step = lambda *numbers: (
        _generation(
            GaussianSquareMoments(start.reference, *numbers),
            samples,
            real_samples,
            temperature,
            True,
        ).numbers
    )
    source = step(*[0] * 7)
    columns = [step(*[int(i == j) for j in range(7)]) for i in range(7)]
    rows = [[int(i == j) - columns[j][i] + source[i] for j in range(7)] for i in range(7)]
    limit = GaussianSquareMoments(start.reference, *_solved(rows, source))
    measure = _RISKS[risk]
    return measure(limit) - measure(_real_alone(dimension, real_samples, True))


def _solved(rows, source) -> list[Any]:
    """The solution of a linear system whose matrix is an M-matrix, which needs no pivots."""
    rows, size = [[*row, right] for row, right in zip(rows, source, strict=True)], len(source)
    for i in range(size):
        for j in range(size):
            if j != i:
                factor = rows[j][i] / rows[i][i]
                rows[j] = [x - factor * y for x, y in zip(rows[j], rows[i], strict=True)]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def _check(samples, real_samples, dimension, temperature) -> None:
    if not samples > 0:
        raise ValueError(f"samples must be positive, got {samples}.")
    if not real_samples >= 2:
        raise ValueError(
            f"real_samples must be at least 2, got {real_samples}: one point has no covariance."
        )
    if dimension != int(dimension) or dimension < 1:
        raise ValueError(f"dimension must be a whole number of at least 1, got {dimension}.")
    if not 0 < temperature < float("inf"):
        raise ValueError(f"temperature must be positive and finite, got {temperature}.")
