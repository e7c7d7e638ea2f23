"""One generation, stage by stage."""

from .draw import Draw as Draw, Unbias as Unbias
from .mix import Mix as Mix
from .stage import (
    AbstractExactStage as AbstractExactStage,
    AbstractStage as AbstractStage,
    Loop as Loop,
)
from .temper import Temper as Temper
from .truncate import (
    AbstractTruncation as AbstractTruncation,
    MinP as MinP,
    Nucleus as Nucleus,
    TopK as TopK,
)
