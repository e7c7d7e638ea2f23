"""Questions that can be asked of any callable that maps a pytree to itself.

Nothing here knows models, stages or papers.
"""

from .basins import Basins as Basins, basins as basins
from .continuation import (
    Bifurcation as Bifurcation,
    BifurcationCurve as BifurcationCurve,
    BifurcationKind as BifurcationKind,
    Branch as Branch,
    Degeneracy as Degeneracy,
    Diagram as Diagram,
    NormalForm as NormalForm,
    bifurcation_curve as bifurcation_curve,
    bifurcation_diagram as bifurcation_diagram,
    bifurcation_point as bifurcation_point,
    bifurcations as bifurcations,
    branch as branch,
    branches_from as branches_from,
    normal_form as normal_form,
)
from .fixed_point import (
    FixedPoint as FixedPoint,
    fixed_point as fixed_point,
    fixed_points as fixed_points,
)
from .flow import Passage as Passage, flow as flow, flow_until as flow_until
from .following import Followed as Followed, follow as follow
from .jacobian import (
    jacobian as jacobian,
    linearize as linearize,
    multipliers as multipliers,
    spectral_radius as spectral_radius,
)
from .phase import phase_diagram as phase_diagram
from .stability import Stability as Stability, stability as stability
from .stochastic import (
    Diffusion as Diffusion,
    Fluctuations as Fluctuations,
    LyapunovExponent as LyapunovExponent,
    OrbitStatistics as OrbitStatistics,
    diffusion as diffusion,
    diffusion_limit as diffusion_limit,
    fluctuations as fluctuations,
    lyapunov_exponent as lyapunov_exponent,
    orbit_statistics as orbit_statistics,
    orbits as orbits,
    random_lyapunov_exponent as random_lyapunov_exponent,
)
from .threshold import (
    Threshold as Threshold,
    ThresholdStatus as ThresholdStatus,
    find_root as find_root,
    find_threshold as find_threshold,
    threshold as threshold,
)
