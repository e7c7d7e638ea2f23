"""The answer of `genloop threshold` for tokens, in words."""

from . import collapses, truncation
from .goals import THRESHOLD_OF
from .screen import label, percent, table


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


def _sentences(answer: dict):
    asked = [name for name, goal in answer["goals"].items() if goal["asked"]]
    if answer["truncation"] is None:
        yield _fate(answer["at"], answer["temperature"])
        yield from (_need(name, answer) for name in asked)
    yield from collapses.lines(answer)
    yield from truncation.lines(answer)
    if answer["asked_at"] is not None and answer["at"]["converged"]:
        yield from (_verdict(name, answer) for name in asked)


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
    if abs(kept - 1) < 1e-6:
        return f"With {share} real data the loop stays at the real data."
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


def _need(name: str, answer: dict) -> str:
    threshold = THRESHOLD_OF[name]
    question, found = answer["questions"][threshold], answer["thresholds"][threshold]
    if found["value"] is None:
        return f"The goal '{question}': {found['reason']}."
    return f"The goal '{question}' needs at least {percent(found['value'])} real data."


def _verdict(name: str, answer: dict) -> str:
    question = answer["questions"][THRESHOLD_OF[name]]
    verdict = "meets" if answer["at"]["meets"][name] else "does not meet"
    return f"A real fraction of {percent(answer['asked_at'])} {verdict} '{question}'."
