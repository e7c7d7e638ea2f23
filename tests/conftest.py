"""The strictest settings live here: float64, no silent rank promotion, one thread."""

import contextlib
import ctypes
import gc
import itertools
import os
import pathlib

# Workers, the commands that they start and the next run take programs from this folder instead of
# compiling them again; the user's folder is left alone.
_CACHE = pathlib.Path(__file__).parent.parent / ".pytest_cache"
os.environ["XDG_CACHE_HOME"] = str(_CACHE)

import jax  # noqa: E402
import pytest  # noqa: E402

from genloop.cli import session  # noqa: E402

# As every command does, with the same settings: so that programs serve both.
session.start()
jax.config.update("jax_numpy_rank_promotion", "raise")


@pytest.fixture(autouse=True)
def no_cache_of_the_user(monkeypatch):
    """Commands in this process leave the user's folder of compiled programs alone."""
    monkeypatch.setattr(session, "cache_folder", lambda: None)


_tests = itertools.count(1)
_MAPPINGS, _SIZE = pathlib.Path("/proc/self/maps"), pathlib.Path("/proc/self/statm")
_MOST_MAPPINGS, _MOST_BYTES = 30_000, 10**9


@pytest.fixture(autouse=True)
def room_for_programs():
    """Forget compiled programs in time: each takes up to hundreds of the 65,530 pieces of memory
    that a process may have on Linux, and JAX crashes where there is none left."""
    yield
    if next(_tests) % 5 == 0 and _MAPPINGS.exists():
        with _MAPPINGS.open() as mappings:
            many = sum(1 for _ in mappings) > _MOST_MAPPINGS
        resident = os.sysconf("SC_PAGE_SIZE") * int(_SIZE.read_text().split()[1])
        if many or resident > _MOST_BYTES:
            jax.clear_caches()
            gc.collect()
            _give_back()


def _give_back():
    """Let the C library return to the system what is free, where it can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
