r"""Data that mix the newest model, what was there before, and real data [CA-A1].

$p_{t+1} = \alpha\,p_{\theta_{t+1}} + \beta\,p_t + \gamma\,p_0$ with the fit $\theta_{t+1}$ to
$M$ `samples` of $p_t$. Here $\gamma$ is the `real_fraction`, $\alpha = s (1 - \gamma)$ and
$\beta = (1 - s)(1 - \gamma)$: `share` $s$ is that of the newest model among what is not real. The
fit keeps mean and unbiased variance; variances in units of the real one.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


@jax.jit
def process_matrix(samples, real_fraction, share=1.0) -> Float[Array, "2 2"]:
    r"""The matrix that takes the expected variance and squared error a generation further.

    $\begin{pmatrix} a + \alpha (1 - \alpha)/M & a \gamma \\ \alpha^2/M & a^2 \end{pmatrix}$ with
    $a = 1 - \gamma$, of $V = E \operatorname{Var} p_t$ and $D = E(\mu_t - \mu_0)^2$ [CA-A1].

    ```python
    gl.loops.gaussian.process_matrix(100, 0.1)  # [[0.9009, 0.09], [0.0081, 0.81]]
    ```
    """
    rest = 1 - jnp.asarray(real_fraction)
    newest = share * rest
    first = [rest + newest * (1 - newest) / samples, rest * real_fraction]
    return jnp.array([first, [newest**2 / samples, rest**2]])


@jax.jit
def process_step(
    variance, mean_error, *, samples, real_fraction, share=1.0
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    r"""The expected variance and squared error of the mean, one generation later.

    $V' = (a + \frac{\alpha (1 - \alpha)}M) V + a \gamma D + \gamma$ and $D' = a^2 D +
    \frac{\alpha^2}M V$ for any distributions with these variances [CA-A1].

    ```python
    gl.loops.gaussian.process_step(1.0, 0.0, samples=100, real_fraction=0.1)  # [1.0009, 0.0081]
    ```
    """
    matrix = process_matrix(samples, real_fraction, share)
    later = matrix @ jnp.stack([jnp.asarray(variance), jnp.asarray(mean_error)])
    return later[0] + real_fraction, later[1]


@jax.jit
def process_limit(
    samples, real_fraction, share=1.0
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""The limits of the expected variance and squared error of the mean, infinite without any.

    $V_* = (2 - \gamma)/k$ and $D_* = \frac{\alpha^2}{M \gamma k}$ with $k = (2 - \gamma)(1 -
    \frac{\alpha (1 - \alpha)}{M \gamma}) - \frac{a \alpha^2}{M \gamma}$, where $k > 0$ [CA-A1].

    ```python
    gl.loops.gaussian.process_limit(100, 0.1)  # [1.04972, 0.0447514]
    ```
    """
    real = jnp.asarray(real_fraction, dtype=float)
    newest = share * (1 - real)
    noise = samples * jnp.where(real > 0, real, 1.0)
    left = (2 - real) * (1 - newest * (1 - newest) / noise) - (1 - real) * newest**2 / noise
    bounded = (left > 0) & (real > 0)
    left = jnp.where(bounded, left, 1.0)
    variance = jnp.where(bounded, (2 - real) / left, jnp.inf)
    return variance, jnp.where(bounded, newest**2 / (noise * left), jnp.inf)


@jax.jit
def process_real_fraction(samples, share=1.0) -> Float[Array, "*shape"]:
    r"""The real fraction above which the expected moments of the process stay bounded.

    $\gamma_c = \frac{2 s (2 - s)}{2 B + s + \sqrt{(2 B + s)^2 - 4 B s (2 - s)}}$, $B = M + s (1 -
    s)$; for $s = 1$ it is $1 + \frac{1 - \sqrt{1 + 4 M^2}}{2 M} \approx \frac1{2M}$ [CA-A1].

    ```python
    gl.loops.gaussian.process_real_fraction(100)  # 0.0049875
    ```
    """
    base, both = samples + share * (1 - jnp.asarray(share)), share * (2 - jnp.asarray(share))
    middle = 2 * base + share
    return 2 * both / (middle + jnp.sqrt(middle**2 - 4 * base * both))
