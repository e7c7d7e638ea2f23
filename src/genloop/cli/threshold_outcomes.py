"""The answer of `genloop threshold` for tokens."""

import math

from . import inputs
from .exits import DONE, NOT_MET, UNDECIDED
from .goals import OUTCOME_DEFAULTS
from .screen import label, percent, table

_GOAL_OF = {"tv": "fidelity", "kl": "fidelity_divergence", "vocabulary": "fidelity_vocabulary"}
_SHOWN_FRACTION = 0.1
_SETTLING = 256


def solve(real, temperature: float, real_fraction: float | None, asked: dict[str, float]) -> dict:
    """All named thresholds, and the healthy state at one real fraction."""
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
    return {
        "input": inputs.described(real),
        "temperature": temperature,
        "goals": {name: {"level": goals[name], "asked": name in asked} for name in goals},
        "thresholds": {name: record(found) for name, found in named.items()},
        "questions": {name: _question(name, goals) for name in named},
        "at": state_at(real, temperature, real_fraction, goals),
        "asked_at": real_fraction,
    }


def record(found) -> dict:
    """A threshold as it stands in the document."""
    bracket = None if found.bracket is None else sorted(found.bracket)
    residual, reason = found.residual, found.reason
    return {"value": found.value, "bracket": bracket, "residual": residual, "reason": reason}


def state_at(real, temperature: float, real_fraction: float | None, goals) -> dict:
    """Where the loop that starts from the real data ends, and which goals it meets there."""
    import numpy as np

    from ..papers import marchi2024

    share = _SHOWN_FRACTION if real_fraction is None else real_fraction
    parameters = {"temperature": temperature, "real_fraction": share}
    end = _end(marchi2024.loop(real=real, **parameters), real)
    radius = float(end.spectral_radius)
    state, before = np.asarray(end.state.probabilities), np.asarray(real.probabilities)
    # The loop keeps the order of the outcomes, so the end must lead where the real data lead.
    ordered = state[before.argmax()] >= (1 - 1e-9) * state.max()
    measured = measures(state, before)
    kept, lasting = measured["vocabulary_kept"], radius <= 1 + 1e-9
    return {
        **parameters,
        "converged": bool(end.converged) and bool(ordered),
        "stable": bool(end.stable),
        "spectral_radius": radius,
        "residual": float(end.residual),
        **measured,
        "top": {
            "label": name_of(real, int(before.argmax())),
            "probability": float(state[before.argmax()]),
            "real_probability": float(before.max()),
        },
        "meets": {
            "tv": lasting and measured["total_variation"] <= goals["tv"],
            "kl": lasting and measured["divergence"] <= goals["kl"],
            "vocabulary": lasting and goals["vocabulary"] <= min(kept, 1 / kept),
        },
    }


def _end(loop, real):
    """The fixed point nearest to where the first generations lead from the real data."""
    import jax

    from ..analysis import fixed_point

    settle = lambda state: jax.lax.fori_loop(0, _SETTLING, lambda _, x: loop(x), state)
    return fixed_point(loop, jax.jit(settle)(jax.tree.map(jax.numpy.asarray, real)))


def measures(state, before) -> dict[str, float]:
    """How far a state has moved from the real probabilities."""
    import numpy as np

    positive = state[state > 0]
    with np.errstate(divide="ignore"):
        divergence = float((before * np.log(before / state)).sum())
    vocabulary = math.exp(-float((positive * np.log(positive)).sum()))
    return {
        "total_variation": float(0.5 * np.abs(state - before).sum()),
        "divergence": divergence,
        "effective_vocabulary": vocabulary,
        "vocabulary_kept": vocabulary / math.exp(-float((before * np.log(before)).sum())),
    }


def name_of(real, index: int) -> str:
    """The label of an outcome; outcomes without labels are numbered from 1."""
    return f"outcome {index + 1}" if real.labels is None else real.labels[index]


def exit_code(answer: dict) -> int:
    """0 if every goal asked for is met, 1 if one is not, 3 if the state was not found."""
    asked = [name for name, goal in answer["goals"].items() if goal["asked"]]
    if answer["asked_at"] is None:
        found = [answer["thresholds"][_GOAL_OF[name]] for name in asked]
        return DONE if all(t["value"] is not None or t["reason"] for t in found) else UNDECIDED
    if not answer["at"]["converged"]:
        return UNDECIDED
    return DONE if all(answer["at"]["meets"][name] for name in asked) else NOT_MET


def lines(answer: dict):
    """Input, table and plain sentences."""
    about, temperature = answer["input"], answer["temperature"]
    yield f"real data   {_described(about)}"
    yield f"loop        p' = a r + (1 - a) p^(1/T)/Z with T = {temperature:g}: r real, p the model"
    rows = [
        (answer["questions"][name], *answer_of(found))
        for name, found in answer["thresholds"].items()
    ]
    yield table("", ("question", "real fraction", "evidence"), rows)
    yield from _sentences(answer)


def answer_of(found: dict) -> tuple[str, str]:
    """The cells of a threshold: the value and how well it is known, or why there is none."""
    if found["value"] is None:
        return "none", found["reason"]
    lower, upper = found["bracket"]
    residual = f"residual {found['residual']:.0e}"
    evidence = f"bracket {upper - lower:.0e} wide, {residual}" if upper > lower else residual
    return number(found["value"]), evidence


def number(value: float) -> str:
    """Six digits, of the distance to one where a value is close to it."""
    return f"1 - {1 - value:.3g}" if 1 - 1e-5 < value < 1 else f"{value:.6g}"


def _described(about: dict) -> str:
    seen = about["observations"]
    size = "" if seen is None else f", {seen:,} observations"
    kinds = f"{about['outcomes']:,} distinct"
    vocabulary = f"effective vocabulary {about['effective_vocabulary']:,.4g}"
    return f"{about['source']}{size}, {kinds}, {vocabulary}"


def _question(name: str, goals: dict[str, float]) -> str:
    return {
        "local": "healthy state stable",
        "unique": "one end, whatever came first",
        "unique_any": "one end, for any such real data",
        "contraction": "proved contraction (sufficient)",
        "fidelity": f"total variation at most {goals['tv']:g}",
        "fidelity_divergence": f"divergence at most {goals['kl']:g} nats",
        "fidelity_vocabulary": f"vocabulary within {percent(goals['vocabulary'])}",
        "published_gharesifard": "published bound, Gharesifard-Tabuada",
        "published_fisher_rao": "published bound, Fisher-Rao",
    }.get(name, name.replace("_", " "))


def _sentences(answer: dict):
    yield _fate(answer["at"], answer["temperature"])
    for name, goal in answer["goals"].items():
        if goal["asked"]:
            yield from _goal_sentences(name, answer)
    unique = answer["thresholds"].get("unique", {}).get("value")
    if unique:
        yield (
            f"Below {percent(unique)} real data the winner depends on the model that came first; "
            "above it every first model ends in the same state."
        )


def _fate(at: dict, temperature: float) -> str:
    share, top = percent(at["real_fraction"]), at["top"]
    if not at["converged"]:
        return f"With {share} real data no fixed point was found: undecided."
    if temperature == 1:
        return "At temperature 1 sampling is neutral and nothing changes; see --temperature."
    if at["spectral_radius"] > 1 + 1e-9:
        return (
            f"With {_only(at)}{share} real data the state that starts at the real data is unstable "
            f"(spectral radius {at['spectral_radius']:.3g}): the smallest disturbance leads away."
        )
    leader, kept = label(top["label"]), at["vocabulary_kept"]
    now, before = percent(top["probability"]), percent(top["real_probability"])
    if kept > 1:
        return (
            f"With {_only(at)}{share} real data the loop flattens: {leader} goes from {before} to "
            f"{now}, and the effective vocabulary grows {kept:.3g} times, to "
            f"{at['effective_vocabulary']:,.4g}."
        )
    return (
        f"With {_only(at)}{share} real data the token {leader} ends with {now} of the mass (in the "
        f"real data: {before}), and the effective vocabulary shrinks to "
        f"{at['effective_vocabulary']:,.4g}, {percent(kept)} of the real one."
    )


def _only(at: dict) -> str:
    return "only " if at["real_fraction"] < 0.5 else ""


def _goal_sentences(name: str, answer: dict):
    question, found = answer["questions"][_GOAL_OF[name]], answer["thresholds"][_GOAL_OF[name]]
    if found["value"] is None:
        yield f"The goal '{question}': {found['reason']}."
    else:
        yield f"The goal '{question}' needs at least {percent(found['value'])} real data."
    if answer["asked_at"] is not None and answer["at"]["converged"]:
        verdict = "meets" if answer["at"]["meets"][name] else "does not meet"
        yield f"A real fraction of {percent(answer['asked_at'])} {verdict} it."
