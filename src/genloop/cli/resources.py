"""The memory and time that a command would need, before it takes them."""

import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import InputError, escaped
from .terminal import counted

REMEDY = "ask for fewer replicates, generations, grid points or outcomes"
_UNKNOWN = 4 * 2**30
"""Bytes that are taken to be free where the system does not say."""
_SHARE = 0.8
_LONGEST = 10**14
"""The most numbers that one command computes: about a day on one core."""
_LONG = 60
"""Seconds that nobody has to be told of before."""


class Cost(NamedTuple):
    """Bytes held at once and numbers computed, as measured, of a command on a distribution.

    For every outcome, and more for every probability that differs from all others.
    """

    size: float
    steps: float
    class_size: float = 0
    class_steps: float = 0


def check_outcomes(
    what: str, real, cost: Cost, *, base: float = 0, remedy: str = "give fewer outcomes"
) -> None:
    """`check` for a command whose cost grows with the outcomes; `base` numbers come on top."""
    from ..answers.real_data import RealTable, described, equally_likely

    about = described(real)
    if isinstance(about, RealTable):
        # The matrices of a table: factors, inverses and products of them.
        columns = about.dimensions
        size, steps = 80 * columns**2, 2 * columns**3
        check(f"{what} of {columns:,} columns", size=size, steps=steps, remedy="give fewer columns")
        return
    outcomes, classes = about.outcomes, equally_likely(real)[1].size
    check(
        f"{what} of {outcomes:,} outcomes",
        size=cost.size * outcomes + cost.class_size * classes,
        steps=base + cost.steps * outcomes + cost.class_steps * classes,
        remedy=remedy,
    )


def check_runs(real, generations: int, replicates: int, start: Any) -> None:
    """`check` for so many runs of a loop that begins in a state of the shapes of `start`."""
    from ..answers.simulations import plan

    needed = plan(real, generations=generations, replicates=replicates, start=start)
    check(
        f"{replicates:,} runs of {generations:,} generations of {needed.numbers:,} numbers",
        size=needed.size,
        steps=needed.steps,
        remedy="ask for fewer with --replicates or --generations, or give fewer outcomes",
    )


def check(what: str, *, size: float, steps: float = 0, remedy: str = REMEDY) -> None:
    """Says on stderr about how long `steps` numbers take, if that is long.

    Raises `InputError` E121 where `size` bytes are not free, or the numbers take days.
    """
    free = available()
    if size > _SHARE * free:
        raise InputError(
            "E121",
            f"{what}: this needs about {_bytes(size)} of memory, and {_bytes(free)} are free; "
            f"{remedy}.",
        )
    if steps > _LONGEST:
        raise InputError(
            "E121",
            f"{what}: this means computing about {steps:.0e} numbers, which takes more than a day "
            f"({_LONGEST:.0e} are the most); {remedy}.",
        )
    seconds = 86400 * steps / _LONGEST
    if seconds > _LONG:
        words = f"{what}: about {_duration(seconds)}; to be faster, {remedy}."
        sys.stderr.write(f"{escaped(words)}\n")
        sys.stderr.flush()


def _duration(seconds: float) -> str:
    hours = round(seconds / 3600)
    return counted(hours, "hour") if hours > 1 else counted(round(seconds / 60), "minute")


def available() -> int:
    """The bytes that this process may still take: of the machine, its group and its limits."""
    found = [free for free in (_machine(), _group(), _limit()) if free is not None]
    return max(min(found, default=_UNKNOWN), 0)


def exhausted(failure: BaseException) -> bool:
    """Whether the failure is the end of the memory, in Python or in XLA."""
    text = str(failure)
    signs = ("RESOURCE_EXHAUSTED", "Out of memory", "std::bad_alloc", "Unable to allocate")
    return isinstance(failure, MemoryError) or any(sign in text for sign in signs)


def _bytes(size: float) -> str:
    return f"{size / 2**30:,.1f} GiB" if size >= 2**30 else f"{size / 2**20:,.0f} MiB"


def _machine() -> int | None:
    for row in _rows("/proc/meminfo"):
        if row.startswith("MemAvailable:"):
            return 1024 * int(row.split()[1])
    return None


def _group() -> int | None:
    """The bytes left in the control groups of the process, of either version."""
    left = []
    for row in _rows(_OWN_GROUPS):
        _, kinds, path = row.split(":", 2)
        if kinds and "memory" not in kinds.split(","):
            continue
        root = _GROUPS / "memory" if kinds else _GROUPS
        most, used, cached = _NAMES[bool(kinds)]
        here = root / path.lstrip("/")
        for folder in (here, *here.parents):
            limit, taken = _number(folder / most), _number(folder / used)
            if limit is not None and taken is not None:
                left.append(limit - taken + _reclaimed(folder / "memory.stat", cached))
            if folder == root:
                break
    return min(left, default=None)


_OWN_GROUPS, _GROUPS = "/proc/self/cgroup", Path("/sys/fs/cgroup")
_NAMES = {
    False: ("memory.max", "memory.current", "inactive_file"),
    True: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def _reclaimed(path: Path, name: str) -> int:
    """Bytes of files that were read, which the system gives back to whoever needs memory."""
    rows = (row.split() for row in _rows(str(path)))
    return next((int(row[1]) for row in rows if row[0] == name), 0)


def _limit() -> int | None:
    """The bytes left of the address space (`ulimit -v`)."""
    try:
        import resource
    except ImportError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return None
    pages = next(iter(_rows("/proc/self/statm")), "0").split()[0]
    return soft - int(pages) * os.sysconf("SC_PAGE_SIZE")


def _rows(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _number(path: Path) -> int | None:
    text = "".join(_rows(str(path)))
    return int(text) if text.isdigit() else None
