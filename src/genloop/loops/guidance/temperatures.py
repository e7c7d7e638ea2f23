"""A guided loop whose auxiliary model is a temperature: it is a temperature loop."""

from typing import Any

import numpy as np

from ... import numeric as xp


def effective_temperature(
    strength: Any, temperature: Any, *, auxiliary: Any = None, flow: bool = False
) -> Any:
    r"""The temperature $\tau$ at which a guided generation samples [ST-E3, SI-1].

    $1/\tau = \frac1T (1 + w - \frac w{T'})$, in every exponential family; by the flow $\tau = T
    T'^{-w}$. NaN where the guided density cannot be normalised, $(1 + w)\,T' \le w$.

    ```python
    gl.loops.guidance.effective_temperature(1.0, 0.8)  # 1.06667
    ```
    """
    auxiliary = temperature if auxiliary is None else auxiliary
    if flow:
        return temperature * xp.power(1.0 * auxiliary, -1.0 * strength)
    sharpness = (1 + strength) * auxiliary - strength
    return temperature * auxiliary / xp.where(sharpness > 0, sharpness, np.nan)


def strength_for(
    effective: Any, temperature: Any, *, auxiliary: Any = None, flow: bool = False
) -> Any:
    r"""The strength at which a guided generation samples at an `effective` temperature $\tau$.

    $w = \frac{T' (1 - T/\tau)}{1 - T'}$, by the flow $w = \frac{\log(T/\tau)}{\log T'}$: the
    inverse of `effective_temperature`, and every threshold of a guided loop is a value of it
    [ST-E3, SI-1].

    ```python
    gl.loops.guidance.strength_for(1.0, 0.8)  # 0.8
    ```
    """
    auxiliary = temperature if auxiliary is None else auxiliary
    if flow:
        return xp.log(temperature / effective) / xp.log(auxiliary)
    return auxiliary * (1 - temperature / effective) / (1 - auxiliary)


def unbiased_strength(temperature: Any, *, auxiliary: Any = None, flow: bool = False) -> Any:
    r"""The strength that undoes a temperature: $w = T$, by the flow $w = 1$, where $T' = T$.

    The real distribution is then a fixed point, whatever the family and the share of real data
    [ST-E3, SI-1].

    ```python
    gl.loops.guidance.unbiased_strength(0.9)  # 0.9
    ```
    """
    return strength_for(1.0, temperature, auxiliary=auxiliary, flow=flow)


def critical_strength(
    temperature: Any, real_fraction: Any, *, auxiliary: Any = None, flow: bool = False
) -> Any:
    r"""The strength at which the variance of a Gaussian loop becomes infinite, $q \tau = 1$.

    $w_c = \frac{T - q T^2}{1 - T}$, by the flow $1 + \frac{\log q}{\log T}$, where $T' = T$. Below
    it the loop is stable if $T' < 1$, above it if $T' > 1$ [ST-E3].

    ```python
    gl.loops.guidance.critical_strength(0.9, 0.1)  # 1.71
    ```
    """
    return strength_for(1 / (1 - real_fraction), temperature, auxiliary=auxiliary, flow=flow)


def uniform_strength(temperature: Any, real_fraction: Any, *, auxiliary: Any = None) -> Any:
    r"""The strength at which equally likely outcomes begin to keep their diversity, $\tau = q$.

    $w = \frac{T' (1 - T/q)}{1 - T'}$: of a loop of outcomes whose real data are uniform, which for
    $T' < 1$ is stable above it [SI-1].

    ```python
    gl.loops.guidance.uniform_strength(0.8, 0.1)  # 0.444444
    ```
    """
    return strength_for(1 - real_fraction, temperature, auxiliary=auxiliary)


def guided_variance(
    strength: Any,
    temperature: Any,
    real_fraction: Any,
    *,
    auxiliary: Any = None,
    flow: bool = False,
) -> Any:
    r"""The variance that a guided Gaussian loop ends with, in units of the real one [ST-E3].

    $\frac{a \tau}{1 - q \tau}$ behind the guidance, with the multipliers $q \tau$ of the covariance
    and $q$ of the mean; infinite from $q \tau = 1$ on.

    ```python
    gl.loops.guidance.guided_variance(1.5, 0.9, 0.1, flow=True)  # 2.05409
    ```
    """
    heat = effective_temperature(strength, temperature, auxiliary=auxiliary, flow=flow)
    left = 1 - (1 - real_fraction) * heat
    stays = xp.where(left <= 0, 1.0, left)
    return xp.where(left <= 0, np.inf, real_fraction * heat / stays)


def required_real_fraction(
    strength: Any, temperature: Any, *, auxiliary: Any = None, flow: bool = False
) -> Any:
    r"""The share of real data above which the variance of a guided Gaussian loop stays finite.

    $1 - 1/\tau$, or zero where the guided generation does not widen what it samples [ST-E3].

    ```python
    gl.loops.guidance.required_real_fraction(1.5, 0.9, flow=True)  # 0.0513167
    ```
    """
    heat = effective_temperature(strength, temperature, auxiliary=auxiliary, flow=flow)
    return xp.maximum(1 - 1 / heat, 0.0)
