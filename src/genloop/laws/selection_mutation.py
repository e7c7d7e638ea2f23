"""Limits of the chain of counts for many samples: selection and mutation, time to absorption."""

import dataclasses
import functools
import itertools

import numpy as np
from scipy import special

from ..printing import readable

_STEP = 0.4
"""Of the trapezoidal rule, whose error is about $e^{-2 \\pi^2/h}$ in a strip of width $\\pi$."""
_NEGLIGIBLE = 40.0


@readable
@dataclasses.dataclass(frozen=True)
class SelectionMutation:
    r"""The stationary law of frequencies that are drawn again and again, with many samples.

    The stationary law $\varphi(p) \propto \prod_i p_i^{2 \theta r_i - 1} e^{-2 \gamma H(p)}$.

    Of frequencies refitted to $N$ samples at the temperature $1/(1 + \gamma/N)$ with the real
    fraction $\theta/N$, in the limit of many samples [FS-5]; $H$ is Shannon's entropy in nats.
    `selection` $\gamma$ is positive below temperature one, `mutation` $\theta > 0$; `real` holds
    the positive probabilities $r$ of two or three outcomes. Without selection it is the law of
    Dirichlet. Raises `ValueError` for numbers out of range.

    ```python
    law = gl.laws.SelectionMutation(selection=0.5, mutation=1.5, real=(0.5, 0.5))
    law.density([0.5, 0.5])  # 1.09343
    ```
    """

    selection: float
    mutation: float
    real: tuple[float, ...]

    def __post_init__(self):
        if len(self.real) not in (2, 3) or min(self.real) <= 0 or abs(sum(self.real) - 1) > 1e-9:
            raise ValueError(
                "the law needs two or three positive probabilities that sum to one, got "
                f"{self.real}."
            )
        if not (0 < self.mutation < np.inf and np.isfinite(self.selection)):
            raise ValueError(
                "mutation must be positive and selection finite, got "
                f"{self.mutation} and {self.selection}; without real data there is no such law."
            )

    @property
    def log_normalizer(self) -> float:
        r"""$\log \int \prod_i p_i^{2 \theta r_i - 1} e^{-2 \gamma H}\,\mathrm dp_1 \cdots
        \mathrm dp_{K-1}$."""
        return self._quadrature[2]

    def density(self, probabilities) -> np.ndarray:
        r"""$\varphi$ with respect to $\mathrm dp_1 \cdots \mathrm dp_{K-1}$; `(..., K)` in."""
        p = np.asarray(probabilities, dtype=float)
        powers = special.xlogy(2 * self.mutation * np.array(self.real) - 1, p).sum(axis=-1)
        entropy = special.entr(p).sum(axis=-1)
        return np.exp(powers - 2 * self.selection * entropy - self.log_normalizer)

    def expectation(self, function) -> np.ndarray | float:
        r"""$E f(p)$ of a function of probabilities of shape `(points, K)`."""
        points, weights, _ = self._quadrature
        return weights @ function(points)

    @property
    def heterozygosity(self) -> float:
        r"""$E[1 - \sum_i p_i^2]$; with two outcomes $2 E\,p_1 (1 - p_1)$."""
        return float(self.expectation(lambda p: 2 * _pairs(p)))

    @functools.cached_property
    def _quadrature(self):
        r"""Points, weights of sum one, and the logarithm of the normaliser.

        With $p_i = \operatorname{sigm}(u_i) \prod_{j < i} \operatorname{sigm}(-u_j)$ the integrand
        becomes $\prod_i p_i^{2 \theta r_i} e^{-2 \gamma H}$ over all $u$: analytic in a strip, so
        that the trapezoidal rule converges exponentially.
        """
        powers = 2 * self.mutation * np.array(self.real)
        margin = 2 * abs(self.selection) * np.log(len(self.real))
        reach = (_NEGLIGIBLE + margin) / powers.min()
        line = _STEP * np.arange(-np.ceil(reach / _STEP), np.ceil(reach / _STEP) + 1)
        sticks = np.meshgrid(*[line] * (len(self.real) - 1), indexing="ij")
        log_p, rest = [], 0.0
        for stick in sticks:
            log_p.append(rest + special.log_expit(stick))
            rest = rest + special.log_expit(-stick)
        log_p = np.stack([*log_p, rest], axis=-1).reshape(-1, len(self.real))
        p = np.exp(log_p)
        height = log_p @ powers + 2 * self.selection * (p * log_p).sum(axis=-1)
        top = height.max()
        weights = np.exp(height - top)
        volume = np.log(weights.sum()) + top + (len(self.real) - 1) * np.log(_STEP)
        return p, weights / weights.sum(), float(volume)


def _pairs(p):
    """$\\sum_{i < j} p_i p_j$, without a subtraction."""
    return sum(p[:, i] * p[:, j] for i, j in itertools.combinations(range(p.shape[1]), 2))


def diffusion_absorption_time(samples, probabilities) -> np.ndarray | float:
    r"""$-2 N \sum_i (1 - p_i) \log(1 - p_i)$ generations at temperature one [FS-6], [CA-A2].

    The limit of many samples of the expected time until one outcome is left; with two outcomes
    $-2 N [x \log x + (1 - x) \log(1 - x)]$. Takes shape `(..., K)`.

    ```python
    gl.laws.diffusion_absorption_time(100, [0.5, 0.5])  # 138.629
    ```
    """
    return 2 * samples * special.entr(1 - np.asarray(probabilities, dtype=float)).sum(axis=-1)
