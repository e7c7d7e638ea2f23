r"""Two groups with a favourite each, and the compromise between them.

Group 1 has the share $q$ and likes $A$; the odds that it gives to the other group's favourite are
$\kappa_1$ of those of its own ($e^{-\Delta_1}$ for a gap $\Delta_1$ of the reward). Group 2 has the
share $1 - q$, likes $B$ and gives $\kappa_2$ of its odds to $A$.
"""

import numpy as np


def coexisting_share(share, leak_one, leak_two) -> np.ndarray:
    r"""The limit of the share of $A$, $x = \frac q{1 - \kappa_2} - \frac{(1 - q) \kappa_1}{1 -
    \kappa_1}$, cut to $[0, 1]$ [CU-4].

    It is $q$ only if $q\,\kappa_2 (1 - \kappa_1) = (1 - q)\,\kappa_1 (1 - \kappa_2)$, as without
    leaks. Outside of `coexistence_region` one favourite is lost.

    ```python
    gl.loops.curation.plural.coexisting_share(0.6, 0.1, 0.1)  # 0.622222
    ```
    """
    share, leak_one, leak_two = np.asarray(share), np.asarray(leak_one), np.asarray(leak_two)
    inner = share / (1 - leak_two) - (1 - share) * leak_one / (1 - leak_one)
    return np.clip(inner, 0.0, 1.0)


def coexistence_region(leak_one, leak_two, *, among=None) -> tuple[np.ndarray, np.ndarray]:
    r"""The shares $q_- < q < q_+$ at which neither of two favourites can crowd out the other.

    $q_- = \frac{\kappa_1 (1 - \kappa_2)}{1 - \kappa_1 \kappa_2}$, $q_+ = \frac{1 - \kappa_2}{1 -
    \kappa_1 \kappa_2}$ [CU-4]. With $K$ candidates (`among`) $q_+ = \frac{\alpha_2}{\alpha_2 +
    \beta_1}$ and $q_- = \frac{\beta_2}{\beta_2 + \alpha_1}$, $\alpha_g = \frac{1 - \kappa_g}{1 + (K
    - 1) \kappa_g}$, $\beta_g = \frac{1 - \kappa_g}{K - 1 + \kappa_g}$; of two candidates the region
    is empty, $q_- = q_+$ [CU-8].

    ```python
    gl.loops.curation.plural.coexistence_region(0.1, 0.1)  # [0.0909091, 0.909091]
    ```
    """
    one, two = np.asarray(leak_one, dtype=float), np.asarray(leak_two, dtype=float)
    if among is None:
        return one * (1 - two) / (1 - one * two), (1 - two) / (1 - one * two)
    rivals = among - 1
    gain = lambda leak: (1 - leak) / (1 + rivals * leak)
    loss = lambda leak: (1 - leak) / (rivals + leak)
    return loss(two) / (loss(two) + gain(one)), gain(two) / (gain(two) + loss(one))


def coexistence_multiplier(share, leak_one, leak_two) -> np.ndarray:
    r"""The multiplier at the limit where both favourites live, $1 - \frac{x (1 - x)}{q (1 - q)}
    \left(\frac{(1 - \kappa_1)(1 - \kappa_2)}{1 - \kappa_1 \kappa_2}\right)^2$ [CU-4].

    Zero without leaks (one generation is enough), one at both ends of the region.

    ```python
    gl.loops.curation.plural.coexistence_multiplier(0.5, 0.1, 0.1)  # 0.330579
    ```
    """
    x = coexisting_share(share, leak_one, leak_two)
    apart = (1 - leak_one) * (1 - leak_two) / (1 - leak_one * leak_two)
    return 1 - x * (1 - x) / (share * (1 - share)) * apart**2


def keeping_fraction(goal, share, leak_one, leak_two, real_share) -> np.ndarray:
    r"""The real fraction at which the limit of the share of $A$ is `goal`, $a = \frac{D}{D + R}$.

    $D = \frac{(1 - q)(1 - \kappa_2)}{1 - (1 - \kappa_2) x} - \frac{q (1 - \kappa_1)}{\kappa_1 + (1
    - \kappa_1) x}$ and $R = \frac rx - \frac{1 - r}{1 - x}$ at the goal $x$, with the share $r$ of
    $A$ in the real data. As $a$ rises, the share moves from `coexisting_share` to $r$, always in
    the same direction: this fraction or more meets a goal between them [CU-4]. NaN for other goals.

    ```python
    gl.loops.curation.plural.keeping_fraction(0.1, 0.05, 0.1, 0.1, 0.5)  # 0.136525
    ```
    """
    goal, real_share = np.asarray(goal, dtype=float), np.asarray(real_share, dtype=float)
    own, other = 1 - np.asarray(leak_one), 1 - np.asarray(leak_two)
    down = (1 - share) * other / (1 - other * goal) - share * own / (leak_one + own * goal)
    back = real_share / goal - (1 - real_share) / (1 - goal)
    return np.where(down * back >= 0, down / (down + back), np.nan)


def compromise_gain(leak_one, leak_two, odds_one, odds_two) -> np.ndarray:
    r"""The factor by which a rare compromise grows while both favourites live: it lives if above 1.

    $\frac{c_1 (1 - \kappa_2) + c_2 (1 - \kappa_1)}{1 - \kappa_1 \kappa_2}$, where group $g$ gives
    it $c_g$ of the odds of its favourite; the same for every share $q$ [CU-5].

    ```python
    gl.loops.curation.plural.compromise_gain(0.01, 0.01, 0.8, 0.8)  # 1.58416
    ```
    """
    numerator = odds_one * (1 - leak_two) + odds_two * (1 - leak_one)
    return np.asarray(numerator / (1 - leak_one * leak_two))


def compromise_region(leak_one, leak_two, odds_one, odds_two) -> tuple[np.ndarray, np.ndarray]:
    r"""The shares $q$ between which the compromise takes everything, from every start [CU-5].

    $\frac{1/c_2 - 1}{1/c_2 - \kappa_1/c_1} \le q \le \frac{1 - \kappa_2/c_2}{1/c_1 -
    \kappa_2/c_2}$; empty (the first above the second) if `compromise_gain` is below one.

    ```python
    gl.loops.curation.plural.compromise_region(0.01, 0.01, 0.8, 0.8)  # [0.20202, 0.79798]
    ```
    """
    lower = (1 / odds_two - 1) / (1 / odds_two - leak_one / odds_one)
    upper = (1 - leak_two / odds_two) / (1 / odds_one - leak_two / odds_two)
    return np.asarray(lower), np.asarray(upper)
