r"""Training sets that forget: the last $w$ generations, or old data that fade.

A loop $F$ that replaces its data has a multiplier $\mu$ at a fixed point; a window of $w$
generations has the $w$ roots of $z^w = \frac\mu w (z^{w-1} + \dots + 1)$ instead, and data of which
a share $\gamma$ is renewed $1 - \gamma (1 - \mu)$. All are stable together.
"""

import numpy as np
from jaxtyping import Array, Complex, Float
from scipy import optimize


def window_multipliers(multiplier: float, generations: int) -> Complex[Array, " w"]:
    r"""The roots of $z^w = \frac\mu w (z^{w-1} + \dots + 1)$, largest modulus first [AC-5].

    All $|z| < 1$ if and only if $-w < \mu < 1$.
    """
    roots = np.roots(np.append(1.0, np.full(generations, -multiplier / generations)))
    return roots[np.argsort(-np.abs(roots))]


def window_rate(multiplier: float, generations: int) -> float:
    r"""$-\log z$ of the leading root $z$ of a window, $0 < \mu \le 1$ [AC-5].

    Between $\frac1w$ and $\frac2{w + 1}$ of $-\log \mu$; the latter for $\mu \to 1$, so that a
    window is slower by its mean age.
    """
    if multiplier == 1:
        return 0.0
    fast = -np.log(multiplier)
    # In x = -log z the equation is (e^wx - 1)/(1 - e^-x) = w/mu, from a mean of e^x, ..., e^wx.
    excess = lambda x: np.log(np.expm1(generations * x) / -np.expm1(-x) / generations) - fast
    lower, upper = fast / generations, 2 * fast / (generations + 1)
    if generations == 1:
        return float(fast)
    return float(optimize.brentq(excess, lower * (1 - 1e-9), upper * (1 + 1e-9), xtol=1e-300))


def window_variance(multiplier, generations, *, samples) -> Float[Array, "*shape"]:
    r"""$1/[n (1 - \mu)(w + \mu)]$: the stationary variance of the fit along a multiplier [AC-5].

    In units of the noise of one point, to order $1/n$, with $n$ new points a generation; $w = 1$
    replaces the data.
    """
    return 1 / (samples * (1 - multiplier) * (generations + multiplier))


def fading_multiplier(multiplier, share) -> Float[Array, "*shape"]:
    r"""$1 - \gamma (1 - \mu)$; stable if and only if $1 - \frac2\gamma < \mu < 1$ [AC-5]."""
    return 1 - share * (1 - multiplier)


def fading_variance(multiplier, share, *, samples) -> Float[Array, "*shape"]:
    r"""$\gamma/[n (1 - \mu)(2 - \gamma (1 - \mu))]$, as `window_variance` [AC-5]."""
    return share / (samples * (1 - multiplier) * (2 - share * (1 - multiplier)))


def window_deviations(multiplier: float, generations: int, steps: int) -> Float[Array, " t"]:
    r"""The rest after $1, \dots, t$ `steps` of a deviation that fills the window [AC-5].

    $y_{t+1} = \frac\mu w (y_t + \dots + y_{t-w+1})$, averaged over the window;
    infinite once it is beyond all numbers.
    """
    data, left, total = np.empty(steps), np.full(steps, np.inf), float(generations)
    for t in range(steps):
        data[t] = multiplier * total / generations
        # As Python numbers, which grow beyond all numbers without a word.
        total += float(data[t]) - (float(data[t - generations]) if t >= generations else 1.0)
        if not np.isfinite(total):
            break
        left[t] = total / generations
    return left


def window_response(
    multiplier: Float[Array, "*shape"], generations: int, length: int
) -> Float[Array, "length ..."]:
    r"""The response of the fit to a window to the noise of one generation, $k = 0, 1, \dots$ later.

    $\varphi_k = \frac1w \sum_{j < \min(w, k + 1)} \psi_{k-j}$ where $\psi_0 = 1$ and $\psi_k =
    \mu\,\varphi_{k-1}$ is the response of a generation: its data are sampled from the fit before.
    """
    multiplier = np.asarray(multiplier, dtype=float)
    response = np.empty((length, *multiplier.shape))
    data = np.ones((length, *multiplier.shape))
    total = np.zeros_like(multiplier)
    for k in range(length):
        if k > 0:
            data[k] = multiplier * response[k - 1]
        total = total + data[k] - (data[k - generations] if k >= generations else 0.0)
        response[k] = total / generations
    return response


def window_variances(
    multipliers: Float[Array, " m"], generations: int, steps: int, *, samples
) -> Float[Array, " m"]:
    r"""The variance along each multiplier $t$ `steps` after a start at the fixed point.

    $\frac1n \sum_{k < t} \varphi_k^2$, which tends to `window_variance`.
    """
    return (window_response(multipliers, generations, steps) ** 2).sum(axis=0) / samples


def window_squared_deviations(
    steps: int, *, generations, samples, real_fraction, concentration
) -> Float[Array, " t"]:
    r"""$D_t = \mathbb E \|x_t - r\|^2$ of a window at $T = 1$, exact for finite $n$ [AC-5].

    $D_t = \sum_{s \le t} \varphi_{t-s}^2\,\sigma_s^2$ with $\sigma_{s+1}^2 = [1 - R - (1 - a)^2
    D_s]/n$, from a window full of $r$; $\varphi$ at $\mu = 1 - a$.
    """
    rest = 1 - real_fraction
    weights = window_response(rest, generations, steps) ** 2
    path, noise = np.zeros(steps), np.empty(steps)
    for t in range(steps):
        before = path[t - 1] if t > 0 else 0.0
        noise[t] = (1 - concentration - rest**2 * before) / samples
        path[t] = weights[: t + 1][::-1] @ noise[: t + 1]
    return path


def window_stationary_deviation(
    *, generations, samples, real_fraction, concentration
) -> Float[Array, ""]:
    r"""$D = (1 - R)/[n a (w + 1 - a) + (1 - a)^2]$: its limit, exact [AC-5]."""
    rest = 1 - real_fraction
    forgetting = samples * real_fraction * (generations + rest)
    return (1 - concentration) / (forgetting + rest**2)


def neutral_rate(generations, *, samples) -> Float[Array, "*shape"]:
    r"""$\frac4{n (w + 1)^2}$: the loss of heterozygosity of a window at $T = 1$, $a = 0$ [AC-5].

    The relative loss in a generation at last, to order $1/n$: $\sum_{i < w} (w - i)\,y_{t-i}$ is a
    martingale, and what a new generation adds to it has the weight $\frac2{w + 1}$.
    """
    return 4 / (samples * (generations + 1) ** 2)
