"""A model that favours one answer, trained on its own outputs and human data."""

from ...models import Categorical
from ...stages import Loop, Mix


def replacement_loop(
    human: Categorical, favoured: Categorical, *, slip: float, real_fraction: float
) -> Loop:
    r"""With probability `slip` an output is `favoured`, and a share $a$ of the data is human.

    The data are replaced: $p' = a\,r + (1 - a)[(1 - \epsilon) p + \epsilon v]$. The model's bias is
    $\delta = \epsilon (1 - p_v) \le \epsilon (1 - r_v)$ above that of its data [TH-1].
    """
    return Mix(favoured, slip) >> Mix(human, real_fraction)
