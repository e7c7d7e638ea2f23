"""ST-A4: Little synthetic data suffices for stability, by constants of the family."""

import numpy as np

from ...certificates import certify_root
from ...loops import retraining as closed
from ...verification import bound, closed_form, proves, scaled, theorem
from ._own_family import DIGITS, parametric, settled

_SUFFICIENT = {
    "weight": closed.sufficient_weight,
    "share": closed.sufficient_real_fraction,
    "rate": closed.sufficient_rate,
    "bound": closed.rate_bound,
}


@theorem(
    spec="ST-A4",
    paper="bertrand2023",
    status="reconstructed",
    hypotheses=(
        "the Hessian of log p in the parameters is L-Lipschitz in x, in operator norm",
        "the real log-likelihood has a maximum, of curvature at least alpha > 0",
        "the model there has the Wasserstein-1 distance epsilon from the real data",
        "infinite data and exact maximum likelihood in every generation",
    ),
    claim=_SUFFICIENT,
    mutants={
        "the weight 1/(1 + b)": _SUFFICIENT | {"weight": lambda b: 1 / (1 + b)},
        "the share of the weight 1/b": _SUFFICIENT | {"share": lambda b: b / (1 + b)},
        "the rate of an exponential family": _SUFFICIENT | {"bound": lambda b, w: w / (1 + w)},
        "the weight 1 % large": scaled(_SUFFICIENT, 1.01, "weight"),
        "the rate 1 % small": scaled(_SUFFICIENT, 0.99, "rate"),
        "the bound 1 % small": scaled(_SUFFICIENT, 0.99, "bound"),
    },
)
def sufficient_condition(claim, trial):
    r"""Little synthetic data suffices for stability, by constants of the family.

    With $b = 1 + L \epsilon/\alpha$ retraining is locally stable if $w b < \frac12$, for a share of
    real data above $\frac{2 b}{1 + 2 b} \ge \frac23$; then errors shrink at least by $\rho =
    \frac{w (\alpha + \epsilon L)}{\alpha - w (\alpha + \epsilon L)}$. The same constants bound the
    spectral radius by $\frac{w b}{1 + w b} < 1$ for every weight, attained for real $N((d, 0), I)$
    and a circle of means of radius $R \ge d$.
    """
    for name, constants, pair in trial.once("families", lambda: list(_families())):
        real, sampled = pair
        factor = 1 + constants.lipschitz * constants.distance / constants.alpha
        apart = np.linalg.norm(sampled - real, 2)
        limit = constants.lipschitz * constants.distance
        # Curvatures of an exponential family are equal, but for rounding.
        yield bound(f"{name}, curvatures apart", apart - 1e-14, limit, tolerance=1e-9)
        weight = claim["weight"](factor)
        yield closed_form(f"{name}, where the bound is one", _published(constants, weight), 1.0)
        share = claim["share"](factor)
        yield closed_form(f"{name}, as a share of real data", share, 1 / (1 + 0.5 / factor))
        for part in (0.1, 0.5, 0.99):
            inside = part * 0.5 / factor
            rate = claim["rate"](factor, inside)
            what = f"{name}, {part} of the weight"
            yield closed_form(f"{what}, rate", rate, _published(constants, inside))
            norm = np.linalg.norm(closed.retraining_jacobian(real, sampled, inside), 2)
            yield bound(f"{what}, norm", norm, rate, tolerance=1e-9)
        for times in (0.1, 1.0, 100.0):
            radius = closed.retraining_multipliers(real, sampled, times).max()
            limit = claim["bound"](factor, times)
            yield bound(f"{name}, w = {times}, radius", radius, limit, tolerance=1e-9)
            if name.startswith("circle"):
                yield closed_form(f"{name}, w = {times}, attained", limit, radius, tolerance=1e-8)


def _published(constants, weight):
    """The published rate, as it is written."""
    total = weight * (constants.alpha + constants.distance * constants.lipschitz)
    return total / (constants.alpha - total)


def _families():
    """Families with their constants and curvatures at the maximum of the real likelihood."""
    for curvature in (0.0, 0.5, 0.8):
        model = parametric(curvature).with_vector(settled(curvature)[1])
        found = closed.constants(model, DIGITS), closed.curvatures(model, DIGITS)
        yield f"ten points, curvature {curvature}", *found
    for radius, distance in ((2.0, 1.0), (3.0, 0.5)):
        curvatures = -np.array([[[radius * distance]], [[radius**2]]])
        known = closed.Constants(
            radius * distance, radius, radius - distance, "by ST-A7", "by ST-A7"
        )
        yield f"circle, R = {radius}, d = {distance}", known, curvatures


@proves("ST-A4")
def proofs(digits):
    r"""$\frac{w b}{1 - w b} = 1$ for $b = 2$, in the weight and in the share of real data."""
    excess = lambda w, b: w * b / (1 - w * b) - 1
    known = {"parameters": ["2"], "digits": digits}
    return {
        "b = 2, weight": certify_root(excess, "0.1", "0.4", **known),
        "b = 2, share": certify_root(lambda a, b: excess((1 - a) / a, b), "0.72", "0.95", **known),
    }
