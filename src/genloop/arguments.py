"""Checks of arguments where they come in: one sentence with the remedy for each mistake."""

import functools
import inspect
import operator
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.core
import jax.numpy as jnp
import numpy as np

from .precision import x64


def check_at_least(name: str, value: Any, least: int) -> int:
    """`value` as a Python integer; `ValueError` unless it is a whole number of at least `least`."""
    try:
        whole = None if isinstance(value, bool | np.bool_) else operator.index(value)
    except (TypeError, jax.errors.ConcretizationTypeError):
        whole = None
    if whole is None or whole < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {_seen(value)}.")
    return whole


def check_countable(samples: int) -> int:
    """`samples` as it is; `ValueError` where counts of so many are not exact in floating point."""
    if samples > 2**53:
        raise ValueError(
            f"counts are exact up to 2^53 = {2**53:,} samples, got {samples:,}; draw fewer."
        )
    return samples


def check_positive(**values: Any) -> None:
    """Raises `ValueError` unless each value is traced or a positive, finite number."""
    for name, value in values.items():
        if not isinstance(value, jax.core.Tracer) and not _number_above_zero(value):
            raise ValueError(f"{name} must be a positive number, got {_seen(value)}.")


def _number_above_zero(value):
    number = np.asarray(value)
    return number.ndim == 0 and number.dtype.kind in "iuf" and bool(0 < number < np.inf)


def check_number(**values: Any) -> None:
    """Raises `ValueError` unless each value is traced or one number that is not NaN."""
    for name, value in values.items():
        if isinstance(value, jax.core.Tracer):
            continue
        number = np.asarray(value)
        if number.ndim or number.dtype.kind not in "iuf" or np.isnan(number):
            raise ValueError(f"{name} must be a number, got {_seen(value)}.")


def check_lists(**lists: Any) -> None:
    """Raises `ValueError` unless the arrays are lists of equally many numbers."""
    shapes = {name: np.shape(numbers) for name, numbers in lists.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        seen = ", ".join(f"{name} of shape {shape}" for name, shape in shapes.items())
        raise ValueError(f"a batched measure takes lists of equal length, got {seen}.")


def check_key(key: Any) -> None:
    """Raises `ValueError` for what is no key of `jax.random`."""
    dtype = getattr(key, "dtype", None)
    typed = dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key)
    if not typed and not (dtype == np.uint32 and np.shape(key)[-1:] in ((2,), (4,))):
        raise ValueError(
            f"random numbers need a key, got {kind_of(key)}; the key comes first, for example "
            "jax.random.key(0)."
        )


def check_function(what: str, value: Any, example: str) -> None:
    """Raises `ValueError` for what cannot be called."""
    if not callable(value):
        raise ValueError(f"{what} must be a function, got {kind_of(value)}; write {example}.")


def listed(what: str, values: Any) -> list:
    """The values as a list; `ValueError` for a single one."""
    try:
        return list(values)
    except TypeError:
        raise ValueError(
            f"{what} are a list, got {kind_of(values)}; write [...] for one."
        ) from None


def check_model(model: Any) -> None:
    """Raises `ValueError` for lists, numbers, stages and records where a model is expected."""
    if not callable(getattr(model, "valid", None)):
        remedy = "give its state" if hasattr(model, "state") else "write Categorical.of([5, 3, 2])"
        raise ValueError(f"expected a model, got {kind_of(model)}; {remedy}.")


def refuse_if(value: Any, wrong: Any, sentence: str) -> Any:
    """`value`, unless `wrong`: a `ValueError`, or an `equinox` error under a trace."""
    try:
        known = bool(wrong)
    except jax.errors.ConcretizationTypeError:
        return eqx.error_if(value, wrong, sentence)
    if known:
        raise ValueError(sentence)
    return value


def checked(function: Callable) -> Callable:
    """Run a function of plain numbers in float64, with its arguments checked.

    What is annotated as a number, a whole number or a model has to be one; a `temperature` is
    positive and a `real_fraction` a share. What is traced by JAX, and cannot be, is told so.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return function(*args, **kwargs)  # Python's own words name the function.
        for name, value in given.items():
            parameter = signature.parameters[name]
            if not _traced(value) and not (parameter.default is None and value is None):
                _check(name, value, parameter.annotation)
        try:
            with x64():
                return function(*args, **kwargs)
        except _TRACED:
            if not _traced(given):
                raise
            raise ValueError(
                f"{function.__name__} works with plain numbers and cannot be traced by grad, jit "
                "or vmap; for derivatives of a threshold take genloop.threshold of the "
                "spectral_radius of genloop.fixed_point."
            ) from None

    return wrapped


_TRACED = (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError)


def _traced(value) -> bool:
    return any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(value))


def _check(name, value, annotation):
    if annotation is int:
        check_at_least(name, value, 0)
    elif annotation is float or name in ("temperature", "real_fraction"):
        check_number(**{name: value})
    elif isinstance(annotation, type) and issubclass(annotation, eqx.Module):
        check_one(name, value, annotation)
    if name == "temperature" and not 0 < value < np.inf:
        raise ValueError(f"temperature must lie in (0, inf), got {value}.")
    if name == "real_fraction" and not 0 <= value <= 1:
        raise ValueError(f"real_fraction must lie in [0, 1], got {value}.")


def check_one(name: str, value: Any, kind: type) -> None:
    """Raises `ValueError` unless `value` is one model (or rule) of that kind."""
    if not isinstance(value, kind):
        make = f"; make one with {kind.__name__}.of" if hasattr(kind, "of") else ""
        raise ValueError(f"{name} must be a {kind.__name__}, got {kind_of(value)}{make}.")
    if getattr(value, "batch_shape", ()):
        raise ValueError(
            f"{name} must be one {kind.__name__}, got a batch of shape {value.batch_shape}; take "
            "one after the other."
        )


def kind_of(value: Any) -> str:
    """The kind of a value, in a word."""
    return type(value).__name__ if not isinstance(value, jax.Array) else f"a {value.dtype} array"


def _seen(value) -> str:
    """The value in a few letters, strings with their quotes."""
    return repr(value) if isinstance(value, str) else f"{str(value):.40}"
