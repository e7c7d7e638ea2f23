"""`genloop profile`: which definitions of model collapse a loop meets."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InputError
from .. import frame, inputs, options, resources
from ..exits import DONE
from ..study import loops
from ..study.loops import Loop, Settings
from ..terminal import counted, table

if TYPE_CHECKING:
    from ...answers import Profile

Generations = Annotated[int, typer.Option("--generations", metavar="G", help="How far runs go.")]
Replicates = Annotated[int, typer.Option("--replicates", metavar="R", help="Independent runs.")]
Ratio = Annotated[
    float,
    typer.Option("--ratio", metavar="X", help="How many times the first risk is catastrophic."),
]
_TITLES = {
    "catastrophic": "catastrophic risk",
    "any increase": "any increase of the risk",
    "divergence": "diverging risk",
    "variance, every run": "no spread left, every run",
    "variance, on average": "no spread left, on average",
    "scaling law": "changed scaling law",
    "lost modes": "lost modes",
    "lost tails": "lost tails",
    "hallucination": "hallucinated data",
}
_BASES = {
    "exact": "exact, for ever",
    "horizon": "exact, for these generations",
    "runs": "seen in the runs",
}


@frame.command(reads=frame.LOOPS)
def command(
    run: frame.Frame,
    loop: Loop = None,
    settings: Settings = None,
    generations: Generations = 100,
    replicates: Replicates = 1000,
    ratio: Ratio = 10.0,
) -> int:
    """Which of the eight definitions of model collapse does a loop meet?

    The literature means different things by "collapse" (Schaeffer et al., 2503.03150). Each is put
    to a test, with its verdict and the evidence: expected moments decide for ever, runs with finite
    samples within their error.
    """
    if loop is None:
        raise InputError(
            "E111", "no loop is given; write for example --loop 'Draw(100) >> Mix(real, 0.1)'."
        )
    options.check_count(generations, "--generations", 2, 10**5)
    options.check_count(replicates, "--replicates", 100, 10**6)
    if not ratio > 1:
        raise InputError("E106", f"--ratio is {ratio:g}, it must be larger than 1.")
    run.check_outputs()
    with run.solving("profiling"):
        from ...answers import profile

        choice = loops.choose(loop, settings, context=run.context)
        real, choice = run.read_for(choice)
        resources.check_runs(real, generations, replicates, loops.begun(choice, real))
        answer = profile(
            real,
            **choice.asked(),
            generations=generations,
            replicates=replicates,
            ratio=ratio,
            seed=run.seed,
        )
    run.deliver(answer, lambda: _lines(answer))
    return DONE


def _lines(answer: "Profile"):
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    yield (
        f"loop        {answer.loop}, {counted(answer.replicates, 'run')} of "
        f"{counted(answer.generations, 'generation')}"
    )
    yield _sentence(answer)
    columns = ("", "collapse means", "verdict", "evidence")
    rows = [
        (f"{one.number}", _TITLES[name], one.verdict, _evidence(one))
        for name, one in answer.criteria.items()
    ]
    yield table("", columns, rows)
    yield from answer.notes
    yield _advice(answer)


def _sentence(answer: "Profile") -> str:
    numbers = {one.number for name, one in answer.criteria.items() if name in answer.met}
    if not numbers:
        return "This loop collapses by none of the eight definitions of the literature."
    count = "all" if len(numbers) == 8 else f"{len(numbers)}"
    listed = ", ".join(map(str, sorted(numbers)))
    return f"By {count} of the eight definitions of the literature this loop collapses: {listed}."


def _evidence(one) -> str:
    return (
        one.evidence if one.verdict == "does not apply" else f"{_BASES[one.basis]}: {one.evidence}"
    )


def _advice(answer: "Profile") -> str:
    met = answer.met
    if "divergence" in met or "variance, every run" in met:
        return (
            "Fresh real data in every generation, >> Mix(real, 0.1, samples=10), or keeping all "
            "old data, Accumulate(...), end 3 and 4: profile those loops. How much real data: "
            "genloop threshold."
        )
    if met:
        return "The error is bounded. How much real data keeps it below a goal: genloop threshold."
    return "Other numbers of samples or other data can meet other definitions."
