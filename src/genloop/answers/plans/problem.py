"""A schedule to be found: its cost, and how far every generation is from the goals."""

import dataclasses
import functools
from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from ...errors import InputError
from ...language import Expression, Schedule, Scheduled
from ...language.schedules import GENERATION
from .readings import Reading

ROUNDING = 1e-12
"""How far below a goal is still rounding."""


@dataclasses.dataclass(frozen=True)
class Problem:
    r"""The numbers $x_0, \dots, x_{H-1}$ of one parameter: to be cheap, and to keep the goals.

    `whole` where they count something; `every` where the goals are for every generation and not for
    the last alone. `lower` and `upper` bound every number.
    """

    loop: Scheduled
    reading: Reading
    unknown: str
    generations: int
    goals: Mapping[str, float]
    every: bool
    cost: Expression
    lower: float
    upper: float
    whole: bool

    @functools.cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """The numbers of the other parameters, over the generations."""
        return self.loop.columns(self.generations)

    def complete(self, numbers: np.ndarray) -> Scheduled:
        """The loop with these numbers for its unknown."""
        found = Schedule.of(self.unknown, numbers, whole=self.whole)
        return Scheduled(self.loop.pipeline, (*self.loop.schedules, found), self.loop.values)

    def cost_of(self, numbers: np.ndarray) -> float:
        """The cost of a schedule."""
        return float(self._cost(numbers))

    def met(self, numbers: np.ndarray) -> bool:
        """Whether the goals are met, by the recursion that is compiled once."""
        found = np.asarray(self._margins(np.asarray(numbers, dtype=float)))
        return bool(np.isfinite(found).all() and (found >= 0).all())

    def met_by(self, numbers: np.ndarray, generation: int) -> bool:
        """Whether the goals are met in one generation."""
        found = np.asarray(self._every_margin(np.asarray(numbers, dtype=float))[generation])
        return bool(np.isfinite(found).all() and (found >= 0).all())

    @property
    def margins(self):
        """All margins one after the other, and their derivative."""
        return self._margins, self._slopes

    @property
    def costs(self):
        """The cost and its gradient."""
        return self._cost, self._gradient

    def cost_of_each(self, numbers):
        """The cost of every generation."""
        known = {**self.columns, self.unknown: numbers, GENERATION: np.arange(self.generations)}
        each = self.cost.value({name: jnp.asarray(x, dtype=float) for name, x in known.items()})
        return jnp.broadcast_to(each, (self.generations,))

    def _sum(self, numbers):
        return self.cost_of_each(numbers).sum()

    def check_traced(self) -> None:
        """Raises `InputError` E142 for a count at a depth where stages want it whole."""
        try:
            jax.eval_shape(self._path, np.full(self.generations, self.lower))
        except InputError:
            raise InputError(
                "E142",
                f"{self.unknown} counts points within a stage and cannot be looked for; set it, "
                "and compare several.",
            ) from None

    def _path(self, numbers):
        changing = {one.name: self.columns[one.name] for one in self.loop.schedules}
        steady = dict(self.loop.values)

        def generation(state, row):
            state = self.reading.follow(self.loop.pipeline, {**steady, **row}, state)
            return state, jnp.stack(self.reading.margins(state, self.goals))

        changing = {**changing, self.unknown: numbers}
        values = {**steady, **{name: column[0] for name, column in changing.items()}}
        start = self.reading.start(self.loop.pipeline, values)
        start = jax.tree.map(lambda x: jnp.asarray(x, dtype=float), start)
        return jax.lax.scan(generation, start, changing)[1]

    @functools.cached_property
    def _every_margin(self):
        return jax.jit(self._path)

    def _wanted(self, numbers):
        found = self._path(numbers)
        return (found if self.every else found[-1:]).ravel()

    @functools.cached_property
    def _margins(self):
        return jax.jit(self._wanted)

    @functools.cached_property
    def _slopes(self):
        return jax.jit(jax.jacfwd(self._wanted))

    @functools.cached_property
    def _cost(self):
        return jax.jit(self._sum)

    @functools.cached_property
    def _gradient(self):
        return jax.jit(jax.grad(self._sum))
