"""Extrapolation of parameters, in the neighbourhood of the real ones."""

from typing import Any


def linearised_multiplier(strength: Any, real_fraction: Any, kept: Any) -> Any:
    r"""The multiplier $q\,[1 + w (1 - \kappa)]$ of $\theta' = (1 + w)\,\theta_r - w\,S(\theta_r)$.

    $\theta_r = a \theta_0 + q \theta$ is the base model, and $\kappa$ = `kept` is what the
    auxiliary map $S$ keeps of a small deviation: an eigenvalue of $DS$ [ST-E5].

    ```python
    gl.loops.guidance.linearised_multiplier(1.0, 0.5, 0.8)  # 0.6
    ```
    """
    return (1 - real_fraction) * (1 + strength * (1 - kept))


def linearised_threshold(real_fraction: Any, kept: Any) -> Any:
    r"""The strength $\frac a{q\,(1 - \kappa)}$ below which small deviations die out [ST-E5].

    ```python
    gl.loops.guidance.linearised_threshold(0.5, 0.8)  # 5
    ```
    """
    return real_fraction / ((1 - real_fraction) * (1 - kept))
