"""A step of a stochastic differential equation that keeps probabilities."""

from collections.abc import Callable
from typing import Any

import diffrax
import jax.numpy as jnp
from jax.scipy.special import log_ndtr
from jaxtyping import Array, Float

from ..operators.covariance import AbstractCovariance

_SWITCH = 1.5
"""The squared coefficient of variation where the two laws change over; both exist from 1 to 2."""


class SimplexStep(diffrax.Euler):
    r"""A step with Euler and Maruyama's mean and variance whose law lives on $p_i \ge 0$.

    Each coordinate has the mean $m_i = p_i + f_i h$ and the variance $v_i = C_{ii} h$ of Euler's
    step, and follows its normal number $z_i = (B\,\Delta W)_i/\sqrt{v_i}$ monotonically (Andersen's
    quadratic-exponential scheme): far from zero a square $a (b + z_i)^2$, near zero an exponential
    law with an atom at zero. The coordinates are then divided by their sum, which is
    $1 + O(h)$. Nothing is clipped; a probability that is zero and has no drift stays zero, and one
    outcome can win in finite time. The weak error is of first order in the step: measured in
    `tests/test_continuous.py`.
    """

    covariance: Callable[[Float[Array, " k"]], AbstractCovariance]

    def step(self, terms: Any, t0, t1, y0, args, solver_state, made_jump):
        drift, noise = terms.terms
        mean = jnp.clip(y0 + drift.vf_prod(t0, y0, args, drift.contr(t0, t1)), 0.0)
        shock = noise.vf_prod(t0, y0, args, noise.contr(t0, t1))
        variance = self.covariance(y0).variances() * (t1 - t0)
        moved = _positive(mean, variance, shock)
        moved = moved / moved.sum()
        dense = {"y0": y0, "y1": moved}
        return moved, None, dense, None, diffrax.RESULTS.successful


def _positive(
    mean: Float[Array, " k"], variance: Float[Array, " k"], shock: Float[Array, " k"]
) -> Float[Array, " k"]:
    r"""A non-negative number of the given mean and variance, increasing in the normal `shock`.

    With $\psi = v/m^2$ the square has $b^2 = \frac2\psi - 1 + \sqrt{\frac2\psi (\frac2\psi - 1)}$
    and $a = m/(1 + b^2)$; the atom has the probability $\frac{\psi - 1}{\psi + 1}$ and the
    exponential law beyond it the mean $m\,\frac{\psi + 1}2$.
    """
    random = (mean > 0) & (variance > 0)
    mean_there = jnp.where(random, mean, 1.0)
    spread = jnp.where(random, variance, 1.0) / mean_there**2
    z = jnp.where(random, shock, 0.0) / (mean_there * jnp.sqrt(spread))
    ratio = 2 / jnp.minimum(spread, _SWITCH)
    offset = ratio - 1 + jnp.sqrt(ratio * (ratio - 1))
    square = (jnp.sqrt(offset) + z) ** 2 / (1 + offset)
    above = jnp.maximum(spread, _SWITCH) + 1
    exponential = jnp.clip(jnp.log(2 / above) - log_ndtr(-z), 0.0) * above / 2
    return jnp.where(random, mean_there * jnp.where(spread < _SWITCH, square, exponential), mean)
