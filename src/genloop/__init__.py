"""The analytical solver for closed-loop generative learning.

The names below are loaded when they are first used, so that `import genloop` stays light.
"""

import importlib

# Type checkers know the name; importing it from typing would take longer than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import data as data, laws as laws, loops as loops, papers as papers, plots as plots
    from .analysis import (
        Basins as Basins,
        Bifurcation as Bifurcation,
        BifurcationCurve as BifurcationCurve,
        BifurcationKind as BifurcationKind,
        Branch as Branch,
        Degeneracy as Degeneracy,
        Diagram as Diagram,
        Diffusion as Diffusion,
        FixedPoint as FixedPoint,
        Fluctuations as Fluctuations,
        LyapunovExponent as LyapunovExponent,
        NormalForm as NormalForm,
        OrbitStatistics as OrbitStatistics,
        Passage as Passage,
        Threshold as Threshold,
        basins as basins,
        bifurcation_curve as bifurcation_curve,
        bifurcation_diagram as bifurcation_diagram,
        bifurcation_point as bifurcation_point,
        bifurcations as bifurcations,
        branch as branch,
        branches_from as branches_from,
        diffusion as diffusion,
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
        normal_form as normal_form,
        orbit_statistics as orbit_statistics,
        orbits as orbits,
        phase_diagram as phase_diagram,
        random_lyapunov_exponent as random_lyapunov_exponent,
        spectral_radius as spectral_radius,
        threshold as threshold,
    )
    from .certificates import (
        Certificate as Certificate,
        Enclosure as Enclosure,
        Interval as Interval,
        certify as certify,
        certify_bifurcation as certify_bifurcation,
        certify_fixed_point as certify_fixed_point,
        certify_root as certify_root,
    )
    from .models import (
        AbstractModel as AbstractModel,
        Categorical as Categorical,
        CategoricalMoments as CategoricalMoments,
        Dataset as Dataset,
        Gaussian as Gaussian,
        GaussianMoments as GaussianMoments,
        History as History,
        MarkovChain as MarkovChain,
        Origin as Origin,
    )
    from .operators import Coordinates as Coordinates
    from .precision import x64 as x64
    from .stages import (
        AbstractCollection as AbstractCollection,
        AbstractExactStage as AbstractExactStage,
        AbstractStage as AbstractStage,
        AbstractTruncation as AbstractTruncation,
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
    from .verification import Report as Report, theorem as theorem, verify as verify

_MODULES = (
    "analysis",
    "certificates",
    "data",
    "laws",
    "loops",
    "models",
    "operators",
    "papers",
    "plots",
    "sampling",
    "stages",
    "theorems",
    "verification",
)
_NAMES = {
    "analysis": "Basins Bifurcation BifurcationCurve BifurcationKind Branch Degeneracy "
    "Diagram Diffusion FixedPoint Fluctuations LyapunovExponent NormalForm OrbitStatistics "
    "Passage Threshold basins bifurcation_curve bifurcation_diagram bifurcation_point "
    "bifurcations branch branches_from diffusion diffusion_limit find_threshold fixed_point "
    "fixed_points flow flow_until fluctuations jacobian lyapunov_exponent multipliers "
    "normal_form orbit_statistics orbits phase_diagram random_lyapunov_exponent "
    "spectral_radius threshold",
    "certificates": "Certificate Enclosure Interval certify certify_bifurcation "
    "certify_fixed_point certify_root",
    "operators": "Coordinates",
    "models": "AbstractModel Categorical CategoricalMoments Dataset Gaussian GaussianMoments "
    "History MarkovChain Origin",
    "precision": "x64",
    "stages": "AbstractCollection AbstractExactStage AbstractStage AbstractTruncation Accumulate "
    "Draw Loop MinP Mix Nucleus Renew Temper TemperatureFunction TopK Unbias Window",
    "verification": "Report theorem verify",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__version__ = "0.1.0"
__all__ = [*_MODULES, *_HOME]


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f".{name}", __name__)
    if name in _HOME:
        if name == "verify":
            # The theorems live with their papers and register when these are loaded.
            importlib.import_module(".theorems", __name__).load()
        return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module 'genloop' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
