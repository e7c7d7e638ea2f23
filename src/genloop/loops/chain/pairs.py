r"""Pairs as outcomes: the exact theory of reversible texts [SQ-4].

If every pair is as frequent as its reverse, tempering the rows and renewing their stationary law is
tempering the distribution of the pairs, and the loop of the chain is the temperature loop of $K^2$
outcomes with real probabilities $R_{ij}$.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from ...analysis import Threshold, find_root
from ...models import Categorical, MarkovChain

_ROUNDS = 200
_PLACES = -15.0, 3.4, 75
"""The grid for the fold, in the logarithm of minus the logarithm of what is left of the scale."""


def pair_distribution(chain: MarkovChain) -> Categorical:
    r"""The pairs of a chain, in both directions together, $\frac12 (J_{ij} + J_{ji})$, as outcomes.

    Pair $(i, j)$ is outcome $i K + j$. Its reverse has the same probability.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.2, 0.8]])
    gl.loops.chain.pair_distribution(chain).outcomes  # 4
    ```
    """
    pairs = (chain.pairs + chain.pairs.mT) / 2
    return Categorical.of(pairs.reshape(*chain.batch_shape, -1))


def collapse_threshold(
    real: MarkovChain, *, temperature: float, first: int, second: int
) -> Threshold:
    r"""The real fraction above which the pair of two tokens cannot have won, for a reversible text.

    A token that repeats itself (`first` = `second`) has won like one outcome of [HD-9], two that
    follow each other in turn like two. Exact for a reversible text; of any other the pairs are
    counted in both directions together, an approximation [SQ-8].

    Where the pair is the most frequent one its branch may come from the real text without a fold.
    Raises `ValueError` for a pair that never occurs.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.4, 0.6]])
    gl.loops.chain.collapse_threshold(chain, temperature=0.2, first=0, second=1).value  # 0.587486
    ```
    """
    pairs = np.asarray(pair_distribution(real).probabilities)
    winners = sorted({first * real.outcomes + second, second * real.outcomes + first})
    return collapse_fold(pairs, winners, temperature=temperature)


def collapse_fold(
    probabilities: Float[np.ndarray, " k"], winners: Sequence[int], *, temperature: float
) -> Threshold:
    r"""The largest real fraction at which some equally likely outcomes win together, $T < 1$.

    With $b = 1/T$ all outcomes solve $z - z^b = \kappa r_j$ on the lower root $l$, but the $m$
    winners on the upper one $u$, and $a(\kappa) = \kappa / [\sum_j l(\kappa r_j) + m (u - l)]$: the
    fold is the maximum of $a$ [HD-9]. Raises `ValueError` where the winners have probability zero.
    """
    if temperature >= 1:
        return Threshold.absent("nothing wins at a temperature of one or more", "not needed")
    if not probabilities[winners[0]] > 0:
        raise ValueError(
            "the winner never occurs in the real text, so it cannot win; choose one that does."
        )
    branch = _Branch(probabilities, winners, temperature)
    # Where the lower root of the most frequent other outcome turns over, the slope has no bound.
    scale = lambda x: -branch.largest * np.expm1(-np.exp(x))
    places = np.linspace(*_PLACES)
    slopes = np.array([branch.slope(scale(x)) for x in places])
    turns = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] < 0))
    if turns.size == 0:
        reason = "no fold: it wins without a jump as real data are withdrawn"
        return Threshold.absent(reason, "does not apply")
    slope = lambda x: branch.slope(scale(x))
    roots = [find_root(slope, places[turn], places[turn + 1]) for turn in turns]
    values = [branch.real_fraction(scale(root.value)) for root in roots]
    value, residual = max((v, root.residual) for v, root in zip(values, roots, strict=True))
    return Threshold(value, uncertainty=4e-16, residual=residual)


class _Branch:
    """The states won by some outcomes together, in the scale that all outcomes share."""

    def __init__(
        self, probabilities: Float[np.ndarray, " k"], winners: Sequence[int], temperature: float
    ):
        others = np.delete(probabilities, winners)
        self.others, self.counts = np.unique(others[others > 0], return_counts=True)
        self.winner, self.number = probabilities[winners[0]], len(winners)
        self.sharpness = 1 / temperature
        turn = temperature ** (1 / (self.sharpness - 1))
        top = turn - turn**self.sharpness
        self.largest = top / max(self.winner, self.others[-1])

    def real_fraction(self, scale):
        """The real fraction at which the state of this scale is a fixed point."""
        lower, upper = self._roots(scale)
        return float(scale / (self.counts @ lower + self.number * upper))

    def slope(self, scale):
        r"""$\mathrm d \log a / \mathrm d \log \kappa$, from $z' = r/(1 - b z^{b-1})$."""
        lower, upper = self._roots(scale)
        rate = lambda z, r: scale * r / (1 - self.sharpness * z ** (self.sharpness - 1))
        change = self.counts @ rate(lower, self.others) + self.number * rate(upper, self.winner)
        return float(1 - change / (self.counts @ lower + self.number * upper))

    def _roots(self, scale):
        lower = self._newton(scale * self.others, scale * self.others)
        return lower, self._newton(np.array(scale * self.winner), np.array(1.0))

    def _newton(self, level, root):
        """From outside of both roots of a concave function Newton's method needs no safeguard."""
        for _ in range(_ROUNDS):
            slope = 1 - self.sharpness * root ** (self.sharpness - 1)
            step = (root - root**self.sharpness - level) / slope
            root = root - step
            if (np.abs(step) <= 2e-16 * root).all():
                break
        return root
