r"""One generation curated by groups, and the concave welfare that every generation raises.

Group $g$ has the share $q_g$ of the curators and chooses an outcome $i$ with odds
$y_{gi} = e^{r_{gi}}$ from many candidates. `rewards` are $r$, of shape `(groups, outcomes)`.
"""

import numpy as np


def gains(probabilities, rewards, shares) -> np.ndarray:
    r"""The factors by which the probabilities grow, $W_i = \sum_g q_g \frac{y_{gi}}{y_g \cdot p}$.

    Their mean under $p$ is one, and they are the gradient of the `welfare` [CU-1].

    ```python
    gl.loops.curation.plural.gains([0.5, 0.5], np.log([[3.0, 1.0]]), [1.0])  # [1.5, 0.5]
    ```
    """
    odds, means = _odds(probabilities, rewards)
    return (np.asarray(shares) / means) @ odds


def generation(probabilities, rewards, shares, *, real=None, real_fraction=0.0) -> np.ndarray:
    r"""The next generation, $p' = (1 - a)\,p\,W(p) + a\,r$: curated, and $a$ of it `real` data.

    A step of expectation maximisation, written out in NumPy [CU-1] [CU-2].

    ```python
    generation = gl.loops.curation.plural.generation
    generation([0.5, 0.5], np.log([[3.0, 1.0]]), [1.0])  # [0.75, 0.25]
    ```
    """
    probabilities = np.asarray(probabilities, dtype=float)
    curated = (1 - real_fraction) * probabilities * gains(probabilities, rewards, shares)
    curated = curated if real is None else curated + real_fraction * np.asarray(real)
    return curated / curated.sum()


def welfare(probabilities, rewards, shares, *, real=None, real_fraction=0.0) -> float:
    r"""The welfare that the loop maximises, $\Psi(p) = (1 - a) \sum_g q_g \log(y_g \cdot p) + a
    \sum_i r_i \log p_i$.

    The logarithm of the weighted Nash product of the groups' mean odds; real data are one more
    curator for every outcome. Concave, and no generation lowers it [CU-1] [CU-2].

    ```python
    gl.loops.curation.plural.welfare([0.5, 0.5], np.log([[3.0, 1.0]]), [1.0])  # 0.693147
    ```
    """
    rewards = np.asarray(rewards, dtype=float)
    best = rewards.max(axis=-1)
    _, means = _odds(probabilities, rewards)
    value = (1 - real_fraction) * np.asarray(shares) @ (np.log(means) + best)
    if real is None or real_fraction == 0:
        return float(value)
    return float(value + real_fraction * _weighted_logarithm(real, probabilities))


def divergence(one, other) -> float:
    r"""$\mathrm{KL}(p \| p') = \sum_i p_i \log\frac{p_i}{p'_i}$; outcomes without $p$ add nothing.

    ```python
    gl.loops.curation.plural.divergence([1.0, 0.0], [0.5, 0.5])  # 0.693147
    ```
    """
    return _weighted_logarithm(one, one) - _weighted_logarithm(one, other)


def multipliers(probabilities, rewards, shares, *, real=None, real_fraction=0.0) -> np.ndarray:
    r"""The multipliers at a fixed point, in falling order: real, and in $[0, 1)$ if it is stable.

    The derivative is $(1 - a)[\operatorname{diag} W - \operatorname{diag}(p)\,Y^\top
    \operatorname{diag}(q/u^2)\,Y]$ with $u_g = y_g \cdot p$; the zero of the direction in which
    only the total mass moves is left out. A lost outcome has the multiplier $(1 - a) W_i$ [CU-3].

    ```python
    p = np.array([0.5, 0.5])
    gl.loops.curation.plural.multipliers(p, np.log([[9.0, 1.0], [1.0, 9.0]]), p)  # [0.36]
    ```
    """
    probabilities = np.asarray(probabilities, dtype=float)
    odds, means = _odds(probabilities, rewards)
    left = probabilities > 0
    lost = (np.asarray(shares) / means) @ odds[:, ~left]
    weight = np.sqrt(probabilities[left])
    slopes = np.sqrt(np.asarray(shares))[:, None] / means[:, None] * odds[:, left] * weight
    kept = np.ones(left.sum())
    if real is not None and real_fraction > 0:
        kept = 1 - real_fraction * np.asarray(real)[left] / probabilities[left]
    curved = np.diag(kept) - (1 - real_fraction) * slopes.T @ slopes
    # Similar to the derivative; the square roots of p span the direction of the mass.
    basis = np.linalg.svd(weight[None])[2][1:]
    inner = np.linalg.eigvalsh(basis @ curved @ basis.T)
    return np.sort(np.concatenate([inner, (1 - real_fraction) * lost]))[::-1]


def _odds(probabilities, rewards):
    """Odds relative to each group's best outcome, and their means."""
    rewards = np.asarray(rewards, dtype=float)
    odds = np.exp(rewards - rewards.max(axis=-1, keepdims=True))
    return odds, odds @ np.asarray(probabilities, dtype=float)


def _weighted_logarithm(weights, values) -> float:
    weights, values = np.asarray(weights, dtype=float), np.asarray(values, dtype=float)
    there = weights > 0
    return float(weights[there] @ np.log(values[there]))
