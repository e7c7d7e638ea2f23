"""One generation, stage by stage."""

from .accumulate import (
    AbstractCollection as AbstractCollection,
    Accumulate as Accumulate,
    Window as Window,
)
from .blend import Blend as Blend
from .curate import AbstractCuration as AbstractCuration, Choose as Choose, Tilt as Tilt
from .diffuse import Diffuse as Diffuse
from .draw import Draw as Draw, Unbias as Unbias
from .guide import Guide as Guide
from .mix import Mix as Mix
from .refit import Refit as Refit
from .renew import Renew as Renew
from .smooth import Smooth as Smooth
from .stage import (
    AbstractExactStage as AbstractExactStage,
    AbstractStage as AbstractStage,
    Loop as Loop,
)
from .subsample import Subsample as Subsample
from .temper import Temper as Temper
from .temperature_function import TemperatureFunction as TemperatureFunction
from .truncate import (
    AbstractTruncation as AbstractTruncation,
    InTurn as InTurn,
    MinP as MinP,
    Nucleus as Nucleus,
    TopK as TopK,
)
