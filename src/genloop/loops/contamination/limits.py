r"""What becomes of the lost share when schedules go on for ever [PL-2]."""

import math
from typing import NamedTuple

from ...printing import readable
from .power_laws import PowerLaw

_ONE, _NONE = PowerLaw(1.0), PowerLaw(0.0)


@readable
class Limit(NamedTuple):
    r"""The limit of the lost share from every start, `None` where it depends on all generations.

    `forgets` says whether the start is forgotten, $\prod \kappa_t = 0$.

    ```python
    n, a = gl.loops.contamination.PowerLaw(100.0, 1.0), gl.loops.contamination.PowerLaw(0.5, -1.0)
    gl.loops.contamination.limit_of_losses(samples=[n], mixes=[(a, None)]).value
    ```
    """

    value: float | None
    forgets: bool


def limit_of_losses(
    *,
    samples: list[PowerLaw],
    mixes: list[tuple[PowerLaw, PowerLaw | None]],
    rests: list[PowerLaw] | None = None,
) -> Limit:
    r"""The limit of $\ell_{t+1} = \kappa_t \ell_t + w_t$ by the leading terms [PL-2].

    A generation draws `samples` $n_t$ (each of them once) and mixes shares $a_t$ of $m_t$ real
    points, `None` for infinitely many; `rests` are the $1 - a_t$, needed where $a_t$ does not tend
    to a number below one. With $\theta = 1 - \kappa$: if $\sum \theta_t = \infty$ then $\ell_t \to
    \lim w_t/\theta_t$, else the start is never forgotten and $\ell_t$ tends to a number that
    depends on every generation.

    ```python
    n, a = gl.loops.contamination.PowerLaw(100.0, 1.0), gl.loops.contamination.PowerLaw(0.5, -1.0)
    gl.loops.contamination.limit_of_losses(samples=[n], mixes=[(a, None)]).forgets  # True
    ```
    """
    loss, noise = _NONE, _NONE
    for count in samples:
        new = _ONE / count
        loss, noise = _then(loss, noise, new, _rest(new.limit), new)
    rests = [_rest(share.limit) for share, _ in mixes] if rests is None else rests
    for (share, points), rest in zip(mixes, rests, strict=True):
        # 1 - q^2 = a (1 + q), a sum of what is not negative.
        new = share * (_ONE + rest)
        known = points is not None and share.coefficient
        fresh = share * share / points if known else _NONE
        loss, noise = _then(loss, noise, new, rest * rest, fresh)
    if loss.summable:
        return Limit(None, False)
    return Limit((noise / loss).limit, True)


def limit_of_error(samples: PowerLaw, real_fraction: PowerLaw) -> Limit:
    r"""The limit of the error of the mean with the unbiased fit, at temperature one [PL-4].

    $E|\mu_t - \mu_0|^2/\operatorname{tr} S_0 \to \frac1{2L - 1}$ for $n_t$ samples and shares
    $a_t \to 0$ of fresh real points with $L = \lim n_t a_t > \frac12$, infinite for less; `None`
    where $\sum (a_t + \frac1{n_t}) < \infty$, as it then depends on every generation. The variance
    tends to one plus this. Raises `ValueError` for $L = \frac12$, which is not decided.

    ```python
    n, a = gl.loops.contamination.PowerLaw(2.0, 1.0), gl.loops.contamination.PowerLaw(1.5, -1.0)
    gl.loops.contamination.limit_of_error(n, a).value  # 0.2
    ```
    """
    if real_fraction.summable and (_ONE / samples).summable:
        return Limit(None, False)
    points = (samples * real_fraction).limit
    if points == 0.5:
        raise ValueError("half a real point in each generation is the border: it is not decided.")
    if points < 0.5:
        return Limit(math.inf, False)
    return Limit(1 / (2 * points - 1), True)


def limit_of_rates(
    real: PowerLaw, noise: PowerLaw, heat: PowerLaw, undone: PowerLaw
) -> tuple[float, float] | None:
    r"""The limits $M$ and $C$ of the error of the mean and of the variance, as all changes fade
    [PL-2].

    The rates are $a_t$ of real data, $\sum \frac1{n_t}$ of the draws, $T_t - 1$ of tempering,
    which may be negative, and $\sum \frac1{k_t}$ of unbiasing; they tend to zero, the last three
    at most as $a_t$, and $\sum a_t = \infty$. With their ratios $z, d, u$ to $a_t$ and $D = 1 - d
    - u + \frac z2$: $C = \frac1D$ and $M = \frac z{2 D}$ for $D > 0$, `None` for $D < 0$, where
    both grow. Raises `ValueError` for $D = 0$, which is not decided, and for other rates.

    ```python
    law = gl.loops.contamination.PowerLaw
    rates = {"noise": law(0.0), "heat": law(-1.0, -1.0), "undone": law(0.0)}
    gl.loops.contamination.limit_of_rates(law(1.0, -1.0), **rates)  # [0, 0.5]
    ```
    """
    if real.summable or real.limit:
        raise ValueError("the real shares must tend to zero and have no finite sum.")
    ratios = [rate / real for rate in (noise, heat, undone)]
    if any(one.coefficient and one.exponent > 0 for one in ratios):
        raise ValueError("noise and temperature must not outweigh the real shares.")
    z, d, u = (one.coefficient if one.exponent == 0 else 0.0 for one in ratios)
    strength = 1 - d - u + z / 2
    if abs(strength) < 1e-9:
        raise ValueError("growth and real data balance: this border is not decided.")
    if strength < 0:
        return None
    return z / 2 / strength, 1 / strength


def _then(loss, noise, new, kept, fresh):
    r"""$\theta \to \kappa' \theta + \theta'$ and $w \to \kappa' w + w'$."""
    return kept * loss + new, kept * noise + fresh


def _rest(limit: float) -> PowerLaw:
    """The leading term of one minus a sequence with a limit below one."""
    if not limit < 1:
        raise ValueError(f"one minus a sequence with limit {limit:g} has no known leading term.")
    return PowerLaw(1 - limit)
