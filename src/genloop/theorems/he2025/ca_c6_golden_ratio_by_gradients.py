"""CA-C6: Gradients through a loop find the golden ratio."""

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import fixed_point
from ...loops import families
from ...models import FamilyMoments, Normal
from ...papers.he2025 import weighted_loop
from ...verification import closed_form, scaled, theorem

_STEPS = 40


@theorem(
    spec="CA-C6",
    paper="he2025",
    status="derived",
    hypotheses=("the composed loop Draw(n) >> Mix(real, w, samples=n_r)", "its moments close"),
    claim=families.optimal_weight,
    mutants={
        "half": lambda ratio, **_: ratio / 2,
        "the weight 1 % large": scaled(families.optimal_weight, 1.01),
        "the golden ratio less 1e-9": lambda ratio, **options: (
            families.optimal_weight(ratio, **options) - 1e-9
        ),
    },
)
def golden_ratio_by_gradients(claim, trial):
    r"""Gradients through a loop find the golden ratio.

    From $w_0 = \frac12$, the pooled share, $w \leftarrow w - \epsilon\,e'(w)$ with the derivative
    of the stationary error $e(w)$ of the composed loop, the fixed point of its expected moments,
    tends to $\frac{\sqrt 5 - 1}2$ for equally many real and synthetic samples of constant variance.
    """
    golden = (np.sqrt(5) - 1) / 2
    real = Normal.of(1.0, variance=4.0)
    found = trial.once("golden", lambda: _descend(real, 30, 30))
    yield closed_form("gradients through the loop, n_r = n", found, golden, tolerance=1e-10)
    yield closed_form("the same by the formula", claim(1.0), found, tolerance=1e-10)


def _descend(real, real_samples, samples):
    """The weight that gradient descent reaches, its step the inverse of the first curvature."""
    start = FamilyMoments(real, 0 * real.mean)

    def error(weight):
        design = {"real_weight": weight, "real_samples": real_samples, "samples": samples}
        loop = weighted_loop(real, **design)
        generation = lambda x: loop.moments(FamilyMoments(real, x)).variance
        return fixed_point(generation, start.variance).state[0]

    first = real_samples / (real_samples + samples)
    slope = jax.jit(jax.grad(error))
    step = 2e-3 / (slope(jnp.asarray(first + 1e-3)) - slope(jnp.asarray(first - 1e-3)))
    weight = jnp.asarray(first)
    for _ in range(_STEPS):
        weight = weight - step * slope(weight)
    return float(weight)
