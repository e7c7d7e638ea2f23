"""Running theorems and their mutants, and reporting what came of it."""

import dataclasses
import difflib
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import jax

from ..arguments import listed
from ..printing import Table, readable
from .checks import BUDGET, FAMILY_WISE_ERROR, Check, Verdict
from .registry import REGISTRY, Theorem
from .trial import Trial

HEADS = ("spec", "verdict", "mutants", "checks", "detects", "statement")


@readable
@dataclasses.dataclass(frozen=True)
class Mutant:
    """A false neighbour of a theorem and what its check made of it: REFUTED is success."""

    statement: str
    verdict: Verdict


@readable
@dataclasses.dataclass(frozen=True)
class Refutation:
    """A published statement that is false, and the counterexample that a check found.

    ```python
    gl.verify("FA-1").rows[0].refutations[0].verdict  # REFUTED
    ```
    """

    statement: str
    verdict: Verdict
    counterexample: str

    def __str__(self) -> str:
        return f"{self.statement}: {self.verdict}, {self.counterexample or 'no counterexample'}"


@readable
@dataclasses.dataclass(frozen=True)
class Row:
    """One theorem of a report: its verdict, its checks, its mutants and the seconds it took.

    `refutations` are the published statements that it refutes.

    ```python
    gl.verify("FR-3").rows[0].holds  # True
    ```
    """

    theorem: Theorem
    checks: tuple[Check, ...]
    mutants: tuple[Mutant, ...]
    seconds: float
    refutations: tuple[Refutation, ...] = ()

    def _heading(self) -> str:
        return f"Row: {self.theorem.spec} {self.verdict}"

    def _printed(self):
        refuted = f"{len(self.mutants) - len(self.survivors)} of {len(self.mutants)}"
        remarks = " ".join(self.remarks) or None
        numbers = {"checks": len(self.checks), "mutants refuted": refuted}
        return {"states": self.theorem.title, **numbers, "remarks": remarks}

    @property
    def verdict(self) -> Verdict:
        """The verdict of the claim."""
        return Verdict.of(check.verdict for check in self.checks)

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        """The mutants that were not refuted: defects of the check."""
        return tuple(mutant for mutant in self.mutants if mutant.verdict != Verdict.REFUTED)

    @property
    def holds(self) -> bool:
        """Whether the claim holds, and every mutant and published mistake is refuted."""
        refuted = all(one.verdict == Verdict.REFUTED for one in self.refutations)
        return self.verdict == Verdict.HOLDS and not self.survivors and refuted

    @property
    def comparisons(self) -> int:
        """Monte Carlo comparisons made on the claim."""
        return sum(check.comparisons for check in self.checks if check.kind == "Monte Carlo")

    @property
    def detectable(self) -> float | None:
        """The largest relative error any Monte Carlo check of this theorem could overlook."""
        found = [check.detectable for check in self.checks if check.detectable is not None]
        return max(found, default=None)

    @property
    def summary(self) -> tuple[str, ...]:
        """Spec, verdict, mutants refuted, number of checks, what they detect, and the title."""
        refuted = f"{len(self.mutants) - len(self.survivors)}/{len(self.mutants)}"
        detects = "" if self.detectable is None else f"{self.detectable:.1%}"
        checks, theorem = str(len(self.checks)), self.theorem
        return theorem.spec, str(self.verdict), refuted, checks, detects, theorem.title

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence on checks that do not hold, mutants not refuted and published mistakes."""
        spec = self.theorem.spec
        checks = (
            f"{spec} {check.verdict}: {check.statement}: claimed {check.claimed}, computed "
            f"{check.computed}" + (f" ({check.reason})" if check.reason else "")
            for check in self.checks
            if check.verdict != Verdict.HOLDS
        )
        survivors = (f"{spec}: not refuted ({m.verdict}): {m.statement}" for m in self.survivors)
        return *checks, *survivors, *map(str, self.refutations)

    def json(self) -> dict[str, Any]:
        """The document of one theorem, as `genloop verify --json` prints it."""
        theorem = self.theorem
        return {
            "id": theorem.id,
            "spec": theorem.spec.split(),
            "paper": theorem.paper,
            "status": theorem.status,
            "statement": theorem.statement,
            "hypotheses": list(theorem.hypotheses),
            "verdict": str(self.verdict),
            "checks": [check.json() for check in self.checks],
            "mutants": [
                {"statement": mutant.statement, "verdict": str(mutant.verdict)}
                for mutant in self.mutants
            ],
            "refutes": [
                dataclasses.asdict(one) | {"verdict": str(one.verdict)} for one in self.refutations
            ],
        }


@readable
@dataclasses.dataclass(frozen=True)
class Report:
    """The verdicts of a run; `print(report)` shows them as a table.

    ```python
    gl.verify("FR-3").verdict  # HOLDS
    ```
    """

    rows: tuple[Row, ...]
    seed: int

    def _heading(self) -> str:
        return f"Report: {self.verdict}, {self.held} of {len(self.rows)} theorems hold"

    def _printed(self):
        rows = [row.summary for row in self.rows]
        return {"theorems": Table(HEADS, rows, len(rows)), "seed": self.seed}

    @property
    def comparisons(self) -> int:
        """Monte Carlo comparisons made on the claims of the run."""
        return sum(row.comparisons for row in self.rows)

    @property
    def held(self) -> int:
        """The number of theorems that hold with every mutant refuted."""
        return sum(row.holds for row in self.rows)

    @property
    def verdict(self) -> Verdict:
        """REFUTED if a claim is; HOLDS if all hold, all mutants fall and the budget is kept."""
        if any(row.verdict == Verdict.REFUTED for row in self.rows):
            return Verdict.REFUTED
        whole = self.rows and all(row.holds for row in self.rows) and self.comparisons <= BUDGET
        return Verdict.HOLDS if whole else Verdict.UNDECIDED

    @property
    def holds(self) -> bool:
        """Whether every theorem holds and every mutant is refuted."""
        return self.verdict == Verdict.HOLDS

    def json(self) -> dict[str, Any]:
        """A JSON-ready dictionary with one document a theorem."""
        return {
            "verdict": str(self.verdict),
            "theorems": [row.json() for row in self.rows],
            "monte_carlo": {
                "family_wise_error": FAMILY_WISE_ERROR,
                "budget": BUDGET,
                "comparisons": self.comparisons,
            },
        }

    def __str__(self) -> str:
        lines = [_aligned(*HEADS)]
        for row in self.rows:
            lines += [_aligned(*row.summary), *(f"         {remark}" for remark in row.remarks)]
        lines.append(
            f"{self.held} of {len(self.rows)} theorems hold with every mutant refuted; "
            f"{self.comparisons} Monte Carlo comparisons (budget {BUDGET}), false refutation of "
            f"any below {FAMILY_WISE_ERROR:g}."
        )
        return "\n".join(lines)


def _aligned(spec, verdict, mutants, checks, detects, statement) -> str:
    return f"{spec:8} {verdict:10} {mutants:8} {checks:>6} {detects:>8}  {statement}"


def verify(
    names: str | Theorem | Iterable[str | Theorem] | None = None,
    *,
    seed: int = 0,
    replicates: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Check theorems and their mutants in double precision.

    `names` are specs, ids or papers (or theorems themselves), by default all registered theorems;
    `replicates` is the size of Monte Carlo checks; `progress(spec, index, count)` is called before
    each theorem. Raises `ValueError` for a name that matches nothing.

    ```python
    gl.theorems.load()
    gl.verification.verify("FR-3", seed=1).holds  # True
    ```
    """
    theorems = select(names)
    rows = []
    with jax.enable_x64(True):
        for index, theorem in enumerate(theorems):
            if progress is not None:
                progress(theorem.spec, index, len(theorems))
            rows.append(_examine(theorem, Trial(theorem.spec, seed=seed, replicates=replicates)))
    return Report(tuple(rows), seed)


def select(names: str | Theorem | Iterable[str | Theorem] | None = None) -> list[Theorem]:
    """The theorems that the names match, without repetition; all of them for `None`.

    Those of one paper come together, in the order of their specs.

    Raises `ValueError` for a name that is no spec, id or paper.

    ```python
    gl.theorems.load()
    len(gl.verification.select("marchi2024")) > 10  # True
    ```
    """
    if names is None:
        return sorted(REGISTRY.values(), key=_place)
    names = [names] if isinstance(names, str | Theorem) else listed("names of theorems", names)
    found = [theorem for name in names for theorem in _matches(name)]
    return list(dict.fromkeys(found))


def _matches(name: str | Theorem) -> list[Theorem]:
    if isinstance(name, Theorem):
        return [name]
    found = [t for t in select() if name in (t.spec, t.id, t.paper)]
    if not found:
        labels = [label for t in REGISTRY.values() for label in (t.spec, t.id, t.paper)]
        known = {label.casefold(): label for label in labels}
        close = difflib.get_close_matches(name.casefold(), known, n=1)
        hint = f"did you mean {known[close[0]]!r}?" if close else "see the list of theorems."
        raise ValueError(f"no theorem, id or paper is called {name!r}; {hint}")
    return found


def _place(theorem: Theorem):
    # HD-12(v) comes after HD-2: numbers are compared as numbers.
    parts = re.split(r"(\d+)", theorem.spec)
    return theorem.paper, [int(part) if part.isdigit() else part for part in parts]


def _examine(theorem: Theorem, trial: Trial) -> Row:
    start = time.perf_counter()
    checks = _run(theorem, theorem.claim, trial)
    mutants, refutations = [], []
    for statement, claim in theorem.mutants.items():
        outcome = _run(theorem, claim, trial, until_refuted=True)
        mutants.append(Mutant(statement, Verdict.of(check.verdict for check in outcome)))
    for statement, claim in theorem.refutes.items():
        outcome = _run(theorem, claim, trial, until_refuted=True)
        verdict = Verdict.of(check.verdict for check in outcome)
        refutations.append(Refutation(statement, verdict, _counterexample(outcome[-1])))
    seconds = time.perf_counter() - start
    return Row(theorem, checks, tuple(mutants), seconds, tuple(refutations))


def _counterexample(check: Check) -> str:
    if check.verdict != Verdict.REFUTED:
        return ""
    if check.kind == "bound":
        return f"{check.statement}: {check.claimed:.6g} is above {check.computed:.6g}"
    return f"{check.statement}: stated {check.claimed:.6g}, found {check.computed:.6g}"


def _run(
    theorem: Theorem, claim: Any, trial: Trial, *, until_refuted: bool = False
) -> tuple[Check, ...]:
    checks = []
    try:
        produced = theorem.body(claim, trial)
        for check in [produced] if isinstance(produced, Check) else produced:
            checks.append(check)
            if until_refuted and check.verdict == Verdict.REFUTED:
                break
    except Exception as failure:
        # A check that cannot be made decides nothing, whatever the failure was.
        reason = f"{type(failure).__name__}: {failure}"
        checks.append(Check("failure", "the check runs", Verdict.UNDECIDED, reason=reason))
    return tuple(checks)
