"""The real points of a table's loop: `--samples`, `--real-samples`, `--real-fraction`."""

from typing import Annotated

import typer

from ..errors import InputError
from .options import check_count

Samples = Annotated[
    int, typer.Option("--samples", metavar="N", help="Synthetic points a generation.")
]
RealSamples = Annotated[
    int | None,
    typer.Option("--real-samples", metavar="N", help="For --table: new real points a generation."),
]


def check_points(samples: int, real_samples: int | None, real_fraction, *, table: bool) -> None:
    """Raises `InputError` E111 for options that contradict each other, E108 for a bad number."""
    check_count(samples, "--samples", 2)
    if real_samples is None:
        if table and real_fraction == 1:
            raise InputError(
                "E111", "the real fraction is 1, which leaves no loop; give one below 1."
            )
        return
    check_count(real_samples, "--real-samples", 0)
    if not table:
        raise InputError("E111", "--real-samples goes with --table; use --real-fraction here.")
    if real_fraction is not None:
        raise InputError(
            "E111", "--real-samples and --real-fraction both set the real data; give one of them."
        )
