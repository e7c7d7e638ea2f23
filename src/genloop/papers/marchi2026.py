r"""Marchi, Silvestre, Gharesifard, Tabuada: a Fisher-Rao view of training with synthetic data.

The loop is that of `marchi2024`; with $\mu = a/(1 - a)$ human samples for each synthetic one, the
paper gives *sufficient* conditions for staying near the real distribution under training errors.
They are checked here with their slack, improved where that is possible, and compared with the
sharp thresholds for the real data at hand.
"""

from ..loops.perturbed_flow.bound_table import (
    Bound as Bound,
    comparison as comparison,
)
from ..loops.perturbed_flow.flow import (
    perturbed_flow as perturbed_flow,
)
from ..loops.perturbed_flow.formulas import (
    entropy_radius as entropy_radius,
    entropy_rate as entropy_rate,
    euclidean_radius as euclidean_radius,
    fisher_rao_condition as fisher_rao_condition,
    fisher_rao_distance as fisher_rao_distance,
    fisher_rao_radius as fisher_rao_radius,
    fisher_rao_rate as fisher_rao_rate,
    floor as floor,
    settling_time as settling_time,
)
from ..loops.perturbed_flow.published import (
    bounds as bounds,
    fisher_rao_odds as fisher_rao_odds,
    fisher_rao_threshold as fisher_rao_threshold,
    gharesifard_odds as gharesifard_odds,
    gharesifard_threshold as gharesifard_threshold,
)

BIBTEX = r"""@article{marchi2026preventing,
  title = {Preventing Model Collapse: A {Fisher-Rao} Perspective on the Dynamics of Training with
           Synthetic Data},
  author = {Marchi, Matteo and Silvestre, Daniel and Gharesifard, Bahman and Tabuada, Paulo},
}
"""
