"""ST-A5: A strict maximum of the real likelihood is stable for every weight of synthetic data."""

import jax.numpy as jnp
import numpy as np

from ...analysis import spectral_radius
from ...loops import retraining as closed
from ...models import Parametric, Points, Support
from ...stages import Mix, Refit
from ...verification import bound, closed_form, scaled, theorem
from ._curved_family import REAL
from ._instances import generation
from ._own_family import START, matrices, parametric, random_pair, retraining, settled

_STABLE = {
    "multipliers": closed.retraining_multipliers,
    "rising": closed.rising_directions,
    "gain": closed.least_gain,
}
_WEIGHTS = (0.1, 1.0, 10.0, 1000.0)


def _never(real):
    return 0


def _all_falling(real):
    return len(real) - closed.rising_directions(real)


@theorem(
    spec="ST-A5",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "infinite data and exact maximum likelihood, local or global, in every generation",
        "for the multipliers: a fixed point with A + w B < 0 and a regular information -B",
        "for the rise of the likelihood: every maximum is at least as high as where it began",
    ),
    claim=_STABLE,
    mutants={
        "no fixed point is unstable": _STABLE | {"rising": _never},
        "unstable along what falls": _STABLE | {"rising": _all_falling},
        "the likelihood rises by twice the divergence": _STABLE
        | {"gain": lambda kl, w: 2 * w * kl},
        "the gain 1 % large": scaled(_STABLE, 1.01, "gain"),
        "multipliers 1 % large": scaled(_STABLE, 1.01, "multipliers"),
    },
)
def every_weight(claim, trial):
    r"""A strict maximum of the real likelihood is stable for every weight of synthetic data.

    The multipliers are $\frac{w \beta_i}{1 + w \beta_i} \in [0, 1)$, $\beta_i$ the eigenvalues of
    $A^{-1} B$; in general as many are above one as $A$ has positive eigenvalues. With $E_{p_\theta}
    \log p_{\theta'} = -\mathrm{KL}(p_\theta \| p_{\theta'}) - H(p_\theta)$ retraining is a proximal
    point method: $\ell(\theta_{t+1}) - \ell(\theta_t) \ge w\,\mathrm{KL}(p_{\theta_t} \|
    p_{\theta_{t+1}})$ for every $w$.
    """
    for index in range(12):
        size = 1 + index % 4
        rising = index % (size + 1)
        real, sampled = random_pair([trial.seed, index], size, rising=rising)
        # Enough weight for a strict maximum of what is fitted.
        weight = 0.3 + 2 * max(0.0, -closed.curvature_ratios(real, sampled).min())
        found = np.sort(np.linalg.eigvals(closed.retraining_jacobian(real, sampled, weight)).real)
        what = f"random pair {index}, {rising} of {size} directions rise"
        yield closed_form(f"{what}, number", claim["rising"](real), int((found > 1).sum()))
        claimed = claim["multipliers"](real, sampled, weight)
        yield closed_form(f"{what}, multipliers", claimed, found[::-1], tolerance=1e-8)
    for curvature in (0.0, 0.5):
        family, theta = trial.once(f"family {curvature}", lambda c=curvature: settled(c))
        for weight in _WEIGHTS:
            what = f"curvature {curvature}, w = {weight}"
            radius = trial.once(what, lambda c=curvature, w=weight, t=theta: _radius(c, w, t))
            claimed = claim["multipliers"](*matrices(family, theta), weight).max()
            yield closed_form(f"{what}, by the engine", claimed, radius, tolerance=1e-8)
            yield bound(f"{what}, stable", radius, 1 - 1e-9)
            rises, costs = trial.once(f"orbit {what}", lambda f=family, w=weight: _orbit(f, w))
            gains = claim["gain"](costs, weight)
            yield bound(f"{what}, the likelihood rises", gains - 1e-12, rises)
    rise, cost, weight = trial.once("escape", _escape)
    yield closed_form(
        "at a lock-in threshold the bound is attained", claim["gain"](cost, weight), rise
    )


def _radius(curvature, weight, theta):
    """The spectral radius by the implicit function theorem."""
    model = parametric(curvature).with_vector(jnp.asarray(theta))
    return float(spectral_radius(retraining(weight), model))


def _orbit(family, weight):
    """What the likelihood gains and the divergence, in the first generations from a far start."""
    theta, gains, costs = START, [], []
    for _ in range(6):
        moved = family.retrain(theta, weight)
        old, new = family.probabilities(theta), family.probabilities(moved)
        gains.append(REAL @ np.log(new / old))
        costs.append(old @ np.log(old / new))
        theta = moved
    return np.array(gains), np.array(costs)


def _escape():
    """The jump to the better of two peaks, with just the weight that allows it."""
    line = Support.line(300)
    peak = lambda centre: 1 / (np.pi * (1 + (line.points - centre) ** 2))
    real = Points.of(line.points, (0.6 * peak(4.0) + 0.4 * peak(-4.0)) * line.measure)
    density = lambda centre, x: -jnp.log(jnp.pi * (1 + (x - centre) ** 2))
    model = Parametric.of(density, -3.0, line)
    stuck = closed.critical_points(model, real, [])[0]
    weight = float(closed.escape_weight(stuck, real, [4.0]))
    best = Mix(real, 1 / (1 + weight)) >> Refit(starts=[3.0])
    # A little less than the threshold, so that the other peak is the better one.
    less = Mix(real, 1 / (1 + weight * (1 - 1e-9))) >> best.stages[1]
    moved = generation(less, stuck)
    laws = [np.asarray(one.law().masses) for one in (stuck, moved)]
    rise = closed.mean_log_likelihood(moved, real) - closed.mean_log_likelihood(stuck, real)
    return rise, laws[0] @ np.log(laws[0] / laws[1]), weight
