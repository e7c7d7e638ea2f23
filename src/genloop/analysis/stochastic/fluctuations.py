"""Fluctuations of a loop of finitely many samples about a fixed point of its map."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from ...arguments import refuse_if
from ...operators import maximum_norm
from ...printing import host, readable
from ..stability import stability
from ..state_checks import check_double, checked_state
from .diffusion import Covariance, diffusion_limit

_DOUBLINGS = 60
"""Generations are summed in powers of two: more than a stable double-precision map remembers."""


@readable
class Fluctuations(eqx.Module):
    r"""The linear noise $y_{t+1} = J y_t + \xi_t$, $\xi_t \sim N(0, C)$, about `center` $x^*$.

    In the linear coordinates of the state (`mean_parameters()` where it has them): `jacobian` $J$,
    `noise` $C$ of one generation, and `covariance` $S = J S J^\top + C$ of the stationary law, all
    of shape `(k, k)`. It is the leading order in one over the number of samples. All of
    `covariance` is infinite where the fixed point is `unstable`, and NaN where the derivative does
    not decide whether it is (a multiplier of one, to rounding).

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.fluctuations(gl.Draw(1000) >> gl.Mix(real, 0.5), real).correlation_time  # 1.4427
    ```
    """

    center: Float[Array, " k"]
    jacobian: Float[Array, "k k"]
    noise: Float[Array, "k k"]
    covariance: Float[Array, "k k"]
    stable: Bool[Array, ""]
    unstable: Bool[Array, ""]

    def _heading(self) -> str:
        known = "stable" if bool(self.stable) else "unstable" if bool(self.unstable) else None
        return f"Fluctuations about a point: {known or 'stability undecided'}"

    def _printed(self):
        deviations = lambda matrix: np.sqrt(np.diagonal(host(matrix)).clip(0))
        return {
            "center": self.center,
            "standard deviations of one generation": deviations(self.noise),
            "standard deviations in the long run": deviations(self.covariance),
        }

    @property
    def chi_square(self) -> Float[Array, ""]:
        r"""$E \sum_i (p_i - x_i^*)^2/x_i^* = \sum_i S_{ii}/x_i^*$, for states of probabilities."""
        # What has probability zero for certain does not fluctuate.
        known = self.center > 0
        shares = jnp.diagonal(self.covariance) / jnp.where(known, self.center, 1.0)
        return jnp.where(known, shares, 0.0).sum()

    @property
    def correlation_time(self) -> Float[Array, ""]:
        r"""$-1/\log \rho$ generations, $\rho$ the spectral radius of $J$.

        Infinite if unstable, NaN if undecided.
        """
        radius = jnp.abs(jnp.linalg.eigvals(self.jacobian)).max()
        return _where_stable(self.stable, self.unstable, -1 / jnp.log(radius))

    def autocovariance(self, lag: int | Int[Array, ""]) -> Float[Array, "k k"]:
        r"""$E\,y_{t+\ell}\,y_t^\top = J^\ell S$ after `lag` $\ell \ge 0$ generations."""
        power = jax.lax.fori_loop(0, lag, lambda _, m: self.jacobian @ m, jnp.eye(len(self.noise)))
        return power @ self.covariance

    @property
    def continuous_covariance(self) -> Float[Array, "k k"]:
        r"""$S$ of the Ornstein-Uhlenbeck process, $(J - I) S + S (J - I)^\top + C = 0$.

        The stationary covariance of `diffusion`, which approaches that of the loop as $J \to I$: a
        multiplier $\mu$ contributes $1/(2 (1 - \mu))$ there and $1/(1 - \mu^2)$ here. Infinite
        unless all $\Re \mu < 1$.
        """
        identity = jnp.eye(len(self.noise))
        # Cayley's transform (2 I - J)^-1 J turns the Lyapunov equation into a Stein equation.
        solve = lambda matrix: jnp.linalg.solve(2 * identity - self.jacobian, matrix)
        source = 2 * solve(solve(self.noise).T)
        growth = jnp.linalg.eigvals(jax.lax.stop_gradient(self.jacobian)).real.max()
        return jnp.where(growth < 1, _stein(solve(self.jacobian), source), jnp.inf)


def fluctuations(
    function: Callable[[PyTree], PyTree],
    fixed_point: PyTree,
    *,
    covariance: Covariance | None = None,
) -> Fluctuations:
    r"""The covariance with which a loop of $n$ samples fluctuates about a fixed point [FS-4].

    That of the stationary law, to the leading order in $1/n$, with the noise of one generation.
    `fixed_point` is a state, or a record with a `state` as `genloop.fixed_point` returns it;
    `covariance` as in `diffusion`. Differentiable. Raises `ValueError` for maps without a
    covariance, and an error for a state that is not a fixed point.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    loop = gl.Draw(1000) >> gl.Mix(real, 0.5)
    gl.fluctuations(loop, real).chi_square  # 0.000666667
    ```
    """
    state = checked_state(getattr(fixed_point, "state", fixed_point))
    check_double(state, "the covariance")
    # For its errors: inside of a compiled function they are long.
    diffusion_limit(function, state, covariance=covariance)
    found, off = _fluctuations(function, state, covariance)
    return refuse_if(found, off, "the state is not a fixed point of the map.")


@eqx.filter_jit
def _fluctuations(function, state, covariance):
    limit = diffusion_limit(function, state, covariance=covariance)
    center = limit.coordinates.enter(state)
    image = limit.coordinates.of(function)
    size = maximum_norm(center)
    off = ~(maximum_norm(image(center) - center) <= 1e-6 * (1 + size)) | ~jnp.isfinite(size)
    jacobian = jax.jacfwd(image)(center)
    noise = limit.covariance(center).dense()
    known = jax.lax.stop_gradient(stability(image, center))
    decided = known.stable, known.unstable
    stationary = _where_stable(*decided, _stein(jacobian, noise))
    return Fluctuations(center, jacobian, noise, stationary, *decided), off


def _where_stable(stable, unstable, value):
    """Infinite at an unstable point, NaN where it is not known."""
    return jnp.where(stable, value, jnp.where(unstable, jnp.inf, jnp.nan))


def _stein(jacobian, noise):
    r"""$S = \sum_t J^t C (J^\top)^t$, doubling the number of terms every time."""

    def double(carry, _):
        power, total = carry
        return (power @ power, total + power @ total @ power.T), None

    return jax.lax.scan(double, (jacobian, noise), length=_DOUBLINGS)[0][1]
