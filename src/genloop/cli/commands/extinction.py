"""`genloop extinction`: how many generations until a token, or the variance, is lost."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InputError
from .. import frame, inputs, options, resources
from ..exits import DONE
from ..terminal import counted, label, percent, table
from ..words.tables import losses as losses_in_words

if TYPE_CHECKING:
    from ...answers import Extinctions, TokenLoss

Token = Annotated[
    list[str] | None,
    typer.Option("--token", metavar="WORD", help="A token of the input, repeatable."),
]
Samples = Annotated[
    int | None,
    typer.Option(
        "--samples",
        metavar="N",
        help="Tokens, or points of --table, that a generation is trained on (default: as many as "
        "the input has).",
    ),
]
RealFraction = Annotated[
    float, typer.Option("--real-fraction", "-a", metavar="A", help="Share of real data.")
]
Generations = Annotated[
    list[int] | None,
    typer.Option("--generations", metavar="G", help="Also say how much is lost by then."),
]
_GENERATIONS = (10, 100, 1000)
_LARGEST = 10**9
_COST = resources.Cost(100, 500, class_size=500, class_steps=2e4)


@frame.command(reads=frame.ALL)
def command(
    run: frame.Frame,
    token: Token = None,
    samples: Samples = None,
    real_fraction: RealFraction = 0.0,
    generations: Generations = None,
) -> int:
    """How many generations until a token is lost?

    The exact law at temperature 1, where every generation is trained on N tokens drawn from the
    one before it. Without --token some from the likeliest to the rarest are shown. With real data
    a token that is missing from one generation can come back. Of --table: how many until a half, or
    nine tenths, of the variance is lost.
    """
    table = run.inputs["table"] is not None
    options.check_fraction(real_fraction)
    if table:
        _check_table(token, real_fraction)
    if samples is not None:
        options.check_count(samples, "--samples", 2, _LARGEST)
    for number in generations or ():
        options.check_count(number, "--generations", 1, 10**12)
    run.check_outputs()
    with run.solving():
        from ...answers import extinction, variance_loss

        real = run.read()
        samples = inputs.samples_of(real, samples)
        if table:
            losses = variance_loss(real, samples=samples, generations=generations or _GENERATIONS)
            run.deliver(losses, lambda: losses_in_words.lines(losses))
            return DONE
        resources.check_outcomes("extinction laws", real, _COST)
        answer = extinction(
            real,
            samples=samples,
            real_fraction=real_fraction,
            tokens=token,
            generations=generations or _GENERATIONS,
        )
    run.deliver(answer, lambda: _lines(answer))
    return DONE


def _check_table(token: list[str] | None, real_fraction: float) -> None:
    """Raises `InputError` E111 for options of tokens."""
    if token:
        raise InputError("E111", "--token goes with tokens, not with --table; leave it out.")
    if real_fraction > 0:
        raise InputError(
            "E111",
            "with real data the variance of a table has a floor and is never lost; ask genloop "
            "threshold --table FILE --real-fraction A where it settles.",
        )


def _lines(answer: "Extinctions"):
    about, tokens = answer.input, answer.tokens
    yield from inputs.lines(about, f", {about.outcomes:,} distinct")
    size, share = counted(answer.samples, "token"), percent(answer.real_fraction)
    yield f"loop        {size} a generation at temperature 1, {share} real data"
    levels = [f"{float(level):.0%}" for level in tokens[0].quantiles]
    columns = ("token", "count", *(f"{level} by" for level in levels))
    columns += tuple(f"lost by {t:,}" for t in answer.generations)
    title = "When runs lose a token: the generation by which 5 % of them have, and so on"
    yield table(title, columns, [_row(token) for token in tokens])
    left = ", ".join(
        f"{number:,.6g} after {t:,}"
        for t, number in zip(answer.generations, answer.distinct_left, strict=True)
    )
    yield f"Expected distinct tokens in a generation: {about.outcomes:,} now, {left}."
    if len(tokens) == 1:
        yield _sentence(tokens[0])
    if answer.real_fraction > 0:
        yield "Lost means missing from a generation for the first time; real data bring it back."


def _row(token: "TokenLoss") -> tuple[str, ...]:
    count = "" if token.count is None else f"{token.count:,}"
    return label(token.token), count, *_generations(token), *(_share(p) for p in token.lost)


def _generations(token: "TokenLoss") -> list[str]:
    return [
        f"{token.quantiles[level]:,.0f}" if why is None else why
        for level, why in token.beyond.items()
    ]


def _share(probability: float) -> str:
    return percent(probability) if probability > 1e-6 else "< 0.0001 %"


def _sentence(token: "TokenLoss") -> str:
    early, middle, late = _generations(token)
    name = label(token.token)
    if token.beyond["0.05"] is not None:
        return f"{name} outlives every horizon that is looked at."
    if token.beyond["0.95"] is not None:
        return f"One in twenty of all runs has lost {name} by generation {early}."
    return (
        f"Half of all runs have lost {name} by generation {middle}; one in twenty by generation "
        f"{early}, nineteen in twenty by generation {late}."
    )
