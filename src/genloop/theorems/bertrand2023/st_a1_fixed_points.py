"""ST-A1: What retraining leaves as it is are critical points of the real log-likelihood."""

import jax.numpy as jnp
import numpy as np

from ...loops.retraining import cauchy, circle
from ...verification import closed_form, theorem
from ._curved_family import REAL, CurvedFamily
from ._two_peaks import TwoPeaks

_START = np.array([1.0, -0.5])


def _best_fit(weight, curvature):
    """The parameters of largest real likelihood, whatever the weight."""
    return CurvedFamily(curvature).fit(REAL, _START)


def _shrunk_fit(weight, curvature):
    return CurvedFamily(curvature).fit(REAL + weight / 100, _START)


_FIXED = {"family": _best_fit, "cauchy": lambda a, weight: cauchy.critical_centres(a)}


@theorem(
    spec="ST-A1",
    paper="bertrand2023",
    status="reconstructed",
    hypotheses=(
        "infinite data and exact maximum likelihood, local or global, in every generation",
        "densities that are smooth in the parameters, and expectations that may be differentiated",
    ),
    claim=_FIXED,
    mutants={
        "synthetic data pull it to equal frequencies": _FIXED | {"family": _shrunk_fit},
        "the fit 1 % off": _FIXED | {"family": lambda w, c: 1.01 * _best_fit(w, c)},
        "the outer centres lie at the peaks": _FIXED
        | {"cauchy": lambda a, w: jnp.array([-a, 0.0, a])},
        "the outer centres move out with the weight": _FIXED
        | {"cauchy": lambda a, w: (1 + w / 100) * cauchy.critical_centres(a)},
    },
)
def fixed_points(claim, trial):
    r"""What retraining leaves as it is are critical points of the real log-likelihood.

    If $\theta_* = \arg\max_{\theta'} [E_r \log p_{\theta'} + w E_{p_{\theta_*}} \log p_{\theta'}]$
    then $\nabla \ell(\theta_*) = 0$ for $\ell(\theta) = E_r \log p_\theta$: these points do not
    depend on $w$. A critical point of $\ell$ is a fixed point of the local arg max where $A + w B
    \prec 0$: one with $A \prec 0$ for every $w$, and any other for large $w$, if the information
    is regular.
    """
    for curvature in (0.0, 0.5):
        family = CurvedFamily(curvature)
        for weight in (0.3, 3.0):
            label = f"orbit {curvature} {weight}"
            last = trial.once(label, lambda f=family, w=weight: _orbit(f, w))
            what = f"ten outcomes, curvature {curvature}, w = {weight}"
            yield closed_form(what, claim["family"](weight, curvature), last, tolerance=1e-9)
            # At a fixed point the synthetic part of the slope is zero on its own.
            score = family.score(last, family.probabilities(last))
            yield closed_form(f"{what}: score of the samples", score, 0.0, tolerance=1e-12)
    for distance in (2.5, 3.0):
        peaks = TwoPeaks(0.5, distance)
        for weight in (0.2, 1.5):
            ends = [_end(peaks, start, weight) for start in (-distance, 0.0, distance)]
            claimed = claim["cauchy"](distance, weight)
            what = f"two peaks, a = {distance}, w = {weight}"
            yield closed_form(what, claimed, ends, tolerance=1e-9, scale=1.0)
    weight, angles = 3.0, jnp.array([0.0, jnp.pi])
    after = circle.retrained_angle(angles, radius=2.0, distance=1.0, synthetic_weight=weight)
    yield closed_form("opposite ends of the circle", after, angles, scale=1.0)


def _orbit(family, weight):
    theta = _START
    for _ in range(30 + int(30 * weight)):
        theta = family.retrain(theta, weight)
    return theta


def _end(peaks, start, weight):
    for _ in range(200):
        start = peaks.polished(start, start, weight)
    return start
