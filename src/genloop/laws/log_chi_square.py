"""The exact laws of logarithms of chi-square numbers: of a refitted variance or determinant."""

import abc
import dataclasses
import functools
from typing import ClassVar

import numpy as np

from ..bisection import zero_between
from ..printing import readable
from .gamma import digamma_minus_log, log_gamma_excess, polygamma

# Probability outside the window of the inversion, and size of the last term of its sum.
_NEGLIGIBLE = 39.0


class AbstractLogChiSquares(abc.ABC):
    r"""The law of a sum of $t$ independent copies of $\sum_i \log(\chi^2_{\nu_i}/d)$.

    Raises `ValueError` for numbers out of range.
    """

    _what: ClassVar[str]
    """What has this law, for messages."""

    samples: int
    generations: int
    divisor: float | None

    def __post_init__(self):
        least = 1 + len(self._halves)
        if self.samples < least or self.generations < 1:
            raise ValueError(
                f"{self._what} needs at least {least} samples and 1 generation, got "
                f"{self.samples} and {self.generations}."
            )
        if self.divisor is not None and not 0 < self.divisor < np.inf:
            raise ValueError(f"the divisor must be a positive number, got {self.divisor}.")

    @property
    @abc.abstractmethod
    def _halves(self) -> tuple[float, ...]:
        r"""The halved degrees of freedom $\nu_i/2$, the smallest last."""

    @property
    def _log_scale(self) -> float:
        r"""$\sum_i \log(\nu_i/d)$: that of the expected growth in one generation."""
        divisor = self.samples - 1 if self.divisor is None else self.divisor
        degrees = 2 * np.array(self._halves)
        return float(np.log1p((degrees - divisor) / divisor).sum())

    @property
    def _least(self) -> float:
        return self._halves[-1]

    @property
    def exponent(self) -> float:
        r"""The mean of one generation $\sum_i [\psi(\frac{\nu_i}2) + \log\frac2d]$.

        For a variance its Lyapunov exponent $\lambda$: $\frac1t \log \sigma_t^2 \to \lambda$
        almost surely; negative for the unbiased fit.
        """
        return float(sum(map(digamma_minus_log, self._halves)) + self._log_scale)

    @property
    def mean(self) -> float:
        r"""$t \lambda$."""
        return self.cumulant(1)

    @property
    def variance(self) -> float:
        r"""$t \sum_i \psi'(\frac{\nu_i}2)$."""
        return self.cumulant(2)

    def cumulant(self, order: int) -> float:
        r"""$\kappa_1 = t \lambda$; $\kappa_r = t \sum_i \psi^{(r-1)}(\frac{\nu_i}2)$ from 2 on."""
        if order == 1:
            return self.generations * self.exponent
        return self.generations * sum(polygamma(order - 1, half) for half in self._halves)

    def moment(self, power) -> np.ndarray | float:
        r"""$E e^{k Y} = \prod_i [(2/d)^k\,\Gamma(\frac{\nu_i}2 + k)/\Gamma(\frac{\nu_i}2)]^t$.

        Of the logarithm $Y$: $E (\sigma_t/\sigma_0)^{2k}$ of a variance. For real $k$; infinite for
        $k \le -\frac12 \min_i \nu_i$.
        """
        power = np.asarray(power, dtype=float)
        inside = np.where(power > -self._least, power, 0.0)
        value = np.where(power > -self._least, np.exp(self._log_moment(inside)), np.inf)
        return value[()]

    def characteristic(self, argument) -> np.ndarray | complex:
        r"""$E e^{i s Y}$, the moment of imaginary order $k = i s$."""
        return np.exp(self._log_moment(1j * np.asarray(argument, dtype=float)))[()]

    def cdf(self, logarithm) -> np.ndarray | float:
        r"""$P(Y \le y)$ to about 13 digits after the point.

        The inversion formula of Gil-Pelaez on a midpoint grid $s_k = (k + \frac12) h$,
        $F(y) = \frac12 - \frac1\pi \sum_{k \ge 0} \Im[\varphi(s_k) e^{-i s_k y}]/(k + \frac12)$,
        whose error is at most the probability of a distance $2\pi/h$ from $y$ (Davies 1973): the
        step makes that negligible.
        """
        step, frequency, _ = self._grid
        terms = np.imag(self._waves(logarithm)) / frequency
        return np.clip(0.5 - step / np.pi * terms.sum(axis=-1), 0.0, 1.0)[()]

    def survival(self, logarithm) -> np.ndarray | float:
        r"""$P(Y > y)$, above the mean to about 11 significant digits however small it is.

        $\frac1\pi \int_0^\infty \Re \frac{E e^{(c + i s) Y} e^{-(c + i s) y}}{c + i s}\,\mathrm
        ds$ by the trapezoidal rule, with $c > 0$ about where the integrand is least; below the mean
        it is one less `cdf`.
        """
        levels = np.asarray(logarithm, dtype=float)
        above = [self._upper_tail(y) if y > self.mean else 1 - self.cdf(y) for y in levels.flat]
        return np.reshape(above, levels.shape)[()]

    def density(self, logarithm) -> np.ndarray | float:
        r"""The density of $Y$ at $y$, on the same grid as `cdf`."""
        step, _, _ = self._grid
        return np.maximum(step / np.pi * np.real(self._waves(logarithm)).sum(axis=-1), 0.0)[()]

    def quantile(self, probability) -> np.ndarray | float:
        r"""The $y$ with $P(Y \le y) = p$, by Newton in a bracket.

        Raises `ValueError` unless $10^{-12} < p < 1 - 10^{-12}$.
        """
        probability = np.asarray(probability, dtype=float)
        if not ((probability > 1e-12) & (probability < 1 - 1e-12)).all():
            raise ValueError(f"probabilities must lie in (1e-12, 1 - 1e-12), got {probability}.")
        left, right = self._reach
        lower = np.full(probability.shape, self.mean - left)
        upper = np.full(probability.shape, self.mean + right)
        y = np.full(probability.shape, self.mean)
        for _ in range(100):
            excess = self.cdf(y) - probability
            lower, upper = np.where(excess < 0, y, lower), np.where(excess < 0, upper, y)
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = y - excess / self.density(y)
            inside = (newton > lower) & (newton < upper)
            moved = np.where(inside, newton, (lower + upper) / 2)
            if (np.abs(moved - y) <= 1e-15 * np.abs(y) + 1e-16).all():
                break
            y = moved
        return y[()]

    def _upper_tail(self, level: float) -> float:
        """The probability beyond a level above the mean."""
        if level == np.inf:
            return 0.0
        slope = lambda power: (
            self.generations
            * (
                sum(
                    digamma_minus_log(half + power) + np.log1p(power / half)
                    for half in self._halves
                )
                + self._log_scale
            )
        )
        tilt = 1 / np.sqrt(self.variance)
        if slope(tilt) < level:
            last = 2 * tilt
            while slope(last) < level:
                last *= 2
            tilt = zero_between(lambda power: slope(power) - level, tilt, last)
        size = lambda power: float(self._log_moment(power)) - power * level
        # What the rule adds are the tails at distances of the period, weighted by the tilt.
        further = (_NEGLIGIBLE + size(2 * tilt) - size(tilt)) / tilt
        period = max((_NEGLIGIBLE - size(tilt)) / tilt, further)
        step, base = 2 * np.pi / period, size(tilt)
        log_wave = lambda s: self._log_moment(tilt + 1j * s) - (tilt + 1j * s) * level - base
        last = tilt
        while log_wave(last).real > -_NEGLIGIBLE:
            last *= 1.5
        frequency = step * np.arange(np.ceil(last / step) + 1)
        terms = np.real(np.exp(log_wave(frequency)) / (tilt + 1j * frequency))
        return float(np.exp(base) * step / np.pi * (terms.sum() - terms[0] / 2))

    def _log_moment(self, power):
        steps = sum(log_gamma_excess(half, power) for half in self._halves)
        return self.generations * (steps + power * self._log_scale)

    @functools.cached_property
    def _reach(self) -> tuple[float, float]:
        r"""Distances from the mean beyond which lies less than $e^{-39}$ on each side (Chernoff).

        $P(Y < m - x) \le \exp[\log E e^{-\theta (Y - m)} - \theta x]$ for every $\theta$; the best
        of a grid of $\theta$ is taken.
        """
        deviation = np.sqrt(self.variance)
        theta = np.geomspace(0.01 / deviation, 40 / deviation, 60)
        right = (self._log_moment(theta) - theta * self.mean + _NEGLIGIBLE) / theta
        theta = np.append(theta[theta < 0.99 * self._least], 0.99 * self._least)
        left = (self._log_moment(-theta) + theta * self.mean + _NEGLIGIBLE) / theta
        return float(left.min()), float(right.min())

    @functools.cached_property
    def _grid(self) -> tuple[float, np.ndarray, np.ndarray]:
        """Step, frequencies and the characteristic function there, of the law about its mean."""
        step = 2 * np.pi / (max(self._reach) + sum(self._reach))
        last = 1 / np.sqrt(self.variance)
        while self._log_moment(1j * last).real > -_NEGLIGIBLE:
            last *= 1.5
        frequency = step * (np.arange(np.ceil(last / step)) + 0.5)
        # Centred, so that the phases stay small however many generations there are.
        wave = np.exp(self._log_moment(1j * frequency) - 1j * frequency * self.mean)
        return step, frequency, wave

    def _waves(self, logarithm) -> np.ndarray:
        offset = np.asarray(logarithm, dtype=float) - self.mean
        left, right = self._reach
        _, frequency, wave = self._grid
        return wave * np.exp(-1j * frequency * np.clip(offset, -left, right)[..., None])


@readable
@dataclasses.dataclass(frozen=True)
class LogVariance(AbstractLogChiSquares):
    r"""The law of $\log(\sigma_t^2 / \sigma_0^2)$ after $t \ge 1$ fits to $n \ge 2$ samples each.

    A sum of $t$ independent $\log(\chi^2_{n-1} / d)$ [CA-A4] with divisor $d = n - 1$ unless given:
    `divisor=n` is maximum likelihood, `divisor=(n - 1) / temperature` the unbiased fit at a
    temperature. Where the first fit is to real data, not tempered, add $-\log T$. The same
    in every fixed direction of a Gaussian in any dimension [CA-A5]. Raises `ValueError` for numbers
    out of range.

    ```python
    gl.laws.LogVariance(samples=20, generations=5).exponent  # -0.0535539
    ```
    """

    samples: int
    generations: int = 1
    divisor: float | None = None

    _what = "a variance"

    @property
    def _halves(self):
        return ((self.samples - 1) / 2,)

    @property
    def tail_index(self) -> float:
        r"""The root $\kappa \ne 0$ of $E (\chi^2_{n-1}/d)^\kappa = 1$; 0 where there is no other.

        Kesten's index of the sum of all variances of a run, if it is positive: $P(\max_t \sigma_t^2
        > x \sigma_0^2) \le x^{-\kappa}$. It is 1 for the unbiased fit and negative where the
        exponent is positive [CA-A6, CA-A8].
        """
        if self.exponent == 0:
            return 0.0
        one = dataclasses.replace(self, generations=1)
        value = lambda power: float(one._log_moment(power))
        # The logarithm of the moment is convex, zero at zero, and first falls on this side.
        upper = -2 * self.exponent / one.variance
        edge = -self._halves[0] * (1 - 1e-7)
        lower = max(upper / 2, edge)
        while value(lower) > 0:
            lower /= 2
        while (upper := max(upper, edge)) > edge and value(upper) < 0:
            upper *= 2
        if value(upper) < 0:
            return upper
        return zero_between(value, lower, upper)


@readable
@dataclasses.dataclass(frozen=True)
class LogDeterminant(AbstractLogChiSquares):
    r"""The law of $\log(\det \Sigma_t / \det \Sigma_0)$ after $t$ fits in $d$ dimensions [CA-A5].

    A sum of $t$ independent $\sum_{i=1}^d \log(\chi^2_{n-i}/m)$ from $n > d$ `samples`, with the
    divisor $m = n - 1$ unless given. Raises `ValueError` for numbers out of range.

    ```python
    gl.laws.LogDeterminant(samples=20, dimension=5).exponent  # -0.87559
    ```
    """

    samples: int
    dimension: int
    generations: int = 1
    divisor: float | None = None

    def __post_init__(self):
        if self.dimension < 1:
            raise ValueError(f"the dimension must be at least 1, got {self.dimension}.")
        super().__post_init__()

    _what = "a determinant"

    @property
    def _halves(self):
        return tuple((self.samples - i) / 2 for i in range(1, self.dimension + 1))
