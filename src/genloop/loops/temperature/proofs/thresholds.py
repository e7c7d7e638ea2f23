r"""Proofs of the named thresholds of the temperature loop, by ball arithmetic.

The numbers of a proof (where a fold lies between, cuts of a branch) are searched for by
`fold_search`, `goal_search` and `closed_forms`; what is proved is decided by the checker alone,
which replays the finished document with arithmetic of its own. A claim whose document is not
accepted is `NOT PROVED`, with the reason.
"""

from collections.abc import Iterable
from typing import Any

from ....certificates.balls import need_flint
from ....certificates.certificate import Certificate, not_proved
from ....certificates.enclosures import exact_as_typed
from ....certificates.program import exact
from ....printing import Named
from . import closed_forms, fold_search
from .documents import certified
from .exact_loop import ExactLoop
from .fold_search import Evidence
from .goal_search import MEASURES as MEASURES, find_goal


def certify_thresholds(
    real: Any,
    *,
    temperature: Any = None,
    digits: int = 15,
    folds: Iterable[int] | None = None,
) -> dict[str, Certificate]:
    r"""`local`, `unique`, `unique_any`, `contraction` and folds, each enclosed or with its reason.

    `real` are counts or weights (whole numbers, fractions, text, doubles) or a `Categorical`;
    `temperature` is best given as text, `"0.8"` being exactly 4/5; or `real` is an `ExactLoop`,
    which has its temperature. `folds` are the classes of real
    probability (0 the largest) whose folds are wanted, all by default; they are named `fold 1`,
    `fold 2`, ... Claims and the theorems behind them: `theory/certificates.md`. Raises `ValueError`
    as `ExactLoop.of`, `InputError` without python-flint.

    ```python
    found = gl.loops.temperature.certify_thresholds(["5", "3", "2"], temperature="0.5", folds=[])
    found["unique"].status  # PROVED
    ```
    """
    need_flint()
    loop = real if isinstance(real, ExactLoop) else ExactLoop.of(real, temperature)
    classes = range(len(loop.classes)) if folds is None else folds
    named = {
        "local": certify_local(loop, digits=digits),
        "unique": certify_unique(loop, digits=digits),
        "unique_any": certify_unique_any(loop, digits=digits),
        "contraction": certify_contraction(loop, digits=digits),
    }
    folds = {f"fold {k + 1}": certify_fold(loop, k, digits=digits) for k in classes}
    return Named(named | folds)


def certify_local(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    """Down to which real fraction the healthy state is stable, or that it never loses stability.

    ```python
    exact = gl.loops.temperature.ExactLoop.of(["5", "3", "2"], "0.5")
    gl.loops.temperature.certify_local(exact).status  # PROVED
    ```
    """
    return _below_one(loop, "local", lambda: fold_search.find_local(loop, digits), digits)


def certify_fold(loop: ExactLoop, index: int, *, digits: int = 15) -> Certificate:
    """Up to which real fraction an outcome of a class (0 the most probable) can have won.

    Raises `ValueError` for a class that the loop does not have.

    ```python
    exact = gl.loops.temperature.ExactLoop.of(["5", "3", "2"], "0.5")
    gl.loops.temperature.certify_fold(exact, 1).status  # PROVED
    ```
    """
    if not 0 <= index < len(loop.classes):
        raise ValueError(f"the loop has the classes 0 to {len(loop.classes) - 1}, got {index}.")
    return _below_one(loop, "fold", lambda: fold_search.find_fold(loop, index, digits), digits)


def certify_unique(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    """Above which real fraction the loop has one stable state: the last fold.

    ```python
    exact = gl.loops.temperature.ExactLoop.of(["5", "3", "2"], "0.5")
    gl.loops.temperature.certify_unique(exact).status  # PROVED
    ```
    """
    return _below_one(loop, "unique", lambda: fold_search.find_last_fold(loop, digits), digits)


def certify_one_attractor(real: Any, *, temperature: Any = None, real_fraction: Any) -> Certificate:
    r"""Prove that there is exactly one stable state at every real fraction from a given one on.

    Arguments are exact as in `certify_thresholds`; `real` may have any number of outcomes, or be an
    `ExactLoop`. Where the claim is false the reason says so. Raises `ValueError` unless
    $0 < a \le 1$.

    ```python
    options = {"temperature": "0.8", "real_fraction": "0.6"}
    gl.loops.temperature.certify_one_attractor(["5", "3", "2"], **options).status  # PROVED
    ```
    """
    loop = real if isinstance(real, ExactLoop) else ExactLoop.of(real, temperature)
    text = exact_as_typed(real_fraction)
    if not 0 < exact(text) <= 1:
        raise ValueError(f"a real fraction lies in (0, 1], got {text}.")
    for digits in (6, 15, 40):
        last = certify_unique(loop, digits=digits)
        if not loop.cold or not last.proved:
            return last
        if last.parameter.lower > exact(text):
            return not_proved(
                f"it is false: several states are stable just below a = {last.parameter}"
            )
        if last.parameter.upper < exact(text):
            return certified(loop, "one attractor", lambda d=digits: _from(loop, text, d), digits)
    return not_proved(f"the last fold is closer than 40 digits can tell: a = {last.parameter}")


def certify_unique_any(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    r"""Above which real fraction every real distribution leaves one attractor [HD-11].

    ```python
    exact = gl.loops.temperature.ExactLoop.of(["5", "3", "2"], "0.5")
    gl.loops.temperature.certify_unique_any(exact).status  # PROVED
    ```
    """
    return _closed_form(loop, "unique any", closed_forms.find_unique_any, digits)


def certify_contraction(loop: ExactLoop, *, digits: int = 15) -> Certificate:
    r"""Above which real fraction the loop contracts the Hilbert metric [HD-10].

    ```python
    exact = gl.loops.temperature.ExactLoop.of(["5", "3", "2"], "0.8")
    gl.loops.temperature.certify_contraction(exact).status  # PROVED
    ```
    """
    return _closed_form(loop, "contraction", closed_forms.find_contraction, digits)


def certify_fidelity(loop: ExactLoop, measure: str, goal: Any, *, digits: int = 15) -> Certificate:
    r"""Down to which real fraction the healthy state keeps a goal.

    `measure` is `total variation` or `divergence` (at most `goal`), or `vocabulary` (the effective
    vocabulary stays between `goal` and one over it times the real one). Proved up to where the goal
    is missed, the leaders part or the branch folds, or that it is always met. Raises `ValueError`
    for an unknown measure, and unless the goal is positive and, for the vocabulary, below one.

    ```python
    exact = gl.loops.temperature.ExactLoop.of(["5", "3", "2"], "0.8")
    gl.loops.temperature.certify_fidelity(exact, "total variation", "0.1").status  # PROVED
    ```
    """
    if measure not in MEASURES:
        raise ValueError(f"a measure is one of {', '.join(MEASURES)}, got {measure!r}.")
    text = exact_as_typed(goal)
    if not exact(text) > 0 or (measure == "vocabulary" and not exact(text) < 1):
        raise ValueError(f"a goal is positive, for the vocabulary below one, got {text}.")
    return certified(loop, "fidelity", lambda: find_goal(loop, measure, text, digits), digits)


def _below_one(loop, kind, find, digits) -> Certificate:
    """A claim about temperatures below one; from there on every loop has one attractor."""
    if loop.cold:
        return certified(loop, kind, find, digits)
    return certified(loop, "neutral", lambda: Evidence({}), digits)


def _closed_form(loop, kind, find, digits) -> Certificate:
    """A threshold that is known without fixed points; from temperature one on there is none."""
    return certified(loop, kind, lambda: find(loop) if loop.cold else Evidence({}), digits)


def _from(loop, real_fraction, digits) -> Evidence:
    """The last fold as evidence of what is true from a real fraction on."""
    last = fold_search.find_last_fold(loop, digits)
    return Evidence({**last.fields, "real_fraction": real_fraction})
