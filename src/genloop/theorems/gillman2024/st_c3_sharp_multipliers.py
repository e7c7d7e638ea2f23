"""ST-C3: Retraining on corrected samples is stable for every weight."""

import numpy as np

from ...analysis import multipliers
from ...loops.retraining import cauchy, corrected_multipliers, retraining_jacobian
from ...stages import Blend, Mix, Refit
from ...verification import bound, closed_form, scaled, theorem
from ..bertrand2023._two_peaks import family, real_points


@theorem(
    spec="ST-C3",
    paper="gillman2024",
    status="derived",
    hypotheses=(
        "a strict maximum of the real log-likelihood with a regular Hessian A",
        "samples that are corrected towards the model there",
        "infinite data and exact maximum likelihood in every generation",
    ),
    claim=corrected_multipliers,
    mutants={
        "no correction": lambda A, B, w, g: corrected_multipliers(A, B, w, 0.0),
        "the correction lowers the weight": lambda A, B, w, g: corrected_multipliers(
            A, B, w / (1 + g), 0.0
        ),
        "1 % large": scaled(corrected_multipliers, 1.01),
    },
)
def sharp_multipliers(claim, trial):
    r"""Retraining on corrected samples is stable for every weight.

    $J = (A + w B)^{-1} w B/(1 + \gamma)$ has the eigenvalues $\frac{w \beta}{(1 + \gamma)(1 + w
    \beta)} < \frac1{1 + \gamma}$, where $\beta \ge 0$ are those of $A^{-1} B$. In an exponential
    family all are $\frac q{1 + \gamma}$.
    """
    rng = np.random.default_rng([trial.seed, 3])
    for size in (1, 3):
        real, own = (-_definite(rng, size) for _ in range(2))
        for weight, strength in ((0.3, 0.0), (5.0, 1.0), (200.0, 0.1)):
            jacobian = retraining_jacobian(real, own, weight) / (1 + strength)
            found = np.sort(np.linalg.eigvals(jacobian).real)[::-1]
            claimed = claim(real, own, weight, strength)
            what = f"size {size}, w = {weight}, strength {strength}"
            yield closed_form(f"eigenvalues, {what}", claimed, found, tolerance=1e-9)
            yield bound(f"stable, {what}", claimed, 1 / (1 + strength))
    found = trial.once("engine", lambda: _by_the_engine(1.0, 0.5, 2.0))
    real = np.array([[float(cauchy.real_curvature(1.0))]])
    claimed = claim(real, np.array([[-0.5]]), 0.5, 2.0)
    what = "two peaks by the stages Blend, Mix and Refit"
    yield closed_form(what, claimed, found, tolerance=1e-8)


def _definite(rng, size):
    root = rng.normal(size=(size, size))
    return root @ root.T + 0.5 * np.eye(size)


def _by_the_engine(distance, weight, strength):
    """The multiplier at the centre between two peaks, of a family given by its log-density."""
    best, real = family(0.0), real_points(0.5, distance)
    loop = Blend(best, strength) >> Mix(real, 1 / (1 + weight)) >> Refit()
    return multipliers(loop, best)[0]
