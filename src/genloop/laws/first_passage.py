"""The generation in which the variance of a refitted Gaussian first falls to a level, exactly."""

import dataclasses
import functools
import math

import numpy as np
from scipy import special

from ..printing import readable
from .interpolation import chebyshev_points, interpolate, twice
from .log_chi_square import LogVariance

_DOUBLINGS = 50
"""Quantiles are looked for in the first $2^{50}$ generations, about $10^{15}$."""
_NEGLIGIBLE = 37.0
"""$e^{-37}$, about $10^{-16}$: the chance that a path comes back from beyond the grid."""
_MOST = 2500
"""Nodes that are solved for at once."""
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@readable
@dataclasses.dataclass(frozen=True)
class FirstPassage:
    r"""The law of $\tau = \min\{t \ge 1 : \sigma_t^2 \le \ell\,\sigma_0^2\}$, exactly [CA-A4].

    `samples` $n$ and `divisor` $d$ as in `LogVariance`, whose steps $X = \log(\chi^2_{n-1}/d)$ are
    summed here; `level` $\ell \in (0, 1]$, one half by default. From the distance $y =
    -\log \ell$ above the level, $P(\tau > t + 1 | y) = E[P(\tau > t | y + X);\ y + X > 0]$, whose
    solutions are smooth in $\log(1 + y)$: Chebyshev interpolation there and Gauss' rule for the
    step make a small matrix, $2^m$ generations are $m$ squarings. The error is near $10^{-12}$
    (measured). Raises `ValueError` for numbers out of range, and for a level so many steps away
    that it has no grid.

    ```python
    gl.laws.FirstPassage(10).mean  # 9.14731
    ```
    """

    samples: int
    level: float = 0.5
    divisor: float | None = None

    def __post_init__(self):
        _ = self.step
        if not 0 < self.level <= 1:
            raise ValueError(f"the level must lie in (0, 1], got {self.level}.")

    @functools.cached_property
    def step(self) -> LogVariance:
        r"""The law of one step $X = \log(\sigma_{t+1}^2/\sigma_t^2)$."""
        return LogVariance(self.samples, 1, self.divisor)

    @property
    def depth(self) -> float:
        r"""$y = -\log \ell \ge 0$."""
        return -math.log(self.level)

    @functools.cached_property
    def probability(self) -> float:
        r"""$P(\tau < \infty)$: 1 for an exponent $\lambda \le 0$, less for a positive one."""
        if self.step.exponent <= 0:
            return 1.0
        ever = np.linalg.solve(-self._generation[0], self._below(self._nodes[1]))
        return float(self._start @ ever)

    @functools.cached_property
    def mean(self) -> float:
        r"""$E\,\tau = (y + O(y))/|\lambda|$ (Wald), infinite unless $\lambda < 0$.

        The mean overshoot $O(y) = E \max(0, -y - X) + E[O(y + X);\ y + X > 0]$ is bounded and
        positive: nothing is lost by subtraction.
        """
        if self.step.exponent >= 0:
            return math.inf
        overshoot = np.linalg.solve(-self._generation[0], self._overshoot(self._nodes[1]))
        return float((self.depth + self._start @ overshoot) / -self.step.exponent)

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
        return self.step.variance**0.5 / 2

    @functools.cached_property
    def _nodes(self) -> tuple[np.ndarray, np.ndarray]:
        r"""Chebyshev points in $z = \log(1 + 2y/s)$, $s$ the deviation of a step, and $y$ there."""
        width, drift = self.step.variance**0.5, abs(self.step.exponent)
        far = self.depth + max(40 * width, _NEGLIGIBLE / max(abs(self.step.tail_index), 1e-12))
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
        matrix, below = np.empty((len(z), len(z))), self._below(position)
        beyond = self._above(position[-1] - position)
        for i, place in enumerate(position):
            steps, weights = self._quadrature(-place, position[-1] - place)
            moves = np.log1p(steps / (self._unit + place))
            matrix[i] = weights @ interpolate(z, np.array([i]), moves[None])[0]
            matrix[i, i] -= below[i] + beyond[i]
        if self.step.exponent > 0:
            return matrix, beyond  # Who is beyond the nodes never comes back.
        # Beyond the nodes all is as at the last one, without a jump at late times.
        matrix[:, -1] += beyond
        return matrix, np.zeros_like(beyond)

    def _quadrature(self, start: float, end: float) -> tuple[np.ndarray, np.ndarray]:
        """Gauss' rule for the step between two numbers, in panels of at most two deviations."""
        left, right = self.step._reach
        start, end = max(start, self.step.mean - left), min(end, self.step.mean + right)
        count = max(1, math.ceil((end - start) / min(4 * self._unit, 1.5)))
        half = max(0.0, end - start) / count / 2
        points = (start + half * (2 * np.arange(count)[:, None] + 1 + _POINTS)).ravel()
        return points, half * np.tile(_WEIGHTS, count) * self._density(points)

    def _density(self, points):
        r"""$e^{a (v - e^v)}$ over its integral, $v = x - \log\frac{n-1}d$, $a = \frac{n-1}2$."""
        half, place = self.step._halves[0], points - self.step._log_scale
        return self._peak * np.exp(-half * (np.expm1(place) - place))

    @functools.cached_property
    def _peak(self) -> float:
        half = self.step._halves[0]
        reach = np.sqrt(160 / half)
        place = np.linspace(-80 / half - reach, np.log1p(80 / half) + reach, 4001)
        heights = np.exp(-half * (np.expm1(place) - place))
        return float(1 / (heights.sum() * (place[1] - place[0])))

    def _below(self, places):
        r"""$P(X \le -y)$."""
        half = self.step._halves[0]
        return special.gammainc(half, half * np.exp(-places - self.step._log_scale))

    def _above(self, places):
        r"""$P(X > y)$."""
        half = self.step._halves[0]
        far = np.minimum(places - self.step._log_scale, 700.0)
        return special.gammaincc(half, half * np.exp(far))

    def _overshoot(self, places) -> np.ndarray:
        r"""$E \max(0, -y - X)$."""
        found = [self._quadrature(-math.inf, -place) for place in places]
        return np.array([w @ (-y - x) for y, (x, w) in zip(places, found, strict=True)])
