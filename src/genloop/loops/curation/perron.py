r"""Very many candidates and real data: a positive linear map, normalised.

With $y = e^r$, the real fraction $a$ and $\eta = 1 - a$, the loop `Tilt(r) >> Mix(real, a)` is
$p_{t+1} = L p_t/\mathbb 1^\top L p_t$ with $L = a\,p_r y^\top + \eta \operatorname{diag}(y)$
[ST-D6].
"""

import dataclasses

import numpy as np
from jaxtyping import Float
from scipy.linalg import expm

from ...bisection import zero_between
from ...models import Categorical
from ...models.curation import Rewards, as_reward
from ...operators import secular
from ...printing import readable


@readable
@dataclasses.dataclass(frozen=True)
class CuratedLimit:
    r"""Where curation with real data leads: the Perron vector of $L$, its root $Z$ and the rate.

    `growth` is $Z = E_{p_*} e^{r - \max r}$, in units of the largest $e^r$ that takes part, and
    `rate` $\lambda_2(L)/Z$, by which the distance shrinks in a generation, from every start.
    `excess` is the mass on the best outcomes that real data do not have, 0 where there are none.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    limit = gl.loops.curation.curated_limit(real, [0, 1, 2], real_fraction=0.3)
    limit.rate  # 0.377515
    ```
    """

    probabilities: Float[np.ndarray, " k"]
    growth: float
    rate: float
    excess: float

    @property
    def model(self) -> Categorical:
        """The limit as a model."""
        return Categorical(self.probabilities)


def _numbers(real, reward) -> tuple[np.ndarray, np.ndarray]:
    """The real probabilities and the rewards. Raises `ValueError` for several groups."""
    reward = as_reward(reward)
    if not isinstance(reward, Rewards) or reward.levels.ndim > 1:
        raise ValueError("there is a closed form for one group of curators; give one reward each.")
    reward.check_outcomes(real.outcomes)
    return np.asarray(real.probabilities, float), np.asarray(reward.values, float)


def curation_matrix(real: Categorical, reward, *, real_fraction: float) -> Float[np.ndarray, "k k"]:
    r"""The matrix of a generation before it is normalised [ST-D6].

    $L = a\,p_r y^\top + (1 - a) \operatorname{diag}(y)$ with $y = e^{r - \max r}$.

    ```python
    matrix = gl.loops.curation.curation_matrix
    matrix(gl.Categorical.of([1, 1]), [0, 0], real_fraction=0.5)  # [[0.75, 0.25], [0.25, 0.75]]
    ```
    """
    shares, rewards = _numbers(real, reward)
    odds = np.exp(rewards - rewards.max())
    return real_fraction * np.outer(shares, odds) + (1 - real_fraction) * np.diag(odds)


def curated_limit(
    real: Categorical, reward, *, real_fraction: float, start: Categorical | None = None
) -> CuratedLimit:
    r"""The limit of `Tilt(reward) >> Mix(real, a)` from every start with the outcomes of `start`.

    $p_{*i} = \frac{a\,p_{r,i} Z}{Z - \eta y_i}$ with the root $Z > \eta \max y$ of $\sum_i
    \frac{a\,p_{r,i} y_i}{Z - \eta y_i} = 1$, searched in $\log(Z - \eta \max y)$: $O(K)$ a step.
    Outcomes that only `start` has (by default it is `real`) stay where one of them has $\eta y_i
    \ge Z$: then $Z$ is $\eta y_i$ of the best of them, and what the others leave is theirs, in
    proportion to `start` [ST-D6]. Raises `ValueError` for $a \notin (0, 1]$, a reward that does not
    fit, and several groups.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    limit = gl.loops.curation.curated_limit(real, [0, 1, 2], real_fraction=0.3)
    limit.probabilities  # [0.171159, 0.135551, 0.69329]
    ```
    """
    if not 0 < real_fraction <= 1:
        raise ValueError(
            f"real_fraction must lie in (0, 1], got {real_fraction:g}; without real data the "
            "outcomes of the highest reward keep all."
        )
    shares, rewards = _numbers(real, reward)
    begin = shares if start is None else np.asarray(start.probabilities, float)
    alive = (shares > 0) | (begin > 0)
    best = rewards[alive].max()
    odds, lacks = np.exp(rewards - best), -np.expm1(rewards - best)
    kept, seen = 1 - real_fraction, shares > 0
    weights = np.where(seen, real_fraction * shares * odds, 0.0)
    apart = lambda height: np.where(seen, height + kept * lacks, 1.0)
    height = _height(weights, lacks, apart, real_fraction)
    growth = kept + height
    probabilities = np.where(seen, real_fraction * shares * growth / apart(height), 0.0)
    excess = 0.0
    if height == 0:
        winners = np.where(alive & (lacks == 0), begin, 0.0)
        excess = 1 - probabilities.sum()
        probabilities = probabilities + excess * winners / winners.sum()
    probabilities = probabilities / probabilities.sum()
    odds = np.where(alive, odds, 0.0)
    slopes = kept * odds / growth
    rate = secular.largest_eigenvalue(slopes, slopes * probabilities * odds / growth)
    return CuratedLimit(probabilities, float(growth), float(rate), float(excess))


def _height(weights, lacks, apart, real_fraction) -> float:
    r"""$Z - \eta$ with the largest $y$ as the unit: zero where real data lack the best outcomes."""
    top = weights[lacks == 0].sum()
    excess = lambda x: np.log((weights / apart(np.exp(x))).sum())
    if top == 0:
        with np.errstate(divide="ignore"):
            if (weights / apart(0.0)).sum() <= 1:
                return 0.0
        lower = -745.0
    else:
        lower = np.log(top)
    # Z is a mean of numbers up to one.
    upper = np.log(real_fraction)
    return float(np.exp(zero_between(excess, lower, upper))) if lower < upper else real_fraction


def curated_flow(
    real: Categorical, reward, *, real_fraction: float, times, start: Categorical | None = None
) -> Float[np.ndarray, "n k"]:
    r"""The states of $\dot p = L p - p\,\mathbb 1^\top L p$: $p(t) \propto e^{L t} p(0)$ [ST-D6].

    Here $y = e^r$ itself. In the time $\tau = \log \mathbb 1^\top e^{L t} p(0)$ it is `gl.flow` of
    the loop. Rows for `times`; `start` is by default the uniform distribution.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    flow = gl.loops.curation.curated_flow
    flow(real, [0, 1, 2], real_fraction=0.3, times=[0.5])  # [[0.19861, 0.199177, 0.602214]]
    ```
    """
    _, rewards = _numbers(real, reward)
    matrix = np.exp(rewards.max()) * curation_matrix(real, reward, real_fraction=real_fraction)
    begin = np.full(len(rewards), 1 / len(rewards)) if start is None else start.probabilities
    states = np.stack([expm(time * matrix) @ np.asarray(begin, float) for time in times])
    return states / states.sum(axis=1, keepdims=True)
