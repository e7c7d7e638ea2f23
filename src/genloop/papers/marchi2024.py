"""Marchi, Soatto, Chaudhari and Tabuada, "Heat Death of Generative Models in Closed-Loop Learning".

A distribution over finitely many outcomes is sampled at a temperature and relearned from what was
sampled, with or without real data. The model is HD24 as restated by FR26, section II; what is
proved of it here is in `theory/marchi2024.md`.
"""

from ..loops.memory.comparison import (
    Comparison as Comparison,
    Workflow as Workflow,
    comparison as comparison,
)
from ..loops.temperature.collapsed_states import (
    collapse_threshold as collapse_threshold,
)
from ..loops.temperature.phase import (
    BRANCHES as BRANCHES,
    Phase as Phase,
)
from ..loops.temperature.proofs.diagram import (
    CertifiedPhase as CertifiedPhase,
    certified_phase as certified_phase,
)
from ..loops.temperature.proofs.thresholds import (
    ExactLoop as ExactLoop,
    certify_contraction as certify_contraction,
    certify_fidelity as certify_fidelity,
    certify_fold as certify_fold,
    certify_local as certify_local,
    certify_one_attractor as certify_one_attractor,
    certify_thresholds as certify_thresholds,
    certify_unique as certify_unique,
    certify_unique_any as certify_unique_any,
)
from ..loops.temperature.recipes import (
    accumulating_loop as accumulating_loop,
    fading_loop as fading_loop,
    fixed_set_loop as fixed_set_loop,
    loop as loop,
    multinomial_loop as multinomial_loop,
    stratified_loop as stratified_loop,
    window_loop as window_loop,
)
from ..loops.temperature.stable_state_count import (
    StableStateCount as StableStateCount,
)
from ..loops.temperature.stable_states import (
    StableStates as StableStates,
    stable_states as stable_states,
)
from ..loops.temperature.thresholds import (
    divergence as divergence,
    fidelity_thresholds as fidelity_thresholds,
    healthy_state as healthy_state,
    local_threshold as local_threshold,
    thresholds as thresholds,
    total_variation as total_variation,
    unique_threshold as unique_threshold,
    vocabulary_change as vocabulary_change,
)
from ..loops.truncation.paths import (
    TruncationPath as TruncationPath,
    truncated_end as truncated_end,
    truncated_fidelity as truncated_fidelity,
    truncation_path as truncation_path,
)
from ..loops.truncation.states import (
    TruncatedStates as TruncatedStates,
    nucleus_sizes as nucleus_sizes,
    truncated_fixed_points as truncated_fixed_points,
    truncated_states as truncated_states,
)

LOOPS = {
    "heat-death": "Temper(T) >> Mix(real, a)",
    "heat-death-multinomial": "Temper(T) >> Mix(real, a) >> Draw(n)",
    "heat-death-stratified": "Temper(T) >> Draw(n) >> Mix(real, m / (m + n), samples=m)",
    "heat-death-fixed-set": "Temper(T) >> Draw(n) >> Mix.fixed(real, m / (m + n), samples=m)",
    "heat-death-accumulating": "Accumulate(Temper(T), samples=n, real=real, real_samples=m)",
    "heat-death-window": "Window(Temper(T), samples=n, real=real, real_samples=m, generations=w)",
    "heat-death-fading": "Renew(Temper(T) >> Mix(real, a) >> Draw(n), g)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@article{marchi2024heat,
  title = {Heat Death of Generative Models in Closed-Loop Learning},
  author = {Marchi, Matteo and Soatto, Stefano and Chaudhari, Pratik and Tabuada, Paulo},
  journal = {arXiv preprint arXiv:2404.02325},
  year = {2024}
}"""
