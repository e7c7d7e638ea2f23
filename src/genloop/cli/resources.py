"""What a command would need, before it takes it."""

import os
from pathlib import Path

from ..errors import InputError

REMEDY = "ask for fewer replicates, generations, grid points or outcomes"
_UNKNOWN = 4 * 2**30
"""Bytes that are taken to be free where the system does not say."""
_SHARE = 0.8
_LONGEST = 10**14
"""The most numbers that one command computes: about a day on one core."""


def check(what: str, *, size: float, steps: float = 0, remedy: str = REMEDY) -> None:
    """Raises `InputError` E121 where `size` bytes are not free, or `steps` numbers take days."""
    free = available()
    if size > _SHARE * free:
        raise InputError(
            "E121",
            f"{what} needs about {_bytes(size)} of memory and {_bytes(free)} are free; {remedy}.",
        )
    if steps > _LONGEST:
        raise InputError(
            "E121",
            f"{what} means computing about {steps:.0e} numbers, which takes more than a day "
            f"({_LONGEST:.0e} are the most); {remedy}.",
        )


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
    """What is left in the control groups of the process, of either version."""
    left = []
    for row in _rows("/proc/self/cgroup"):
        _, kinds, path = row.split(":", 2)
        if kinds and "memory" not in kinds.split(","):
            continue
        root = Path("/sys/fs/cgroup/memory" if kinds else "/sys/fs/cgroup")
        most, used = _NAMES[bool(kinds)]
        here = root / path.lstrip("/")
        for folder in (here, *here.parents):
            limit, taken = _number(folder / most), _number(folder / used)
            if limit is not None and taken is not None:
                left.append(limit - taken)
            if folder == root:
                break
    return min(left, default=None)


_NAMES = {
    False: ("memory.max", "memory.current"),
    True: ("memory.limit_in_bytes", "memory.usage_in_bytes"),
}


def _limit() -> int | None:
    """What is left of the address space (`ulimit -v`)."""
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
