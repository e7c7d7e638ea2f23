"""The profile of a loop on outcomes."""

import jax
import jax.numpy as jnp
import numpy as np

from ...models import Categorical
from ...stages import Renew
from ...stages.accumulate import AbstractCollection
from ..composed import ChosenLoop, Fate, Trend, fit_of, trends, walk
from . import criteria as test
from .criteria import Curve, Finding, found
from .paths import Paths, mapped, tail_of

_ALL = 1e-9


def profile_of(
    asked: ChosenLoop, generations: int, replicates: int, ratio: float
) -> dict[str, Finding]:
    """The findings of a loop on outcomes."""
    loop, real = asked.stage(), asked.real
    ideal = mapped(loop, real, generations)
    seen = Paths.of(loop, real, ideal, replicates=replicates, seed=asked.seed)
    diversity, exact = _moments(loop, real, generations)
    exact = exact if loop.draws else ideal["risk"]
    curve = Curve.of(seen.mean("risk")) if exact is None else Curve.known(exact)
    p = np.asarray(real.probabilities)
    point = float(((np.eye(1, len(p), int(p.argmax()))[0] - p) ** 2).sum())
    every = _every_run(loop, real, diversity, seen)
    return {
        "catastrophic": test.catastrophic(curve, point, ratio, None),
        "any increase": test.increased(curve),
        "divergence": found(False, "exact", "distances of distributions over outcomes are bounded"),
        "variance, every run": every,
        "variance, on average": _average(every, diversity, seen),
        "scaling law": _scaling(ideal["risk"]),
        "lost modes": _lost(seen, real),
        "lost tails": _tails(seen, real),
        "hallucination": test.hallucinated(
            seen.mean("far"), "of the samples are outcomes that the real data do not have"
        ),
    }


def _moments(loop, real, generations) -> tuple[Trend | None, np.ndarray | None]:
    """The fate of the expected diversity, and the expected risk by generation, if they close."""
    reference = jnp.asarray(real.probabilities)
    of = lambda m: getattr(m, "moments", m)
    risk = lambda m: of(m).square - 2 * of(m).mean @ reference + reference @ reference
    numbers = lambda m: (risk(m), 1 - of(m).square)
    try:
        start = loop.begin(real).moments()
        path = walk(loop, start, numbers, generations)
    except (ValueError, AttributeError):
        return None, None
    return trends(loop, start, numbers)[1], np.maximum(path[:, 0], 0.0)


def _every_run(loop, real: Categorical, diversity: Trend | None, seen: Paths) -> Finding:
    """Criterion 4 of runs: by the expected diversity, by absorption, or by what was seen.

    A diversity is bounded: it tends to zero in every run only if its expectation does. A point mass
    that stays is where runs end if draws reach it, which they do where all data are replaced.
    """
    kept, full = seen.middle("diversity")[-1], 1 - float((real.probabilities**2).sum())
    words = f"the chance that two samples differ is {kept:.3g} in a typical run, {full:.3g} in real"
    stays = _point_mass_stays(loop, real)
    if stays and loop.draws and _replaces(loop):
        return found(True, "exact", "a run that has lost all outcomes but one stays, and all do")
    if diversity is not None and diversity.fate is Fate.SETTLES:
        lasting = f"the expected chance that two samples differ tends to {diversity.limit:.3g}"
        return found(False, "exact", f"not in every one: {lasting}")
    if not stays and _replaces(loop):
        return found(False, "exact", f"real data join in every generation; {words} data")
    if not loop.draws:
        return found(bool(kept < _ALL), "horizon", f"{words} data")
    lost = test.most(seen.seen["diversity"][:, -1] < _ALL)
    return found(None if lost else lost, "runs", f"{words} data")


def _point_mass_stays(loop, real: Categorical) -> bool:
    likeliest = int(np.asarray(real.probabilities).argmax())
    one = Categorical(jnp.eye(real.outcomes)[likeliest])
    return float(fit_of(loop(loop.begin(one))).probabilities.max()) == 1.0


def _replaces(loop) -> bool:
    """Whether a generation keeps nothing of the data before it."""
    keeps = lambda part: isinstance(part, AbstractCollection | Renew)
    return not any(map(keeps, jax.tree.leaves(loop, is_leaf=keeps)))


def _average(every: Finding, diversity: Trend | None, seen: Paths) -> Finding:
    """Criterion 4 on average; without expected moments as in the runs, which are bounded."""
    if diversity is not None and diversity.fate in (Fate.SETTLES, Fate.VANISHES):
        words = f"the expected chance that two samples differ tends to {diversity.limit:.3g}"
        return found(diversity.fate is Fate.VANISHES, "exact", words)
    mean = seen.mean("diversity").mean[-1]
    words = f"the expected chance that two samples differ is {mean:.3g} in the last generation"
    return Finding(every.verdict, every.basis, words)


def _scaling(risk: np.ndarray) -> Finding:
    if risk[-1] > 1e-24:
        words = f"with infinitely many points the risk is {risk[-1]:.3g} after {len(risk)}"
        return found(True, "horizon", f"{words} generations")
    return found(False, "exact", "with infinitely many points the real data are kept")


def _lost(seen: Paths, real: Categorical) -> Finding:
    lost, known = seen.mean("lost"), int((np.asarray(real.probabilities) > 0).sum())
    words = f"{lost.mean[-1]:,.3g} of {known:,} outcomes are lost after {len(lost.mean)}"
    gone = True if lost.mean[-1] - test.SIGMAS * lost.error[-1] > 0 else None
    return found(gone if lost.mean[-1] > 0 else False, "runs", f"{words} generations on average")


def _tails(seen: Paths, real: Categorical) -> Finding:
    rare = int(tail_of(np.asarray(real.probabilities)).sum())
    return test.without_tail(seen.seen["tail"][:, -1], f"of the {rare:,} rarest outcomes")
