"""Continuation of fixed points of maps, their bifurcations, and curves of these."""

from .branch import Branch as Branch, branch as branch
from .curves import (
    BifurcationCurve as BifurcationCurve,
    Degeneracy as Degeneracy,
    bifurcation_curve as bifurcation_curve,
)
from .diagram import (
    Diagram as Diagram,
    bifurcation_diagram as bifurcation_diagram,
    bifurcations as bifurcations,
)
from .events import BifurcationKind as BifurcationKind, Events as Events
from .normal_forms import NormalForm as NormalForm, normal_form as normal_form
from .points import Bifurcation as Bifurcation, bifurcation_point as bifurcation_point
from .switching import branches_from as branches_from, directions as directions
from .tracing import Status as Status
