r"""Fixed points of the temperature loop in five limits [HD-12], in closed form.

`real` holds the real probabilities, shape `(K,)`; results are states of that shape. Plain NumPy.
The sensitivities of HD-12 (v) are in `structure`.
"""

import numpy as np
from jaxtyping import Array, Float


def near_real_data(
    real: Float[Array, " k"], *, temperature: float, real_fraction: float
) -> Float[Array, " k"]:
    r"""$x^* = r + q\,(s - r) + q^2\,DS_T(r)(s - r) + O(q^3)$, $q = 1 - a \to 0$ [HD-12 (i)].

    $s = S_T(r)$ and $DS_T(r)\,v = \frac1T [s \frac vr - s \sum_j s_j \frac{v_j}{r_j}]$.
    """
    real, synthetic = np.asarray(real), 1 - real_fraction
    sampled = _tempered(real, temperature)
    moved = sampled - real
    relative = moved / real
    turned = sampled * (relative - sampled @ relative) / temperature
    return real + synthetic * moved + synthetic**2 * turned


def near_temperature_one(
    real: Float[Array, " k"], *, temperature: float, real_fraction: float
) -> Float[Array, " k"]:
    r"""$x^* = r + \lambda \epsilon g + \lambda \epsilon^2 (h + \lambda D g\,g) + O(\epsilon^3)$.

    $\epsilon = 1/T - 1 \to 0$, $\lambda = (1 - a)/a$, $\ell_i = \log r_i + H(r)$, $V = \sum_i r_i
    \ell_i^2$: $g = r \ell$, $h = \frac12 r (\ell^2 - V)$ and $D g\,g = r (\ell^2 + \ell - V)$
    [HD-12 (ii)].
    """
    real = np.asarray(real)
    excess, odds = 1 / temperature - 1, (1 - real_fraction) / real_fraction
    surprise = np.log(real) - real @ np.log(real)
    spread = real @ surprise**2
    bend = 0.5 * real * (surprise**2 - spread)
    turned = real * (surprise**2 + surprise - spread)
    return real + odds * excess * real * surprise + odds * excess**2 * (bend + odds * turned)


def coldest_fraction(real: Float[Array, " k"], winner: int) -> float:
    r"""$1/(1 + \max_j r_j - r_i)$: the state of winner $i$ exists below it for $T \to 0$.

    1 for a most probable outcome, which can always win [HD-12 (iii)].
    """
    real = np.asarray(real)
    return float(1 / (1 + real.max() - real[winner]))


def cold_fold(real: Float[Array, " k"], winner: int, *, temperature: float) -> float:
    r"""The fold of winner $i$, not a most probable outcome, for $T \to 0$ [HD-12 (iii)].

    $a_0 [1 - T a_0 r_1 (1 + \log\frac{(k + 1)\,\Delta}{T r_1})] + O(T^2 \log^2 T)$ with $a_0 =
    1/(1 + \Delta)$, $\Delta = r_1 - r_i$ and the $k$ outcomes of the largest real probability
    $r_1$.
    """
    real = np.asarray(real)
    top, limit = real.max(), coldest_fraction(real, winner)
    gap, leaders = top - real[winner], (real == top).sum()
    loss = limit * top * (1 + np.log((leaders + 1) * gap / (temperature * top)))
    return float(limit * (1 - temperature * loss))


def cold_winner(
    real: Float[Array, " k"], winner: int, *, temperature: float, real_fraction: float
) -> Float[Array, " k"]:
    r"""$x^* = a r + (1 - a) S_T(y) + \dots$ with $y = a r + (1 - a) e_i$, $T \to 0$ [HD-12 (iii)].

    For $a$ below `coldest_fraction`. $x^* - y$ is of the size $\eta = \max_{j \ne i}
    (y_j/y_i)^{1/T}$, and the error of $O(\eta^2/T)$.
    """
    real = np.asarray(real)
    limit = real_fraction * real + (1 - real_fraction) * (np.arange(real.size) == winner)
    return real_fraction * real + (1 - real_fraction) * _tempered(limit, temperature)


def near_vertex(
    real: Float[Array, " k"], winner: int, *, temperature: float, real_fraction: float
) -> Float[Array, " k"]:
    r"""The state of winner $i$ for $a \to 0$ at $T < 1$ [HD-12 (iv)].

    $x_j = y_j + y_j^b [1 + a (b (1 - r_i) - 1)] + b\,y_j^{2b - 1} + \dots$ with $y_j = a r_j$, the
    error of $O(a^{3b - 2} + a^{b + 2})$; the winner has the rest.
    """
    real, sharpness = np.asarray(real), 1 / temperature
    least = real_fraction * real
    growth = 1 + real_fraction * (sharpness * (1 - real[winner]) - 1)
    state = least + growth * least**sharpness + sharpness * least ** (2 * sharpness - 1)
    state[winner] = 0.0
    state[winner] = 1 - state.sum()
    return state


def _tempered(probabilities, temperature):
    weights = (probabilities / probabilities.max()) ** (1 / temperature)
    return weights / weights.sum()
