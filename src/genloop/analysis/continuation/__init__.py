"""Continuation of fixed points of maps, their bifurcations, and curves of these."""

from .branch import Branch as Branch, branch as branch
from .events import Events as Events, Kind as Kind
from .tracing import Status as Status
from .normal_forms import NormalForm as NormalForm, normal_form as normal_form
from .points import Bifurcation as Bifurcation, bifurcation_point as bifurcation_point
from .diagram import (
    Diagram as Diagram,
    bifurcation_diagram as bifurcation_diagram,
    located as located,
)
from .switching import branches_from as branches_from, directions as directions
