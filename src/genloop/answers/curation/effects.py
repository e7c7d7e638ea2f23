"""What curators do to real data: which outcomes grow, which shrink, and by which factor."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from ...loops.curation import divergence_bound
from ...printing import readable
from ..composed import ChosenLoop
from ..composed.lumps import curating_calls
from ..real_data import name_of
from .recognition import CuratedLoop, curated_loop, curators, rewards_by_group

_SHOWN, _NAMED = 20, 3
"""The most classes of rewards in a document, and the most outcomes that are named of each."""


@readable
@dataclasses.dataclass(frozen=True)
class RewardClass:
    """The outcomes of one reward: how many, the likeliest, their real share and that in the end.

    `rewards` has one number for each group of curators; `factor` is the quotient of the shares,
    infinite for outcomes that the real data do not have.

    ```python
    gl.answers.RewardClass((1.0,), 1, ("yes",), 0.25, 0.5, 2.0).factor  # 2
    ```
    """

    rewards: tuple[float, ...]
    outcomes: int
    likeliest: tuple[str, ...]
    real_share: float
    share: float
    factor: float


@readable
@dataclasses.dataclass(frozen=True)
class GroupOfCurators:
    """A group of curators: its share of the choices, its mean reward and its favourites.

    `real_reward` and `reward` are its means over the real data and over the end; `favourites` are
    the outcomes that it rewards most, `real_favourites` and `kept_favourites` their shares.

    ```python
    group = gl.answers.GroupOfCurators(1.0, 0.2, 0.5, ("yes",), 0.25, 0.5)
    group.kept_favourites  # 0.5
    ```
    """

    share: float
    real_reward: float
    reward: float
    favourites: tuple[str, ...]
    real_favourites: float
    kept_favourites: float


@readable
@dataclasses.dataclass(frozen=True)
class Curation:
    r"""What curators do to the real data at an end of a loop.

    `classes` are those of equal reward, the largest factor first (of more than twenty the ten
    largest and the ten smallest; `kinds` is how many there are). `groups` by name. `divergence` is
    $\mathrm{KL}(x \| r)$ of the end $x$ from the real data $r$ in nats and `bound` what it never
    exceeds on the way from them [ST-D4], known for a real share above `bounded_above`. `relaxation`
    are the generations in which small differences from the end shrink by $e$.

    ```python
    real, loop = gl.Categorical.of([5, 3, 2]), "Tilt(Rewards(0, 0, 1)) >> Mix(real, 0.5)"
    gl.answers.fixed_points(real, loop=loop).curation.classes[0].factor  # 2.20492
    ```
    """

    kinds: int
    classes: tuple[RewardClass, ...]
    groups: Mapping[str, GroupOfCurators]
    divergence: float
    bound: float | None
    bounded_above: float | None
    relaxation: float | None


def curation_of(loop: ChosenLoop, value: float | None, state, radius: float) -> Curation | None:
    """What curators do at a stable end of a loop; `None` where nobody chooses among outcomes.

    `state` is the end over all outcomes, `radius` its spectral radius.
    """
    if loop.is_table or not curating_calls(loop.pipeline):
        return None
    rewards = rewards_by_group(loop, value)
    if rewards is None:
        return None
    real, end = np.asarray(loop.real.probabilities), np.asarray(state.probabilities)
    classes = _classes(loop.real, rewards, end)
    form = curated_loop(loop)
    positive = end > 0
    with np.errstate(divide="ignore"):
        divergence = float((end[positive] * np.log(end[positive] / real[positive])).sum())
    return Curation(
        len(classes),
        tuple(classes if len(classes) <= _SHOWN else [*classes[:10], *classes[-10:]]),
        _groups(loop, value, rewards, end),
        divergence,
        *(None, None) if form is None else _bound(form, value),
        -1 / math.log(radius) if 0 < radius < 1 else None,
    )


def _classes(model, rewards: np.ndarray, end: np.ndarray) -> list[RewardClass]:
    """The classes of equal rewards, the one that has grown most first."""
    real = np.asarray(model.probabilities)
    levels, places, counts = np.unique(rewards, axis=1, return_inverse=True, return_counts=True)
    places = places.reshape(-1)
    order = np.lexsort((-real, places))
    starts = np.searchsorted(places[order], np.arange(len(counts)))
    had, has = np.bincount(places, real), np.bincount(places, end)
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = np.where(had > 0, has / had, np.where(has > 0, np.inf, 1.0))
    return [
        RewardClass(
            tuple(levels[:, one].tolist()),
            int(counts[one]),
            _names(model, order[starts[one] : starts[one] + min(_NAMED, counts[one])]),
            float(had[one]),
            float(has[one]),
            float(factors[one]),
        )
        for one in np.lexsort((-had, -factors))
    ]


def _names(model, places) -> tuple[str, ...]:
    return tuple(name_of(model, int(place)) for place in places)


def _groups(loop: ChosenLoop, value, rewards, end) -> dict[str, GroupOfCurators]:
    real = np.asarray(loop.real.probabilities)
    shares = curators(loop, value).shares
    shares = np.ones(1) if shares is None else np.asarray(shares)
    default = ["reward"] if len(rewards) == 1 else [f"group {i + 1}" for i in range(len(rewards))]
    names = default if loop.rewards is None else loop.rewards.groups
    found = {}
    for name, row, share in zip(names, rewards, shares, strict=True):
        best = np.flatnonzero(row == row.max())
        likeliest = best[np.argsort(-real[best], kind="stable")][:_NAMED]
        found[name] = GroupOfCurators(
            float(share),
            float(real @ row),
            float(end @ row),
            _names(loop.real, likeliest),
            float(real[best].sum()),
            float(end[best].sum()),
        )
    return found


def _bound(form: CuratedLoop, value: float | None) -> tuple[float | None, float | None]:
    r"""$-\log(1 - \frac{1 - a}a (K - 1))$ for $a > 1 - \frac1K$ [ST-D4]."""
    if form.among is None:
        return None, None
    share = value if isinstance(form.real_fraction, str) else form.real_fraction
    least = 1 - 1 / form.among
    if share is None or share <= least:
        return None, least
    return divergence_bound(real_fraction=share, advantage=float(form.among)), least
