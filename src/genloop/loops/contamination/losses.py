r"""The share of diversity that a loop at temperature one has lost, by a product formula [PL-1].

In one generation the lost share $\ell$ becomes $\kappa \ell + w$: a factor $\kappa$ of what was
lost stays lost, and $w$ is lost anew. For a Gaussian $\ell = E(\mu - \mu_0)^2/\sigma_0^2$ and $1 -
\ell = E\,\sigma^2/\sigma_0^2$; for outcomes $1 - \ell$ is the expected heterozygosity over the
real one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import ArrayLike, Float

from ...printing import readable


@readable
class Losses(NamedTuple):
    r"""The factor $\kappa$ and the noise $w$ of a generation, or of every one in arrays.

    ```python
    gl.loops.contamination.drawn(10).then(gl.loops.contamination.mixed(0.5, 10)).kept  # 0.225
    ```
    """

    kept: Float[ArrayLike, "*t"]
    noise: Float[ArrayLike, "*t"]

    def then(self, other: "Losses") -> "Losses":
        r"""Both, one after the other: $\ell \to \kappa' (\kappa \ell + w) + w'$."""
        return Losses(other.kept * self.kept, other.kept * self.noise + other.noise)


def drawn(samples: Float[ArrayLike, "*t"]) -> Losses:
    r"""A fit to $n$ samples by maximum likelihood: $\kappa = 1 - \frac1n$, $w = \frac1n$.

    ```python
    gl.loops.contamination.drawn(10)  # Losses: kept 0.9, noise 0.1
    ```
    """
    noise = 1 / np.asarray(samples, dtype=float)
    return Losses(1 - noise, noise)


def mixed(
    real_fraction: Float[ArrayLike, "*t"], real_samples: Float[ArrayLike, "*t"] = np.inf
) -> Losses:
    r"""A share $a$ of $m$ fresh real points: $\kappa = (1 - a)^2$, $w = a^2/m$.

    ```python
    gl.loops.contamination.mixed(0.5, 10)  # Losses: kept 0.25, noise 0.025
    ```
    """
    share, points = np.asarray(real_fraction, dtype=float), np.asarray(real_samples, dtype=float)
    return Losses((1 - share) ** 2, np.where(share > 0, share**2 / np.maximum(points, 1e-300), 0.0))


def lost_shares(
    parts: Sequence[Losses], *, generations: int, start: float = 0.0
) -> Float[np.ndarray, " t"]:
    r"""The lost share after every generation, $\ell_t = \Pi_{0,t}\,\ell_0 + \sum_{s<t} \Pi_{s+1,t}
    w_s$ with $\Pi_{s,t} = \prod_{s \le r < t} \kappa_r$ [PL-1].

    `parts` are what a generation consists of, in order, with numbers or arrays over generations.

    ```python
    parts = [gl.loops.contamination.drawn(10)]
    gl.loops.contamination.lost_shares(parts, generations=2)  # [0.1, 0.19]
    ```
    """
    whole = Losses(1.0, 0.0)
    for part in parts:
        whole = whole.then(part)
    kept, noise = (np.broadcast_to(one, (generations,)) for one in whole)
    found, lost = [], start
    for factor, new in zip(kept, noise, strict=True):
        lost = factor * lost + new
        found.append(lost)
    return np.array(found)
