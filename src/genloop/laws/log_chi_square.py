"""The exact law of the log-variance of a Gaussian that is refitted to its own samples."""

import dataclasses
import functools

import numpy as np

from ..printing import readable
from .gamma import digamma_minus_log, log_gamma_excess, polygamma

# Probability outside the window of the inversion, and size of the last term of its sum.
_NEGLIGIBLE = 39.0


@readable
@dataclasses.dataclass(frozen=True)
class LogVariance:
    r"""The law of $\log(\sigma_t^2 / \sigma_0^2)$ after $t \ge 1$ fits to $n \ge 2$ samples each.

    A sum of $t$ independent $\log(\chi^2_{n-1} / d)$ [CA-A4] with divisor $d = n - 1$ unless given:
    `divisor=n` is maximum likelihood, `divisor=(n - 1) / temperature` the unbiased fit at a
    temperature. Raises `ValueError` for numbers out of range.

    ```python
    gl.laws.LogVariance(samples=20, generations=5).exponent  # -0.0535539
    ```
    """

    samples: int
    generations: int = 1
    divisor: float | None = None

    def __post_init__(self):
        if self.samples < 2 or self.generations < 1:
            raise ValueError(
                "a variance needs at least 2 samples and 1 generation, got "
                f"{self.samples} and {self.generations}."
            )
        if self.divisor is not None and not 0 < self.divisor < np.inf:
            raise ValueError(f"the divisor must be a positive number, got {self.divisor}.")

    @property
    def _half(self) -> float:
        return (self.samples - 1) / 2

    @property
    def _log_scale(self) -> float:
        """The logarithm of the expected growth of the variance in one generation."""
        degrees = self.samples - 1
        divisor = degrees if self.divisor is None else self.divisor
        return float(np.log1p((degrees - divisor) / divisor))

    @property
    def exponent(self) -> float:
        r"""The Lyapunov exponent $\lambda = \psi(\frac{n-1}2) + \log\frac2d$ of the variance.

        $\frac1t \log \sigma_t^2 \to \lambda$ almost surely; negative for the unbiased fit.
        """
        return float(digamma_minus_log(self._half) + self._log_scale)

    @property
    def mean(self) -> float:
        r"""$t \lambda$."""
        return self.cumulant(1)

    @property
    def variance(self) -> float:
        r"""$t\,\psi'(\frac{n-1}2)$."""
        return self.cumulant(2)

    def cumulant(self, order: int) -> float:
        r"""$\kappa_1 = t \lambda$ and $\kappa_r = t\,\psi^{(r-1)}(\frac{n-1}2)$ for $r \ge 2$."""
        one = self.exponent if order == 1 else polygamma(order - 1, self._half)
        return self.generations * one

    def moment(self, power) -> np.ndarray | float:
        r"""$E (\sigma_t/\sigma_0)^{2k} = [(2/d)^k\,\Gamma(\frac{n-1}2 + k)/\Gamma(\frac{n-1}2)]^t$.

        For real $k$; infinite for $k \le -\frac{n-1}2$.
        """
        power = np.asarray(power, dtype=float)
        inside = np.where(power > -self._half, power, 0.0)
        value = np.where(power > -self._half, np.exp(self._log_moment(inside)), np.inf)
        return value[()]

    def characteristic(self, argument) -> np.ndarray | complex:
        r"""$E \exp(i s \log(\sigma_t^2/\sigma_0^2))$, the moment of imaginary order $k = i s$."""
        return np.exp(self._log_moment(1j * np.asarray(argument, dtype=float)))[()]

    def cdf(self, log_variance) -> np.ndarray | float:
        r"""$P(\log(\sigma_t^2/\sigma_0^2) \le y)$ to about 13 digits after the point.

        The inversion formula of Gil-Pelaez on a midpoint grid $s_k = (k + \frac12) h$,
        $F(y) = \frac12 - \frac1\pi \sum_{k \ge 0} \Im[\varphi(s_k) e^{-i s_k y}]/(k + \frac12)$,
        whose error is at most the probability of a distance $2\pi/h$ from $y$ (Davies 1973): the
        step makes that negligible.
        """
        step, frequency, _ = self._grid
        terms = np.imag(self._waves(log_variance)) / frequency
        return np.clip(0.5 - step / np.pi * terms.sum(axis=-1), 0.0, 1.0)[()]

    def density(self, log_variance) -> np.ndarray | float:
        r"""The density of $\log(\sigma_t^2/\sigma_0^2)$ at $y$, on the same grid as `cdf`."""
        step, _, _ = self._grid
        return np.maximum(step / np.pi * np.real(self._waves(log_variance)).sum(axis=-1), 0.0)[()]

    def quantile(self, probability) -> np.ndarray | float:
        r"""The $y$ with $P(\log(\sigma_t^2/\sigma_0^2) \le y) = p$, by Newton in a bracket.

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

    def _log_moment(self, power):
        return self.generations * (log_gamma_excess(self._half, power) + power * self._log_scale)

    @functools.cached_property
    def _reach(self) -> tuple[float, float]:
        r"""Distances from the mean beyond which lies less than $e^{-39}$ on each side (Chernoff).

        $P(Y < m - x) \le \exp[\log E e^{-\theta (Y - m)} - \theta x]$ for every $\theta$; the best
        of a grid of $\theta$ is taken.
        """
        deviation = np.sqrt(self.variance)
        theta = np.geomspace(0.01 / deviation, 40 / deviation, 60)
        right = (self._log_moment(theta) - theta * self.mean + _NEGLIGIBLE) / theta
        theta = np.append(theta[theta < 0.99 * self._half], 0.99 * self._half)
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

    def _waves(self, log_variance) -> np.ndarray:
        offset = np.asarray(log_variance, dtype=float) - self.mean
        left, right = self._reach
        _, frequency, wave = self._grid
        return wave * np.exp(-1j * frequency * np.clip(offset, -left, right)[..., None])
