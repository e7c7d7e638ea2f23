"""The arguments of the command that is running, as they were typed."""

import contextvars
from collections.abc import Iterator, Sequence

TYPED: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("typed", default=())
FILED: contextvars.ContextVar[tuple[tuple[str, str], ...]] = contextvars.ContextVar(
    "filed", default=()
)
"""The options of the study, each with its value as it is written."""


def command() -> tuple[str, ...]:
    """The whole command line."""
    return ("genloop", *TYPED.get())


def values_of(names: Sequence[str]) -> Iterator[str]:
    """The values typed for an option with these names, and behind them those of the study."""
    yield from typed_values(names)
    yield from (value for name, value in FILED.get() if name in names)


def typed_values(names: Sequence[str]) -> Iterator[str]:
    """The values typed for an option: `-T 0.8`, `-T0.8` or `--temperature=0.8`."""
    typed = TYPED.get()
    for argument, following in zip(typed, (*typed[1:], ""), strict=True):
        name, equals, value = argument.partition("=")
        if name in names:
            yield value if equals else following
        elif argument[:2] in names and not argument.startswith("--"):
            yield argument[2:].lstrip("=")
