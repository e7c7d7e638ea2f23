r"""Sums over the multipliers of a fixed point, for any number of outcomes.

The derivative is $\operatorname{diag}(d) - u v^\top$ [HD-6], so that $\sum_k 1/(\sigma - \mu_k)$ is
a sum over outcomes: no multiplier but the leading one is ever solved for.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from ...analysis import linearize
from ...models import Categorical
from ...operators import secular
from ...printing import readable
from ...stages import Loop

_ROUNDING = 1e-12
_CANCELS = 1e-4


@readable
class Spectrum(NamedTuple):
    r"""The poles $d$ and weights $u v$ of the outcomes that are left, and the `leading` multiplier.

    Of a temperature loop at one of its fixed points; only multipliers along the simplex count.
    """

    poles: Float[Array, " k"]
    weights: Float[Array, " k"]
    leading: float

    @classmethod
    def of(cls, generation: Loop, state: Categorical) -> "Spectrum":
        """The spectrum at a state; outcomes of probability zero have no noise and take no part."""
        there = np.asarray(state.probabilities) > 0
        operator = linearize(generation, state)
        poles = np.asarray(operator.diagonal)[there]
        weights = np.asarray(operator.left * operator.right)[there]
        # One outcome alone has nowhere to go.
        single = len(poles) < 2
        leading = 0.0 if single else float(secular.largest_eigenvalue(poles, weights))
        if not (single or leading >= _CANCELS * poles.max()):
            leading = _far_below(poles, weights)
        # At temperature one without real data every state stays: one to rounding is one.
        leading = 1.0 if abs(leading - 1) < _ROUNDING else leading
        return cls(poles, weights, leading)

    def resolvent(self, point: float) -> float:
        r"""$\sum_k 1/(\sigma - \mu_k)$ at $\sigma \ne 0$, not a multiplier.

        The logarithmic derivative of $\prod_i (\sigma - d_i)\,[1 + \sum_i w_i/(\sigma - d_i)]$,
        less that of $\sigma$, which belongs to the multiplier zero across the simplex.
        """
        if len(self.poles) < 2:
            return 0.0
        gap = point - self.poles
        # A pole that is no multiplier cancels between the two sums.
        gap = np.where(np.abs(gap) < 1e-12, 1e-12, gap)
        terms = self.weights / gap
        return float((1 / gap).sum() - (terms / gap).sum() / (1 + terms.sum()) - 1 / point)


def _far_below(poles: np.ndarray, weights: np.ndarray) -> float:
    r"""The largest multiplier where it lies far below the largest pole, from the second pole up.

    The root of $\sum_i s_i/(d_i - \mu) = 0$, $s_i = w_i/d_i$, between the two largest poles.
    """
    shares = np.divide(weights, poles, out=np.zeros_like(weights), where=poles > 0)
    first = int(poles.argmax())
    others, rest = np.delete(poles, first), np.delete(shares, first)
    top = others.max()
    reach = poles[first] - top
    lower, upper = -700.0 - np.log1p(reach), 0.0
    for _ in range(70):
        middle = 0.5 * (lower + upper)
        height = reach * np.exp(middle)
        with np.errstate(divide="ignore", invalid="ignore"):
            losers = (rest / (top - others + height)).sum()
        below = losers > shares[first] / (reach - height)
        lower, upper = (middle, upper) if below else (lower, middle)
    return float(top + reach * np.exp(lower))
