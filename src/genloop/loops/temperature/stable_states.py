r"""All stable states of a temperature loop, without a search.

Below temperature one a stable state has no winner or exactly one [HD-8]. The states without a
winner, and those won by a single most probable outcome, lie on one branch; every other outcome has
a branch of its own with one stretch that is stable [HD-9]. So the list is complete, and its size
can be the size of the vocabulary: it is kept by groups of equally probable outcomes.
"""

import dataclasses
from typing import NamedTuple, SupportsFloat

import numpy as np
from jaxtyping import Array, Float, Int

from ... import numeric as xp
from ...analysis import spectral_radius
from ...arguments import checked
from ...models import Categorical
from ...operators import secular
from ...precision import in_double
from ...printing import Table, percent, plural, readable, short
from . import winners
from .branches import BranchPoint, ProbabilityClasses, point_and_slope, winner_multiplier
from .chebyshev import ChebyshevSeries
from .recipes import loop
from .thresholds import healthy_state, leading_logits

_TERMS = (48, 192, 768, 3072)
_SMALLEST = 1e-12
_COLDEST = 1e-30
"""Below it no state changes by its rounding any more [HD-12 (iii)]."""
_FEW = 1000
"""Up to so many classes, or where a series falls short, every row is solved on its own."""
_ROW_ERROR = 1e-12


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class StableStates:
    r"""Every stable state of a temperature loop, one row for each group of equal ones.

    A row stands for `counts` states that differ in which of `counts` equally probable outcomes has
    won; a row of `probability_class` -1 is the one state without a winner. Arrays over rows: `real`
    the real probability of the winner (of the most probable outcome where there is none),
    `leading` its probability in the state, `spectral_radius` (NaN where it was not resolved to
    $10^{-10}$), `residual` a bound of $\max_i |F(x)_i - x_i|$. The states themselves are made by
    `state`.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.temperature.stable_states(real, temperature=0.5, real_fraction=0.1).leading
    ```
    """

    distribution: Categorical
    temperature: float
    real_fraction: float
    probability_class: Int[Array, " n"]
    counts: Int[Array, " n"]
    real: Float[Array, " n"]
    leading: Float[Array, " n"]
    spectral_radius: Float[Array, " n"]
    residual: Float[Array, " n"]
    logits: Float[Array, " n"]

    def _heading(self) -> str:
        return f"StableStates: {plural(self.number, 'stable state')}"

    def _printed(self):
        rows = zip(self.counts, self.real, self.leading, self.spectral_radius, strict=True)
        table = [
            (f"{count:,} with", f"real {percent(real)}", f"now {percent(now)}", short(radius))
            for count, real, now, radius in rows
        ]
        columns = ("states", "winner in the real data", "in the state", "spectral radius")
        return {
            "temperature": self.temperature,
            "real fraction": self.real_fraction,
            "of the winner, and spectral radius": Table(columns, table[:10], len(table)),
        }

    @property
    def number(self) -> int:
        """The number of stable states."""
        return int(self.counts.sum())

    def winners(self, row: int) -> Int[Array, " c"]:
        """The outcomes that can have won in a row; none where there is no winner."""
        if self.probability_class[row] < 0:
            return np.zeros(0, dtype=int)
        return np.flatnonzero(np.asarray(self.distribution.probabilities) == self.real[row])

    @in_double
    def state(self, row: int, winner: int | None = None) -> Categorical:
        """The state of a row, won by `winner` or else by the first outcome that can have won.

        Raises `ValueError` for an outcome that cannot have won there.
        """
        possible = self.winners(row)
        if winner is not None and winner not in possible:
            raise ValueError(
                f"outcome {winner} has not won in row {row}; winners({row}) lists who can have."
            )
        chosen = winner if winner is not None else (possible[0] if possible.size else None)
        return _state(self, row, chosen)


class _Rows(NamedTuple):
    """Rows of `StableStates`, as its columns."""

    probability_class: np.ndarray
    counts: np.ndarray
    real: np.ndarray
    leading: np.ndarray
    spectral_radius: np.ndarray
    residual: np.ndarray
    logits: np.ndarray

    @classmethod
    def one(cls, **numbers: SupportsFloat) -> "_Rows":
        """A single row."""
        return cls(**{name: np.array([number]) for name, number in numbers.items()})

    @classmethod
    def joined(cls, parts: "list[_Rows]") -> "_Rows":
        """The rows of all parts: none where every state is marginal."""
        empty = cls(*[np.zeros(0, dtype=int)] * 2, *[np.zeros(0)] * 5)
        return cls(*map(np.concatenate, zip(empty, *parts, strict=True)))


@checked
def stable_states(real: Categorical, *, temperature: float, real_fraction: float) -> StableStates:
    r"""All stable fixed points of $F(x) = a r + (1 - a) S_T(x)$ [HD-9].

    For $T \ge 1$ or $a = 1$ the only one [HD-7]; without real data the corners ($T < 1$) or the
    uniform state ($T > 1$) [HD-14]. Where a state is only marginally stable (a fold, to rounding)
    it is left out. The cost grows like the number of distinct real probabilities. Raises
    `ValueError` for a temperature that is not positive and finite, a real fraction outside
    $\{0\} \cup [10^{-12}, 1]$, a real probability of zero, and for $T = 1$ without real data,
    where every state stays as it is.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.temperature.stable_states(real, temperature=0.5, real_fraction=0.1).number  # 3
    ```
    """
    _check(temperature, real_fraction)
    classes, given = ProbabilityClasses.of(real), float(temperature)
    temperature = max(given, _COLDEST)
    if temperature >= 1 or real_fraction in (0, 1):
        corners = temperature < 1 and real_fraction == 0
        parts = [_corners(classes) if corners else _only(real, temperature, real_fraction)]
    else:
        parts = _leading(classes, temperature, real_fraction)
        parts += _rivals(classes, temperature, real_fraction)
    rows = _Rows.joined(parts)
    return StableStates(real, given, float(real_fraction), **rows._asdict())


def _check(temperature, real_fraction):
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be positive and finite, got {temperature}.")
    if not (real_fraction == 0 or _SMALLEST <= real_fraction <= 1):
        raise ValueError(
            f"the real fraction must be 0 or lie in [{_SMALLEST:g}, 1], got {real_fraction}."
        )
    if temperature == 1 and real_fraction == 0:
        raise ValueError("at temperature one without real data every state stays as it is.")


def _only(real: Categorical, temperature: float, real_fraction: float) -> _Rows:
    """The row of the only stable state."""
    state = healthy_state(real, temperature=temperature, real_fraction=real_fraction)
    generation = loop(temperature=temperature, real_fraction=real_fraction, real=real)
    radius = spectral_radius(generation, state)
    residual = np.abs(generation(state).probabilities - state.probabilities).max()
    p = np.asarray(real.probabilities)
    return _Rows.one(
        probability_class=-1,
        counts=1,
        real=p.max(),
        leading=np.asarray(state.probabilities)[p.argmax()],
        spectral_radius=radius,
        residual=residual,
        logits=np.nan,
    )


def _corners(classes: ProbabilityClasses) -> _Rows:
    """Without real data every corner is stable below temperature one, with multipliers zero."""
    size = classes.values.size
    zero = np.zeros(size)
    counts = np.asarray(classes.counts, dtype=int)
    return _Rows(
        probability_class=np.arange(size),
        counts=counts,
        real=np.asarray(classes.values),
        leading=zero + 1,
        spectral_radius=zero,
        residual=zero,
        logits=zero + np.inf,
    )


def _leading(classes: ProbabilityClasses, temperature: float, real_fraction: float) -> list[_Rows]:
    """The states without a winner or won by a single most probable outcome."""
    rows = []
    for logit in leading_logits(classes, temperature, real_fraction):
        point = point_and_slope(classes, float(temperature), 0, float(logit))[0]
        share = 1 / (1 + np.exp(-logit))
        won = 0 if share > temperature and classes.counts[0] == 1 else -1
        if share > temperature:
            radius = float(winner_multiplier(classes, float(temperature), 0, float(logit)))
        else:
            radius = float(_multiplier(point, share, float(temperature)))
        if radius < 1:
            rows.append(
                _Rows.one(
                    probability_class=won,
                    counts=1,
                    real=float(classes.values[0]),
                    leading=float(point.probabilities[-1]),
                    spectral_radius=radius,
                    residual=float(_off(point, real_fraction)),
                    logits=logit,
                )
            )
    return rows


def _off(point: BranchPoint, real_fraction: float) -> np.ndarray:
    r"""$|a_x - a| \ge \max_i |F(x)_i - x_i|$ at a state that belongs to the real fraction $a_x$."""
    synthetic = np.abs(np.asarray(point.synthetic_fraction) - (1 - real_fraction))
    return np.minimum(np.abs(np.asarray(point.real_fraction) - real_fraction), synthetic)


@np.errstate(all="ignore")
def _multiplier(point: BranchPoint, share: float, temperature: float) -> Float[Array, ""]:
    """The largest multiplier at a branch point, by the secular equation [HD-6]."""
    ratio = point.probabilities / point.probabilities[-1]
    poles = share * ratio ** (1 / temperature - 1) / temperature
    poles = np.where(point.counts > 0, poles, 0.0)
    weights = point.counts * ratio ** (1 / temperature)
    return secular.largest_eigenvalue(poles, poles * weights / weights.sum())


def _rivals(classes: ProbabilityClasses, temperature: float, real_fraction: float) -> list[_Rows]:
    """The states won by any outcome but a single most probable one."""
    first = 1 if classes.counts[0] == 1 else 0
    if first == classes.values.size:
        return []
    value = float(classes.values[first])
    stretch = winners.stable_stretch(classes, float(temperature), float(real_fraction), value)
    if stretch is None:
        return []
    for terms in _TERMS:
        found = _all_winners(classes, float(temperature), float(real_fraction), stretch, terms)
        # The multipliers need no more than they can have, and rounding hides the last digits.
        if found["error"][0] < 1e-14 and found["error"][1] < 1e-9:
            break
    reached = found["error"][0] < 1e-14 and found["error"][1] < 1e-9
    found = {name: np.array(value) for name, value in found.items()}
    rival = np.arange(classes.values.size) >= first
    keep = np.flatnonzero(rival & found["exists"] & (found["radius"] < 1))
    if keep.size and (not reached or classes.values.size <= _FEW):
        _polish(classes, float(temperature), float(real_fraction), found, keep)
        keep = keep[~(found["radius"][keep] >= 1)]
    rows = _Rows(
        probability_class=keep,
        counts=np.asarray(classes.counts, dtype=int)[keep],
        real=np.asarray(classes.values)[keep],
        leading=found["leading"][keep],
        spectral_radius=found["radius"][keep],
        residual=found["residual"][keep],
        logits=found["logit"][keep],
    )
    return [rows] if keep.size else []


def _polish(
    classes: ProbabilityClasses,
    temperature: float,
    real_fraction: float,
    found: dict[str, np.ndarray],
    keep: Int[np.ndarray, " n"],
) -> None:
    """Newton's method for every row on its own branch; a row that it does not end has NaN."""
    for rows in (keep[piece] for piece in xp.pieces(keep.size, classes.values.size)):
        logits, point, radius = _on_branches(
            classes, temperature, real_fraction, rows, found["logit"][rows]
        )
        error = np.abs(point.real_fraction / real_fraction - 1)
        found["logit"][rows], found["residual"][rows] = logits, _off(point, real_fraction)
        found["leading"][rows] = point.probabilities[:, -1]
        found["radius"][rows] = np.where(error < _ROW_ERROR, radius, np.nan)


@np.errstate(all="ignore")
def _on_branches(
    classes: ProbabilityClasses,
    temperature: float,
    real_fraction: float,
    rows: Int[np.ndarray, " n"],
    logits: Float[np.ndarray, " n"],
) -> tuple[Float[np.ndarray, " n"], BranchPoint, Float[np.ndarray, " n"]]:
    """Logits by Newton's method, the states there and their largest multipliers, row by row."""
    for _ in range(4):
        point, slope = point_and_slope(classes, temperature, rows, logits)
        # Stable where the real fraction falls; a step that is long would leave the branch.
        step = np.log(real_fraction / point.real_fraction) / slope
        logits = logits + np.where(np.isfinite(step), np.clip(step, -0.5, 0.5), 0.0)
    point, _ = point_and_slope(classes, temperature, rows, logits)
    return logits, point, winner_multiplier(classes, temperature, rows, logits)


@np.errstate(all="ignore")
def _all_winners(
    classes: ProbabilityClasses,
    temperature: float,
    real_fraction: float,
    stretch: tuple[float, float],
    terms: int,
) -> dict[str, Array]:
    """Columns over the classes of the states they win, by series of so many terms."""

    def table(position):
        shared = winners.lower_roots(classes, temperature, position)
        gap = shared.scale / real_fraction - shared.size
        _, roots = winners.roots_of_gap(np.clip(gap, 1e-300, 1.0), temperature)
        multiplier = winners.multiplier(classes, shared, roots)
        return np.stack([shared.rest / shared.scale, np.log(multiplier)], -1)

    series = ChebyshevSeries.of(table, *stretch, terms=terms, width=classes.values.size)
    values = classes.values

    def shared_at(position):
        scale, root, _ = winners.mode_root(classes, temperature, position)
        rest, multiplier = series(position)
        return scale, classes.counts[0] * root + scale * rest, np.exp(multiplier)

    def height(position):
        scale, size, _ = shared_at(position)
        return scale / real_fraction - size - winners.winner_roots(scale, values, temperature).gap

    ends = [np.full_like(values, end) for end in stretch]
    position = winners.crossing(height, *ends)
    scale, size, multiplier = shared_at(position)
    roots = winners.winner_roots(scale, values, temperature)
    found = scale / (size + roots.gap)
    share = (1 / temperature - 1) * roots.log_upper
    off = np.abs(found - real_fraction) + series.error[0] * real_fraction
    return {
        # A winner that is not possible stops at the end of the stretch, short of the real fraction.
        "exists": found >= real_fraction * (1 - 1e-12),
        "leading": real_fraction * roots.upper / scale,
        "radius": multiplier,
        "residual": off,
        "logit": share + roots.log_upper - np.log(scale) - np.log(values),
        "error": series.error,
    }


def _state(states: StableStates, row: int, winner: int | None) -> Categorical:
    """A row outcome by outcome, after a last Newton step on its branch."""
    real, temperature = states.distribution, max(states.temperature, _COLDEST)
    if states.real_fraction == 0 and temperature < 1:
        return Categorical(np.eye(real.outcomes)[winner], real.read_from)
    if np.isnan(states.logits[row]):
        return healthy_state(real, temperature=temperature, real_fraction=states.real_fraction)
    classes, index = ProbabilityClasses.of(real), max(int(states.probability_class[row]), 0)
    point = _polished(classes, temperature, index, states.logits[row], states.real_fraction)
    p = np.asarray(real.probabilities)
    probabilities = np.asarray(point.probabilities)
    state = probabilities[np.searchsorted(-classes.values, -p)]
    # Without a winner the most probable outcomes are all equal to the one singled out.
    state[p == classes.values[0] if winner is None else winner] = probabilities[-1]
    return Categorical(state / state.sum(), real.read_from)


def _polished(
    classes: ProbabilityClasses,
    temperature: float,
    index: int,
    logit: SupportsFloat,
    real_fraction: float,
) -> BranchPoint:
    """The state on a branch at a real fraction, after one Newton step from a logit near it."""
    point, slope = point_and_slope(classes, temperature, index, float(logit))
    step = float(np.log(real_fraction / point.real_fraction) / slope)
    moved = float(logit) + (step if abs(step) < 1e-3 else 0.0)
    return point_and_slope(classes, temperature, index, moved)[0]
