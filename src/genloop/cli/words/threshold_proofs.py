"""`genloop threshold --certify` in words: proofs of the named thresholds."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .. import proofs
from ..terminal import label

if TYPE_CHECKING:
    from ...answers import OutcomeThresholds, TableThresholds

_SHOWN = 12
_NAMED = 10**4


def table_lines(answer: "TableThresholds", path: str | None):
    """The proofs of the thresholds of a table."""
    from ...answers.proofs import proofs_of

    yield from proofs.lines(proofs_of(answer.certificates), answer.questions, path)


def outcome_lines(answer: "OutcomeThresholds", path: str | None):
    """The table of proofs; of many folds the first and the last, and how the others came out."""
    from ...answers.proofs import proofs_of

    folds = [name for name in answer.certificates if name.startswith("fold ")]
    hidden = folds[_SHOWN - 1 : -1] if len(folds) > _SHOWN else []
    if answer.truncation is not None:
        yield "These proofs are about the loop without top-k, nucleus or min-p sampling:"
    yield from proofs.lines(proofs_of(answer.certificates), _titles(answer), path, hidden=hidden)
    if not answer.counts_are_whole:
        yield "The counts are not whole: the proofs are about probabilities as rounded to doubles."


def _titles(answer: "OutcomeThresholds") -> Mapping[str, str]:
    """The titles of the rows: the questions, and the winners of folds."""
    from ...answers.real_data import equally_likely, name_of

    real = answer.model
    first, counts = equally_likely(real)
    end = f"one end from a = {answer.asked_at} on"
    named = {**answer.questions, "other folds": "all other folds", "one end": end}
    for index in range(min(first.size, _NAMED)):
        equals = f" (and {counts[index] - 1:,} as likely)" if counts[index] > 1 else ""
        winner = label(name_of(real, int(first[index])))
        # A single mode wins all along the branch of the healthy state.
        alone = index == 0 and counts[0] == 1
        named[f"fold {index + 1}"] = (
            f"fold of the branch of {winner}" if alone else f"{winner}{equals} can win up to"
        )
    return named
