"""Critical temperatures by the general engine, from the map of expected moments alone."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from ...analysis import spectral_radius, threshold
from ...models import Gaussian, GaussianMoments
from ...stages import Loop

_REAL = Gaussian.of(0.0, 1.0)


def critical_temperature(design: Callable[..., Loop], *, mean_error: bool) -> float:
    r"""The $T$ where `design(T)` maps $(E(\mu - \mu_0)^2, E\,\sigma^2)$ with spectral radius one.

    Without `mean_error` only the variance counts: without real data the mean is a martingale, with
    multiplier one at every temperature.
    """

    # One program for the whole search.
    @jax.jit
    def radius(temperature):
        loop = design(temperature)

        def generation(moments):
            error, variance = moments[:, None, None]
            start = GaussianMoments(_REAL.mean, error, variance)
            after = loop.moments(start)
            return jnp.stack([after.error(_REAL.mean)[0, 0], after.covariance[0, 0]])

        if mean_error:
            return spectral_radius(generation, jnp.ones(2))
        return spectral_radius(lambda c: generation(jnp.array([0.0, 1.0]) * c)[1], jnp.ones(()))

    return float(threshold(radius, 0.01, 40.0))
