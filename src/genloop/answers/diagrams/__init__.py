"""The fate of a loop as its parameters move: on a grid, and along one of them."""

from .branches import (
    BranchDiagram as BranchDiagram,
    Drawn as Drawn,
    Event as Event,
    TracedBranch as TracedBranch,
    branch_diagram as branch_diagram,
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
