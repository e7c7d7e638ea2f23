"""`genloop verify`: do the theorems hold, and are false ones refuted?"""

from typing import TYPE_CHECKING, Annotated

import typer

from .. import frame, options, proofs, resources
from ..exits import DONE, NOT_MET, UNDECIDED
from ..formulas import plain
from ..proofs import Certificates, Certify, Digits
from ..terminal import counted, table
from .theory import Names

if TYPE_CHECKING:
    from ...answers import Verification

_THEOREM = 4e9
"""Numbers in the time that a theorem takes."""

Replicates = Annotated[
    int | None,
    typer.Option("--replicates", metavar="N", help="Monte Carlo replicates of a check."),
]


@frame.command()
def command(
    run: frame.Frame,
    names: Names = None,
    replicates: Replicates = None,
    certify: Certify = False,
    digits: Digits = None,
    certificates: Certificates = None,
) -> int:
    """Check theorems, and that nearby false statements are refuted.

    Exit code 0 if every theorem holds and every false neighbour is refuted, 1 if a theorem is
    refuted, 3 if something stays undecided. A published statement that a theorem shows to be false
    has a line with its counterexample. With --certify the thresholds that theorems speak of
    are also enclosed, with a proof. NAME is a theorem (HD-6), a paper (marchi2024) or an
    id; without a name all theorems are checked.
    """
    run.check_outputs(certificates=certificates)
    if replicates is not None:
        options.check_count(replicates, "--replicates", 2)
    proofs.check(certify, digits, certificates)
    with run.solving("loading the theorems") as show:
        from ...answers import select, verification

        chosen = select(names or None)
        _check_cost(len(chosen), replicates)
        answer = verification(chosen, seed=run.seed, replicates=replicates, progress=show)
        if certify:
            digits = proofs.DIGITS if digits is None else digits
            answer = answer.certified(digits=digits, progress=show)
    proved = answer.named_certificates
    saved = proofs.files(certificates, proved)
    run.deliver(answer, lambda: _lines(answer, certify, certificates), saved)
    verdict = {"HOLDS": DONE, "REFUTED": NOT_MET}.get(str(answer.report.verdict), UNDECIDED)
    open_ = any(not one.proved for one in proved.values())
    return UNDECIDED if verdict == DONE and open_ else verdict


def _check_cost(theorems: int, replicates: int | None) -> None:
    """A theorem compiles for some seconds; replicates are a few numbers each, held at once."""
    drawn = replicates or 0
    resources.check(
        f"checking {counted(theorems, 'theorem')}" + (f" with {drawn:,} replicates" * bool(drawn)),
        size=2000 * drawn,
        steps=theorems * (_THEOREM + 2000 * drawn),
        remedy="name one theorem or paper" + ", or give fewer --replicates" * bool(drawn),
    )


def _lines(answer: "Verification", certify: bool, path: str | None):
    rows = answer.report.rows
    columns = ("name", "verdict", "refuted", "checks", "detects", "statement")
    yield table("Theorems", columns, [map(plain, row.summary) for row in rows])
    for row in rows:
        yield from map(plain, row.remarks)
    yield (
        f"{answer.report.held} of {len(rows)} theorems hold with every false neighbour refuted "
        "('refuted'). The chance that a run refutes any true theorem is below 1 in a million; "
        "'detects' is the smallest relative error that Monte Carlo would have found."
    )
    if certify:
        yield from _proofs(answer, path)


def _proofs(answer: "Verification", path: str | None):
    from ...answers.proofs import proof_of

    found = {name: proof_of(one) for name, one in answer.named_certificates.items()}
    if found:
        yield from proofs.lines(found, {}, path)
    else:
        yield "None of these theorems has a threshold to prove."
