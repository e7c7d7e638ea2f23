"""Numbers, arrays, shares of outcomes and small tables as short text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import escaped, shown

if TYPE_CHECKING:
    import numpy as np

_LARGEST = 2**20
"""Entries of an array that printing looks at: a larger one is not fetched from a device."""

_FIRST, _WHOLE, _TOP = 3, 6, 6


class Table(NamedTuple):
    """Rows under names of columns, of `total` that there are."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: int


class Outcomes(NamedTuple):
    """Probabilities of named outcomes, the largest of which are printed."""

    probabilities: Any
    labels: Sequence[str] | None = None

    def largest(self, count: int = _TOP) -> list[tuple[str, str]]:
        """The likeliest outcomes and their shares as text; of equal ones the first."""
        shares = host(self.probabilities)
        order = (-shares).argsort(kind="stable")[:count]
        name = lambda place: label(self.labels[place]) if self.labels else str(place)
        return [(name(place), percent(shares[place])) for place in order]


def host(values: Any) -> "np.ndarray":
    """An array as NumPy numbers.

    Raises `ValueError` where it is too large to look at and `TypeError` where there are no numbers.
    """
    # What only starts or answers from files needs no NumPy.
    import numpy as np

    if np.size(values) > _LARGEST:
        raise ValueError(f"an array of {np.size(values):,} numbers is not printed.")
    numbers = np.asarray(values)
    if numbers.dtype.kind not in "biufc":
        raise TypeError(f"{numbers.dtype} are no numbers.")
    return numbers


def number(value: Any) -> str:
    """One number to six digits; whole numbers in full."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        # The digits of a number of any size can take hours.
        return str(value) if abs(value) < 10**18 else f"about 2^{value.bit_length()}"
    if isinstance(value, complex) and value.imag:
        return f"{value.real:.6g}{value.imag:+.6g}j"
    return f"{value.real:.6g}"


def rough(value: Any) -> str:
    """An error or a residual: its size is what matters."""
    size = float(host(value))
    if size == 0 or 1e-3 <= abs(size) < 1e4:
        return f"{size:.1g}"
    return f"{size:.0e}".replace("e-0", "e-").replace("e+0", "e+")


def between(values: "np.ndarray") -> str:
    """The smallest and the largest of some numbers."""
    return f"{number(values.min())} to {number(values.max())}" if values.size else "none"


def percent(share: Any) -> str:
    """A share as a percentage to three digits."""
    return f"{100 * float(share):.3g} %"


def plural(count: int, noun: str) -> str:
    """A number of things in words, such as "3 outcomes" and "1 outcome"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def label(name: object) -> str:
    """A name from a file of the user as it can be printed: quoted, escaped and short."""
    return shown(name, 22)


def array(values: Any) -> str:
    """A short array in full, of a long one the first entries and the last, with the shape.

    By type and shape where the numbers cannot be known: under a trace, of random keys, on other
    machines, or of more entries than anyone reads.
    """
    try:
        known = host(values)
    except (TypeError, ValueError, RuntimeError):
        return kind_and_shape(values) if hasattr(values, "shape") else f"{len(values):,} numbers"
    if known.ndim <= 1 or (known.ndim == 2 and known.size <= 9):
        return _listed(known)
    flat = known.ravel()
    return f"{_listed(flat, whole=0)} of shape {known.shape}"


def _listed(values: "np.ndarray", whole: int = _WHOLE) -> str:
    if values.ndim == 0:
        return number(values)
    if values.ndim == 2:
        return f"[{', '.join(map(_listed, values))}]"
    if values.size <= whole:
        return f"[{', '.join(map(number, values))}]"
    if values.size <= _FIRST:
        return f"[{', '.join(map(number, values))}]"
    first = ", ".join(map(number, values[:_FIRST]))
    count = f" ({values.size:,} numbers)" if whole else ""
    return f"[{first}, ..., {number(values[-1])}]{count}"


def kind_and_shape(values: Any) -> str:
    """The type and the shape of an array, such as `float64(3,)`."""
    shape = ", ".join(map(str, values.shape)) + ("," if len(values.shape) == 1 else "")
    return f"{escaped(values.dtype)}({shape})"
