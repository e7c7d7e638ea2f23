r"""The temperature loop: outcomes are sampled at a temperature, mixed with real data, relearned.

$p' = a\,r + (1 - a)\,p^{1/T}/Z$ on finitely many outcomes: every fixed point, fold and threshold,
proofs of them, phase diagrams, and the noise of finite samples.
"""

from .collapsed_states import (
    collapse_threshold as collapse_threshold,
)
from .phase import (
    BRANCHES as BRANCHES,
    Phase as Phase,
)
from .proofs.diagram import (
    CertifiedPhase as CertifiedPhase,
    certified_phase as certified_phase,
)
from .proofs.thresholds import (
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
from .recipes import (
    accumulating_loop as accumulating_loop,
    fading_loop as fading_loop,
    fixed_set_loop as fixed_set_loop,
    loop as loop,
    multinomial_loop as multinomial_loop,
    stratified_loop as stratified_loop,
    window_loop as window_loop,
)
from .stable_state_count import (
    StableStateCount as StableStateCount,
)
from .stable_states import (
    StableStates as StableStates,
    stable_states as stable_states,
)
from .thresholds import (
    divergence as divergence,
    fidelity_thresholds as fidelity_thresholds,
    healthy_state as healthy_state,
    local_threshold as local_threshold,
    thresholds as thresholds,
    total_variation as total_variation,
    unique_threshold as unique_threshold,
    vocabulary_change as vocabulary_change,
)
