"""Phase diagrams of the temperature loop, fast enough for a million points."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ...analysis import Stability
from ...analysis.stability import probe
from ...arguments import check_lists, check_one
from ...models import Categorical
from ...models.model import check_same_family, positive_temperature, share_of_real_data
from ...operators import secular
from ...operators.eigenvalue import rounding
from ...printing import readable

BRANCHES = ("healthy", "collapsed", "unresolved")
"""Names of the codes in the field `branch`: no winner, one winner, no fixed point found."""

_CACHE = 4096
_ITERATES = 8
_NEWTON_STEPS = 5
_ROUNDS = 60
_TOLERANCE = 1e-12
_RESTING = 1e-14
_ROUNDING = 2**-51
_TIE = 1e-9
"""A $d_i$ this near to one is not called a winner."""


@readable
class Phase(eqx.Module):
    r"""The ends of the temperature loop at many temperatures and real fractions.

    A measure for `genloop.phase_diagram`: at every point the fixed point to which the loop goes
    from `start` (the real distribution, unless given). Fields: `spectral_radius`; `residual`
    $\max_i |F(x)_i - x_i|$; `stable` and `unstable`, neither where the derivative does not decide;
    `branch`, an index into `BRANCHES`: healthy states have all
    $d_i \le 1$, a collapsed one has a winner with $d_i = (1 - a) s_i/(T x_i) > 1$ [HD-8]; `winner`,
    the outcome with the largest $d_i$; `total_variation` to the real distribution; and
    `effective_vocabulary` $e^{H(x)}$. Where no fixed point was found the fields are NaN, `winner`
    -1 and `residual` says how near the search came. Raises `ValueError` for parameters out of
    range; under a trace these have no fixed point.

    ```python
    measure = gl.loops.temperature.Phase(gl.Categorical.of([5, 3, 2]))
    measure(temperature=jnp.array([0.8]), real_fraction=jnp.array([0.3]))["total_variation"]
    ```
    """

    real: Categorical
    start: Categorical | None = None
    batched = True

    def __check_init__(self):
        check_one("real", self.real, Categorical)
        if self.start is not None:
            check_one("start", self.start, Categorical)
            check_same_family(self.real, self.start, "outcomes", "outcomes")

    def __call__(
        self, *, temperature: Float[Array, " n"], real_fraction: Float[Array, " n"]
    ) -> dict[str, Float[Array, " n"]]:
        temperature = positive_temperature(temperature)
        real_fraction = share_of_real_data(real_fraction)
        check_lists(temperature=temperature, real_fraction=real_fraction)
        start = (self.real if self.start is None else self.start).probabilities
        points, outcomes = temperature.size, self.real.outcomes
        lanes = max(16, min(points, _CACHE // outcomes))
        padding = -points % lanes
        grid = jnp.stack([1 / jnp.asarray(temperature), jnp.asarray(real_fraction)])
        grid = jnp.pad(grid, ((0, 0), (0, padding)), mode="edge")
        loops = lambda grid: _Loops(self.real.probabilities[:, None], grid[:1], grid[1:])

        begun = jax.lax.map(lambda grid: loops(grid).begin(start), _chunks(grid, lanes))
        orbit, found, effort = (_joined(part) for part in begun)
        # Points that need more work stand together, so that few chunks wait for them.
        order = jnp.argsort(-effort[0])
        sorted_chunks = [_chunks(part[:, order], lanes) for part in (grid, orbit, found)]
        finish = lambda chunk: loops(chunk[0]).fields(*loops(chunk[0]).finish(*chunk[1:]))
        fields = jax.lax.map(finish, tuple(sorted_chunks))
        place = jnp.argsort(order)[:points]
        return {key: field.ravel()[place] for key, field in fields.items()}


def _chunks(array, lanes):
    return jnp.moveaxis(array.reshape(len(array), -1, lanes), 1, 0)


def _joined(chunks):
    return jnp.moveaxis(chunks, 0, 1).reshape(chunks.shape[1], -1)


class _Loops(eqx.Module):
    """Many temperature loops: outcomes lead and points trail, so that operations are long vectors.

    `real` has shape (K, 1); `sharpness` $1/T$ and `fraction` $a$ have shape (1, points).
    """

    real: Array
    sharpness: Array
    fraction: Array

    @property
    def rest(self):
        return 1 - self.fraction

    def sampled(self, x):
        logits = self.sharpness * jnp.log(x)
        weights = jnp.exp(logits - logits.max(axis=0, keepdims=True))
        return weights / weights.sum(axis=0, keepdims=True)

    def change(self, x):
        return self.fraction * self.real + self.rest * self.sampled(x) - x

    def distance(self, x):
        """The largest change of a probability in one generation, relative to itself.

        A rare outcome may still rise from $10^{-30}$. Only one that vanishes for good, below
        temperature one without real data, is measured by the largest probability.
        """
        vanishing = (self.fraction * self.real == 0) & (self.sharpness > 1)
        scale = jnp.where(vanishing, x.max(axis=0, keepdims=True), x)
        return _safe_norm(self.change(x) / jnp.maximum(scale, jnp.finfo(x.dtype).tiny))

    def iterate(self, x, steps):
        return jax.lax.fori_loop(0, steps, lambda _, x: x + self.change(x), x)

    def newton(self, x):
        return jax.lax.fori_loop(0, _NEWTON_STEPS, lambda _, x: self._newton_step(x), x)

    def solved(self, ratio: Array, s: Array, residual: Array) -> Array:
        """$(I - J)^{-1} g$ for a residual $g$ at a state $x$ with $s/x$ = `ratio`."""
        left = self.rest * self.sharpness * s
        pivot = 1 - self.rest * self.sharpness * ratio
        first, second = residual / pivot, left / pivot
        weight = (ratio * first).sum(0, keepdims=True)
        weight = weight / (1 + (ratio * second).sum(0, keepdims=True))
        return first - second * weight

    def _newton_step(self, x):
        residual = self.change(x)
        s = self.sampled(x)
        moved = x + self.solved(s / x, s, residual)
        good = jnp.isfinite(moved).all(0, keepdims=True) & (moved > 0.1 * x).all(0, keepdims=True)
        # Rounding divided by a pivot near zero would leave a state whose multiplier is one.
        good &= (jnp.abs(residual) > _ROUNDING * x).any(0, keepdims=True)
        return jnp.where(good, moved, x + residual)

    def effort(self, orbit: Array, found: Array) -> Float[Array, " points"]:
        """0 where done, else how far the orbit is: not converged, or to a point it is leaving."""
        distance = self.distance(orbit)
        gain = self.rest * self.sharpness
        repelling = ~_attracts(found, self.sampled(found), gain) & (distance > _RESTING)
        unfinished = (self.distance(found) > _TOLERANCE) | repelling
        return jnp.where(unfinished, distance + 1e-300, 0.0)

    def begin(self, start: Float[Array, " K"]) -> tuple[Array, Array, Array]:
        """The orbit after a few generations, Newton's method from there, and the effort left."""
        start = jnp.broadcast_to(start[:, None], (len(start), self.rest.shape[1]))
        orbit = self.iterate(start, _ITERATES)
        found = self.newton(orbit)
        return orbit, found, self.effort(orbit, found)[None]

    def finish(self, orbit: Array, found: Array) -> tuple[Array, Array]:
        """The fixed points, and the effort left: not 0 where the rounds were used up.

        The orbits of unfinished points are followed until Newton's method succeeds for all.
        """

        def retry(carry):
            orbit, found, effort, count = carry
            orbit = self.iterate(orbit, 12 * _ITERATES)
            found = jnp.where(effort > 0, self.newton(orbit), found)
            return orbit, found, self.effort(orbit, found), count + 1

        def proceed(carry):
            _, _, effort, rounds = carry
            return (effort > 0).any() & (rounds < _ROUNDS)

        carry = (orbit, found, self.effort(orbit, found), 0)
        return jax.lax.while_loop(proceed, retry, carry)[1:3]

    def fields(self, x, effort):
        residual, ratio, top = _safe_norm(self.change(x)), self.ratio(x), self.top(x)
        found = (effort == 0) & jnp.isfinite(top)
        diagonal = self.rest * self.sharpness * ratio
        collapsed = diagonal.max(axis=0) > 1 + _TIE
        known = Stability(top, self.uncertainty(x, ratio, top))
        where_found = lambda value: jnp.where(found, value, jnp.nan)
        entropy = -jax.scipy.special.xlogy(x, x).sum(axis=0)
        return {
            "spectral_radius": where_found(top),
            "residual": residual,
            "stable": found & known.stable,
            "unstable": found & known.unstable,
            "branch": jnp.where(found, collapsed.astype(int), 2),
            "winner": jnp.where(found, diagonal.argmax(axis=0), -1),
            "total_variation": where_found(0.5 * jnp.abs(x - self.real).sum(axis=0)),
            "effective_vocabulary": where_found(jnp.exp(entropy)),
        }

    def ratio(self, x):
        """$s/x$ as a power of $x$, right at $x = 0$ as well: 0 below temperature one, else inf."""
        scale = x.max(axis=0, keepdims=True)
        total = ((x / scale) ** self.sharpness).sum(axis=0, keepdims=True)
        return (x / scale) ** (self.sharpness - 1) / (scale * total)

    def top(self, x):
        """The largest multiplier."""
        diagonal = self.rest * self.sharpness * self.ratio(x)
        return jax.vmap(secular.largest_eigenvalue, in_axes=1)(diagonal, diagonal * self.sampled(x))

    def uncertainty(self, x: Array, ratio: Array, top: Array) -> Float[Array, " points"]:
        """The error of the largest multiplier, as `radius_uncertainty` finds it."""
        residual = probe(x, x + self.change(x))
        step = self.solved(ratio, self.sampled(x), residual)
        step = jnp.where(jnp.isfinite(step), step, jnp.inf * jnp.sign(residual))
        longest = jnp.minimum(0.5 * x, 1e-4 * x.max(axis=0, keepdims=True))
        moved = x + jnp.clip(step, -longest, longest)
        change = jnp.abs(self.top(moved) - top)
        change = 4 * jnp.where(jnp.isfinite(change), change, jnp.inf)
        return change + rounding(len(x), top)


def _attracts(x: Array, s: Array, gain: Array) -> Bool[Array, " points"]:
    r"""At most one $d_i > 1$, and then $s_i/(d_i - 1) > \sum_{j \ne i} s_j/(1 - d_j)$ [HD-8].

    States whose $d_i$ are one up to rounding repel nothing that could be told from rounding.
    """
    excess = gain * s / x - 1
    winners = (excess > _TIE).sum(axis=0)
    balance = (s / excess).sum(axis=0)
    return (winners == 0) | ((winners == 1) & (balance > 0))


def _safe_norm(x):
    finite = jnp.isfinite(x).all(axis=0)
    return jnp.where(finite, jnp.abs(x).max(axis=0), jnp.inf)
