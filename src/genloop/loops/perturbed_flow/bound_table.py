r"""Every known bound for a real distribution, side by side.

All are real fractions above which the temperature loop recovers, from bounds of the literature to
the sharp value; the last column is the factor by which a bound asks for more real data than needed.
"""

from typing import NamedTuple

import numpy as np

from ...analysis import Threshold
from ...arguments import checked
from ...models import Categorical
from ...printing import readable, short
from ..temperature.thresholds import local_threshold, unique_threshold
from ..temperature.universal import universal_odds
from .published import fisher_rao_odds, gharesifard_odds


@readable
class Bound(NamedTuple):
    r"""One bound for one real distribution and temperature.

    `real_fraction` $a$ and `real_per_synthetic` $\mu = a/(1 - a)$ above which `guarantee` holds, or
    neither, the `reason` and the kind of `absence` where there is none. `status` is `sharp`
    (proved, and less is not enough), `proved` (sufficient) or `published` (sufficient, from the
    literature); `source` says where it is from.
    `factor` is $\mu$ over that of the bound `unique`, `None` where there is no such number.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.perturbed_flow.comparison(real, temperature=0.8)[1].name  # unique
    ```
    """

    name: str
    status: str
    source: str
    real_fraction: float | None
    real_per_synthetic: float | None
    factor: float | None
    guarantee: str
    reason: str | None = None
    absence: str | None = None

    def _in_short(self) -> str:
        need = self.absence if self.real_fraction is None else short(self.real_fraction)
        return f"{self.name} {need} ({self.status})"


_ROWS = {
    "local": ("sharp", "HD-9", "the healthy state is stable: small errors die out"),
    "unique": ("sharp", "HD-9", "one end for this real data, also after a collapse"),
    "unique_any": (
        "sharp",
        "HD-11",
        "one end for every real data on this many outcomes; for some, less is not enough",
    ),
    "unique_any_simple": ("proved", "HD-11", "as before, by a shorter proof"),
    "contraction": (
        "proved",
        "HD-10",
        "every generation brings any two models closer, by a fixed factor",
    ),
    "published_gharesifard": (
        "published",
        "Gharesifard and Tabuada 2025, FR-5",
        "accumulated data with exact training tend to the equilibrium",
    ),
    "published_fisher_rao": (
        "published",
        "Theorem 1 of Marchi et al., FR-4",
        "as before, with a bound on the Fisher-Rao distance at every time",
    ),
}
_TOO_MUCH = "it asks for so much real data that one less the real fraction is below rounding"
_LIMIT_OF_PUBLISHED = "the equilibrium at the bound did not settle"


@checked
def comparison(real: Categorical, *, temperature: float) -> tuple[Bound, ...]:
    r"""The bounds for a real distribution, from the sharp ones to the published ones [FR-6].

    For 50,000 outcomes in seconds. Outcomes that the real data lack, and temperatures of one or
    more, leave bounds without a value and with a reason. Raises `ValueError` for a temperature
    that is not positive and finite.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    [bound.real_fraction for bound in gl.loops.perturbed_flow.comparison(real, temperature=0.8)][:3]
    ```
    """
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be positive and finite, got {temperature}.")
    absent = int((np.asarray(real.probabilities) <= 0).sum())
    if absent:
        reason = (
            f"{absent} of {real.outcomes} outcomes have no real data, which the loop cannot "
            "restore; remove them"
        )
        nothing = Threshold.absent(reason, "does not apply")
        return tuple(_bound(name, nothing) for name in _ROWS)
    found = _demands(real, temperature)
    needed = found["unique"]
    return tuple(_bound(name, found[name], needed=needed) for name in _ROWS)


def _demands(real, temperature) -> dict[str, float | Threshold]:
    """The odds of every bound, or a threshold that says why there are none."""
    fisher_rao = fisher_rao_odds(real, temperature=temperature)
    if fisher_rao is None:
        fisher_rao = Threshold.absent(_LIMIT_OF_PUBLISHED, "not resolved")
    published = {
        "published_gharesifard": gharesifard_odds(real, temperature=temperature),
        "published_fisher_rao": fisher_rao,
    }
    if temperature >= 1:
        reason = "at this temperature every positive real fraction has one stable end"
        return dict.fromkeys(_ROWS, Threshold.absent(reason, "not needed")) | published
    any_real = universal_odds(temperature=temperature, outcomes=real.outcomes)
    return published | {
        "local": _odds_of(local_threshold(real, temperature=temperature)),
        "unique": _odds_of(unique_threshold(real, temperature=temperature)),
        "unique_any": any_real,
        # T Lambda^2 - 1 with Lambda = 1 + mu, so that nothing cancels for T -> 1.
        "unique_any_simple": temperature * any_real * (2 + any_real) - (1 - temperature),
        "contraction": contraction_odds(real, temperature=temperature),
    }


def contraction_odds(real: Categorical, *, temperature: float) -> float:
    r"""$\mu = \frac{(1 - T)^2}{8 T} [\sqrt{D^2 + 4 E^2 P} + r_{(1)} + r_{(2)}]/P$ [HD-10].

    With the two smallest real probabilities, $D$ their difference, $P$ their product, and
    $E = (1 + T)/(1 - T)$; above it the loop contracts in the Hilbert metric.
    """
    first, second = np.partition(np.asarray(real.probabilities), 1)[:2]
    cooling = 1 - temperature
    root = np.hypot(cooling * (first - second), 2 * (1 + temperature) * np.sqrt(first * second))
    total = root + cooling * (first + second)
    with np.errstate(over="ignore", divide="ignore"):
        return float(cooling * total / (8 * temperature * first) / second)


def _bound(name, odds: float | Threshold, needed=None) -> Bound:
    status, source, guarantee = _ROWS[name]
    if odds == np.inf:
        odds = Threshold.absent(_TOO_MUCH, "not resolved")
    if isinstance(odds, Threshold):
        absent = {"reason": odds.reason, "absence": str(odds.status)}
        return Bound(name, status, source, None, None, None, guarantee, **absent)
    factor = odds / needed if isinstance(needed, float) and odds / needed < np.inf else None
    return Bound(name, status, source, 1 / (1 + 1 / odds), odds, factor, guarantee)


def _odds(real_fraction: float) -> float:
    return real_fraction / (1 - real_fraction) if real_fraction < 1 else np.inf


def _odds_of(found: Threshold) -> float | Threshold:
    return found if found.value is None else _odds(found.value)
