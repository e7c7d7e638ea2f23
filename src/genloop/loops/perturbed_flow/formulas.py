r"""Distances, floors and bounds of the perturbed flow, as formulas on NumPy arrays.

The flow is $\dot\theta = S_T(\theta) - \theta + \mu (r - \theta) + \varepsilon(t)$ with
$|\varepsilon_i| \le \eta$ and $\sum_i \varepsilon_i = 0$; $\theta_e$ is an equilibrium for
$\varepsilon = 0$. In the code `odds` is $\mu$, `smallest` $\delta = \min_i r_i$, `error` $\eta$,
and `settled` the share $\kappa < 1$ of its floor that the flow has reached. Distributions have
shape `(*batch, K)`, everything else `(*batch,)`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy


def hellinger_distance(left: ArrayLike, right: ArrayLike) -> np.ndarray:
    r"""$H(\theta, \vartheta) = [1 - \sum_i \sqrt{\theta_i \vartheta_i}]^{1/2}$ [FR-3]."""
    gap = np.sqrt(left) - np.sqrt(right)
    return np.sqrt((gap**2).sum(axis=-1) / 2)


def fisher_rao_distance(left: ArrayLike, right: ArrayLike) -> np.ndarray:
    r"""The Fisher-Rao distance of two distributions, an angle between zero and a right one.

    $d_{FR}(\theta, \vartheta) = \arccos \sum_i \sqrt{\theta_i \vartheta_i} \le \pi/2$ [FR-3].

    Half the geodesic distance of the Fisher metric; by the Hellinger distance, $2 \arcsin
    (H/\sqrt 2)$, so that close distributions lose no digits.

    ```python
    gl.loops.perturbed_flow.fisher_rao_distance([1.0, 0.0], [0.0, 1.0])  # 1.5708
    ```
    """
    return 2 * np.arcsin(hellinger_distance(left, right) / np.sqrt(2))


def relative_entropy(state: ArrayLike, equilibrium: ArrayLike) -> np.ndarray:
    r"""$\mathrm{KL}(\theta \| \theta_e) = \sum_i \theta_{e,i}\,(r_i \log r_i - r_i + 1)$.

    With $r = \theta/\theta_e$: a sum of positive terms.
    """
    ratio = np.asarray(state) / equilibrium
    return (equilibrium * (xlogy(ratio, ratio) - (ratio - 1))).sum(axis=-1)


def symmetric_entropy(state: ArrayLike, equilibrium: ArrayLike) -> np.ndarray:
    r"""$J = \sum_i \log(\theta_i/\theta_{e,i})\,(\theta_i - \theta_{e,i})$ [FR-7].

    The sum of the relative entropies in both directions.
    """
    state, equilibrium = np.asarray(state), np.asarray(equilibrium)
    return (np.log(state / equilibrium) * (state - equilibrium)).sum(axis=-1)


def log_distance(state: ArrayLike, equilibrium: ArrayLike) -> np.ndarray:
    r"""$\|\log \theta - \log \theta_e\|^2 = \sum_i \theta_{e,i} \log^2(\theta_i/\theta_{e,i})$."""
    return (equilibrium * np.log(np.asarray(state) / equilibrium) ** 2).sum(axis=-1)


def tempered(state: ArrayLike, temperature: ArrayLike) -> np.ndarray:
    r"""$S_T(\theta)_i = \theta_i^{1/T}/\sum_j \theta_j^{1/T}$."""
    state = np.asarray(state)
    sharpness = 1 / np.asarray(temperature, dtype=float)[..., None]
    weights = (state / state.max(axis=-1, keepdims=True)) ** sharpness
    return weights / weights.sum(axis=-1, keepdims=True)


def tempered_product(state, equilibrium, *, temperature) -> np.ndarray:
    r"""$\langle \log(\theta/\theta_e), S_T(\theta) - S_T(\theta_e) \rangle$ [FR-2]."""
    change = tempered(state, temperature) - tempered(equilibrium, temperature)
    return (np.log(np.asarray(state) / equilibrium) * change).sum(axis=-1)


def entropy_rate(state, equilibrium, perturbation, *, temperature, odds) -> np.ndarray:
    r"""The derivative of $\mathrm{KL}(\theta \| \theta_e)$ along the perturbed flow [FR-2].

    With $L = \log(\theta/\theta_e)$: $\langle L, S_T(\theta) - S_T(\theta_e) \rangle - (1 + \mu)
    \langle L, \theta - \theta_e \rangle + \langle L, \varepsilon \rangle$.

    ```python
    state, end, push = np.array([0.6, 0.4]), np.array([0.5, 0.5]), np.zeros(2)
    gl.loops.perturbed_flow.entropy_rate(state, end, push, temperature=0.8, odds=1.0)  # -0.0307896
    ```
    """
    logarithm = np.log(np.asarray(state) / equilibrium)
    gain = tempered_product(state, equilibrium, temperature=temperature)
    restoring = (1 + np.asarray(odds)) * symmetric_entropy(state, equilibrium)
    return gain - restoring + (logarithm * perturbation).sum(axis=-1)


def perturbation_gain(state, equilibrium, *, error) -> np.ndarray:
    r"""$\max_\varepsilon \langle L, \varepsilon \rangle = \eta \min_m \sum_i |L_i - m|$ [FR-2].

    Over $|\varepsilon_i| \le \eta$ with $\sum_i \varepsilon_i = 0$; the minimum is at the median.
    """
    logarithm = np.log(np.asarray(state) / equilibrium)
    spread = np.abs(logarithm - np.median(logarithm, axis=-1, keepdims=True))
    return error * spread.sum(axis=-1)


def settling_time(settled, *, odds) -> np.ndarray:
    r"""$t_\kappa = \log\frac{1}{1 - \kappa}/(1 + \mu)$: when the floor holds [FR-1].

    ```python
    gl.loops.perturbed_flow.settling_time(0.9, odds=1.0)  # 1.15129
    ```
    """
    return -np.log1p(-np.asarray(settled)) / (1 + np.asarray(odds))


def floor(settled, *, odds, smallest, error=0.0) -> np.ndarray:
    r"""A lower bound of every probability after the settling time.

    $\theta_i(t) \ge \kappa\,(\mu \delta - \eta)/(1 + \mu)$ for $t \ge t_\kappa$ [FR-1].

    From every start; negative, and then empty, where the error outweighs the real data.

    ```python
    gl.loops.perturbed_flow.floor(0.9, odds=1.0, smallest=0.2)  # 0.09
    ```
    """
    odds = np.asarray(odds)
    return settled * (odds * smallest - error) / (1 + odds)


def sensitivity(equilibrium: ArrayLike, *, temperature) -> np.ndarray:
    r"""$\eta_{FR} = 1/(T \min_i \theta_{e,i})$ [FR-3]."""
    return 1 / (temperature * np.min(equilibrium, axis=-1))


def fisher_rao_condition(
    equilibrium: ArrayLike, *, temperature, smallest, settled, error=0.0
) -> np.ndarray:
    r"""The least $\mu$ for Theorem 1 of the paper [FR-4].

    $\max\{(1 + T \eta_{FR} \kappa)/(T \delta \kappa),\ (\eta + 2 \eta_{FR}/\kappa)/\delta\}$.

    ```python
    options = {"temperature": 0.8, "smallest": 0.2, "settled": 0.9}
    gl.loops.perturbed_flow.fisher_rao_condition([0.5, 0.3, 0.2], **options)  # 69.4444
    ```
    """
    gain = sensitivity(equilibrium, temperature=temperature)
    first = (1 + temperature * gain * settled) / (temperature * smallest * settled)
    return np.maximum(first, (error + 2 * gain / settled) / smallest)


def fisher_rao_rate(
    equilibrium: ArrayLike, *, temperature, odds, smallest, settled, error=0.0
) -> np.ndarray:
    r"""The rate at which the paper bounds the approach to the equilibrium.

    $\lambda = \frac12 [(1 + \mu) - \eta_{FR}/c_1]$, $c_1 = m/(2 \max \theta_e)$ [FR-4].

    $m$ is the `floor`.

    ```python
    numbers = {"odds": 100.0, "smallest": 0.2, "settled": 0.9}
    gl.loops.perturbed_flow.fisher_rao_rate([0.5, 0.3, 0.2], temperature=0.8, **numbers)  # 32.9653
    ```
    """
    low = floor(settled, odds=odds, smallest=smallest, error=error)
    gain = sensitivity(equilibrium, temperature=temperature)
    return ((1 + odds) - 2 * gain * np.max(equilibrium, axis=-1) / low) / 2


def fisher_rao_radius(
    equilibrium: ArrayLike, *, temperature, odds, smallest, settled, error
) -> np.ndarray:
    r"""The bound of the paper on the Fisher-Rao distance from the equilibrium in the end.

    $\varepsilon_{FR} = \frac{\pi \eta \sqrt{K \max \theta_e}}{\sqrt 2\,z\,[1 - 2 \eta_{FR}
    \max \theta_e/z]}$ with $z = \kappa (\mu \delta - \eta)$ [FR-4].

    ```python
    numbers = {"odds": 100.0, "smallest": 0.2, "settled": 0.9, "error": 0.001}
    gl.loops.perturbed_flow.fisher_rao_radius([0.5, 0.3, 0.2], temperature=0.8, **numbers)
    ```
    """
    largest, outcomes = np.max(equilibrium, axis=-1), np.shape(equilibrium)[-1]
    strength = settled * (odds * smallest - error)
    gain = sensitivity(equilibrium, temperature=temperature)
    remaining = strength - 2 * gain * largest
    return np.pi * error * np.sqrt(outcomes * largest / 2) / remaining


def euclidean_radius(*, temperature, odds, smallest, settled, error) -> np.ndarray:
    r"""A bound of the Euclidean distance from the equilibrium in the end.

    $\eta z T/[(1 + \mu)(z T - 1)]$ with $z = \kappa (\mu \delta - \eta)$ [FR-5].

    The ball of Gharesifard and Tabuada, as quoted in the paper; infinite where $z T \le 1$.

    ```python
    numbers = {"odds": 20.0, "smallest": 0.2, "settled": 0.9, "error": 0.01}
    gl.loops.perturbed_flow.euclidean_radius(temperature=0.8, **numbers)  # 0.000730457
    ```
    """
    strength = settled * (odds * smallest - error) * temperature
    with np.errstate(divide="ignore", invalid="ignore"):
        radius = error * strength / ((1 + odds) * (strength - 1))
    return np.where(strength > 1, radius, np.inf)


def euclidean_radius_proved(*, temperature, odds, smallest, settled, error) -> np.ndarray:
    r"""$2 \eta z T/[(1 + \mu)(2 z T - 1)]$: the ball with tempering half as steep [FR-5].

    Infinite where $z T \le \frac12$.
    """
    strength = 2 * settled * (odds * smallest - error) * temperature
    with np.errstate(divide="ignore", invalid="ignore"):
        radius = error * strength / ((1 + odds) * (strength - 1))
    return np.where(strength > 1, radius, np.inf)


def entropy_radius(outcomes, *, odds, multiplier, smallest, settled, error) -> np.ndarray:
    r"""A bound of the square root of the relative entropy to the equilibrium in the end.

    $\eta \sqrt{K/m}/(1 + \mu - \Lambda)$ with the `floor` $m$ [FR-7].

    Where the square root of the relative entropy ends under any perturbation; `multiplier` is
    $\Lambda < 1 + \mu$ of [HD-11].

    ```python
    numbers = {"odds": 1.0, "multiplier": 0.8, "smallest": 0.2, "settled": 0.9, "error": 0.01}
    gl.loops.perturbed_flow.entropy_radius(3, **numbers)  # 0.0493624
    ```
    """
    low = floor(settled, odds=odds, smallest=smallest, error=error)
    return error * np.sqrt(outcomes / low) / (1 + odds - multiplier)
