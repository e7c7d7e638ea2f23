r"""Fresh real data and a model's own samples, averaged with a weight [ST-A11(ii)] [ST-G5] [ST-G6].

Every generation the mean becomes $w \bar x_r + u \bar x_s$, $u = 1 - w$, of $n_r$ real samples and
$n$ of the model before. Errors are $\mathbb{E}(m - m_r)^2$ in units of $V(m_r)$; `quadratic` is
$v_2$, `samples` $n$, which may be infinite. With a `strength` $\gamma$ the samples are corrected
towards the real distribution first: $u^2 (1 + \frac{v_2}n)$ becomes $\frac{u^2}{G^2} (1 + \frac{G
v_2 + \gamma}n)$, $G = 1 + \gamma$ [ST-C4]. Differentiable in every number.
"""

from jaxtyping import Array, Float

from ... import numeric as xp


def stationary_error(
    real_weight, *, quadratic=0.0, real_samples, samples, strength=0.0
) -> Float[Array, "*shape"]:
    r"""$\frac{w^2/n_r + u^2/n}{1 - u^2 (1 + v_2/n)}$, the error that stays [ST-A11(ii)].

    NaN where none does, for weights at and below `weight_threshold`.

    ```python
    gl.loops.families.stationary_error(0.5, real_samples=10, samples=10)  # 0.0666667
    ```
    """
    rest = 1 - real_weight
    left = 1 - _kept(rest, quadratic, samples, strength)
    noise = real_weight**2 / real_samples + rest**2 / samples
    return noise / xp.where(left > 0, left, float("nan"))


def squared_error(
    generations, start=0.0, *, real_weight, quadratic=0.0, real_samples, samples, strength=0.0
) -> Float[Array, "*shape"]:
    r"""$e_t = e_* + [u^2 (1 + v_2/n)]^t (e_0 - e_*)$ for a mean that starts right on average.

    Also where the errors grow. `start` is $e_0$.

    ```python
    gl.loops.families.squared_error(1, real_weight=0.5, real_samples=10, samples=10)  # 0.05
    ```
    """
    rest = 1 - real_weight
    kept = _kept(rest, quadratic, samples, strength)
    noise = real_weight**2 / real_samples + rest**2 / samples
    # The geometric sum, which has its limit where a generation neither shrinks nor grows errors.
    even = kept == 1
    total = (1 - kept**generations) / xp.where(even, 1.0, 1 - kept)
    return kept**generations * start + noise * xp.where(even, generations, total)


def weight_threshold(*, quadratic, samples) -> Float[Array, "*shape"]:
    r"""$w = 1 - (1 + v_2/n)^{-1/2}$, above which errors stay bounded; zero for $v_2 \le 0$.

    ```python
    gl.loops.families.weight_threshold(quadratic=1.0, samples=3)  # 0.133975
    ```
    """
    return -xp.expm1(-xp.log1p(xp.maximum(0.0, quadratic / samples)) / 2)


def effective_samples(*, quadratic=0.0, real_samples, samples) -> Float[Array, "*shape"]:
    r"""$n_e = n_r (1 + q) - v_2\,q$, $q = n/(n_r + n)$: as good as so many real samples alone.

    For plain pooling, where every sample counts the same. NaN where the errors grow without bound.

    ```python
    gl.loops.families.effective_samples(quadratic=1.0, real_samples=10, samples=40)  # 17.2
    ```
    """
    share = samples / (real_samples + samples)
    found = real_samples * (1 + share) - quadratic * share
    return xp.where(found > 0, found, float("nan"))


def optimal_weight(ratio, *, quadratic=0.0, samples=float("inf")) -> Float[Array, "*shape"]:
    r"""The weight of real data whose stationary error is least: that error is $w/n_r$.

    $c w^2 + (1 + k - c) w = k$ with the `ratio` $k = n_r/n$ and $c = 1 + v_2/n$ [ST-G6]; for
    $v_2/n \to 0$ it is $w = \frac{\sqrt{k^2 + 4 k} - k}2$ [ST-G5], and the inverse of the golden
    ratio for $k = 1$.

    ```python
    gl.loops.families.optimal_weight(1.0)  # 0.618034
    ```
    """
    growth = 1 + quadratic / samples
    linear = ratio - quadratic / samples
    # The root of larger magnitude never cancels; the other one is their product over it.
    size = xp.abs(linear) + xp.sqrt(linear**2 + 4 * growth * ratio)
    nothing = size == 0  # no real data, and nothing that grows
    small = 2 * ratio / xp.where(nothing, 1.0, size)
    return xp.where(linear < 0, size / (2 * xp.maximum(growth, 1.0)), small)


def optimal_variance_weight(*, real_samples, samples) -> Float[Array, "*shape"]:
    r"""`optimal_weight` for the unbiased variance of Gaussian samples [ST-G6].

    Their variances are means of $n - 1$ squares, each a gamma law of shape $\frac12$: $k = (n_r -
    1)/(n - 1)$ and $c = (n + 1)/(n - 1)$. For one real sample, which has no variance, the limit.

    ```python
    gl.loops.families.optimal_variance_weight(real_samples=100, samples=100)  # 0.62016
    ```
    """
    return optimal_weight((real_samples - 1) / (samples - 1), quadratic=2.0, samples=samples - 1)


def _kept(rest, quadratic, samples, strength):
    """The share of a squared error that is left after a generation."""
    gain = 1 + strength
    return (rest / gain) ** 2 * (1 + (gain * quadratic + strength) / samples)
