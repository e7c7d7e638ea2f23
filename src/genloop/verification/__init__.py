"""Statements that are checked: theorems, their mutants, verdicts and reports."""

from .checks import (
    Check as Check,
    Verdict as Verdict,
    bound as bound,
    closed_form as closed_form,
    exact_law as exact_law,
    monte_carlo as monte_carlo,
    symbolic as symbolic,
)
from .mutants import scaled as scaled
from .proofs import PROOFS as PROOFS, proves as proves
from .registry import REGISTRY as REGISTRY, Theorem as Theorem, theorem as theorem
from .trial import Trial as Trial
from .verify import (
    Refutation as Refutation,
    Report as Report,
    Row as Row,
    select as select,
    verify as verify,
)
