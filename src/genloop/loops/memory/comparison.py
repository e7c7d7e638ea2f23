r"""Loops that replace their data, keep a window or keep all, side by side.

The three end in the same states, with the same thresholds [AC-5]; they differ in how fast they get
there, in how much they fluctuate and in how much diversity sampling noise costs on the way.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy import special

from ...analysis import Threshold, stability
from ...arguments import checked
from ...models import Categorical
from ...printing import readable, short
from ...stages import Loop
from ..temperature.recipes import loop
from ..temperature.spectrum import Spectrum
from ..temperature.thresholds import healthy_state, local_threshold, unique_threshold
from . import accumulation, windows
from .passage import goal_times
from .path_noise import path_noises
from .pools import kept_variance


@readable
class Workflow(NamedTuple):
    r"""One way to keep the data; times in generations, infinite for what never happens.

    `half_life` until half of a small deviation from the end state is left; `goal_time` until the
    mean-field loop is the goal of the total variation away from the real data; `deviation` the
    rest of a small deviation at the horizon. `noise` $\sum_i \operatorname{Var}(p_i)/x_i$ at
    the horizon, over runs from the real data and in units of the end state $x$, and `noise_limit`
    in the end, both to the order of one over the number of samples; `noise_exponent` the power of
    $1/t$ with which it falls, 0 where it stays. `diversity` the share of the heterozygosity
    $1 - \sum_i r_i^2$ that sampling noise alone ($T = 1$) leaves at the horizon and
    `diversity_limit` in the end, both exact.

    ```python
    options = {"temperature": 0.8, "real_fraction": 0.5, "samples": 100, "size": 100}
    gl.loops.memory.comparison(gl.Categorical.of([5, 3, 2]), **options).replace.half_life  # 1.41616
    ```
    """

    half_life: float
    goal_time: float
    deviation: float
    noise: float
    noise_limit: float
    noise_exponent: float
    diversity: float
    diversity_limit: float


@readable
class Comparison(NamedTuple):
    r"""The common numbers of the workflows, and those of each of them.

    `state` where infinite data lead all of them from the real data, `total_variation` its distance
    from these, `multiplier` the leading one of $F$ there. `stable` whether that is below one: at a
    state that does not attract noise leads away; `None` where it is undecided, with the `reason`.
    `local` and `unique` the thresholds of the real fraction. `generations` is the horizon,
    `window_generations` the length of the window. `regime` of the accumulating dataset is
    "independent" where its noise falls like that of independent points, $1/t$ ($\mu < \frac12$),
    "slow" where it falls like $t^{-2 (1 - \mu)}$, "critical" with $\log t/t$ between them.

    ```python
    options = {"temperature": 0.8, "real_fraction": 0.5, "samples": 100, "size": 100}
    gl.loops.memory.comparison(gl.Categorical.of([5, 3, 2]), **options).stable  # True
    ```
    """

    state: Categorical
    total_variation: float
    multiplier: float
    stable: bool | None
    reason: str | None
    local: Threshold
    unique: Threshold
    generations: int
    window_generations: int
    regime: str
    replace: Workflow
    window: Workflow
    accumulate: Workflow

    def _printed(self):
        numbers = self._asdict()
        rows = {name: numbers.pop(name) for name in ("replace", "window", "accumulate")}
        del numbers["generations"], numbers["window_generations"]
        half_lives = ", ".join(f"{name} {short(row.half_life)}" for name, row in rows.items())
        return numbers | {"half lives": half_lives}


@checked
def comparison(
    real: Categorical,
    *,
    temperature: float,
    real_fraction: float,
    samples: int,
    size: int,
    window: int | None = None,
    generations: int = 100,
    total_variation_goal: float = 0.1,
) -> Comparison:
    r"""Replace, window and accumulate side by side, started from the real data [AC-1 to AC-6].

    $n$ = `samples` points join in every generation, each real with probability $a$, after a first
    dataset of `size` points; the window keeps as many generations as that holds unless `window`
    is given, and begins full of real data. Half-lives and deviations are those near the end state,
    everything else is on the way from the real data. A `goal_time` of
    very many generations is that of the flow [AC-6]. Raises `ValueError` for numbers outside their
    ranges or a real probability of zero.

    ```python
    options = {"temperature": 0.8, "real_fraction": 0.5, "samples": 100, "size": 100}
    gl.loops.memory.comparison(gl.Categorical.of([5, 3, 2]), **options).regime  # slow
    ```
    """
    _check(samples, size, window, generations, total_variation_goal)
    window = max(1, size // samples) if window is None else window
    options = {"temperature": temperature, "real_fraction": real_fraction}
    # As floating-point numbers, which are never too large to be passed on.
    data = {"samples": float(samples), "size": float(size), "window": window}
    local, unique = (
        find(real, temperature=temperature) for find in (local_threshold, unique_threshold)
    )
    state = healthy_state(real, **options)
    away = 0.5 * float(np.abs(np.asarray(state.probabilities - real.probabilities)).sum())
    goals = [np.inf] * 3
    if away >= total_variation_goal:
        goals = goal_times(real, goal=total_variation_goal, **data, **options)
    spectrum = Spectrum.of(loop(**options, real=real), state)
    noises = _noises(real, state, spectrum, generations, **options, **data)
    diversities = _diversities(real_fraction, generations, **data)
    speeds = _speeds(spectrum.leading, generations, **data)
    rows = zip(speeds, goals, noises, diversities, strict=True)
    workflows = [
        Workflow(speed[0], goal, speed[1], *noise, *diversity)
        for speed, goal, noise, diversity in rows
    ]
    return Comparison(
        state,
        away,
        spectrum.leading,
        *_verdict(loop(**options, real=real), state, options),
        local,
        unique,
        generations,
        window,
        _regime(spectrum.leading),
        *workflows,
    )


def _verdict(
    generation: Loop, state: Categorical, options: dict[str, float]
) -> tuple[bool | None, str | None]:
    """Whether the state attracts, and the reason where that is not known."""
    if options == {"temperature": 1, "real_fraction": 0}:
        # Every state stays as it is.
        return False, None
    known = stability(generation, state)
    return known.verdict, known.reason


def _speeds(
    multiplier: float, generations: int, *, samples: float, size: float, window: int
) -> tuple[tuple[float, float], ...]:
    """Half-life, and the rest of a deviation at the horizon, of each workflow."""
    halving = lambda rate: np.log(2) / rate if rate > 0 else np.inf
    rate = -np.log(multiplier) if multiplier > 0 else np.inf
    window_rate = windows.window_rate(multiplier, window) if 0 < multiplier < 1 else rate
    kept = windows.window_deviations(multiplier, window, generations)[-1]
    with np.errstate(over="ignore"):
        power = np.float64(multiplier) ** generations
    left = float(
        accumulation.remaining_deviation(multiplier, generations, size=size, samples=samples)
    )
    accumulated = accumulation.half_life(multiplier, size=size, samples=samples)
    return (
        (float(halving(rate)), float(power)),
        (float(halving(window_rate)), float(kept)),
        (accumulated, left),
    )


def _noises(
    real: Categorical,
    state: Categorical,
    spectrum: Spectrum,
    generations: int,
    *,
    samples: float,
    size: float,
    window: int,
    **options: float,
) -> list[tuple[float, float, float]]:
    """Noise at the horizon on the way from the real data, its limit and its exponent."""
    if spectrum.leading > 1:
        return [(np.inf, np.inf, 0.0)] * 3
    # As floating-point numbers, which are never too large to be passed on.
    data = {"samples": float(samples), "size": float(size), "window": window}
    at, kept, grown = path_noises(real, state, generations, **options, **data)
    if spectrum.leading == 1:
        # Where nothing restores the state the noise of a growing dataset adds up to a finite sum.
        left = spectrum.poles.size - 1
        left *= float(special.polygamma(1, size / samples + 1)) / samples
        return [(at, np.inf, 0.0), (kept, np.inf, 0.0), (grown, left, 0.0)]
    slow = spectrum.resolvent(1.0)
    limit = 0.5 * (slow - spectrum.resolvent(-1.0)) / samples
    kept_limit = (slow - spectrum.resolvent(-float(window))) / (window + 1) / samples
    exponent = accumulation.noise_exponent(spectrum.leading)
    return [(at, limit, 0.0), (kept, kept_limit, 0.0), (grown, 0.0, exponent)]


def _diversities(
    real_fraction: float, generations: int, *, samples: float, size: float, window: int
) -> list[tuple[float, float]]:
    """The heterozygosity that is left at temperature one, at the horizon and in the end.

    Deviations are proportional to the heterozygosity $1 - R$ of the real data, here the unit.
    """
    options: dict[str, Any] = {
        "real_fraction": real_fraction,
        "concentration": 0.0,
        "samples": samples,
    }
    kept = lambda deviation: float(1 - deviation)
    rows = []
    for length in (1, window):
        path = windows.window_squared_deviations(generations, generations=length, **options)
        end = windows.window_stationary_deviation(generations=length, **options)
        rows.append((kept(path[-1]), kept(end)))
    path = accumulation.squared_deviations(generations, size=size, **options)
    never = kept_variance(np.inf, size=size, samples=samples)
    rows.append((kept(path[-1]), float(never) if real_fraction == 0 else 1.0))
    return rows


def _regime(multiplier):
    if abs(multiplier - 0.5) < 1e-9:
        return "critical"
    return "independent" if multiplier < 0.5 else "slow"


def _check(samples, size, window, generations, goal):
    whole = {"samples": samples, "generations": generations}
    whole |= {} if window is None else {"window": window}
    for name, value in whole.items():
        if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
            raise ValueError(f"{name} must be a whole number of at least 1, got {value}.")
    if not 0 < size < np.inf:
        raise ValueError(f"the size of the first dataset must be a positive number, got {size}.")
    if not 0 < goal < 1:
        raise ValueError(f"a total variation lies in (0, 1), got {goal}.")
