r"""How errors of learning add up when every generation learns from any mixture of earlier ones.

Generation $n$ learns from $m_n = \alpha_n p_0 + \sum_{k < n} \beta_{nk} p_k$, where $p_0$ here is
the real distribution and $k = 0, 1, \dots$ counts the models, the first of which is given; it makes
the error $\varepsilon_n = \mathrm{TV}(p_n, m_n)$. `weights` is the lower-triangular matrix
$\beta$, a row for each generation; what is missing to one is the share $\alpha_n$ of real data.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg, special

from ...bisection import zero_between


def lagged_weights(weights: ArrayLike, generations: int) -> np.ndarray:
    r"""The matrix $\beta$ of a loop that gives the model $j$ generations back the weight $w_j$.

    `weights` are $w_1, w_2, \dots$, the newest first; the share $1 - \sum_j w_j$ is real data.
    Weights of models that are not there yet are shared by the others in proportion, as `Window`
    does. Shape `(generations + 1, generations + 1)`, the first row zero. Raises `ValueError` for
    weights that are negative, sum to more than one, or begin with zero.

    ```python
    gl.loops.error_propagation.lagged_weights([0.5, 0.25], 2)[2]  # [0.25, 0.5, 0]
    ```
    """
    weights = np.asarray(weights, dtype=float)
    _checked_shares(weights[None])
    if not weights[0] > 0:
        raise ValueError("the weight of the newest model must be positive: the first one is alone.")
    matrix = np.zeros((generations + 1, generations + 1))
    for generation in range(1, generations + 1):
        there = weights[:generation]
        first = generation - len(there)
        matrix[generation, first:generation] = there[::-1] * weights.sum() / there.sum()
    return matrix


def kept_weights(generations: int, *, real: float = 1.0) -> np.ndarray:
    r"""The matrix $\beta$ of a loop that keeps all data: equal shares of what ever was made.

    Generation $n$ learns from as many points of every model before it, and from `real` times as
    many real ones. Shape `(generations + 1, generations + 1)`.

    ```python
    gl.loops.error_propagation.kept_weights(2)[2]  # [0.333333, 0.333333, 0]
    ```
    """
    rows = np.arange(generations + 1.0)[:, None]
    return np.tril(np.ones((generations + 1, generations + 1)), -1) / (rows + real)


def error_bound(weights: ArrayLike, errors: ArrayLike) -> np.ndarray:
    r"""$(I - \beta)^{-1} \varepsilon \ge \mathrm{TV}(p_n, p_0)$ for every generation [ST-F1].

    `weights` of shape `(t + 1, t + 1)`, `errors` $\varepsilon$ of shape `(t + 1,)`, of which the
    first is the total variation of the first model itself. No smaller bound holds for all loops
    with these numbers while it is at most one. Raises `ValueError` for weights that are not lower
    triangular, negative or of a sum above one, and for negative errors.

    ```python
    weights = gl.loops.error_propagation.lagged_weights([0.5], 3)
    gl.loops.error_propagation.error_bound(weights, [0, 0.1, 0.1, 0.1])  # [0, 0.1, 0.15, 0.175]
    ```
    """
    weights, errors = _checked(weights), np.asarray(errors, dtype=float)
    if errors.shape != weights.shape[:1] or not (errors >= 0).all():
        raise ValueError(
            f"there must be one error of at least zero for each of the {len(weights)} models, got "
            f"an array of shape {errors.shape}."
        )
    return linalg.solve_triangular(np.eye(len(weights)) - weights, errors, lower=True)


def ancestors(weights: ArrayLike) -> np.ndarray:
    r"""$(I - \beta)^{-1}$: the chance that a point of generation $n$ comes down from model $k$.

    A point is followed back through the models it was learned from, each step at random by the
    weights, until it is a real one. $\sum_k$ of a row is the expected number of models on the way:
    by this factor a constant error grows [ST-F1].

    ```python
    gl.loops.error_propagation.ancestors([[0, 0], [0.8, 0]])  # [[1, 0], [0.8, 1]]
    ```
    """
    weights = _checked(weights)
    identity = np.eye(len(weights))
    return linalg.solve_triangular(identity - weights, identity, lower=True)


def replaced_bound(generations, error, *, real_fraction, start=0.0):
    r"""$\varepsilon \frac{1 - q^t}{1 - q} + q^t\,\mathrm{TV}_0$ with the share $q = 1 - a$ [ST-F1].

    Of the model before and no other; for $a = 0$ it is $t \varepsilon + \mathrm{TV}_0$. It tends
    to $\varepsilon/a$. Arrays broadcast.

    ```python
    gl.loops.error_propagation.replaced_bound(3, 0.1, real_fraction=0.5)  # 0.175
    ```
    """
    rest = 1 - np.asarray(real_fraction, dtype=float)
    kept = rest**generations
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.where(rest == 1, generations, (1 - kept) / (1 - rest))
    return (error * total + kept * start)[()]


def kept_bound(generations, error, *, real: float = 1.0, start=0.0):
    r"""The bound of a loop that keeps all data; it grows like $\varepsilon \log t$ [ST-F1].

    $\varepsilon\,[1 + \psi(t + 1 + R) - \psi(2 + R)] + \frac{\mathrm{TV}_0}{1 + R}$ for the
    `kept_weights` of $R$ = `real` and at least one generation. Arrays broadcast.

    ```python
    gl.loops.error_propagation.kept_bound(2, 0.1)  # 0.133333
    ```
    """
    late = special.digamma(np.asarray(generations, dtype=float) + 1 + real)
    return (error * (1 + late - special.digamma(2 + real)) + start / (1 + real))[()]


def rate(weights: ArrayLike) -> float:
    r"""The factor by which what is wrong at first falls each generation, for lagged weights.

    The root $0 \le z \le 1$ of $z^s = \sum_{j \le s} w_j z^{s - j}$; one without real data [ST-F2].

    ```python
    gl.loops.error_propagation.rate([0.8])  # 0.8
    ```
    """
    weights = np.asarray(weights, dtype=float)
    _checked_shares(weights[None])
    if weights.sum() == 0 or weights.sum() == 1:
        return float(weights.sum())
    powers = np.arange(1, len(weights) + 1)
    # Of z: the sum of w_j z^-j falls from infinity to at most one.
    level = lambda z: 1 - np.sum(weights * np.exp(-powers * np.log(z)))
    least = 0.5 * min(w ** (1 / j) for j, w in zip(powers, weights, strict=True) if w > 0)
    return zero_between(level, least, 1.0)


def _checked(weights: ArrayLike) -> np.ndarray:
    weights = np.asarray(weights, dtype=float)
    if weights.ndim != 2 or weights.shape[0] != weights.shape[1] or np.triu(weights).any():
        raise ValueError(
            "weights are a square matrix with zeros on and above its diagonal: a generation learns "
            "from earlier ones only."
        )
    _checked_shares(weights)
    return weights


def _checked_shares(rows: np.ndarray) -> None:
    if not ((rows >= 0).all() and (rows.sum(axis=1) <= 1 + 1e-12).all()):
        raise ValueError(
            "shares of earlier models must not be negative nor sum to more than one; what is "
            "missing to one is real data."
        )
