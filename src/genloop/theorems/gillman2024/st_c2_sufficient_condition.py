"""ST-C2: A correction relaxes the sufficient condition for stability."""

import numpy as np
from scipy import optimize

from ...certificates import certify_root
from ...loops.retraining import (
    retraining_jacobian,
    sufficient_rate,
    sufficient_real_fraction,
    sufficient_weight,
)
from ...verification import bound, closed_form, proves, scaled, theorem

_SUFFICIENT = {
    "rate": sufficient_rate,
    "weight": sufficient_weight,
    "fraction": sufficient_real_fraction,
}


@theorem(
    spec="ST-C2",
    paper="gillman2024",
    status="reconstructed",
    hypotheses=(
        "the assumptions of ST-A4: Hessians that are L-Lipschitz in x, a real likelihood with a "
        "Hessian of at most -alpha at its maximum, and the distance epsilon of the best model",
        "samples that are corrected towards the model at this maximum",
    ),
    claim=_SUFFICIENT,
    mutants={
        "the weight without a correction": _SUFFICIENT
        | {"weight": lambda b, g: sufficient_weight(b)},
        "the correction counts twice": _SUFFICIENT
        | {"weight": lambda b, g: (1 + 2 * g) / (2 + 2 * g) / b},
        "the fraction of a well specified model": _SUFFICIENT
        | {"fraction": lambda b, g: sufficient_real_fraction(1.0, g)},
        "the rate 1 % small": scaled(_SUFFICIENT, 0.99, "rate"),
        "the weight 1 % high": scaled(_SUFFICIENT, 1.01, "weight"),
        "the fraction 1 % high": scaled(_SUFFICIENT, 1.01, "fraction"),
    },
)
def sufficient_condition(claim, trial):
    r"""A correction relaxes the sufficient condition for stability.

    With $b = 1 + L \epsilon/\alpha$ the derivative of a generation has a norm of at most $\frac{w
    b}{(1 + \gamma)(1 - w b)}$, which is below one for $w b < \frac{1 + \gamma}{2 + \gamma}$, that
    is, for a real fraction $a > \frac{b (2 + \gamma)}{b (2 + \gamma) + 1 + \gamma}$. It is
    sufficient only: ST-C3 has the sharp statement.
    """
    rng = np.random.default_rng([trial.seed, 2])
    for size in (1, 2, 4):
        real, own = (-_definite(rng, size) for _ in range(2))
        steepness = -np.linalg.eigvalsh(real)[-1]
        ratio = 1 + np.linalg.norm(own - real, 2) / steepness
        for strength in (0.0, 0.5, 3.0):
            for level in (0.1, 0.45):
                weight = level / ratio
                jacobian = retraining_jacobian(real, own, weight) / (1 + strength)
                claimed = claim["rate"](ratio, weight, strength)
                what = f"size {size}, w b = {level}, strength {strength}"
                norm = np.linalg.norm(jacobian, 2)
                yield bound(f"the norm of the derivative, {what}", norm, claimed, tolerance=1e-12)
                series = sum(level**k for k in range(1, 600)) / (1 + strength)
                yield closed_form(f"the series of the proof, {what}", claimed, series)
    for ratio, strength in ((1.0, 0.0), (1.0, 2.0), (7.3, 0.4)):
        excess = lambda x, g=strength: x / (1 - x) / (1 + g) - 1
        weight = optimize.brentq(excess, 1e-6, 1 - 1e-9, xtol=1e-15) / ratio
        what = f"b = {ratio}, strength {strength}"
        claimed = claim["weight"](ratio, strength)
        yield closed_form(f"where the rate is one, {what}", claimed, weight)
        claimed = claim["fraction"](ratio, strength)
        yield closed_form(f"its real fraction, {what}", claimed, 1 / (1 + weight))


def _definite(rng, size):
    root = rng.normal(size=(size, size))
    return root @ root.T + 0.5 * np.eye(size)


@proves("ST-C2")
def proofs(digits):
    r"""$w b = (1 + \gamma)(1 - w b)$ in the weight and in the real fraction."""
    excess = lambda w, b, g: w * b - (1 + g) * (1 - w * b)
    of_fraction = lambda a, b, g: excess((1 - a) / a, b, g)
    known = {"parameters": ["3", "2"], "digits": digits}
    return {
        "b = 3, strength 2, the weight": certify_root(excess, "0", "1", **known),
        "b = 3, strength 2, the real fraction": certify_root(of_fraction, "0.5", "1", **known),
    }
