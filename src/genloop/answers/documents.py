"""The JSON document of an answer: schema, result, numerics and provenance."""

import enum
import json
import math
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_PACKAGES = ("jax", "jaxlib", "equinox", "optimistix", "lineax", "diffrax", "numpy", "scipy")
_EXTRAS = ("python-flint",)


def document(
    question: str,
    result: Mapping[str, Any],
    *,
    numerics: Mapping[str, Any] | None = None,
    seed: int = 0,
    model: Any = None,
    rewards: Any = None,
    command: Sequence[str] = (),
) -> dict[str, Any]:
    """One JSON-ready document; numbers that are not finite become null.

    `numerics.reasons` says of each such number what it was.
    """
    reasons: dict[str, str] = {}
    numerics = {"dtype": "float64", "threads": 1, **(numerics or {})}
    return {
        "schema": f"genloop/{question}/1",
        "result": plain(result, "result", reasons),
        "numerics": plain(numerics, "numerics", reasons) | {"reasons": reasons},
        "provenance": _provenance(seed, model, rewards, command),
    }


def dumps(content: Mapping[str, Any]) -> str:
    """`content` as JSON text, one document, without NaN."""
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def plain(value: Any, path: str, reasons: dict[str, str]) -> Any:
    """`value` in the types of JSON; `reasons` collects what was not a finite number, and where."""
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{path}.{key}", reasons) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{path}[{index}]", reasons) for index, item in enumerate(value)]
    if isinstance(value, enum.Enum):
        return str(value.value)
    if hasattr(value, "tolist"):
        return plain(value.tolist(), path, reasons)
    if isinstance(value, float) and not math.isfinite(value):
        reasons[path] = "not a number" if math.isnan(value) else "infinite"
        return None
    return value


def verdicts(true, known) -> "np.ndarray":
    """True or false where it is known, and `None` (null in JSON) where it is undecided."""
    import numpy as np

    return np.asarray(np.where(known, true, None))


def _provenance(seed: int, model: Any, rewards: Any, command: Sequence[str]) -> dict[str, Any]:
    origin = getattr(model, "origin", None)
    given = {"rewards": {"source": rewards.source, "sha256": rewards.sha256}} if rewards else {}
    return {
        "versions": versions(),
        "seed": seed,
        "command": list(command),
        "source": None if origin is None else origin.source,
        "sha256": None if origin is None else origin.sha256,
        **given,
    }


def versions() -> dict[str, str | None]:
    """The versions that a result may depend on; `None` for a package that is not installed."""
    from .. import __version__

    found: dict[str, str | None] = {"genloop": __version__, "python": platform.python_version()}
    for package in (*_PACKAGES, *_EXTRAS):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return found
