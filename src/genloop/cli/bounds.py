"""`genloop bounds`: which bound of the literature applies to these numbers."""

from . import inputs, options, outputs, resources, session
from .document import document
from .exits import DONE
from .options import (
    CountColumn,
    Counts,
    Field,
    Json,
    Out,
    Seed,
    Temperature,
    TokenColumn,
    Tokens,
    Uniform,
    Words,
)
from .outcome_words import number
from .screen import deliver, progress, table

_COST = resources.Cost(100, 500, level_size=500, level_steps=1.5e5)
_NAMES = {
    "local": "healthy state stable",
    "unique": "one end, this input",
    "unique_any": "one end, any input",
    "unique_any_simple": "one end, any input (simple)",
    "contraction": "contraction",
    "published_gharesifard": "Gharesifard-Tabuada",
    "published_fisher_rao": "Fisher-Rao",
}


def command(
    tokens: Tokens = None,
    counts: Counts = None,
    words: Words = None,
    field: Field = None,
    token_column: TokenColumn = None,
    count_column: CountColumn = None,
    uniform: Uniform = None,
    temperature: Temperature = 1.0,
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """Which bound on the real data applies to this input, and how much does it ask for?

    From the sharp thresholds to the published sufficient bounds, each with what it guarantees, as
    a share of real data and as real points for each synthetic one; where a bound does not apply,
    the reason.
    """
    chosen = {"tokens": tokens, "counts": counts, "words": words}
    chosen |= {"field": field, "token_column": token_column, "count_column": count_column}
    inputs.check_one(**chosen, uniform=uniform)
    options.check_temperature(temperature)
    options.check_seed(seed)
    outputs.check({"--out": out}, inputs.files(**chosen))
    with progress("solving"):
        session.start()
        from ..papers import marchi2026

        real = inputs.read(**chosen, uniform=uniform)
        resources.check_outcomes("bounds", real, _COST)
        rows = marchi2026.comparison(real, temperature=temperature)
    result = {
        "input": inputs.described(real),
        "temperature": temperature,
        "bounds": [row._asdict() for row in rows],
    }
    report = document("bounds", result, seed=seed, model=real)
    deliver(report, lambda: _lines(result), as_json=as_json, out=out)
    return DONE


def _lines(result: dict):
    about, bounds = result["input"], result["bounds"]
    yield from inputs.lines(about, f", {about['outcomes']:,} distinct")
    yield f"loop        p' = a r + (1 - a) p^(1/T)/Z with T = {result['temperature']:g}"
    columns = ("bound", "status", "real fraction", "real per synthetic", "times the sharp one")
    yield table("", columns, [_row(bound) for bound in bounds])
    for bound in bounds:
        guarantee = f"  {_NAMES[bound['name']]}: {bound['guarantee']} [{bound['source']}]"
        known = bound["reason"] is None or result["temperature"] >= 1
        yield guarantee if known else f"{guarantee}; {bound['reason']}"
    if result["temperature"] >= 1:
        yield (
            "From temperature 1 on any positive share of real data leads to one end, whatever came "
            "first; below it more is needed, for example at --temperature 0.9."
        )
    sharp = next(bound for bound in bounds if bound["name"] == "unique")
    largest = max((bound["factor"] or 0 for bound in bounds), default=0)
    if sharp["real_fraction"] is not None and largest > 1:
        yield (
            f"A real fraction of {number(sharp['real_fraction'])} is enough for one end on this "
            "input, not for an end close to the real data (genloop threshold has that goal). The "
            f"largest bound asks for {largest:.3g} times as many real points for each synthetic "
            "one."
        )


def _row(bound: dict) -> tuple[str, ...]:
    name, status = _NAMES[bound["name"]], bound["status"]
    if bound["real_fraction"] is None:
        return name, status, bound["absence"], "", ""
    factor = "" if bound["factor"] is None else f"{bound['factor']:.3g}"
    odds = f"{bound['real_per_synthetic']:.4g}"
    return name, status, number(bound["real_fraction"]), odds, factor
