from . import (
    analysis as analysis,
    answers as answers,
    certificates as certificates,
    checker as checker,
    data as data,
    language as language,
    laws as laws,
    loops as loops,
    models as models,
    operators as operators,
    papers as papers,
    plots as plots,
    sampling as sampling,
    stages as stages,
    theorems as theorems,
    verification as verification,
)
from .analysis import (
    basins as basins,
    bifurcations as bifurcations,
    branch as branch,
    continuation as continuation,
    diffusion_limit as diffusion_limit,
    find_threshold as find_threshold,
    fixed_point as fixed_point,
    fixed_points as fixed_points,
    flow as flow,
    flow_until as flow_until,
    fluctuations as fluctuations,
    jacobian as jacobian,
    lyapunov_exponent as lyapunov_exponent,
    multipliers as multipliers,
    orbit_statistics as orbit_statistics,
    orbits as orbits,
    phase_diagram as phase_diagram,
    spectral_radius as spectral_radius,
    stochastic as stochastic,
    threshold as threshold,
)
from .certificates import certify as certify
from .models import (
    AbstractModel as AbstractModel,
    Categorical as Categorical,
    Dataset as Dataset,
    Gaussian as Gaussian,
    MarkovChain as MarkovChain,
)
from .precision import x64 as x64
from .stages import (
    AbstractExactStage as AbstractExactStage,
    AbstractStage as AbstractStage,
    Accumulate as Accumulate,
    Draw as Draw,
    Loop as Loop,
    MinP as MinP,
    Mix as Mix,
    Nucleus as Nucleus,
    Renew as Renew,
    Temper as Temper,
    TemperatureFunction as TemperatureFunction,
    TopK as TopK,
    Unbias as Unbias,
    Window as Window,
)
from .theorems import verify as verify

__version__: str
