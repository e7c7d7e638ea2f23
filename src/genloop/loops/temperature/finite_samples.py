r"""Finite samples: the exact spectrum of the chain of counts and the expected concentration.

Everything here is at temperature one, where $F$ is linear; $q = 1 - a$ is the synthetic share.
Concentration is $S_t = \mathbb{E} \sum_i p_{t,i}^2$; heterozygosity is $1 - S_t$.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from ...laws import chain_eigenvalues
from ...models import Categorical
from ...printing import readable


def fixation_probabilities(model: Categorical) -> Float[Array, "*batch k"]:
    r"""$P(\text{outcome } i \text{ is all that is left}) = p_i(0)$ without real data [FS-1]."""
    return model.probabilities


def halving_time(samples) -> float:
    r"""Generations that halve the heterozygosity, $a = 0$: $\ln 2/(-\ln(1 - 1/N))$ [FS-2]."""
    return math.log(2) / -math.log1p(-1 / samples)


def chain_spectrum(
    samples: int, *, outcomes: int, real_fraction: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    r"""The eigenvalues of the chain of counts of $N$ points and their multiplicities [FS-2].

    $\mu_j = (1 - a)^j\,N!/((N - j)!\,N^j)$, $\binom{K + j - 2}{j}$ times, $j = 0, \dots, N$, for
    every real distribution; without real data $\mu_0 = \mu_1 = 1$.
    """
    multiplicities = [math.comb(outcomes + j - 2, j) for j in range(samples + 1)]
    return chain_eigenvalues(samples, real_fraction), np.array(multiplicities)


@readable
class Concentration(NamedTuple):
    r"""The exact recursion $S_{t+1} = q f\,S_t + g + c\,q^{t+1}$ of a design [FS-3].

    `memory` $q$, `retention` $f$, `source` $g$ and `transient` $c$, which is zero for a loop that
    starts at the real distribution.
    """

    memory: Float[Array, ""]
    retention: Float[Array, ""]
    source: Float[Array, ""]
    transient: Float[Array, ""]

    def next(self, concentration, generation) -> Float[Array, ""]:
        """$S_{t+1}$ from $S_t$ and $t$."""
        fading = self.transient * self.memory ** (generation + 1)
        return self.memory * self.retention * concentration + self.source + fading

    def after(self, generations, start) -> Float[Array, ""]:
        r"""$S_t = S^* + (S_0 - S^* - D)(q f)^t + D q^t$ with $D = c/(1 - f)$."""
        mode = self.transient / (1 - self.retention)
        decay = (self.memory * self.retention) ** generations
        rest = start - self.stationary - mode
        return self.stationary + rest * decay + mode * self.memory**generations

    @property
    def stationary(self) -> Float[Array, ""]:
        r"""$S^* = g/(1 - q f)$."""
        return self.source / (1 - self.memory * self.retention)


def multinomial_concentration(
    *, samples, real_fraction, real: Categorical, start: Categorical | None = None
) -> Concentration:
    r"""All $N$ points from $F(p)$, $R = \sum_i r_i^2$, $m_t$ the mean [FS-3].

    $S_{t+1} = (1 - \frac1N)[a^2 R + 2 a q\,r \cdot m_t + q^2 S_t] + \frac1N$;
    $S^* = [(1 - \frac1N)(1 - q^2) R + \frac1N]/[1 - (1 - \frac1N) q^2]$.
    """
    memory, keep = 1 - real_fraction, 1 - 1 / samples
    source = keep * (1 - memory**2) * _square(real) + 1 / samples
    return Concentration(
        memory, keep * memory, source, keep * _transient(real_fraction, real, start)
    )


def stratified_concentration(
    *, samples, real_fraction, real: Categorical, start: Categorical | None = None
) -> Concentration:
    r"""Of $N$ points exactly $a N$ fresh real ones [FS-3].

    $S_{t+1} = a^2 R + 2 a q\,r \cdot m_t + q^2 S_t + [a (1 - R) + q (1 - S_t)]/N$;
    $S^* = [(1 - q^2) R + (1 - a R)/N]/[1 - q^2 + q/N]$.
    """
    memory, square = 1 - real_fraction, _square(real)
    source = (1 - memory**2) * square + (1 - real_fraction * square) / samples
    transient = _transient(real_fraction, real, start)
    return Concentration(memory, memory - 1 / samples, source, transient)


def fixed_set_concentration(
    *, samples, real_samples, real_set: Categorical, start: Categorical | None = None
) -> Concentration:
    r"""One set of $n_r$ real points, frequencies $p^{(1)}$, beside $n$ samples [FS-3].

    With $\alpha = n/(n_r + n)$, $R_1 = \sum_i (p_i^{(1)})^2$:
    $S_{t+1} = (1 - \alpha)^2 R_1 + 2 \alpha (1 - \alpha)\,p^{(1)} \cdot m_t + \alpha^2 [(1 -
    \frac1n) S_t + \frac1n]$; $S^* = [(1 - \alpha^2) R_1 + \alpha^2/n]/[1 - \alpha^2 (1 -
    \frac1n)]$.
    """
    memory = samples / (real_samples + samples)
    source = (1 - memory**2) * _square(real_set) + memory**2 / samples
    transient = _transient(1 - memory, real_set, start)
    return Concentration(memory, memory * (1 - 1 / samples), source, transient)


def _square(model):
    return (model.probabilities**2).sum(axis=-1)


def _transient(real_fraction, real, start):
    start = real if start is None else start
    overlap = (real.probabilities * start.probabilities).sum(axis=-1)
    return 2 * real_fraction * (overlap - _square(real))
