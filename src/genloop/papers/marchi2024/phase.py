"""Phase diagrams of the temperature loop, fast enough for a million points."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...analysis import secular
from ...models import Categorical

BRANCHES = ("healthy", "collapsed", "unresolved")
"""Names of the codes in the field `branch`: no winner, one winner, no fixed point found."""

_CACHE = 4096
_ITERATES = 8
_NEWTON_STEPS = 5
_ROUNDS = 60
_TOLERANCE = 1e-12


class Phase(eqx.Module):
    r"""What becomes of the temperature loop at many temperatures and real fractions.

    A measure for `genloop.phase_diagram`: at every point the fixed point to which the loop goes
    from `start` (the real distribution, unless given). Fields: `spectral_radius`; `residual`
    $\max_i |F(x)_i - x_i|$; `stable`; `branch`, an index into `BRANCHES`: healthy states have all
    $d_i \le 1$, a collapsed one has a winner with $d_i = (1 - a) s_i/(T x_i) > 1$ [HD-8]; `winner`,
    the outcome with the largest $d_i$; `total_variation` to the real distribution; and
    `effective_vocabulary` $e^{H(x)}$.
    """

    real: Categorical
    start: Categorical | None = None
    batched = True

    def __call__(
        self, *, temperature: Float[Array, " n"], real_fraction: Float[Array, " n"]
    ) -> dict[str, Float[Array, " n"]]:
        start = self.real if self.start is None else self.start
        lanes = max(16, min(temperature.size, _CACHE // self.real.outcomes))
        padding = -temperature.size % lanes
        chunks = [
            jnp.pad(jnp.asarray(axis), (0, padding), mode="edge").reshape(-1, lanes)
            for axis in (temperature, real_fraction)
        ]
        one = lambda chunk: _chunk(self.real.probabilities, start.probabilities, *chunk)
        result = jax.lax.map(one, tuple(chunks))
        return {key: field.ravel()[: temperature.size] for key, field in result.items()}


def _chunk(real, start, temperature, real_fraction):
    """Outcomes lead and grid points trail, so that every operation is a long vector."""
    real = real[:, None]
    sharpness, rest = 1 / temperature[None], 1 - real_fraction[None]

    def sampled(x):
        logits = sharpness * jnp.log(x)
        weights = jnp.exp(logits - logits.max(axis=0, keepdims=True))
        return weights / weights.sum(axis=0, keepdims=True)

    change = lambda x: (1 - rest) * real + rest * sampled(x) - x
    size = lambda x: _safe_norm(change(x))

    def newton(_, x):
        s = sampled(x)
        residual = (1 - rest) * real + rest * s - x
        ratio, left = s / x, rest * sharpness * s
        pivot = 1 - rest * sharpness * ratio
        first, second = residual / pivot, left / pivot
        weight = (ratio * first).sum(0, keepdims=True)
        weight = weight / (1 + (ratio * second).sum(0, keepdims=True))
        moved = x + first - second * weight
        good = jnp.isfinite(moved).all(0, keepdims=True) & (moved > 0.1 * x).all(0, keepdims=True)
        return jnp.where(good, moved, x + residual)

    iterate = lambda _, x: x + change(x)
    start = jnp.broadcast_to(start[:, None], (real.shape[0], temperature.size))
    orbit = jax.lax.fori_loop(0, _ITERATES, iterate, start)
    found = jax.lax.fori_loop(0, _NEWTON_STEPS, newton, orbit)

    def open_lanes(orbit, found):
        """Not converged, or converged to a point that the loop itself is still leaving."""
        repelling = ~_attracts(found, sampled(found), rest * sharpness) & (size(orbit) > 1e-14)
        return (size(found) > _TOLERANCE) | repelling

    def retry(carry):
        orbit, found, unfinished, count = carry
        orbit = jax.lax.fori_loop(0, 12 * _ITERATES, iterate, orbit)
        candidate = jax.lax.fori_loop(0, _NEWTON_STEPS, newton, orbit)
        found = jnp.where(unfinished[None], candidate, found)
        return orbit, found, open_lanes(orbit, found), count + 1

    carry = (orbit, found, open_lanes(orbit, found), 0)
    proceed = lambda carry: carry[2].any() & (carry[3] < _ROUNDS)
    found = jax.lax.while_loop(proceed, retry, carry)[1]
    return _fields(found, sampled(found), real, size(found), rest, sharpness)


def _attracts(x, s, gain):
    r"""At most one $d_i > 1$, and then $s_i/(d_i - 1) > \sum_{j \ne i} s_j/(1 - d_j)$ [HD-8]."""
    excess = gain * s / x - 1
    winners = (excess > 0).sum(axis=0)
    balance = (s / excess).sum(axis=0)
    return (winners == 0) | ((winners == 1) & (balance > 0))


def _fields(x, s, real, residual, rest, sharpness):
    diagonal = rest * sharpness * s / x
    top = jax.vmap(secular.largest_eigenvalue, in_axes=1)(diagonal, diagonal * s)
    converged = residual <= _TOLERANCE
    winner = diagonal.argmax(axis=0)
    collapsed = diagonal.max(axis=0) > 1 + 1e-9
    return {
        "spectral_radius": top,
        "residual": residual,
        "stable": converged & (top < 1),
        "branch": jnp.where(converged, collapsed.astype(int), 2),
        "winner": winner,
        "total_variation": 0.5 * jnp.abs(x - real).sum(axis=0),
        "effective_vocabulary": jnp.exp(-(x * jnp.log(x)).sum(axis=0)),
    }


def _safe_norm(x):
    finite = jnp.isfinite(x).all(axis=0)
    return jnp.where(finite, jnp.abs(x).max(axis=0), jnp.inf)
