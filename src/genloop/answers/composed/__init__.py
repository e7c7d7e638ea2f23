"""Loops that are composed by whoever asks: what they are, where they end, what is solved."""

from .chosen import ChosenLoop as ChosenLoop, check_value as check_value, chosen as chosen
from .direction import (
    Direction as Direction,
    Drift as Drift,
    InUnits as InUnits,
    direction_of as direction_of,
)
from .ends import Ends as Ends, healthy_ends as healthy_ends
from .expected import (
    Expected as Expected,
    direction_deviation as direction_deviation,
    expected_of as expected_of,
    radii as radii,
    recursion_of as recursion_of,
)
from .firsts import (
    ends_of as ends_of,
    first_models as first_models,
    many_first_models as many_first_models,
)
from .fits import Fit as Fit, fit_to as fit_to
from .guided import (
    GuidedLoop as GuidedLoop,
    check_walk as check_walk,
    guidance_notes as guidance_notes,
    guided_loop as guided_loop,
)
from .lumps import Solvable as Solvable, solvable as solvable
from .memory import fit_of as fit_of, radius_of as radius_of
from .noise import Noise as Noise, noise_of as noise_of
from .notes import fixed_set_notes as fixed_set_notes, notes_of as notes_of
from .pooled import (
    PooledLoop as PooledLoop,
    pooled_loop as pooled_loop,
    sought_points as sought_points,
)
from .recognition import (
    TemperatureLoop as TemperatureLoop,
    is_affine as is_affine,
    is_solved as is_solved,
    recognised as recognised,
    short_form as short_form,
    temperature_form as temperature_form,
)
from .recursion import Recursion as Recursion
from .trends import (
    UNKNOWN as UNKNOWN,
    Fate as Fate,
    Trend as Trend,
    trends as trends,
    walk as walk,
)
