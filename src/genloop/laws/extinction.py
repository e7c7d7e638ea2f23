"""The generation in which an outcome is lost, exactly, for any number of samples."""

import dataclasses
import functools
import math

import numpy as np
from numpy.typing import ArrayLike

from ..printing import readable
from .interpolation import chebyshev_points, interpolate, twice

_DOUBLINGS = 40
"""Quantiles are looked for in the first $2^{40}$ generations, about $10^{12}$."""
_QUADRATURE = 28
"""Points of a Gauss rule of the binomial law: exact for polynomials of degree 55."""
_TOGETHER = 2**14
"""Probabilities whose rows of the interpolation are held at once."""
_FORGOTTEN = 40.0
"""Times one over the real fraction: then $(1 - a)^k$ is below $10^{-17}$."""


@readable
@dataclasses.dataclass(frozen=True)
class Extinction:
    r"""First passage to zero of the count of an outcome at temperature one [CA-A2, SU-1].

    A generation draws `samples` $N$ points, the outcome with probability $f(x) = a r + (1 - a) x$
    where its frequency was $x$: the count is $\mathrm{Bin}(N, f(x))$. `real` $r$ is its probability
    in the real data, `real_fraction` $a$ their share; with real data a lost outcome can come back.

    The chance $u_k(x)$ to be lost within $k$ generations obeys $u_{k+1} = B u_k + z\,(1 - u_k(0))$,
    $(B u)(x) = E\,u(\mathrm{Bin}(N, f(x))/N)$, $z = (1 - f)^N$. It is analytic in $\log(1 + N x)$,
    so Chebyshev interpolation there and Gauss quadrature of the binomial law turn $B$ into a small
    matrix; $B - I$ is formed without subtraction, and its powers by repeated squaring. The error of
    a probability is below $10^{-12}$ for $N \le 10^7$ and below $10^{-10}$ for $N \le 10^9$, at any
    number of generations (measured).
    Raises `ValueError` for numbers out of range.

    ```python
    gl.laws.Extinction(1000).lost(0.01, 20)  # 0.397382
    ```
    """

    samples: int
    real_fraction: float = 0.0
    real: float = 0.0

    def __post_init__(self):
        if not 1 <= self.samples < math.inf or self.samples != int(self.samples):
            raise ValueError(f"samples must be a whole number of at least 1, got {self.samples}.")
        _check_unit("real_fraction", self.real_fraction)
        _check_unit("real", self.real)

    def lost(self, probability, generations) -> np.ndarray | float:
        r"""$u_k(x)$: the outcome is missing from at least one of the generations $1, \dots, k$.

        From its probability $x$, before the first sampling. Shape
        `(*shape(probability), *shape(generations))`.
        """
        matrix, source = self._generation
        return self._after(matrix, source, source, probability, generations)

    def missing(self, probability, generations) -> np.ndarray | float:
        r"""$(B^{k-1} z)(x)$: the outcome is missing from generation $k$; it may come back.

        The same as `lost` without real data. Shapes as there.
        """
        matrix, source = self._spread, self._generation[1]
        if self.real_fraction > 0:
            # The multipliers are at most 1 - a: later generations are all alike.
            generations = np.minimum(generations, 1 + _FORGOTTEN / self.real_fraction // 1)
        return self._after(matrix, np.zeros_like(source), source, probability, generations)

    def quantile(self, probability, level: ArrayLike = 0.5) -> np.ndarray | float:
        r"""The first generation $k$ with $u_k(x) \ge$ `level`, infinite if none is below $10^{12}$.

        Shape `(*shape(probability), *shape(level))`. Raises `ValueError` unless
        $0 < \text{level} < 1$.
        """
        level = np.asarray(level, dtype=float)
        if not ((level > 0) & (level < 1)).all():
            raise ValueError(f"levels must lie strictly between 0 and 1, got {level}.")
        start = self._interpolation(probability)
        shape = (*np.shape(probability), *level.shape)
        rows = np.repeat(start, level.size, axis=0)
        goal = np.tile(level.ravel(), len(start))
        lost, passed = np.zeros(len(rows)), np.zeros(len(rows))
        for power in reversed(range(_DOUBLINGS)):
            matrix, source = self._doubled[power]
            further = lost + rows @ source
            early = further < goal
            lost = np.where(early, further, lost)
            rows = rows + early[:, None] * (rows @ matrix)
            passed += early * 2.0**power
        return np.where(passed < 2**_DOUBLINGS - 1, passed + 1, np.inf).reshape(shape)[()]

    @functools.cached_property
    def _nodes(self) -> tuple[np.ndarray, np.ndarray]:
        r"""Chebyshev points in $z = \log(1 + N x)$, and $N x$ there, both from 0 to the end."""
        reach = math.log1p(self.samples)
        count = int(40 + 10 * reach)
        z = chebyshev_points(count, reach)
        position = np.expm1(z)
        position[-1] = self.samples
        return z, position

    @functools.cached_property
    def _spread(self) -> np.ndarray:
        r"""$B - I$ on values at the nodes."""
        z, position = self._nodes
        share = self.real + (1 - self.real_fraction) * (position / self.samples - self.real)
        share = np.clip(share, 0.0, 1.0)
        steps, weights = _gauss(int(self.samples), share)
        steps += (self.real_fraction * (self.samples * self.real - position))[:, None]
        steps = np.clip(steps, -position[:, None], (self.samples - position)[:, None])
        moves = np.log1p(steps / (1 + position[:, None]))
        changes = interpolate(z, np.arange(len(z)), moves)
        return np.einsum("ih,ihj->ij", weights, changes)

    @functools.cached_property
    def _generation(self) -> tuple[np.ndarray, np.ndarray]:
        r"""The affine map $u \mapsto u + M u + z$ of one generation."""
        _, position = self._nodes
        frequency = position / self.samples
        share = self.real + (1 - self.real_fraction) * (frequency - self.real)
        with np.errstate(divide="ignore"):
            source = np.exp(self.samples * np.log1p(-np.clip(share, 0.0, 1.0)))
        matrix = self._spread.copy()
        matrix[:, 0] -= source
        return matrix, source

    @functools.cached_property
    def _doubled(self) -> list[tuple[np.ndarray, np.ndarray]]:
        r"""The affine maps of $2^m$ generations."""
        maps = [self._generation]
        while len(maps) < _DOUBLINGS:
            maps.append(twice(*maps[-1]))
        return maps

    def _after(
        self,
        matrix: np.ndarray,
        source: np.ndarray,
        start: np.ndarray,
        probability: ArrayLike,
        generations: ArrayLike,
    ) -> np.ndarray:
        """`start` after k - 1 generations of an affine map, at the given probabilities."""
        generations = np.asarray(generations)
        whole = (generations >= 1) & (generations == np.floor(generations))
        if not (whole & (generations < 2**62)).all():
            raise ValueError(f"generations must be whole numbers from 1 on, got {generations}.")
        left = generations.astype(np.int64).ravel() - 1
        values = np.repeat(start[:, None], left.size, axis=1)
        while left.any():
            odd = left % 2 == 1
            values[:, odd] += matrix @ values[:, odd] + source[:, None]
            matrix, source = twice(matrix, source)
            left //= 2
        result = np.clip(self._interpolated(values, probability), 0.0, 1.0)
        return result.reshape((*np.shape(probability), *generations.shape))[()]

    def _interpolated(self, values, probability) -> np.ndarray:
        """Values at the nodes, of shape `(nodes, columns)`, at the given probabilities."""
        probability = np.ravel(probability)
        found = np.empty((probability.size, values.shape[1]))
        for begin in range(0, probability.size, _TOGETHER):
            here = slice(begin, begin + _TOGETHER)
            found[here] = self._interpolation(probability[here]) @ values
        return found

    def _interpolation(self, probability) -> np.ndarray:
        """The rows that turn values at the nodes into values at the given probabilities."""
        probability = np.asarray(probability, dtype=float).ravel()
        _check_unit("probability", probability)
        z, _ = self._nodes
        place = np.log1p(self.samples * probability)
        row = np.abs(place[:, None] - z).argmin(axis=1)
        rows = interpolate(z, row, (place - z[row])[:, None])[:, 0]
        rows[np.arange(len(row)), row] += 1
        return rows


def expected_outcomes(samples: int, probabilities, generations, *, real_fraction=0.0):
    r"""The expected number of outcomes that are present in generation $k$, at temperature one.

    $\sum_i [1 - P(i \text{ is missing from generation } k)]$ from `probabilities` of shape $(K,)$,
    which are the real data too if `real_fraction` is positive. Shape of `generations`. Raises
    `ValueError` as `Extinction` does.

    ```python
    gl.laws.expected_outcomes(100, [0.5, 0.3, 0.2], 50)  # 2.27799
    ```
    """
    values, counts = np.unique(np.asarray(probabilities, dtype=float), return_counts=True)
    if real_fraction == 0:
        return counts @ (1 - Extinction(samples).missing(values, generations))
    grid = Extinction(samples)
    _, position = grid._nodes
    # The chance to be missing is E (1 - r)^M, M the number of founders: as smooth in r as u_k.
    known = values if len(values) <= len(position) else position / samples
    laws = ((Extinction(samples, real_fraction, share), share) for share in known)
    missing = np.stack([law.missing(share, generations) for law, share in laws])
    if known is not values:
        shape = missing.shape[1:]
        missing = grid._interpolated(missing.reshape(len(missing), -1), values)
        missing = missing.reshape(-1, *shape)
    return counts @ (1 - missing)


def lineage_share(generations: int) -> np.ndarray:
    r"""The share of lineages, each of one ancestor, that are still there in each generation.

    $s_1 = 1$, $s_{k+1} = 1 - e^{-s_k}$ for $k = 1, \dots$, shape `(generations,)` [SU-1].

    Where each count is followed by a Poisson number of that mean, $P(\text{lost by } k) =
    e^{-\lambda s_k}$ exactly; the chance that a token has descendants after $k - 1$ generations.

    ```python
    gl.laws.lineage_share(3)  # [1, 0.632121, 0.468536]
    ```
    """
    share = np.ones(generations)
    for k in range(1, generations):
        share[k] = -math.expm1(-share[k - 1])
    return share


def loss_bounds(samples: int, probability, generations: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Lower and upper bounds of the probability that an outcome is lost by each generation.

    $(1 - x)^{N \sigma_k} \le u_k(x) \le e^{-N x s_k}$ without real data [SU-1].

    $\sigma_1 = 1$, $\sigma_{k+1} = 1 - (1 - \frac1N)^{N \sigma_k}$ bounds the expected share of a
    generation that has descendants after $k - 1$ more, $s_k$ is that of Poisson counts. For
    $k = 1, \dots$, each of shape `(*shape(probability), generations)`.

    ```python
    gl.laws.loss_bounds(1000, 0.01, 2)  # [[4.31712e-05, 0.00173826], [4.53999e-05, 0.00179777]]
    ```
    """
    _check_unit("probability", probability)
    probability = np.asarray(probability, dtype=float)[..., None]
    share = np.ones(generations)
    rate = samples * math.log1p(-1 / samples) if samples > 1 else -math.inf
    for k in range(1, generations):
        share[k] = -math.expm1(rate * share[k - 1])
    with np.errstate(divide="ignore"):
        lower = np.exp(samples * share * np.log1p(-probability))
    return lower, np.exp(-samples * probability * lineage_share(generations))


def _gauss(samples: int, share) -> tuple[np.ndarray, np.ndarray]:
    r"""Gauss rules of $\mathrm{Bin}(n, p) - n p$ for every $p$: points and weights, `(rows, m)`.

    The eigenvalues of the Jacobi matrix of Krawtchouk's polynomials, with diagonal
    $j (1 - 2 p)$ and off-diagonal $\sqrt{j (n - j + 1) p (1 - p)}$ (Golub and Welsch).
    """
    order = np.arange(min(_QUADRATURE, samples + 1))
    share = np.asarray(share)[:, None]
    jacobi = np.zeros((len(share), len(order), len(order)))
    jacobi[:, order, order] = order * (1 - 2 * share)
    above = order[1:]
    jacobi[:, above, above - 1] = np.sqrt(above * (samples - above + 1.0) * share * (1 - share))
    points, vectors = np.linalg.eigh(jacobi)
    return points, vectors[:, 0, :] ** 2


def _check_unit(name: str, value) -> None:
    value = np.asarray(value, dtype=float)
    if not ((value >= 0) & (value <= 1)).all():
        raise ValueError(f"{name} must lie in [0, 1], got {value}.")
