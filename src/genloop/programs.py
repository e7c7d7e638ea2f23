r"""What is compiled, and when: one way of writing an algorithm for numbers known and traced.

The kind of number decides, as in `numeric`. **NumPy numbers are worked with at once**: Python runs
the loops and NumPy the few operations between them, and nothing is compiled but the kernels, small
programs around the user's map that are shared by all that has its shape. **JAX arrays** (traced by
`jit`, `vmap` or `grad`) **become part of one program**, of which the kernels are pieces. So an
algorithm is written once:

* with `numeric.where`, `numeric.while_loop`, ... in the place of those of JAX;
* what calls the user's map is a function or method with `@kernel`, which takes and returns numbers
  of the kind it was given;
* what is called from outside has `@at_once`: it takes what is known for NumPy numbers and returns
  JAX arrays, and compiles itself where a number is traced;
* under `grad` without `jit` what `numeric.stop_gradient` returns is known: a search that has no
  derivatives runs at once there too, and only the steps that carry them are compiled;
* a function of the user goes through `as_argument` first: what it closes over becomes an argument,
  so that a tracer in there is seen.
"""

import functools
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.core
import jax.numpy as jnp
import numpy as np

from .numeric import of_jax


def traced(*values: Any) -> bool:
    """Whether one of the values is, or holds, a number that is not known yet."""
    return any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(values))


def known(tree: Any) -> Any:
    """The tree with NumPy numbers in the place of those that are known."""
    given = lambda leaf: eqx.is_array(leaf) and not isinstance(leaf, jax.core.Tracer)
    return jax.tree.map(lambda leaf: np.asarray(leaf) if given(leaf) else leaf, tree)


def at_once(function: Callable) -> Callable:
    """The function: at once where its arguments are known, else compiled; it returns JAX arrays."""
    compiled = eqx.filter_jit(function)

    @functools.wraps(function)
    def wrapped(*args):
        if traced(args):
            return compiled(*args)
        with np.errstate(all="ignore"):
            found = function(*known(args))
        return jax.tree.map(lambda leaf: jnp.asarray(leaf) if _is_number(leaf) else leaf, found)

    return wrapped


def kernel(function: Callable) -> Callable:
    """The function as one small program, compiled once for all arguments of one shape."""
    compiled = eqx.filter_jit(function)

    @functools.wraps(function)
    def wrapped(*args, **options):
        found = compiled(*args, **options)
        return found if of_jax(args, options) else known(found)

    return wrapped


def _is_number(leaf):
    return isinstance(leaf, np.ndarray | np.generic)


def as_argument(function: Callable, *arguments: Any) -> Callable:
    """The function of these arguments; what it closes over is its own where that is traced.

    A loop and any other `equinox` module has it already. Where all is known the function stays as
    it is, so that its programs serve the next call with the same function.
    """
    if isinstance(function, eqx.Module) or hasattr(function, "jacobian"):
        return function
    own = eqx.filter_closure_convert(function, *arguments)
    return own if traced(own) else function


class _Holding(eqx.Module):
    """A function, and the traced numbers that it closes over, which say that it is not known."""

    function: Callable
    numbers: Any

    def __call__(self, *arguments):
        return self.function(*arguments)


def held(family: Callable, state: Any, *parameters: Any) -> Callable:
    """A function of parameters that returns maps, with the traced numbers that it closes over.

    Its maps are modules or functions, so that its own numbers cannot be made arguments of it.
    """
    if isinstance(family, eqx.Module):
        return family
    image = lambda state, *parameters: family(*parameters)(state)
    seen = eqx.filter_closure_convert(image, state, *parameters)
    return _Holding(family, jax.tree.leaves(seen)) if traced(seen) else family
