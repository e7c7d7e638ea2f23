"""`genloop verify`: do the theorems hold, and are false ones refuted?"""

from typing import Annotated

import typer

from ...answers.answer import fields_of
from .. import outputs, proofs, resources, session
from ..document import document
from ..exits import DONE, NOT_MET, UNDECIDED
from ..formulas import plain
from ..names import select
from ..options import Json, Out, Seed, check_count, check_seed
from ..proofs import Certificates, Certify, Digits
from ..terminal import counted, deliver, progress, table
from .theory import Names

_THEOREM = 4e9
"""Numbers in the time that a theorem takes."""

Replicates = Annotated[
    int | None,
    typer.Option("--replicates", metavar="N", help="Monte Carlo replicates of a check."),
]


def command(
    names: Names = None,
    replicates: Replicates = None,
    certify: Certify = False,
    digits: Digits = None,
    certificates: Certificates = None,
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """Check theorems, and that nearby false statements are refuted.

    Exit code 0 if every theorem holds and every false neighbour is refuted, 1 if a theorem is
    refuted, 3 if something stays undecided. With --certify the thresholds that theorems speak of
    are also enclosed, with a proof. NAME is a theorem (HD-6), a paper (marchi2024) or an
    id; without a name all theorems are checked.
    """
    check_seed(seed)
    outputs.check({"--out": out, "--certificates": certificates})
    if replicates is not None:
        check_count(replicates, "--replicates", 2)
    proofs.check(certify, digits, certificates)
    with progress("loading the theorems") as show:
        session.start()
        chosen = select(names)
        _check_cost(len(chosen), replicates)
        report = _run(chosen, seed, replicates, show)
        found = _proved(chosen, digits, show) if certify else {}
    flat = {f"{spec}: {name}": one for spec, named in found.items() for name, one in named.items()}
    saved = proofs.files(certificates, flat)
    result, records = report.json(), {spec: _recorded(proved) for spec, proved in found.items()}
    for stated in result["theorems"]:
        stated["certificates"] = fields_of(records.get(stated["spec"], {}))
        stated["spec"] = stated["spec"].split()
    said = lambda: (*_lines(report), *(_proof_lines(records, certificates) if certify else ()))
    deliver(document("verify", result, seed=seed), said, as_json=as_json, out=out, files=saved)
    verdict = {"HOLDS": DONE, "REFUTED": NOT_MET}.get(str(report.verdict), UNDECIDED)
    open_ = any(not one.proved for one in flat.values())
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


def _proved(chosen, digits, show) -> dict:
    """Certificates of the theorems that have thresholds."""
    from ...verification import CERTIFICATES

    specs = [theorem.spec for theorem in chosen if theorem.spec in CERTIFICATES]
    found = {}
    for index, spec in enumerate(specs):
        show(100 * index / len(specs), f"proofs of {spec}")
        found[spec] = CERTIFICATES[spec](proofs.DIGITS if digits is None else digits)
    return found


def _recorded(proved) -> dict:
    from ...answers.proofs import proofs_of

    return proofs_of(proved)


def _proof_lines(records, path):
    flat = {
        f"{spec}: {name}": record
        for spec, found in records.items()
        for name, record in found.items()
    }
    if flat:
        yield from proofs.lines(flat, {}, path)
    else:
        yield "None of these theorems has a threshold to prove."


def _run(chosen, seed, replicates, show):
    from ...verification import verify

    def advance(name, index, count):
        show(100 * index / count, f"{name} ({index + 1} of {count})")

    return verify(chosen, seed=seed, replicates=replicates, progress=advance)


def _lines(report):
    columns = ("name", "verdict", "refuted", "checks", "detects", "statement")
    yield table("Theorems", columns, [_row(row) for row in report.rows])
    for row in report.rows:
        yield from _remarks(row)
    held = sum(row.holds for row in report.rows)
    yield (
        f"{held} of {len(report.rows)} theorems hold with every false neighbour refuted "
        "('refuted'). The chance that a run refutes any true theorem is below 1 in a million; "
        "'detects' is the smallest relative error that Monte Carlo would have found."
    )


def _row(row) -> tuple[str, ...]:
    detects = "" if row.detectable is None else f"{row.detectable:.1%}"
    refuted = len(row.mutants) - len(row.survivors)
    neighbours = f"{refuted}/{len(row.mutants)}"
    verdict, theorem = str(row.verdict), row.theorem
    return theorem.spec, verdict, neighbours, str(len(row.checks)), detects, plain(theorem.title)


def _remarks(row):
    for check in row.checks:
        if str(check.verdict) != "HOLDS":
            reason = f" ({check.reason})" if check.reason else ""
            numbers = f"claimed {check.claimed}, computed {check.computed}"
            yield f"{row.theorem.spec} {check.verdict}: {plain(check.statement)}: {numbers}{reason}"
    for mutant in row.survivors:
        yield f"{row.theorem.spec}: not refuted ({mutant.verdict}): {plain(mutant.statement)}"
