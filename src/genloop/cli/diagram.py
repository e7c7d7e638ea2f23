"""`genloop diagram`: what becomes of a loop at every temperature and real fraction."""

from typing import Annotated

import typer

from . import inputs, options, ranges, session
from .document import document
from .exits import DONE
from .options import Counts, Json, Seed, Tokens, Uniform, Words
from .screen import check_writable, deliver, percent, progress, table

Temperatures = Annotated[
    str,
    typer.Option("--temperature", "-T", metavar="LO:HI:STEPS", help="Range of temperatures."),
]
RealFractions = Annotated[
    str,
    typer.Option("--real-fraction", "-a", metavar="LO:HI:STEPS", help="Range of real fractions."),
]
Out = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="A picture (.png, .svg, .pdf), data (.csv, .npz) or the document (.json).",
    ),
]
_SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".npz", ".json")


def command(
    tokens: Tokens = None,
    counts: Counts = None,
    words: Words = None,
    uniform: Uniform = None,
    temperature: Temperatures = "0.4:1.4:41",
    real_fraction: RealFractions = "0.02:0.98:41",
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """Draw the phase diagram of a loop over temperature and real fraction.

    Every point tells whether all first models end in the same state, and whether an outcome has
    won there: less than a share 1 - T of its mass comes from the real data.
    """
    chosen = {"tokens": tokens, "counts": counts, "words": words}
    inputs.check_one(**chosen, uniform=uniform)
    temperatures = ranges.parse(temperature, "--temperature", lower=1e-3, upper=1e3)
    fractions = ranges.parse(real_fraction, "--real-fraction", lower=1e-6, upper=1.0)
    options.check_seed(seed)
    options.check_suffix(out, _SUFFIXES)
    check_writable(out)
    with progress("solving") as show:
        session.start()
        from . import diagram_fields

        real = inputs.read(**chosen, uniform=uniform)
        fields = diagram_fields.solve(real, temperatures, fractions, show)
        result = diagram_fields.summary(real, temperatures, fractions, fields)
        report = document("diagram", result, numerics={"tolerance": 1e-12}, seed=seed, model=real)
        as_document = out is not None and out.lower().endswith(".json")
        if out is not None and not as_document:
            diagram_fields.write_out(out, result)
    deliver(report, lambda: _lines(result, out), as_json=as_json, out=out if as_document else None)
    return DONE


def _lines(result: dict, out: str | None):
    from .diagram_fields import REGIONS

    yield f"real data   {result['input']['source']}"
    rows = [(REGIONS[name], percent(share)) for name, share in result["shares"].items()]
    yield table("Shares of the diagram", ("what happens", "share"), rows)
    where = "" if out is None else f"; written: {out}"
    yield f"{len(result['temperature'])} x {len(result['real_fraction'])} points{where}"
