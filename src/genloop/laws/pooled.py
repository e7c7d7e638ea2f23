"""Exact recursions of expected moments when real and synthetic samples are pooled."""

import dataclasses

import numpy as np

from ..printing import readable


@readable
@dataclasses.dataclass(frozen=True)
class PooledMoments:
    r"""$(M, C) = (E\,\delta\delta^\top, E\,\Sigma)$ of a loop with fresh real data [ST-B3, CA-A1b].

    Every generation fits mean and covariance to `samples` $n_s$ points of the model,
    whose covariance is multiplied by `temperature` $T$, pooled with `real_samples` $n_r$ new real
    ones; `unbiased` divides by $N - 1$, else by $N = n_r + n_s$. In units of the real covariance
    $S_0$, entry by entry in any dimension, for any distributions with these second moments. Raises
    `ValueError` for fewer than two points in all or a negative number of them.

    ```python
    gl.laws.PooledMoments(samples=20, real_samples=5).pool  # 25
    ```
    """

    samples: int
    real_samples: int = 0
    temperature: float = 1.0
    unbiased: bool = True

    def __post_init__(self):
        if self.pool < 2 or min(self.samples, self.real_samples) < 0:
            raise ValueError(
                "a generation needs two samples or more, none of the two numbers negative, got "
                f"{self.samples} synthetic and {self.real_samples} real ones."
            )

    @property
    def pool(self) -> int:
        """All samples of a generation $N = n_s + n_r$."""
        return self.samples + self.real_samples

    @property
    def _shares(self) -> tuple[float, float]:
        return self.samples / self.pool, self.real_samples / self.pool

    @property
    def _degrees(self) -> int:
        return self.pool - 1 if self.unbiased else self.pool

    @property
    def matrix(self) -> np.ndarray:
        r"""$\begin{pmatrix} q^2 & qT/N \\ qaN/d & qT(N-1)/d \end{pmatrix}$, $d = N - 1$ or $N$."""
        q, a = self._shares
        n, degrees = self.pool, self._degrees
        spread = q * self.temperature
        return np.array([[q**2, spread / n], [q * a * n / degrees, spread * (n - 1) / degrees]])

    @property
    def source(self) -> np.ndarray:
        r"""$(a/N,\ a (N - 1)/d)$, in units of $S_0$."""
        _, a = self._shares
        return a * np.array([1 / self.pool, (self.pool - 1) / self._degrees])

    @property
    def spectral_radius(self) -> float:
        r"""Largest eigenvalue of the matrix; the moments stay bounded iff it is below 1."""
        return float(np.abs(np.linalg.eigvals(self.matrix)).max())

    def stationary(self) -> np.ndarray:
        r"""The limit of $(M, C)$, the solution of $x = A x + s$.

        Raises `ValueError` where the moments grow without bound.
        """
        if self.spectral_radius >= 1:
            raise ValueError(
                f"the moments have no limit: their spectral radius is {self.spectral_radius:.6g}."
            )
        return np.linalg.solve(np.eye(2) - self.matrix, self.source)

    def trajectory(self, generations: int, start=(0.0, 1.0)) -> np.ndarray:
        r"""$(M_t, C_t)$ for $t = 0, \dots$, shape `(generations + 1, 2)`."""
        states = [np.asarray(start, dtype=float)]
        for _ in range(generations):
            states.append(self.matrix @ states[-1] + self.source)
        return np.stack(states)

    def kept(self, generations: int, size: float, start=(0.0, 1.0)) -> np.ndarray:
        r"""$(M_t, C_t)$ where the samples join a pool of `size` $\ell$ that is kept [ST-B5].

        With $\ell' = \ell + n_s + n_r$ and the scatter $U = (\ell - \kappa)\,C$, $M' = [(\ell +
        n_s)^2 M + n_s T C + n_r]/\ell'^2$ and $U' = U + (1 - \frac1{\ell'})(n_s T C + n_r) +
        \frac{(\ell + n_s) n_r}{\ell'} M$; shape `(generations + 1, 2)`. A generation of
        `trajectory` is the case of an empty pool, $\ell = 0$.
        """
        bias = float(self.unbiased)
        states = [np.asarray(start, dtype=float)]
        for _ in range(generations):
            (error, variance), old, size = states[-1], size, size + self.pool
            joined = self.samples * self.temperature * variance + self.real_samples
            scatter = max(old - bias, 0.0) * variance + (1 - 1 / size) * joined
            scatter += (old + self.samples) * self.real_samples / size * error
            error = ((old + self.samples) ** 2 * error + joined) / size**2
            states.append(np.array([error, scatter / (size - bias)]))
        return np.stack(states)

    @property
    def fourth_moment_matrix(self) -> np.ndarray:
        r"""The map of $E(\delta^4, \delta^2 \sigma^2, \sigma^4)$ without real noise, $d = 1$.

        For Gaussian samples [ST-B6]: with the synthetic mean $u = \delta + \sqrt{T/n_s}\,\sigma z$
        about the real one, $\delta' = q u$ and
        $d\,\sigma'^2 = T \sigma^2 \chi^2_{n_s - 1} + q\,n_r u^2$. Any fixed direction of a
        $d$-dimensional loop is a one-dimensional loop, so the spectral radius decides there too
        whether $E \|\Sigma\|^2$ stays bounded. Needs $n_s \ge 1$.
        """
        q, _ = self._shares
        inner, between = self.samples - 1, q * self.real_samples
        heat = self.temperature
        noise = heat / self.samples
        fourth = np.array([1, 6 * noise, 3 * noise**2])
        cross = heat * inner * np.array([0, 1, noise])
        square = heat**2 * inner * (inner + 2) * np.array([0, 0, 1])
        degrees = self._degrees
        rows = [
            q**4 * fourth,
            q**2 / degrees * (cross + between * fourth),
            (square + 2 * between * cross + between**2 * fourth) / degrees**2,
        ]
        return np.array(rows)

    @property
    def fourth_moment_radius(self) -> float:
        """Spectral radius of `fourth_moment_matrix`: below 1 these moments stay bounded."""
        return float(np.abs(np.linalg.eigvals(self.fourth_moment_matrix)).max())
