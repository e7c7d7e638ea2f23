"""ST-A11: Finite samples carry retraining no further than a geometric sum of their errors."""

import numpy as np

from ...laws import binomial_law
from ...loops.retraining import error_bound, frequency_error, likelihood_multipliers
from ...verification import bound, closed_form, scaled, theorem
from ._instances import REAL_CURVATURE, SAMPLED_CURVATURE

_BOUNDS = {"distance": error_bound, "error": frequency_error}


def _without_the_start(generations, *, rate, error, start=0.0):
    return error_bound(generations, rate=rate, error=error)


def _one_step_less(generations, *, rate, error, start=0.0):
    return error_bound(np.asarray(generations) - 1, rate=rate, error=error, start=start)


@theorem(
    spec="ST-A11",
    paper="bertrand2023",
    status="reconstructed",
    hypotheses=(
        "the exact loop contracts by a factor rho < 1 in a norm",
        "with probability 1 - delta / t a generation of finite samples is at most e off",
    ),
    claim=_BOUNDS,
    mutants={
        "the start is forgotten at once": _BOUNDS | {"distance": _without_the_start},
        "one generation less": _BOUNDS | {"distance": _one_step_less},
        "one side of Hoeffding's inequality": _BOUNDS
        | {"error": lambda n, d, t=1: np.sqrt(np.log(t / d) / (2 * n))},
        "without the union over generations": _BOUNDS
        | {"error": lambda n, d, t=1: frequency_error(n, d)},
        "distance 1 % small": scaled(_BOUNDS, 0.99, "distance"),
        "error 1 % small": scaled(_BOUNDS, 0.99, "error"),
    },
)
def finite_samples(claim, trial):
    r"""Finite samples carry retraining no further than a geometric sum of their errors.

    $d_t \le \rho^t d_0 + e\,\frac{1 - \rho^t}{1 - \rho}$ with probability $1 - \delta$ in all of
    $t$ generations; no smaller number does for every loop. For linear loops the norm $\sqrt{x^\top
    (-A) x}$ has $\rho$ equal to the spectral radius of the derivative. A frequency of $n$ samples
    has $e = \sqrt{\log(2 t/\delta)/(2 n)}$.
    """
    for rate, error, start in ((0.6, 0.1, 2.0), (0.95, 0.02, 0.0), (1.0, 0.3, 1.0)):
        worst = [start]
        for _ in range(12):
            worst.append(rate * worst[-1] + error)
        claimed = claim["distance"](np.arange(13), rate=rate, error=error, start=start)
        yield closed_form(f"attained on the line, rate {rate}", claimed, worst)
    jacobian = _derivative()
    radius = np.abs(np.linalg.eigvals(jacobian)).max()
    for index, move in enumerate(np.eye(2)):
        norms = trial.once(f"plane {index}", lambda j=jacobian, m=move: _worst_plane(j, m))
        claimed = claim["distance"](np.arange(13), rate=radius, error=0.1, start=norms[0])
        what = f"in the norm of -A, although the Euclidean norm grows, direction {index}"
        yield bound(what, norms, claimed, tolerance=1e-12)
    for samples, share, generations, risk in ((20, 0.3, 5, 0.05), (60, 0.1, 12, 0.2)):
        error = (1 - share) * claim["error"](samples, risk, generations)
        what = f"n = {samples}, a = {share}, t = {generations}, risk {risk}"
        inverse = 2 * generations * np.exp(-2 * samples * (error / (1 - share)) ** 2)
        yield closed_form(f"Hoeffding's inequality, {what}", inverse, risk)
        limits = claim["distance"](np.arange(generations + 1), rate=1 - share, error=error)
        inside = _kept(samples, share, limits)
        yield bound(f"by the exact chain of two outcomes, {what}", 1 - risk, inside)


def _derivative():
    real, sampled = REAL_CURVATURE, SAMPLED_CURVATURE
    return np.asarray(likelihood_multipliers(real, sampled, -sampled, 1.0))


def _worst_plane(jacobian, move):
    """Distances in the norm of $-A$ with the worst error of size 0.1 in every generation."""
    root = np.linalg.cholesky(-REAL_CURVATURE).T
    state, norms = move, []
    for _ in range(13):
        norms.append(np.linalg.norm(root @ state))
        state = jacobian @ state
        state = state * (1 + 0.1 / np.linalg.norm(root @ state))
    return np.array(norms)


def _kept(samples, real_fraction, limits):
    """The probability that a frequency stays within the limits about its real value 0.4."""
    real, counts = 0.4, np.arange(samples + 1)
    value = real_fraction * real + (1 - real_fraction) * counts / samples
    matrix = np.array([binomial_law(samples, x) for x in value])
    law = binomial_law(samples, real)
    for limit in limits[1:-1]:
        law = np.where(np.abs(value - real) <= limit, law, 0.0) @ matrix
    return law[np.abs(value - real) <= limits[-1]].sum()
