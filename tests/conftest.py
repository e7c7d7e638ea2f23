"""The strictest settings live here: float64, no silent rank promotion, one thread."""

import contextlib
import ctypes
import gc
import itertools
import os
import pathlib

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
os.environ.setdefault("MPLBACKEND", "Agg")

import jax  # noqa: E402
import pytest  # noqa: E402

from genloop.cli import session  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_rank_promotion", "raise")

# Both workers, and the next run, take programs from here instead of compiling them again.
_CACHE = pathlib.Path(__file__).parent.parent / ".pytest_cache" / "compiled"
jax.config.update("jax_compilation_cache_dir", str(_CACHE))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


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
    if next(_tests) % 20 == 0 and _MAPPINGS.exists():
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
