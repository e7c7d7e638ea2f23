"""Mixtures of Gaussians so far apart that every sample is known to be of its component."""

import dataclasses
import functools

import numpy as np

from ..printing import readable
from .gamma import digamma_minus_log
from .wright_fisher import binomial_law, transition_matrix


@readable
@dataclasses.dataclass(frozen=True)
class SeparatedMixture:
    r"""One component, of weight $w$, of a mixture that is refitted to $n$ samples [CA-A9].

    Its count is $\mathrm{Bin}(n, w)$ and its next weight that over $n$; its covariance is fitted to
    its own samples by maximum likelihood. With at most $d$ = `dimension` samples the covariance is
    singular and the component is lost, as EM loses it. Raises `ValueError` for numbers out of
    range.

    ```python
    gl.laws.SeparatedMixture(200, 2).lost(0.5, [100])  # [0.0860059]
    ```
    """

    samples: int
    dimension: int

    def __post_init__(self):
        if self.dimension < 1 or self.samples <= self.dimension:
            raise ValueError(
                "a component needs more samples than dimensions, got "
                f"{self.samples} and {self.dimension}."
            )

    def weight_variance(self, weight, generations) -> np.ndarray | float:
        r"""$\operatorname{Var} w_t = w (1 - w)(1 - (1 - \frac1n)^t)$, lost components at zero."""
        left = np.expm1(np.asarray(generations) * np.log1p(-1 / self.samples))
        return -weight * (1 - np.asarray(weight)) * left

    def lost(self, weight: float, generations) -> np.ndarray:
        r"""The chance that a generation from 1 to $t$ had at most $d$ samples of the component."""
        generations = np.asarray(generations)
        alive = [law.sum() for law in self._counts(weight, int(generations.max(initial=1)))]
        return 1 - np.append(1.0, alive)[generations]

    def log_determinant(self, weight: float, generations: int) -> np.ndarray:
        r"""$E \log(\det \Sigma_t/\det \Sigma_0)$ given that the component is not lost by then.

        The sum over generations of $\sum_{i=1}^d [\psi(\frac{N - i}2) + \log\frac2N]$, averaged
        over the chain of its counts $N$; shape `(generations,)`.
        """
        chain = self._chain
        drift = self._drift
        law, moment, found = None, np.zeros(len(drift)), []
        for _ in range(generations):
            if law is None:
                law = self._first(weight)
            else:
                law, moment = law @ chain, moment @ chain
            moment = moment + law * drift
            found.append(moment.sum() / law.sum())
        return np.array(found)

    def _counts(self, weight, generations):
        law = self._first(weight)
        for _ in range(generations):
            yield law
            law = law @ self._chain

    def _first(self, weight):
        return binomial_law(self.samples, weight)[self.dimension + 1 :]

    @functools.cached_property
    def _chain(self) -> np.ndarray:
        """The chain of counts above the dimension."""
        kept = slice(self.dimension + 1, None)
        return transition_matrix(self.samples)[kept, kept]

    @functools.cached_property
    def _drift(self) -> np.ndarray:
        counts = np.arange(self.dimension + 1.0, self.samples + 1)
        steps = np.zeros_like(counts)
        for i in range(1, self.dimension + 1):
            own = [digamma_minus_log(half) for half in (counts - i) / 2]
            steps += np.array(own) + np.log1p(-i / counts)
        return steps
