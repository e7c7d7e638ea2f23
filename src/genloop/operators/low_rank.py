r"""Derivatives of the form $\operatorname{diag}(d) + U V^\top$ with few columns."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from .. import numeric as xp
from . import secular
from .dense import Dense
from .lapack import solve
from .linear import SMALL, AbstractJacobian, UnstableCounts, count_unstable
from .matrix_free import leading_multipliers, two_sided_radius


class AbstractDiagonalPlusLowRank(AbstractJacobian):
    r"""$\operatorname{diag}(d) + U V^\top$: every solve costs $O(n)$ by the formula of Woodbury."""

    @abc.abstractmethod
    def parts(self) -> tuple[Float[Array, " n"], Float[Array, "n r"], Float[Array, "n r"]]:
        """$d$, $U$ and $V$."""

    def dense(self):
        diagonal, left, right = self.parts()
        return xp.diag(diagonal) + left @ right.T

    def apply(self, vector):
        diagonal, left, right = self.parts()
        return diagonal * vector + left @ (right.T @ vector)

    def newton_step(self, residual, share=1.0):
        diagonal, left, right = self.parts()
        empty = np.zeros((self.size, 0)), np.zeros((0, self.size)), np.zeros((0, 0))
        step, _ = _woodbury(
            1 - share * diagonal,
            (-share * left, right),
            empty,
            (residual[:, None], np.zeros((0, 1))),
        )
        return step[:, 0]

    def bordered_solve(self, border, right_side, *, shift=1.0):
        diagonal, left, right = self.parts()
        return _woodbury(diagonal - shift, (left, right), border, right_side)


def _woodbury(
    pivots: Array,
    factors: tuple[Array, Array],
    border: tuple[Array, Array, Array],
    right_side: tuple[Array, Array],
) -> tuple[Array, Array]:
    r"""$x, y$ with $(\operatorname{diag}(e) + U V^\top)\,x + B y = r$, $C x + D y = s$ in $O(n)$.

    With $a = V^\top x$ everything reduces to a small system for $(a, y)$. A regular system has at
    most as many vanishing pivots $e_i$ as $U$ and $B$ have columns: so many of the smallest ones
    are moved away from zero, and moved back as further low-rank terms, which costs no digits.
    """
    (left, right), (columns, rows, corner), (top, bottom) = factors, border, right_side
    rank, width = left.shape[1], columns.shape[1]
    count = min(rank + width, pivots.size)
    places = _smallest(xp.abs(pivots), count)
    lift = xp.where(pivots[places].real < 0, -1.0, 1.0)
    units = xp.where(np.arange(pivots.size)[:, None] == places[None], 1.0, 0.0)
    scaled = (1 / (pivots + units @ lift))[:, None]
    spread = xp.concatenate([left, columns, -lift[None] * units], axis=1)
    gather = xp.concatenate([right.T, -rows, units.T])
    ends = np.diag(np.repeat([1.0, 0.0, 1.0], [rank, width, count]))
    around = (rank, count), (rank, count)
    small = ends + xp.pad(corner, around) + gather @ (scaled * spread)
    reduced = xp.pad(bottom, (around[0], (0, 0))) + gather @ (scaled * top)
    inner = solve(small, reduced)
    return scaled * (top - spread @ inner), inner[rank : rank + width]


def _smallest(values, count):
    """The places of the smallest few values; sorting them all would cost more than the solve."""
    if not xp.of_jax(values):
        return np.argsort(values, kind="stable")[:count]

    def pick(remaining, _):
        place = jnp.argmin(remaining)
        return remaining.at[place].set(jnp.inf), place

    return jax.lax.scan(pick, values, length=count)[1]


class ScaledIdentity(AbstractDiagonalPlusLowRank):
    """A multiple $c$ of the identity of the given size.

    ```python
    gl.operators.ScaledIdentity(0.5, 2).multipliers()  # [0.5, 0.5]
    ```
    """

    scale: float | Float[Array, ""]
    length: int = eqx.field(static=True)

    @property
    def size(self):
        return self.length

    def parts(self):
        none = np.zeros((self.size, 0))
        return xp.full(self.size, self.scale), none, none

    def transpose(self):
        return self

    def newton_step(self, residual, share=1.0):
        return residual / (1 - share * self.scale)

    def multipliers(self):
        return xp.full(self.size, self.scale)

    def spectral_radius(self):
        return xp.abs(xp.asarray(self.scale))

    def unstable_counts(self, margin=0.0):
        scale, none = xp.asarray(self.scale), xp.zeros((), int)
        above, below = (self.size * (side > 1 + margin) for side in (scale, -scale))
        return UnstableCounts(above, below, none, xp.abs(scale))


class DiagonalPlusLowRank(AbstractDiagonalPlusLowRank):
    r"""$\operatorname{diag}(d) + U V^\top$ of any small rank.

    ```python
    column = jnp.ones((2, 1))
    gl.operators.DiagonalPlusLowRank(jnp.zeros(2), column, column).dense()  # [[1, 1], [1, 1]]
    ```
    """

    diagonal: Float[Array, " n"]
    left: Float[Array, "n r"]
    right: Float[Array, "n r"]

    @property
    def size(self):
        return self.diagonal.size

    def parts(self):
        return self.diagonal, self.left, self.right

    def transpose(self):
        return DiagonalPlusLowRank(self.diagonal, self.right, self.left)

    def multipliers(self):
        """All of a small operator, the leading ones of a large operator."""
        if self.size <= SMALL:
            return Dense(self.dense()).multipliers()
        return leading_multipliers(self)

    def spectral_radius(self):
        if self.size <= SMALL:
            return Dense(self.dense()).spectral_radius()
        return two_sided_radius(self)

    def unstable_counts(self, margin=0.0):
        return count_unstable(self.multipliers(), margin)


class DiagonalMinusRankOne(AbstractDiagonalPlusLowRank):
    r"""$\operatorname{diag}(d) - u v^\top$ with $u_i v_i \ge 0$: similar to a symmetric matrix.

    Scaling the axes by $\sqrt{v_i/u_i}$ gives $\operatorname{diag}(d) - \sqrt w \sqrt w^\top$ with
    $w = u v$, so the spectrum is real and follows from the secular equation in $O(n)$ [HD-6].

    ```python
    ones = jnp.ones(2)
    gl.operators.DiagonalMinusRankOne(0.5 * ones, 0.25 * ones, ones).dense()
    ```
    """

    diagonal: Float[Array, " n"]
    left: Float[Array, " n"]
    right: Float[Array, " n"]

    @property
    def size(self):
        return self.diagonal.size

    def parts(self):
        return self.diagonal, -self.left[:, None], self.right[:, None]

    def transpose(self):
        return DiagonalMinusRankOne(self.diagonal, self.right, self.left)

    def newton_step(self, residual, share=1.0):
        r"""Sherman-Morrison, with the pivots that tie for the smallest taken as one.

        With $e_i = 1 - s d_i$ equal to $e$ on a set $N$ and $\varrho = \sum_N v g/\sum_N v u$ the
        solution is $\delta\,u_i + (g_i - \varrho u_i)/e$ on $N$ with $\delta = (\varrho (1 + M) -
        R)/(\sum_N v u + e (1 + M))$, $M = \sum_{i \notin N} u v/e_i$, $R = \sum_{i \notin N} v g/
        e_i$ (and $u, g$ with the share $s$). Where $N$ is symmetric nothing is divided by $e$: a
        multiplier of one that belongs to a symmetry leaves symmetric derivatives exact.
        """
        left, pivot = share * self.left, 1 - share * self.diagonal
        place = xp.argmin(xp.abs(pivot))
        # An entry of exactly one is moved by one rounding error.
        least = xp.where(xp.abs(pivot[place]) < 1e-15, 1e-15, pivot[place])
        tied = xp.abs(pivot - pivot[place]) <= 4e-15
        tied = tied & (left * self.right > 0) | (xp.arange(pivot.size) == place)
        others = xp.where(tied, 1.0, pivot)
        others = xp.where(xp.abs(others) < 1e-15, 1e-15, others)
        within = xp.where(tied, left * self.right, 0.0).sum()
        here = lambda values: xp.where(tied, values, 0.0)
        away = lambda values: xp.where(tied, 0.0, values / others)
        safe = xp.where(within > 0, within, 1.0)
        mean = xp.where(within > 0, here(self.right * residual).sum() / safe, 0.0)
        odd = here(residual - mean * left)
        rounding = xp.abs(odd) <= 1e-13 * xp.abs(here(residual)).max()
        odd = xp.where(rounding & (xp.abs(least) < 1e-6), 0.0, odd)
        grown = 1 + away(self.right * left).sum()
        even = (mean * grown - away(self.right * residual).sum()) / (within + least * grown)
        # Without weight in the tied pivots the others know nothing of them.
        alone = (away(self.right * residual) + here(self.right * residual) / least).sum() / grown
        total = xp.where(within > 0, mean - least * even, alone)
        even = xp.where(within > 0, even, -alone / least)
        return here(even * left + odd / least) + away(residual - left * total)

    def multipliers(self):
        return secular.eigenvalues(self.diagonal, self.left * self.right)

    def spectral_radius(self):
        radius = secular.spectral_radius(self.diagonal, self.left * self.right)
        # An outcome of probability zero above temperature one has an infinite multiplier.
        return xp.where(xp.isfinite(self.diagonal).all(), radius, np.inf)

    def unstable_counts(self, margin=0.0):
        r"""Sylvester's law of inertia: no eigenvalue is computed to count them.

        $\operatorname{diag}(d) - \sigma I - \sqrt w \sqrt w^\top$ has one positive eigenvalue fewer
        than $d_i > \sigma$, unless $\sum_i w_i/(d_i - \sigma) < 1$.
        """
        weights = self.left * self.right
        # Subtracting pushes eigenvalues down, so a pivot at either edge counts as just below it.
        upper = _away_from_zero(self.diagonal - (1 + margin), -1e-15)
        lower = _away_from_zero(self.diagonal + (1 + margin), 1e-15)
        above = (upper > 0).sum() - ((weights / upper).sum() > 1)
        below = (lower < 0).sum() + ((weights / lower).sum() > 1)
        return UnstableCounts(above, below, 0 * above, self.spectral_radius())


class Normalised(DiagonalMinusRankOne):
    r"""$(I - q 1^\top) \operatorname{diag}(d)$: a homogeneous map of every entry, normalised.

    $q = w/\sum_j w_j$ with $w_i(p_i) = c_i p_i^k$ is `left` and $d_i = w_i'/\sum_j w_j$ is
    `diagonal` and `right`. Because of $\operatorname{diag}(d)\,p = k\,q$ a product of two such
    derivatives, the second at the state that the first leads to, is again one of rank one. What is
    `dropped` is zero whatever comes in, so that what has no derivative at zero has one there.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    (gl.Temper(0.5) >> gl.TopK(2)).jacobian(real).left  # [0.735294, 0.264706, 0]
    ```
    """

    dropped: Bool[Array, " n"] | None = None

    def after(self, inner: "Normalised") -> "Normalised":
        """The derivative of this map after another one."""
        diagonal = inner.passed(self.diagonal) * inner.diagonal
        none = [one for one in (self.dropped, inner.dropped) if one is not None]
        dropped = none[0] | none[-1] if none else None
        return Normalised(diagonal, self.left, diagonal, dropped)

    def passed(self, slopes: Float[Array, " n ..."]) -> Float[Array, " n ..."]:
        """Rates of change with what this map leads to: none with what is dropped."""
        if self.dropped is None:
            return slopes
        dropped = self.dropped.reshape(-1, *[1] * (slopes.ndim - 1))
        return xp.where(dropped, 0.0, slopes)


def _away_from_zero(pivots: Array, least: float) -> Array:
    """The pivots, where they are zero to rounding `least` in their place."""
    return xp.where(xp.abs(pivots) < 1e-15, least, pivots)
