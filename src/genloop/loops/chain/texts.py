"""The bias of a finite text about the chain that wrote it."""

import numpy as np
from jaxtyping import Array, Float

from ...models import MarkovChain


def expected_pairs(chain: MarkovChain, *, samples: int) -> Float[Array, "k k"]:
    r"""$\mathbb E \hat J_{ij} = \frac{n-1}n J_{ij} + \frac1n w_j (P^{n-1})_{ji}$ of a closed text.

    The last pair leads from the end back to the beginning, which know little of each other: the
    bias is $\frac1n (w_i w_j - J_{ij})$ up to the memory of the chain over $n$ tokens.
    """
    power = np.linalg.matrix_power(np.asarray(chain.transition), samples - 1)
    closing = np.asarray(chain.contexts)[None, :] * power.T
    return ((samples - 1) * np.asarray(chain.pairs) + closing) / samples
