"""The answer of `genloop threshold` for tokens."""

from . import collapses, inputs, temperatures, truncation
from .exits import DONE, NOT_MET, UNDECIDED
from .goals import OUTCOME_DEFAULTS, THRESHOLD_OF
from .terminal import percent
from .words.outcomes import lines as lines

_SHOWN_FRACTION = 0.1


def solve(
    real, temperature: float, real_fraction: float | None, asked: dict[str, float], rule=None
) -> dict:
    """All named thresholds, and the healthy and the collapsed states at one real fraction.

    With a `rule` for the sampling the words are about the loop with it; the thresholds of the
    document stay those of the loop without.
    """
    from ..papers import marchi2024, marchi2026

    goals = OUTCOME_DEFAULTS | asked
    named = marchi2024.thresholds(
        real,
        temperature=temperature,
        total_variation_goal=goals["tv"],
        divergence_goal=goals["kl"],
        vocabulary_goal=goals["vocabulary"],
    )
    named |= marchi2026.bounds(real, temperature=temperature)
    share = _SHOWN_FRACTION if real_fraction is None else real_fraction
    truncated = rule and truncation.solve(real, rule, temperature, share, goals["tv"])
    at = state_at(real, temperature, share, goals)
    if truncated:
        # What is asked of the loop is asked of the one with the truncation.
        end = truncated["with_real_data"]["end"]
        at |= {"meets": _meets(end, goals, lasting=truncated["with_real_data"]["rests"])}
    return {
        "input": inputs.described(real),
        "temperature": temperature,
        "goals": {name: {"level": goals[name], "asked": name in asked} for name in goals},
        "thresholds_of": "the loop without truncation" if truncated else "the loop",
        "thresholds": {name: record(found) for name, found in named.items()},
        "questions": {name: _question(name, goals) for name in named},
        "at": at,
        "collapsed": collapses.solve(real, temperature, share),
        "truncation": truncated,
        "neutral": temperatures.solve(real, temperature, share, goals, next(iter(asked))),
        "asked_at": real_fraction,
    }


def record(found) -> dict:
    """A threshold as it stands in the document."""
    bracket = None if found.bracket is None else sorted(found.bracket)
    return {
        "value": found.value,
        "bracket": bracket,
        "residual": found.residual,
        "status": str(found.status),
        "reason": found.reason,
    }


def state_at(real, temperature: float, real_fraction: float, goals) -> dict:
    """Where the loop that starts from the real data ends, and which goals it meets there."""
    import equinox as eqx
    import numpy as np

    from ..analysis import stability
    from ..operators import distance
    from ..papers import marchi2024

    parameters = {"temperature": temperature, "real_fraction": real_fraction}
    loop = marchi2024.loop(real=real, **parameters)
    end = marchi2024.healthy_state(real, **parameters)
    residual = float(eqx.filter_jit(lambda loop, x: distance(loop(x), x))(loop, end))
    known = stability(loop, end)
    converged, radius = residual <= 1e-12, float(known.radius)
    missed = f"the search ended at a residual of {residual:.1e}"
    state, before = np.asarray(end.probabilities), np.asarray(real.probabilities)
    measured = measures(state, before)
    return {
        **parameters,
        "converged": converged,
        "stable": known.verdict if converged else None,
        "reason": known.reason if converged else missed,
        "spectral_radius": radius,
        "residual": residual,
        **measured,
        "top": {
            "label": name_of(real, int(before.argmax())),
            "probability": float(state[before.argmax()]),
            "real_probability": float(before.max()),
        },
        "meets": _meets(measured, goals, lasting=_lasts(radius, temperature, real_fraction)),
    }


def _lasts(radius: float, temperature: float, real_fraction: float) -> bool:
    """Whether finite samples leave the state where it is: neutral drift never comes back."""
    return radius <= 1 + 1e-9 and (temperature, real_fraction) != (1, 0)


def _meets(measured: dict, goals, *, lasting: bool) -> dict[str, bool]:
    """Which goals a state meets that lasts."""
    kept = measured["vocabulary_kept"]
    return {
        "tv": lasting and measured["total_variation"] <= goals["tv"],
        "kl": lasting and measured["divergence"] <= goals["kl"],
        "vocabulary": lasting and goals["vocabulary"] <= min(kept, 1 / kept),
    }


def measures(state, before) -> dict[str, float]:
    """How far a state has moved from the real probabilities."""
    import numpy as np

    with np.errstate(divide="ignore"):
        divergence = float((before * np.log(before / state)).sum())
    vocabulary = inputs.effective_vocabulary(state)
    return {
        "total_variation": float(0.5 * np.abs(state - before).sum()),
        "divergence": divergence,
        "effective_vocabulary": vocabulary,
        "vocabulary_kept": vocabulary / inputs.effective_vocabulary(before),
    }


def name_of(real, index: int) -> str:
    """The label of an outcome; outcomes without labels are numbered from 1."""
    return f"outcome {index + 1}" if real.labels is None else real.labels[index]


def _question(name: str, goals: dict[str, float]) -> str:
    return {
        "local": "stable near the real data",
        "unique": "recovery from any collapse",
        "unique_any": "one end, for any real data",
        "contraction": "contraction (sufficient)",
        "fidelity": f"total variation at most {goals['tv']:g}",
        "fidelity_divergence": f"divergence at most {goals['kl']:g} nats",
        "fidelity_vocabulary": f"vocabulary within {percent(goals['vocabulary'])}",
        "published_gharesifard": "published bound, Gharesifard-Tabuada",
        "published_fisher_rao": "published bound, Fisher-Rao",
    }.get(name, name.replace("_", " "))


def exit_code(answer: dict) -> int:
    """0 if every goal asked for is met, 1 if one is not, 3 if the state was not found."""
    asked = [name for name, goal in answer["goals"].items() if goal["asked"]]
    if answer["asked_at"] is None:
        found = [_needed(answer, name) for name in asked]
        return DONE if all(t["status"] != "not resolved" for t in found) else UNDECIDED
    if not answer["at"]["converged"]:
        return UNDECIDED
    return DONE if all(answer["at"]["meets"][name] for name in asked) else NOT_MET


def _needed(answer: dict, name: str) -> dict:
    """What a goal needs of the loop that was asked about."""
    truncated = answer["truncation"]
    if truncated is not None and name == "tv":
        return truncated["fidelity"]
    return answer["thresholds"][THRESHOLD_OF[name]]
