"""The arguments of the command that is running, as they were typed."""

import contextvars
from collections.abc import Iterator, Sequence

TYPED: contextvars.ContextVar[tuple[str, ...]] = contextvars.ContextVar("typed", default=())


def command() -> tuple[str, ...]:
    """The whole command line."""
    return ("genloop", *TYPED.get())


def values_of(names: Sequence[str]) -> Iterator[str]:
    """The values typed for an option with these names: `-T 0.8`, `-T0.8` or `--temperature=0.8`."""
    typed = TYPED.get()
    for argument, following in zip(typed, (*typed[1:], ""), strict=True):
        name, equals, value = argument.partition("=")
        if name in names:
            yield value if equals else following
        elif argument[:2] in names and not argument.startswith("--"):
            yield argument[2:].lstrip("=")
