"""The stages of a loop for ever: how their numbers grow, and the rates at which they change it."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from ...language import Call, Expression, Operation, Scheduled
from ...loops.contamination import PowerLaw
from ...stages import Draw, Mix, Temper, Unbias
from .growth import Growth, constant, growth_of, growths
from .orders import Undecided
from .readings import is_own

ONE = constant(1)
KNOWN = (Draw, Mix, Temper, Unbias)


class Step(NamedTuple):
    """One stage: its numbers as formulas and as they grow."""

    stage: type
    formulas: Mapping[str, Expression]
    numbers: Mapping[str, Growth]

    def law(self, name: str) -> PowerLaw | None:
        """The leading term of a number, `None` if the stage has none of this name."""
        return self.numbers[name].leading(name) if name in self.numbers else None


class Steps(NamedTuple):
    """The stages of a generation, in order."""

    all: tuple[Step, ...]

    @classmethod
    def of(cls, loop: Scheduled) -> "Steps":
        """The stages of a loop. Raises `Undecided` for others than those with a criterion."""
        known, found = growths(loop), []
        for call in loop.pipeline.with_values(loop.values).calls:
            if call.stage not in KNOWN or "." in call.name or not is_own(call):
                raise Undecided(f"no criterion is known for a loop with {call.text}")
            found.append(_step(call, known))
        return cls(tuple(found))

    def of_kind(self, kind: type) -> list[Step]:
        """The stages of one kind."""
        return [one for one in self.all if one.stage is kind]

    def numbers(self, kind: type, name: str) -> list[Growth]:
        """One number of all stages of a kind."""
        return [one.numbers[name] for one in self.of_kind(kind)]

    @property
    def heats(self) -> list[Growth]:
        r"""$T - 1$ of every temperature."""
        return [one - ONE for one in self.numbers(Temper, "temperature")]

    @property
    def heat(self) -> Growth:
        """The product of all temperatures, minus one."""
        return math.prod(self.numbers(Temper, "temperature"), start=ONE) - ONE

    @property
    def neutral(self) -> bool:
        """Whether every temperature is one in every generation."""
        return all(one.zero for one in self.heats)

    @property
    def real(self) -> PowerLaw:
        """The sum of the real shares."""
        return _sum(self.numbers(Mix, "real_fraction")).leading("the real shares")

    @property
    def noise(self) -> PowerLaw:
        r"""$\sum \frac1n$ over all draws."""
        return _sum(ONE / n for n in self.numbers(Draw, "samples")).leading("the noise")

    @property
    def undone(self) -> PowerLaw:
        r"""$\sum \frac1k$ over all `Unbias`."""
        return _sum(ONE / k for k in self.numbers(Unbias, "samples")).leading("the noise")

    @property
    def growth_rate(self) -> PowerLaw:
        r"""$T (1 - \frac1n) \frac k{k - 1} (1 - a) - 1$: what a generation does to the variance by
        itself."""
        factor = math.prod(self.numbers(Temper, "temperature"), start=ONE)
        for n in self.numbers(Draw, "samples"):
            factor = factor * (ONE - ONE / n)
        for k in self.numbers(Unbias, "samples"):
            factor = factor * (ONE + ONE / (k - ONE))
        for share in self.numbers(Mix, "real_fraction"):
            factor = factor * (ONE - share)
        return (factor - ONE).leading("what a generation does to the variance")

    @property
    def exactly_unbiased(self) -> bool:
        """Whether a generation is fitted at temperature one, and without bias, to all points."""
        rest = [one for one in self.all if one.stage is not Temper]
        kinds = [one.stage for one in rest]
        if not self.neutral or kinds not in ([Draw, Unbias], [Draw, Mix, Unbias]):
            return False
        drawn, fitted = rest[0].formulas["samples"], rest[-1].formulas["samples"]
        points = rest[1].formulas.get("samples") if len(rest) == 3 else None
        if points is None:
            return _same(drawn, fitted)
        share, pool = rest[1].formulas["real_fraction"], Operation(drawn.place, "+", drawn, points)
        of_pool = isinstance(share, Operation) and share.symbol == "/" and share.left == points
        return of_pool and _same(share.right, pool) and _same(fitted, pool)


def _step(call: Call, known: Mapping[str, Growth]) -> Step:
    formulas = {name: x for name, x in call.pairs if isinstance(x, Expression)}
    found = Step(call.stage, formulas, {k: growth_of(x, known) for k, x in formulas.items()})
    least = {Temper: 0.0, Draw: 2.0, Unbias: 2.0}
    for name in found.numbers:
        law = found.law(name)
        if law.coefficient < 0 or law.limit < least.get(call.stage, 0.0):
            raise Undecided(f"{formulas[name].text} leaves the range of {name}")
    if call.stage is Mix:
        share, points = found.law("real_fraction"), found.law("samples")
        if share.limit > 1 or (ONE - found.numbers["real_fraction"]).leading("1 - a")[0] < 0:
            raise Undecided(f"{formulas['real_fraction'].text} leaves the range of real_fraction")
        if share.coefficient and points is not None and points.limit < 1:
            raise Undecided("the number of real points falls below one")
    return found


def _sum(growths) -> Growth:
    return sum(growths, start=Growth())


def _same(one: Expression, other: Expression) -> bool:
    """Whether two formulas are sums of the same terms."""
    if not one.parameters and not other.parameters:
        return one.value({}) == other.value({})
    return sorted(_addends(one)) == sorted(_addends(other))


def _addends(formula: Expression) -> list[str]:
    if isinstance(formula, Operation) and formula.symbol == "+":
        return _addends(formula.left) + _addends(formula.right)
    return [formula.text]
