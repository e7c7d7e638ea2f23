"""The fate of a loop as its parameters move: on a grid, and along one of them."""

from .branches import branch_diagram as branch_diagram
from .composed import MOST_BRANCHES as MOST_BRANCHES
from .grids import LoopDiagram as LoopDiagram, LoopFields as LoopFields, grid_cost as grid_cost
from .loops import (
    is_phase_diagram as is_phase_diagram,
    loop_branches as loop_branches,
    loop_diagram as loop_diagram,
)
from .phases import (
    REGIONS as REGIONS,
    Curves as Curves,
    Fields as Fields,
    PhaseDiagram as PhaseDiagram,
    cells as cells,
    phase_diagram as phase_diagram,
    plan as plan,
)
from .records import (
    Beginning as Beginning,
    BranchDiagram as BranchDiagram,
    Drawn as Drawn,
    Event as Event,
    TracedBranch as TracedBranch,
)
