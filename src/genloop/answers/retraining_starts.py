"""What is wrong with a log-density at the parameters where a search starts."""

import numpy as np

from ..loops.retraining.landscape import Landscape

_POSITIVE = "write a parameter that must be positive as jax.numpy.exp(theta)"


def check_start(scene: Landscape, start: np.ndarray) -> None:
    """Raises `ValueError` unless the likelihood of the data has a value and a gradient there."""
    written, log_total = scene.written(start)
    weighted = scene.real_masses[: scene.size] > 0
    wrong = ~np.isfinite(written) & weighted
    points = scene.real.points[: scene.size]
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"the log-density is {written[first]} at {int(wrong.sum())} of {scene.size} data "
            f"points, the first {points[first]}; start elsewhere, {_POSITIVE}, or correct the "
            "density or the data."
        )
    if np.isnan(log_total) or log_total == np.inf:
        raise ValueError(
            f"the density at the start has no finite sum on the support (its logarithm is "
            f"{log_total}); give a support of the points where it is defined, or write "
            "jax.numpy.where(inside, log_density, -jax.numpy.inf)."
        )
    if not np.isfinite(scene.real.seen(start[None]).gradient).all():
        raise ValueError(
            "the gradient of the log-likelihood is not finite at the start, though its value is; "
            f"start elsewhere, {_POSITIVE}, or keep roots, logarithms and divisions away from "
            "zero, also in the branch that jax.numpy.where does not take."
        )
