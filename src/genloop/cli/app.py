"""The commands and the names they are called by."""

from typing import Annotated

import typer

from .. import __version__
from .commands import (
    accumulate,
    bounds,
    certify_check,
    diagram,
    doctor,
    extinction,
    figures,
    fixed_points,
    plan,
    profile,
    simulate,
    theory,
    threshold,
    verify,
)

# Typer's plain help starts in a third of the time that its boxed help needs.
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("threshold")(threshold.command)
app.command("fixed-points")(fixed_points.command)
app.command("extinction")(extinction.command)
app.command("accumulate")(accumulate.command)
app.command("bounds")(bounds.command)
app.command("certify-check")(certify_check.command)
app.command("simulate")(simulate.command)
app.command("plan")(plan.command)
app.command("profile")(profile.command)
app.command("diagram")(diagram.command)
app.command("verify")(verify.command)
app.command("theory")(theory.command)
app.command("figures")(figures.command)
app.command("doctor")(doctor.command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"genloop {__version__}")
        raise typer.Exit


@app.callback()
def genloop(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """How much real data keeps a model that learns from its own output alive?

    Fixed points, thresholds, phase diagrams and verified theorems of closed-loop generative
    learning. Start with: genloop threshold --tokens demo --temperature 0.8

    Exit codes: 0 done (goal met, theorem holds), 1 done (goal not met, refuted), 2 bad input,
    3 undecided, 4 file problem, 130 interrupted.
    """
