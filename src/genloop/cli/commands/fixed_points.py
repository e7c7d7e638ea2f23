"""`genloop fixed-points`: where a loop can end."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from .. import frame, inputs, options, proofs, resources
from ..exits import DONE, UNDECIDED
from ..options import RealFraction, Temperature
from ..proofs import Certificates, Certify, Digits
from ..study import loops
from ..study.loops import Loop, Settings
from ..study.short_forms import check_alone
from ..terminal import counted, label, percent, table
from ..words import curation, stable_states
from ..words.kernels import fixed_points as kernel_fixed_points

if TYPE_CHECKING:
    from ...answers import FixedPoints, OutcomePoint, TablePoint
    from ...answers.proofs import Proof

Starts = Annotated[
    int,
    typer.Option("--starts", metavar="N", help="Also start where each of the N likeliest won."),
]
All = Annotated[
    bool, typer.Option("--all", help="Name every outcome that can win, not one of equals only.")
]
_VERDICTS = {True: "stable", False: "unstable", None: "undecided"}
_DIMENSIONS = 40


@frame.command(reads=frame.LOOPS)
def command(
    run: frame.Frame,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = 0.1,
    loop: Loop = None,
    settings: Settings = None,
    starts: Starts = 5,
    all_winners: All = False,
    certify: Certify = False,
    digits: Digits = None,
    certificates: Certificates = None,
) -> int:
    """List the fixed points of a loop, each with its stability and its residual.

    The search starts from the real data, from the uniform distribution and from states that one
    of the N most probable outcomes has won. For tokens the stable states are also listed without a
    search, all of them, and the first of them are starts as well. Exit code 3 if no fixed point is
    found, or with --certify if one of them is not proved.

    With --loop: any loop, with a number for each of its parameters.
    """
    if loop is not None:
        check_alone(run.context, loop, "temperature", "real-fraction")
    options.check_temperature(temperature)
    options.check_fraction(real_fraction)
    options.check_count(starts, "--starts", 0, 10**5)
    run.check_outputs(certificates=certificates)
    proofs.check(certify, digits, certificates)
    with run.solving() as show:
        from ...answers import KernelFixedPoints, fixed_points

        choice = loops.choose(loop, settings, context=run.context)
        real, choice = run.read_for(choice)
        _check_cost(loops.solved_data(choice, real), starts, temperature if choice is None else 0.0)
        known = {"temperature": temperature, "real_fraction": real_fraction}
        answer = fixed_points(
            real,
            **known if choice is None else choice.asked(),
            starts=starts,
            seed=run.seed,
            all_winners=all_winners,
            progress=show,
        )
        if certify:
            answer = answer.certified(
                digits=proofs.DIGITS if digits is None else digits,
                **_exact(temperature, real_fraction) if choice is None else {},
            )
    if isinstance(answer, KernelFixedPoints):
        run.deliver(answer, lambda: kernel_fixed_points.lines(answer))
        return DONE
    named = {f"fixed point {name}": one for name, one in answer.certificates.items()}
    saved = proofs.files(certificates, named)
    run.deliver(answer, lambda: _lines(answer, certificates), saved)
    complete = answer.fixed_points and all(one.proved for one in named.values())
    return DONE if complete else UNDECIDED


def _exact(temperature: float, real_fraction: float) -> dict[str, str | None]:
    """The numbers that proofs are about, as they were typed."""
    return {
        "temperature": proofs.typed(temperature, "--temperature", "-T"),
        "real_fraction": proofs.typed(real_fraction, "--real-fraction", "-a"),
    }


def _check_cost(real, starts: int, temperature: float) -> None:
    """Every start is followed, and what it finds is compared with all that was found before."""
    won = min(starts, getattr(real, "outcomes", 0))
    begun = 2 * won + 3 if temperature < 1 else 1
    # Nothing but a state and its derivative is kept of each.
    cost = resources.Cost(600 + 40 * begun, 2500 * begun + 20 * begun**2, 1500, 2e5)
    remedy = "ask for fewer with --starts, or give fewer outcomes"
    resources.check_outcomes("fixed points", real, cost, base=1e6 * begun**2, remedy=remedy)
    columns = getattr(real, "dimension", 1)
    options.check_count(columns, "the number of columns", 1, _DIMENSIONS)


def _lines(answer: "FixedPoints", path: str | None):
    points = answer.fixed_points
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    yield f"loop        {_loop(answer)}, {counted(answer.starts, 'start')}"
    if not points:
        yield "No fixed point was found; that does not prove that there is none."
        yield from answer.notes
        return
    columns = ("", "verdict", "spectral radius", "residual", "where")
    yield table("", columns, [_row(i, point) for i, point in enumerate(points, 1)])
    yield from _undecided(points)
    counts = Counter(point.stable for point in points)
    stable, open_ = counts[True], counts[None]
    if stable == 0:
        yield f"{len(points)} found, none of them known to be stable."
    else:
        undecided = f", {open_} undecided" if open_ else ""
        yield (
            f"{len(points)} found, {stable} stable{undecided}: a loop that comes near a stable one "
            "ends there; an unstable one is left by the smallest disturbance."
        )
    if stable > 1:
        yield "With several stable ones the end of the loop depends on the first model."
    yield from curation.lines(answer.curation)
    yield from answer.notes
    if answer.stable_states is not None:
        yield from stable_states.lines(answer.stable_states)
    if answer.certificates:
        yield from _proofs(answer, path)


def _loop(answer: "FixedPoints") -> str:
    if answer.temperature is None or answer.real_fraction is None:
        return answer.loop
    return f"temperature {answer.temperature:g}, {percent(answer.real_fraction)} real data"


def _row(index: int, point: "OutcomePoint | TablePoint") -> tuple[str, ...]:
    radius, residual = f"{point.spectral_radius:.6g}", f"{point.residual:.0e}"
    return str(index), _VERDICTS[point.stable], radius, residual, _where(point)


def _where(point: "OutcomePoint | TablePoint") -> str:
    from ...answers import TablePoint

    if isinstance(point, TablePoint):
        return f"{percent(point.variance_kept)} of the real variance"
    top = list(point.state.items())[:3]
    shares = ", ".join(f"{label(name)} {percent(share)}" for name, share in top)
    return f"effective vocabulary {point.effective_vocabulary:,.4g}: {shares}"


def _undecided(points: "Iterable[OutcomePoint | TablePoint]"):
    """The reasons why there is no verdict, each once."""
    reasons: dict[str, list[str]] = {}
    for index, point in enumerate(points, 1):
        if point.stable is None:
            reasons.setdefault(point.reason, []).append(str(index))
    for reason, places in reasons.items():
        yield f"Undecided, {', '.join(places)}: {reason}."


def _proofs(answer: "FixedPoints", path: str | None):
    """The table of proofs: what is proved, in short; the document has all enclosures."""
    from ...answers.proofs import proofs_of

    told = {
        name: one._replace(enclosure=None, claim=f": {_claim(one)}")
        for name, one in proofs_of(answer.certificates).items()
    }
    yield from proofs.lines(told, {name: f"fixed point {name}" for name in told}, path)


def _claim(proof: "Proof") -> str:
    if proof.claim is None:
        return ""
    widest = max((number.rpartition(" ")[2] for number in proof.state), key=float)
    return f"alone in a box of +/- {widest}; {proof.claim.rpartition('; ')[2]}"
