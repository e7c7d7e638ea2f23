"""The loop that samples from the likeliest outcomes only: top-k, nucleus, min-p."""

from typing import NamedTuple

from jaxtyping import Array, Float, Int

from ...analysis import Threshold
from ...loops.truncation.paths import truncated_fidelity, truncation_path
from ...models import Categorical
from ...stages import InTurn, MinP, Nucleus, TopK
from ...stages.truncate import AbstractTruncation
from ..distances import Distances, distances

_GENERATIONS = 1000


class Path(NamedTuple):
    """The loop from the real data on, at a real fraction.

    Of every generation the number of outcomes that were sampled (`kept`) and its effective
    vocabulary, both of shape `(generations,)`; `rests` whether the last one changed nothing, `end`
    how far it lies from the real data.
    """

    real_fraction: float
    rests: bool
    kept: Int[Array, " t"]
    effective_vocabulary: Float[Array, " t"]
    end: Distances


class Truncated(NamedTuple):
    """The loop with a `rule`, and the real data that a `goal` of total variation needs."""

    rule: str
    temperature_first: bool
    without_real_data: Path
    with_real_data: Path
    goal: float
    fidelity: Threshold


def sampling(
    *,
    nucleus: float | None = None,
    top_k: int | None = None,
    min_p: float | None = None,
    ties: str = "first",
) -> AbstractTruncation | None:
    """The rules that are given, top-k before nucleus before min-p; nothing without one.

    ```python
    gl.answers.sampling(nucleus=0.9, top_k=40)  # InTurn([TopK(40), Nucleus(0.9)])
    ```
    """
    rules = []
    if top_k is not None:
        rules.append(TopK(top_k, ties))
    if nucleus is not None:
        rules.append(Nucleus(nucleus, ties))
    if min_p is not None:
        rules.append(MinP(min_p))
    return InTurn(rules) if len(rules) > 1 else next(iter(rules), None)


def words_of(rule: AbstractTruncation) -> str:
    """A rule in words: `top-3 with all ties, then min-p 0.1`."""
    match rule:
        case InTurn(rules=rules):
            return ", then ".join(map(words_of, rules))
        case TopK(outcomes=outcomes):
            return f"top-{outcomes}{_ties(rule)}"
        case Nucleus(mass=mass):
            return f"nucleus {float(mass):g}{_ties(rule)}"
        case MinP(ratio=ratio):
            return f"min-p {float(ratio):g}"
    return type(rule).__name__


def _ties(rule) -> str:
    return " with all ties" if rule.ties == "all" else ""


def truncated(
    rule: AbstractTruncation,
    real: Categorical,
    *,
    temperature: float,
    real_fraction: float,
    goal: float,
    temperature_first: bool = True,
) -> Truncated:
    """The loop with a rule, without and with real data, and what a goal needs of them."""
    if temperature == 1:
        fidelity = truncated_fidelity(rule, real, goal=goal)
    else:
        reason = "with truncation it is known for temperature 1 only"
        fidelity = Threshold.absent(reason, "not resolved")
    path = lambda share: _path(rule, real, temperature, share, temperature_first)
    without, with_real = path(0.0), path(real_fraction)
    return Truncated(words_of(rule), temperature_first, without, with_real, goal, fidelity)


def _path(rule, real, temperature, real_fraction, temperature_first) -> Path:
    found = truncation_path(
        rule,
        real,
        temperature=temperature,
        real_fraction=real_fraction,
        temperature_first=temperature_first,
        generations=_GENERATIONS,
    )
    end = distances(found.state.probabilities, real.probabilities)
    return Path(real_fraction, found.rests, found.kept, found.effective_vocabulary, end)
