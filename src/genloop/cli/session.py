"""The set-up of the machine for the command line: double precision, one thread, a cache."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .. import __version__
from ..errors import InputError, shown

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def start() -> None:
    """Import JAX as every command needs it; what the user has set in the environment stays."""
    chosen = os.environ.get("XLA_FLAGS")
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    os.environ.setdefault("XLA_FLAGS", _XLA_FLAGS)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["MPLBACKEND"] = "Agg"
    if chosen not in (None, _XLA_FLAGS) and "jax" not in sys.modules:
        _check_flags(chosen)
    jax = _jax()
    jax.config.update("jax_enable_x64", True)
    folder = cache_folder()
    if folder is not None and "JAX_COMPILATION_CACHE_DIR" not in os.environ:
        jax.config.update("jax_compilation_cache_dir", str(folder))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def _jax():
    """Raises `InputError` E119 where the environment asks for what JAX does not have."""
    try:
        import jax

        jax.devices()
    except ImportError:
        raise
    except Exception as failure:
        asked = os.environ.get("JAX_PLATFORMS")
        remedy = "correct the variables that begin with JAX_"
        if asked:
            remedy = f"JAX_PLATFORMS is {shown(asked)}, set it to cpu"
        reason = shown(str(failure) or "no such device", 120)
        raise InputError("E119", f"JAX does not start ({reason}); {remedy}.") from None
    return jax


def _check_flags(flags: str) -> None:
    """Raises `InputError` E119 for flags that would end this process without a word of ours."""
    trial = [sys.executable, "-c", "import jax; jax.devices()"]
    environment = os.environ | {"JAX_PLATFORMS": "cpu"}
    if subprocess.run(trial, env=environment, capture_output=True).returncode:
        raise InputError(
            "E119", f"XLA does not accept XLA_FLAGS, {shown(flags)}; correct or unset it."
        )


def cache_folder() -> Path | None:
    """The folder of compiled programs in the user's cache, or `None` where it is not writable."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(base) / "genloop" / f"compiled-{__version__}"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None
