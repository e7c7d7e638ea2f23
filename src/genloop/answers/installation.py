"""This installation: its versions, its devices, and whether it computes."""

import dataclasses
from collections.abc import Mapping
from importlib.util import find_spec
from typing import ClassVar

import jax
import numpy as np

from ..analysis import fixed_point
from ..models import Categorical
from ..printing import readable
from ..stages import Mix, Temper
from .answer import Answer
from .documents import versions

_ROUNDING = 1e-12


@readable
@dataclasses.dataclass(frozen=True)
class SmokeSolve:
    """A small problem whose solution is known in closed form, and what was found of it.

    ```python
    gl.answers.installation().smoke_solve.problem
    ```
    """

    problem: str
    expected: float
    found: float
    error: float
    residual: float
    spectral_radius: float


@readable
@dataclasses.dataclass(frozen=True)
class Installation(Answer):
    """Versions, devices, precision and cache, and whether a small problem is solved to rounding.

    `compilation_cache` is the folder of compiled programs, `None` where there is none; `extras` are
    optional packages and whether they are there.

    ```python
    gl.answers.installation().healthy  # True
    ```
    """

    question: ClassVar[str] = "doctor"

    versions: Mapping[str, str | None]
    devices: tuple[str, ...]
    double_precision: bool
    compilation_cache: str | None
    extras: Mapping[str, bool]
    smoke_solve: SmokeSolve
    healthy: bool


def installation() -> Installation:
    """The versions that are installed here, the devices they run on, and whether they compute.

    ```python
    genloop.answers.installation().versions["genloop"]
    ```
    """
    solved, config = _smoke_solve(), jax.config.values
    return Installation(
        versions(),
        tuple(map(str, jax.devices())),
        bool(config["jax_enable_x64"]),
        config["jax_compilation_cache_dir"],
        {name: find_spec(name) is not None for name in ("wordfreq",)},
        solved,
        solved.error <= _ROUNDING and solved.residual <= _ROUNDING,
    )


def _smoke_solve() -> SmokeSolve:
    """Two outcomes at T = 1/2 and a = 2/5: the winner has (1 + sqrt(1 - 2 a)) / 2."""
    loop = Temper(0.5) >> Mix(Categorical.uniform(2), 0.4)
    found = fixed_point(loop, Categorical(np.array([0.7, 0.3])))
    expected, winner = (1 + (1 - 2 * 0.4) ** 0.5) / 2, float(found.state.probabilities[0])
    return SmokeSolve(
        "two outcomes, temperature 0.5, real fraction 0.4",
        expected,
        winner,
        abs(winner - expected),
        float(found.residual),
        float(found.spectral_radius),
    )
