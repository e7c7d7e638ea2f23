"""The one input of a command as a model."""

import csv
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from ..errors import InputError
from .options import check_count
from .terminal import counted

if TYPE_CHECKING:
    from ..answers import RealData

_MOST_SAMPLES = 10**18
NAMES = ("tokens", "counts", "table", "words", "uniform")
"""The options of the inputs."""
HOW = {
    "field": "tokens",
    "token_column": "counts",
    "count_column": "counts",
    "columns": "table",
    "drop_constant": "table",
}
"""Options that say how an input is read, and the input they go with."""


OF_A_LOOP = ("rewards", "default_reward")
"""Options of what a typed loop reads beside the input."""


def check_one(**inputs) -> None:
    """Whether exactly one input is given, with options of its own.

    Raises `InputError`: E104 for none or several inputs, E111 for an option of another input.
    """
    given = [f"--{name}" for name in NAMES if inputs.get(name) is not None]
    if len(given) != 1:
        what = " and ".join(given) if given else "no input"
        raise InputError(
            "E104",
            f"there is {what}; give exactly one of --tokens FILE, --tokens demo, --counts FILE, "
            "--table FILE, --words LANG, --uniform K.",
        )
    for name, owner in HOW.items():
        if inputs.get(name) is not None and inputs.get(owner) is None:
            option = f"--{name.replace('_', '-')}"
            raise InputError("E111", f"{option} goes with --{owner}, got {given[0]}; leave it out.")
    if inputs.get("uniform") is not None:
        check_count(inputs["uniform"], "--uniform", 2, 10**7)


def files(*, tokens=None, counts=None, table=None, **_) -> dict[str, str | None]:
    """The files among the inputs, by option; --tokens demo and --words name none."""
    return {"--tokens": None if tokens == "demo" else tokens, "--counts": counts, "--table": table}


def smoothed(choice) -> bool:
    """Whether a loop was typed that puts kernels on points."""
    if choice is None:
        return False
    from ..answers.kernels import is_kernel_loop

    return is_kernel_loop(choice.pipeline)


def read(*, points: bool = False, **inputs):
    """The real data that the options name; a table as a Gaussian, or as the `points` it is."""
    from ..answers import real_data

    name = next(name for name in NAMES if inputs.get(name) is not None)
    how = {one: inputs[one] for one in HOW if HOW[one] == name and inputs.get(one) is not None}
    if "columns" in how:
        # Names may hold commas, between quotes as in the file.
        how["columns"] = next(csv.reader([how["columns"]], skipinitialspace=True), [])
    kind = "points" if points and name == "table" else name
    return real_data.read(kind, inputs[name], **how)


def check_rewards(loop: str | None, *, rewards=None, default_reward=None, **_) -> None:
    """Raises `InputError` E111 for rewards without a typed loop, and for a default without them."""
    if rewards is None and default_reward is not None:
        raise InputError("E111", "--default-reward goes with --rewards; leave it out.")
    if rewards is not None and loop is None:
        raise InputError("E111", f"--rewards goes with --loop; {_EXAMPLE}.")


_EXAMPLE = "write for example --loop 'Choose(reward, among=4) >> Mix(real, a)'"


def rewarded(choice, real, *, rewards: str | None = None, default_reward=None, **_):
    """A typed loop with the rewards of the file, in the order of the real data.

    Raises `InputError` E111 for rewards of a loop without `reward` and of data that are no tokens,
    E136 for a `reward` without a file.
    """
    if rewards is None:
        if choice is not None and choice.pipeline.has_reward:
            choice.pipeline.check_rewards()
        return choice
    if not choice.pipeline.has_reward:
        raise InputError("E111", f"--rewards goes with a reward in the loop; {_EXAMPLE}.")
    if getattr(real, "labels", None) is None or not hasattr(real, "outcomes"):
        raise InputError(
            "E111",
            "--rewards are of tokens, and go with --tokens, --counts or --words; those of a table "
            "are written in the loop, Tilt(LinearReward(1.0)).",
        )
    from ..answers import real_data

    found = real_data.rewards(rewards, real, default=default_reward)
    return choice.with_rewards(found)


def samples_of(real, samples: int | None) -> int:
    """The number of tokens a generation is trained on: as given, or as many as the input has.

    Raises `InputError` E117 where the input does not say, or says a number that no law is for.
    """
    if samples is not None:
        return samples
    origin = real.origin
    size = None if origin is None else origin.size
    if size is None or not 2 <= size <= _MOST_SAMPLES:
        told = "" if origin is None else f" (its counts add up to {_sum(origin)})"
        raise InputError(
            "E117",
            f"this input does not say how many tokens a generation has{told}; give --samples N, "
            f"between 2 and {_MOST_SAMPLES:,}.",
        )
    return size


def _sum(origin) -> str:
    """The sum of the counts as it is, also where it is no whole number or beyond doubles."""
    total = sum(map(Fraction, origin.weights))
    return f"{Decimal(total.numerator) / total.denominator:.6g}"


def size_of(about: "RealData") -> str:
    """The size of what was read, as it stands behind its source."""
    seen = "" if about.observations is None else f", {counted(about.observations, 'observation')}"
    if (outcomes := getattr(about, "outcomes", None)) is None:
        rows = "" if about.observations is None else f", {counted(about.observations, 'row')}"
        return f"{rows}, {counted(getattr(about, 'dimensions', 1), 'column')}"
    vocabulary = f"effective vocabulary {getattr(about, 'effective_vocabulary', 1.0):,.4g}"
    return f"{seen}, {outcomes:,} distinct, {vocabulary}"


def lines(about: "RealData", size: str = ""):
    """The lines on what was read, and how; `size` stands behind the source."""
    yield f"real data   {about.source}{size}"
    if about.tokenisation is not None:
        yield f"tokens      {about.tokenisation}"
    yield from (f"read as     {sentence}" for sentence in about.reading)
    yield from (f"warning     {sentence}" for sentence in about.warnings)


def lines_of_rewards(rewards):
    """The lines on the rewards of a loop, where it has any, and how they were read."""
    if rewards is None:
        return
    different = counted(rewards.different, "different reward")
    groups = ""
    if len(rewards.groups) > 1:
        groups = f", {counted(len(rewards.groups), 'group')}: {', '.join(rewards.groups)}"
        different = counted(rewards.different, "kind of token", "kinds of tokens")
    yield f"rewards     {rewards.source or 'numbers that were given'}, {different}{groups}"
    yield from (f"read as     {sentence}" for sentence in rewards.reading)
