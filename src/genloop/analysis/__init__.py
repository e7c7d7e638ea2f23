"""Questions that can be asked of any callable that maps a pytree to itself.

Nothing here knows models, stages or papers.
"""

from .fixed_point import (
    FixedPoint as FixedPoint,
    fixed_point as fixed_point,
    fixed_points as fixed_points,
)
from .flow import flow as flow
from .jacobian import (
    jacobian as jacobian,
    linearize as linearize,
    multipliers as multipliers,
    spectral_radius as spectral_radius,
)
from .norms import distance as distance, maximum_norm as maximum_norm
from .orbits import (
    OrbitStatistics as OrbitStatistics,
    orbit_statistics as orbit_statistics,
    orbits as orbits,
)
from .phase import phase_diagram as phase_diagram
from .threshold import (
    Threshold as Threshold,
    find_root as find_root,
    find_threshold as find_threshold,
    threshold as threshold,
)
