"""Kernel density loops on the rows of a table: exact expected moments, and the density by age."""

from .ages import PROMINENT as PROMINENT, Ages as Ages, Column as Column, modes_of as modes_of
from .fixed_points import (
    KernelFixedPoints as KernelFixedPoints,
    KernelPoint as KernelPoint,
    kernel_fixed_points as kernel_fixed_points,
)
from .notes import is_kernel_loop as is_kernel_loop, notes_of as notes_of
from .population import Population as Population, populations as populations
from .runs import Runs as Runs
from .spread import NEUTRAL as NEUTRAL, Spread as Spread
