r"""Guidance: the density $p^{1+w} q^{-w}$, and where the flow along its score leads.

Gaussians in square-root form, relative to the $p = N(\mu, L L^\top)$ that is guided: the root of
the covariance that comes out, and how far the mean moves. $q = N(\nu, K K^\top)$ is the auxiliary
one and $\delta = \mu - \nu$. A strength $w$ is one number, or has the batch axes and a last one.
"""

import functools
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Float

_NODES = 640
_PANELS = 16
_GAUSS = (np.polynomial.legendre.leggauss(10)[0] + 1) / 2


def _integrals(ends: np.ndarray) -> np.ndarray:
    """From zero to these ends, of the polynomial with given values at the nodes of Gauss."""
    powers = np.arange(_GAUSS.size) + 1
    values = np.vander(_GAUSS, increasing=True)
    return np.linalg.solve(values.T, (ends[..., None] ** powers / powers).T).T


_WITHIN, _ACROSS = _integrals(_GAUSS), _integrals(np.array(1.0))


def extrapolated(
    root: Float[Array, "*batch d d"],
    gap: Float[Array, "*batch d"],
    other: Float[Array, "*batch d d"],
    strength: Any,
) -> tuple[Float[Array, "*batch d d"], Float[Array, "*batch d"]]:
    r"""The density $p^{1+w} q^{-w}$: its lower-triangular factor, and the shift of the mean.

    With $B = K^{-1} L$ and $M = I + w (I - B^\top B)$ the covariance is $L M^{-1} L^\top$ and the
    shift $w L M^{-1} B^\top K^{-1} \delta$; not finite unless $M$ is positive definite [ST-E1].
    """
    strength = _with_axis(strength)
    if root.shape[-1] == 1:
        ratio = root / other
        precision = 1 + strength * (1 - ratio) * (1 + ratio)
        return root / jnp.sqrt(precision), (strength * ratio**2 / precision)[..., 0] * gap
    solve = functools.partial(jax.scipy.linalg.solve_triangular, lower=True)
    identity = jnp.broadcast_to(jnp.eye(root.shape[-1]), root.shape)
    ratio = solve(other, root)
    precision = identity + strength * (identity - ratio.mT @ ratio)
    # M = U U^T with an upper U, so that U^-T is lower: Cholesky from the last entry on.
    upper = jnp.flip(jnp.linalg.cholesky(jnp.flip(precision, (-2, -1))), (-2, -1))
    inner = solve(upper.mT, identity)
    pulled = ratio.mT @ solve(other, gap[..., None])
    return root @ inner, (strength * (root @ (inner @ (inner.mT @ pulled))))[..., 0]


def flowed(
    root: Float[Array, "*batch d d"],
    gap: Float[Array, "*batch d"],
    other: Float[Array, "*batch d d"],
    strength: Any,
) -> tuple[Float[Array, "*batch d d"], Float[Array, "*batch d"]]:
    r"""The end of the flow along $(1 + w) \nabla \log p_t - w \nabla \log q_t$: a root, a shift.

    $p_t$ and $q_t$ are $p$ and $q$ with the noise $N(0, t I)$, and $t$ falls from infinity to zero
    (variance exploding). In one dimension the variance is $s\,(s/s')^w$ and the shift $\delta$
    times `flow_weight`; in more a linear differential equation, solved to $10^{-13}$ [ST-E2].
    """
    if root.shape[-1] == 1:
        ratio = root / other
        weight = flow_weight(2 * jnp.log(ratio[..., 0]), strength)
        return root * ratio ** _with_axis(strength), weight * gap
    strength = strength[..., 0] if jnp.ndim(strength) else strength
    solve = jnp.vectorize(_solved, signature="(d,d),(d),(d,d),()->(d,d),(d)")
    return solve(root, gap, other, jnp.broadcast_to(strength, gap.shape[:-1]))


def flow_weight(log_ratio: Float[Array, "..."], strength: Any) -> Float[Array, "..."]:
    r"""The shift of the mean by the flow in units of $\delta$, of $\log \rho = \log(s/s')$.

    $c = \frac w2 \int_0^\infty \frac{(1 + u/\rho)^{-(1+w)/2}}{(1 + u)^{1 - w/2}}\,du = w
    \rho^{(1+w)/2}\,{}_2F_1(\tfrac12, \tfrac{1+w}2; \tfrac32; 1 - \rho)$, which is $w$ at $\rho = 1$
    [ST-E2]. By the trapezoidal rule in $\log u$, whose error is exponentially small.

    ```python
    gl.loops.guidance.flow_weight(0.0, 1.3)  # 1.3
    ```
    """
    place, strength = jnp.asarray(stop_gradient(log_ratio)), _with_axis(strength)
    begin, end = jnp.minimum(place, 0.0) - 40, jnp.maximum(place, 0.0) + 80
    x, step = jnp.linspace(begin, end, _NODES + 1, axis=-1, retstep=True)
    late = jax.nn.softplus(x - jnp.asarray(log_ratio)[..., None])
    logarithm = x + (strength / 2 - 1) * jax.nn.softplus(x) - (1 + strength) / 2 * late
    return step * (strength / 2 * jnp.exp(logarithm)).sum(axis=-1)


def reweighted(
    shares: Float[Array, "*batch k"], other: Float[Array, "*batch k"], strength: Any
) -> Float[Array, "*batch k"]:
    r"""$p_i^{1+w} q_i^{-w}$ in units of the largest: what is never said stays so.

    Not finite where $q_i = 0 < p_i$ and $w > 0$. Of $p_i = q_i = 0$ there is no derivative.
    """
    seen = shares > 0
    # A zero beside a positive number has the derivative zero; beside a zero it is not known.
    own = jnp.log(jnp.where(seen | (other == 0), shares, 1.0))
    logarithm = (1 + strength) * own - jax.scipy.special.xlogy(strength, other)
    logarithm = jnp.where(seen, logarithm, -jnp.inf)
    largest = stop_gradient(logarithm.max(axis=-1, keepdims=True))
    known = jnp.where(largest == -jnp.inf, 0.0, largest)
    return jnp.where(seen, jnp.exp(logarithm - known), 0.0)


def proper(*arrays: Any) -> Any:
    """The arrays of a guided model; `ValueError` where they are known and not finite."""
    traced = any(isinstance(array, jax.core.Tracer) for array in arrays)
    if not traced and not all(np.isfinite(np.asarray(array)).all() for array in arrays):
        raise ValueError(
            "the guided density p^(1 + w) q^(-w) cannot be normalised: the auxiliary model q is "
            "too narrow for this strength, or misses what the model p says; give a smaller "
            "strength or another auxiliary."
        )
    return arrays


def _with_axis(strength: Any) -> Any:
    """A strength of the shape of a batch and one more axis, or one number."""
    return strength[..., None] if jnp.ndim(strength) else strength


def _solved(root, gap, other, strength):
    r"""The flow in several dimensions, as a regular equation on $y \in [0, 1]$.

    $t + c = c/y^2$ with $c$ below all variances, $\sqrt{t + c}\,Z$ the root and $\sqrt{t + c}\,k$
    the shift at time $t$: with $E = \Sigma/c - I$, $A = (I + y^2 E)^{-1}$ and $G = (1 + w) E A -
    w E' A'$ it is $Z' = y G Z$ and $k' = y G k + w A' \delta/\sqrt c$ from $Z = I$, $k = 0$. All
    poles are at $y = \pm i/\sqrt e$ with eigenvalues $e$ of $E$, so that panels whose ends have a
    fixed ratio resolve it.
    """
    identity = jnp.eye(root.shape[-1])
    inverse = functools.partial(jax.scipy.linalg.solve_triangular, b=identity, lower=True)
    least = 1 / ((inverse(root) ** 2).sum() + (inverse(other) ** 2).sum())
    covariance, other_covariance = root @ root.T / least, other @ other.T / least
    excess, other_excess = covariance - identity, other_covariance - identity

    def slopes(y):
        """The matrix and the push of the linear equation at a place."""
        kept = jnp.linalg.inv(identity + y**2 * excess)
        other_kept = jnp.linalg.inv(identity + y**2 * other_excess)
        rate = y * ((1 + strength) * excess @ kept - strength * other_excess @ other_kept)
        push = jnp.zeros((len(gap), len(gap) + 1)).at[:, -1].set(other_kept @ gap)
        return rate, strength / jnp.sqrt(least) * push

    first = 0.5 / jnp.sqrt(stop_gradient(jnp.trace(covariance + other_covariance)))
    ends = jnp.append(0.0, first ** (1 - jnp.arange(_PANELS + 1) / _PANELS))
    start = jnp.pad(identity, ((0, 0), (0, 1)))
    advance = lambda state, panel: (_across(slopes, state, *panel), None)
    end = jnp.sqrt(least) * jax.lax.scan(advance, start, (ends[:-1], jnp.diff(ends)))[0]
    return end[:, :-1], end[:, -1]


def _across(slopes, state, begin, width):
    """A linear equation solved across a panel, by collocation at the nodes of Gauss."""
    rates, pushes = jax.vmap(slopes)(begin + width * _GAUSS)
    stages, size = rates.shape[:2]
    coupled = -width * jnp.einsum("ij,iab->iajb", _WITHIN, rates).reshape(stages * size, -1)
    right = (rates @ state + pushes).reshape(stages * size, -1)
    found = jnp.linalg.solve(jnp.eye(stages * size) + coupled, right)
    return state + width * jnp.tensordot(_ACROSS, found.reshape(pushes.shape), 1)
