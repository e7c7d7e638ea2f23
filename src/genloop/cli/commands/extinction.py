"""`genloop extinction`: how many generations until a token is lost."""

import difflib
import math
from typing import Annotated

import typer

from ...errors import InputError, shown
from .. import inputs, options, outputs, resources, session
from ..document import document
from ..exits import DONE
from ..options import (
    CountColumn,
    Counts,
    Field,
    Json,
    Out,
    Seed,
    TokenColumn,
    Tokens,
    Uniform,
    Words,
)
from ..terminal import counted, deliver, label, percent, progress, table

Token = Annotated[
    list[str] | None,
    typer.Option("--token", metavar="WORD", help="A token of the input, repeatable."),
]
Samples = Annotated[
    int | None,
    typer.Option(
        "--samples",
        metavar="N",
        help="Tokens a generation is trained on (default: as many as the input has).",
    ),
]
RealFraction = Annotated[
    float, typer.Option("--real-fraction", "-a", metavar="A", help="Share of real data.")
]
Generations = Annotated[
    list[int] | None,
    typer.Option("--generations", metavar="G", help="Also say how much is lost by then."),
]
_LEVELS = (0.05, 0.5, 0.95)
_GENERATIONS = (10, 100, 1000)
_COUNTS = (1, 2, 3, 5, 10, 30, 100, 1000)
_LARGEST = 10**9
_COST = resources.Cost(100, 500, level_size=500, level_steps=2e4)


def command(
    tokens: Tokens = None,
    counts: Counts = None,
    words: Words = None,
    field: Field = None,
    token_column: TokenColumn = None,
    count_column: CountColumn = None,
    uniform: Uniform = None,
    token: Token = None,
    samples: Samples = None,
    real_fraction: RealFraction = 0.0,
    generations: Generations = None,
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """How many generations until a token is lost?

    The exact law at temperature 1, where every generation is trained on N tokens drawn from the
    one before it. Without --token some from the likeliest to the rarest are shown. With real data
    a token that is missing from one generation can come back.
    """
    chosen = {"tokens": tokens, "counts": counts, "words": words}
    chosen |= {"field": field, "token_column": token_column, "count_column": count_column}
    inputs.check_one(**chosen, uniform=uniform)
    options.check_fraction(real_fraction)
    if samples is not None:
        options.check_count(samples, "--samples", 2, _LARGEST)
    for number in generations or ():
        options.check_count(number, "--generations", 1, 10**12)
    options.check_seed(seed)
    outputs.check({"--out": out}, inputs.files(**chosen))
    with progress("solving"):
        session.start()
        real = inputs.read(**chosen, uniform=uniform)
        samples = inputs.samples_of(real, samples)
        resources.check_outcomes("extinction laws", real, _COST)
        shown_at = sorted({*(generations or _GENERATIONS)})
        result = _solve(real, _chosen(real, token), samples, real_fraction, shown_at)
    report = document("extinction", result, seed=seed, model=real)
    deliver(report, lambda: _lines(result), as_json=as_json, out=out)
    return DONE


def _chosen(real, names: list[str] | None) -> list[int]:
    """The places of the tokens asked for, or of some of all frequencies."""
    import numpy as np

    if names:
        return list(dict.fromkeys(_place(real, name) for name in names))
    probabilities = np.asarray(real.probabilities)
    order = np.argsort(-probabilities, kind="stable")
    size = real.origin.size if real.origin is not None and real.origin.size else real.outcomes
    nearest = [np.abs(probabilities[order] * size - count).argmin() for count in _COUNTS]
    places = sorted({0, *(int(place) for place in nearest)})
    return [int(order[place]) for place in places]


def _place(real, name: str) -> int:
    labels = real.labels or tuple(f"outcome {i + 1}" for i in range(min(real.outcomes, 10**5)))
    if name in labels:
        return labels.index(name)
    close = difflib.get_close_matches(name, labels, n=1, cutoff=0.6)
    hint = f"did you mean {shown(close[0])}?" if close else "tokens are compared letter by letter."
    raise InputError("E116", f"the token {shown(name)} does not occur in the input; {hint}")


def _solve(real, places, samples, real_fraction, generations) -> dict:
    import numpy as np

    from ...laws import expected_outcomes
    from ..threshold_outcomes import name_of

    probabilities = np.asarray(real.probabilities)
    size = None if real.origin is None else real.origin.size
    return {
        "input": inputs.described(real),
        "temperature": 1.0,
        "samples": samples,
        "real_fraction": real_fraction,
        "generations": generations,
        "tokens": [
            {
                "token": name_of(real, place),
                "count": None if size is None else _count(float(probabilities[place]) * size),
                "probability": float(probabilities[place]),
                **_law(samples, real_fraction, float(probabilities[place]), generations),
            }
            for place in places
        ],
        "distinct_left": expected_outcomes(
            samples, probabilities, np.array(generations), real_fraction=real_fraction
        ),
    }


def _count(number: float) -> int | float:
    """A count that was whole before it was divided by their sum; others as they are."""
    return round(number) if abs(number - round(number)) < 1e-6 * number else number


def _law(samples, real_fraction, probability, generations) -> dict:
    """When the token is lost, and how likely it is by then."""
    from ...laws import Extinction

    law = Extinction(samples, real_fraction, probability if real_fraction else 0.0)
    quantiles = [float(value) for value in law.quantile(probability, _LEVELS)]
    # Without real data the token takes all with the probability it begins with.
    ends = [
        None if math.isfinite(value) else _beyond(real_fraction, probability, level)
        for value, level in zip(quantiles, _LEVELS, strict=True)
    ]
    return {
        "quantiles": dict(zip(map(str, _LEVELS), quantiles, strict=True)),
        "beyond": dict(zip(map(str, _LEVELS), ends, strict=True)),
        "lost": law.lost(probability, generations),
    }


def _beyond(real_fraction: float, probability: float, level: float) -> str:
    """What an infinite quantile means: generations are counted up to about 10^12."""
    never = probability == 1 or (real_fraction == 0 and level > 1 - probability)
    return "never" if never else "> 10^12"


def _lines(result: dict):
    about, samples = result["input"], result["samples"]
    yield from inputs.lines(about, f", {about['outcomes']:,} distinct")
    share = percent(result["real_fraction"])
    size = counted(samples, "token")
    yield f"loop        {size} a generation at temperature 1, {share} real data"
    levels = [f"{float(level):.0%}" for level in result["tokens"][0]["quantiles"]]
    columns = ("token", "count", *(f"{level} by" for level in levels))
    columns += tuple(f"lost by {t:,}" for t in result["generations"])
    title = "When runs lose a token: the generation by which 5 % of them have, and so on"
    yield table(title, columns, [_row(token) for token in result["tokens"]])
    left = ", ".join(
        f"{number:,.6g} after {t:,}"
        for t, number in zip(result["generations"], result["distinct_left"], strict=True)
    )
    yield f"Expected distinct tokens in a generation: {about['outcomes']:,} now, {left}."
    for token in result["tokens"][:1] if len(result["tokens"]) == 1 else ():
        yield _sentence(token)
    if result["real_fraction"] > 0:
        yield "Lost means missing from a generation for the first time; real data bring it back."


def _row(token: dict) -> tuple[str, ...]:
    count = "" if token["count"] is None else f"{token['count']:,}"
    return label(token["token"]), count, *_generations(token), *(_share(p) for p in token["lost"])


def _generations(token: dict) -> list[str]:
    quantiles, beyond = token["quantiles"], token["beyond"]
    return [f"{quantiles[level]:,.0f}" if why is None else why for level, why in beyond.items()]


def _share(probability: float) -> str:
    return percent(probability) if probability > 1e-6 else "< 0.0001 %"


def _sentence(token: dict) -> str:
    early, middle, late = _generations(token)
    if token["beyond"]["0.05"] is not None:
        return f"{label(token['token'])} outlives every horizon that is looked at."
    if token["beyond"]["0.95"] is not None:
        return f"One in twenty of all runs has lost {label(token['token'])} by generation {early}."
    return (
        f"Half of all runs have lost {label(token['token'])} by generation {middle}; one in twenty "
        f"by generation {early}, nineteen in twenty by generation {late}."
    )
