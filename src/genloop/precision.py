"""Double precision, on request."""

import contextlib
import functools
from collections.abc import Callable, Iterator

import jax


def in_double(function: Callable) -> Callable:
    """Run a function of numbers in float64, whatever mode its caller is in."""

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        with x64():
            return function(*args, **kwargs)

    return wrapped


@contextlib.contextmanager
def x64() -> Iterator[None]:
    """Double precision (float64) for all that is built and computed inside the `with` block.

    JAX itself begins in single precision; the library never changes global settings.

    ```python
    with gl.x64():
        real = gl.Categorical.of([5, 3, 2])
    ```
    """
    with jax.enable_x64(True):
        yield
