"""`genloop doctor`: what this installation is and whether it computes."""

from typing import TYPE_CHECKING

from .. import frame
from ..exits import DONE, UNDECIDED
from ..terminal import table

if TYPE_CHECKING:
    from ...answers import Installation


@frame.command()
def command(run: frame.Frame) -> int:
    """Show versions, devices, precision and cache, and solve a small problem.

    Add the output of `genloop doctor --json` to a report of a problem.
    """
    run.check_outputs()
    with run.solving("looking at the installation"):
        from ...answers import installation

        answer = installation()
    run.deliver(answer, lambda: _lines(answer))
    return DONE if answer.healthy else UNDECIDED


def _lines(answer: "Installation"):
    rows = [(name, version or "not installed") for name, version in answer.versions.items()]
    rows += [
        ("devices", ", ".join(answer.devices)),
        ("double precision", "on" if answer.double_precision else "off"),
        ("compilation cache", answer.compilation_cache or "off: its folder is not writable"),
    ]
    rows += [(name, "yes" if there else "no") for name, there in answer.extras.items()]
    yield table("genloop doctor", ("what", "value"), rows)
    solved = answer.smoke_solve
    verdict = "All is well" if answer.healthy else "Something is wrong"
    yield (
        f"{verdict}: a fixed point that is known in closed form was found with error "
        f"{solved.error:.1e} and residual {solved.residual:.1e}."
    )
