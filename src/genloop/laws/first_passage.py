"""The generation in which the variance of a refitted Gaussian first falls to a level, exactly."""

import dataclasses
import functools
import math

import numpy as np

from ..printing import readable
from .interpolation import chebyshev_points, interpolate, twice
from .log_chi_square import LogVariance
from .log_step import LogStep

_DOUBLINGS = 50
"""Quantiles are looked for in the first $2^{50}$ generations, about $10^{15}$."""
_NEGLIGIBLE = 37.0
"""$e^{-37}$, about $10^{-16}$: the chance that a path comes back from beyond the grid."""
_MOST = 2500
"""Nodes that are solved for at once."""


@readable
@dataclasses.dataclass(frozen=True)
class FirstPassage:
    r"""The law of the first generation $\tau \ge 1$ in which the variance reaches a level [CA-A4].

    $\sigma_\tau^2 \le \ell\,\sigma_0^2$ for a `level` $\ell \le 1$, one half by default, and
    $\sigma_\tau^2 \ge \ell\,\sigma_0^2$ for one above the start. `samples` $n$ and `divisor` $d$ as
    in `LogVariance`, whose steps $X$ are summed here. At the distance $y = |\log \ell|$ from the
    level $P(\tau > t + 1 | y) = E[P(\tau > t | y + X);\ y + X > 0]$ (upward with $-X$), smooth in
    $\log(1 + y)$: Chebyshev interpolation there and Gauss' rule for the step make a small matrix,
    $2^m$ generations are $m$ squarings. The error is near $10^{-12}$ (measured). Raises
    `ValueError` for numbers out of range, and for a level so many steps away that it has no grid.

    ```python
    gl.laws.FirstPassage(10).mean  # 9.14731
    ```
    """

    samples: int
    level: float = 0.5
    divisor: float | None = None

    def __post_init__(self):
        _ = self.step
        if not 0 < self.level < math.inf:
            raise ValueError(f"the level must be a positive number, got {self.level}.")

    @functools.cached_property
    def step(self) -> LogVariance:
        r"""The law of one step $X = \log(\sigma_{t+1}^2/\sigma_t^2)$."""
        return LogVariance(self.samples, 1, self.divisor)

    @property
    def depth(self) -> float:
        r"""$y = |\log \ell|$."""
        return abs(math.log(self.level))

    @functools.cached_property
    def _walk(self) -> LogStep:
        """A step of the distance from the level."""
        return LogStep(self.step, self.level > 1)

    @functools.cached_property
    def probability(self) -> float:
        r"""$P(\tau < \infty)$: 1 if the typical run goes to the level, else less.

        For the unbiased fit and a level above the start it is at most $1/\ell$ (Doob).
        """
        if self._walk.mean <= 0:
            return 1.0
        ever = np.linalg.solve(-self._generation[0], self._walk.below(self._nodes[1]))
        return float(self._start @ ever)

    @functools.cached_property
    def mean(self) -> float:
        r"""$E\,\tau = (y + O(y))/|\lambda|$ (Wald), infinite unless the typical run goes there.

        The mean overshoot $O(y) = E \max(0, -y - X) + E[O(y + X);\ y + X > 0]$ is bounded and
        positive: nothing is lost by subtraction.
        """
        if self._walk.mean >= 0:
            return math.inf
        overshoot = np.linalg.solve(-self._generation[0], self._walk.overshoot(self._nodes[1]))
        return float((self.depth + self._start @ overshoot) / -self._walk.mean)

    def survival(self, generations) -> np.ndarray | float:
        r"""$P(\tau > t)$, of the shape of `generations`, whole numbers from 0 on."""
        generations = np.asarray(generations)
        whole = (generations >= 0) & (generations == np.floor(generations))
        if not (whole & (generations < 2.0**_DOUBLINGS)).all():
            raise ValueError(f"generations must be whole numbers from 0 on, got {generations}.")
        values = [self._after(int(t)) for t in generations.ravel()]
        return np.reshape(values, generations.shape)[()]

    def quantile(self, probability=0.5) -> np.ndarray | float:
        r"""The first $t$ with $P(\tau \le t) \ge p$, infinite if there is none; shape of $p$.

        Raises `ValueError` unless $0 < p < 1$.
        """
        probability = np.asarray(probability, dtype=float)
        if not ((probability > 0) & (probability < 1)).all():
            raise ValueError(f"probabilities must lie strictly in (0, 1), got {probability}.")
        values = [self._reached(1 - p) for p in probability.ravel()]
        return np.reshape(values, probability.shape)[()]

    def _after(self, generations: int) -> float:
        """The chance to survive, by the binary digits of the number of generations."""
        row, sure, power = self._start, 0.0, 0
        while generations:
            if generations % 2:
                row, sure = self._later(row, sure, power)
            generations, power = generations // 2, power + 1
        return float(np.clip(sure + row.sum(), 0.0, 1.0))

    def _reached(self, alive: float) -> float:
        """The first generation with at most this chance to survive."""
        power = 0
        while self._after(2**power) > alive:
            power += 1
            if power == _DOUBLINGS:
                return math.inf
        state, passed = (self._start, 0.0), 0
        for lower in reversed(range(power)):
            row, sure = self._later(*state, lower)
            if sure + row.sum() > alive:
                state, passed = (row, sure), passed + 2**lower
        return float(passed + 1)

    def _later(self, row, sure, power):
        r"""$2^m$ generations more: how values at the nodes count, and what is alive for sure."""
        while len(self._powers) <= power:
            self._powers.append(twice(*self._powers[-1]))
        matrix, source = self._powers[power]
        return row + row @ matrix, sure + row @ source

    @functools.cached_property
    def _powers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return [self._generation]

    @functools.cached_property
    def _unit(self) -> float:
        """Half the deviation of a step: the chance to survive varies no faster."""
        return self._walk.deviation / 2

    @functools.cached_property
    def _nodes(self) -> tuple[np.ndarray, np.ndarray]:
        r"""Chebyshev points in $z = \log(1 + 2y/s)$, $s$ the deviation of a step, and $y$ there."""
        width, drift = self._walk.deviation, abs(self._walk.mean)
        far = self.depth + max(40 * width, _NEGLIGIBLE / max(abs(self._walk.tail_index), 1e-12))
        reach = math.log1p(far / self._unit)
        # Survival falls over s t^(1/2) around the distance of the drift in t generations.
        sharp = min(1.0, width / math.sqrt(drift * far)) if drift > 0 else 1.0
        count = int(40 + 16 * reach / sharp)
        if count > _MOST:
            raise ValueError(
                f"the level {self.level:g} is too many steps away for {self.samples} samples; such "
                "paths hardly turn back, use LogVariance."
            )
        z = chebyshev_points(count, reach)
        return z, self._unit * np.expm1(z)

    @functools.cached_property
    def _start(self) -> np.ndarray:
        """The row that turns values at the nodes into the value at the start."""
        z, _ = self._nodes
        place = math.log1p(self.depth / self._unit)
        nearest = np.abs(z - place).argmin()
        row = interpolate(z, np.array([nearest]), np.array([[place - z[nearest]]]))[0, 0]
        row[nearest] += 1
        return row

    @functools.cached_property
    def _generation(self) -> tuple[np.ndarray, np.ndarray]:
        r"""The map $S \mapsto S + M S + b$ of the survival at the nodes."""
        z, position = self._nodes
        matrix, below = np.empty((len(z), len(z))), self._walk.below(position)
        beyond = self._walk.above(position[-1] - position)
        for i, place in enumerate(position):
            steps, weights = self._walk.quadrature(-place, position[-1] - place)
            moves = np.log1p(steps / (self._unit + place))
            matrix[i] = weights @ interpolate(z, np.array([i]), moves[None])[0]
            matrix[i, i] -= below[i] + beyond[i]
        if self._walk.mean > 0:
            return matrix, beyond  # Who is beyond the nodes never comes back.
        # Beyond the nodes all is as at the last one, without a jump at late times.
        matrix[:, -1] += beyond
        return matrix, np.zeros_like(beyond)
