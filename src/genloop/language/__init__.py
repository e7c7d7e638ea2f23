"""Loops as they are typed: `Temper(0.8) >> Nucleus(0.95) >> Mix(real, a)`, read and never run.

Begin with `parse(text)`, which reads a loop, and `recipes()`, the loops of papers by name. The
classes are the parts of what was read; a `Scheduled` pipeline changes with the generation.
"""

from .expressions import (
    Expression as Expression,
    Flag as Flag,
    Function as Function,
    Name as Name,
    Negative as Negative,
    Number as Number,
    Operation as Operation,
    Several as Several,
    Word as Word,
)
from .pipeline import Call as Call, Pipeline as Pipeline, Real as Real
from .reading import parse as parse, parse_number as parse_number
from .recipes import Recipe as Recipe, recipes as recipes
from .rewards import Listed as Listed, Reward as Reward
from .schedules import Schedule as Schedule, Scheduled as Scheduled
