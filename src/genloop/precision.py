"""Double precision, on request."""

import contextlib
from collections.abc import Iterator

import jax


@contextlib.contextmanager
def x64() -> Iterator[None]:
    """Work in float64 inside the `with` block; the library never changes global settings itself."""
    with jax.enable_x64(True):
        yield
