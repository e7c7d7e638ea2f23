"""ST-A9: With enough synthetic data a worse optimum holds itself."""

import numpy as np
from scipy import optimize

from ...loops.retraining import (
    certify_lock_in,
    critical_points,
    escape_weight,
    lock_in_threshold,
)
from ...verification import closed_form, proves, scaled, theorem
from ._two_peaks import TwoPeaks, family, real_points


def _with_half_the_weight(share, distance):
    found = lock_in_threshold(share, distance)
    return found * np.array([1.0, 1.0, 0.5])


def _without_a_cost(share, distance):
    """Escape to the best model at once, wherever it lies."""
    peaks = TwoPeaks(share, distance)
    stuck, best = peaks.critical()[[0, -1]]
    gain = peaks.likelihood(best) - peaks.likelihood(stuck)
    return np.array([stuck, best, gain / np.log1p((best - stuck) ** 2 / 4)])


@theorem(
    spec="ST-A9",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "the global arg max of infinite data in every generation",
        "a real log-likelihood with a local maximum that is not the largest",
    ),
    claim=lock_in_threshold,
    mutants={
        "half the weight": _with_half_the_weight,
        "the way to the best model decides": _without_a_cost,
        "1 % more": scaled(lock_in_threshold, 1.01),
        "1 % less": scaled(lock_in_threshold, 0.99),
    },
)
def lock_in(claim, trial):
    r"""With enough synthetic data a worse optimum holds itself.

    A local maximum $\theta_-$ of $\ell$ is a fixed point of the global arg max iff $w \ge w_c =
    \sup_\theta [\ell(\theta) - \ell(\theta_-)]/\mathrm{KL}(p_{\theta_-} \| p_\theta)$, that is, for
    real fractions of at most $1/(1 + w_c)$. Below $w_c$ the loop leaves it at once; the best
    optimum is a fixed point for every weight, so that above $w_c$ the start decides.
    """
    engine = trial.once("engine", lambda: _by_the_engine(0.6, 4.0))
    claimed = claim(0.6, 4.0)[[0, 2]]
    yield closed_form("share 0.6, distance 4, by the engine", claimed, engine, tolerance=1e-6)
    for share, distance in ((0.6, 4.0), (0.6, 8.0)):
        peaks = TwoPeaks(share, distance)
        stuck, escape, weight = claim(share, distance)
        what = f"share {share}, distance {distance:g}"
        exact = trial.once(what, lambda p=peaks: _largest_quotient(p))
        yield closed_form(f"{what}, by a search", [stuck, weight], exact[[0, 2]], tolerance=1e-9)
        yield closed_form(f"{what}, the escape", escape, exact[1], tolerance=1e-6)
        best = peaks.critical()[-1]
        for factor in (0.98, 0.999, 1.001, 1.02):
            kept = exact[0] if factor > 1 else best
            for start, end in ((stuck, kept), (best, best)):
                found = _end(peaks, start, factor * weight)
                name = f"{what}, at {factor} of the threshold from {start:.3g}"
                yield closed_form(name, end, found, tolerance=1e-9)
        found = peaks.retrain(exact[0], 0.9999 * weight)
        yield closed_form(f"{what}, where it goes first", escape, found, tolerance=0.005)


def _by_the_engine(share, distance):
    """The worse maximum and its weight, of a family given by its log-density alone."""
    real, model = real_points(share, distance), family(-distance)
    ends = critical_points(model, real, [-distance, distance])
    weight = escape_weight(ends[-1], real, [distance - 0.5, distance]).value
    return np.array([float(ends[-1].parameters), weight])


def _largest_quotient(peaks):
    """The worse peak and the largest quotient, by a grid and a search."""
    stuck = peaks.critical()[0]
    gain = lambda x: peaks.likelihood(x) - peaks.likelihood(stuck)
    quotient = lambda x: gain(x) / np.log1p((x - stuck) ** 2 / 4)
    grid = np.linspace(stuck + 0.5, 50.0, 20_001)
    place = grid[quotient(grid).argmax()]
    step = grid[1] - grid[0]
    options = {"bounds": (place - step, place + step), "method": "bounded"}
    found = optimize.minimize_scalar(lambda x: -quotient(x), options={"xatol": 1e-12}, **options)
    return np.array([stuck, found.x, -found.fun])


def _end(peaks, centre, weight):
    for _ in range(60):
        centre = peaks.retrain(centre, weight)
    return centre


@proves("ST-A9")
def proofs(digits):
    """The worse optimum, the escape and the weight, alone in a box."""
    return {"share 0.6, distance 4": certify_lock_in("0.6", "4", digits=digits)}
