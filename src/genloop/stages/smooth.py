"""A kernel density estimate of what a generation has."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from ..arguments import check_at_least, check_model
from ..models.model import is_concrete
from ..models.particles.bandwidth import Bandwidth, as_bandwidth
from ..models.particles.shrinking import scaled, trace_ratio, transport
from .stage import AbstractStage, open_moments


def _samples_or_none(samples):
    return None if samples is None else check_at_least("samples", samples, 1)


class Smooth(AbstractStage):
    r"""Put a normal kernel on every point: a kernel density estimate of the sample.

    Its covariance is $h^2 S$ with the unbiased sample covariance $S$ where the bandwidth is
    relative, as in `scipy.stats.gaussian_kde(bw_method=...)`, and $h^2 I$ where it is absolute, as
    in `sklearn.neighbors.KernelDensity(bandwidth=...)`. `bandwidth` is the number $h$, or
    "scott" ($h = n^{-1/(d + 4)}$) or "silverman" ($h = (n (d + 2)/4)^{-1/(d + 4)}$). Without
    `relative` the names are relative and numbers absolute.

    With `shrink` the density is contracted about its mean until its covariance is $S$ [CA-B4]: $x
    \to m + B (x - m)$, where $B = b I$ with $b^2 (1 - \frac1n + h^2) = 1$ for a relative bandwidth.

    $n$ is the number of points of the sample ($1/\sum_i m_i^2$ for masses $m_i$; for absolute
    bandwidths by name the number of rows); infinite data take it from the `Draw` before, and
    `samples` gives another. Raises `ValueError` for another name, for a number that is not
    positive, for a model that is no sample, where $n$ is unknown and for points that all lie in a
    subspace.

    ```python
    loop = gl.Draw(1000) >> gl.Smooth("scott")
    real = gl.Particles.of([0.3, 0.9, 1.2])
    loop.moments(real.moments()).covariance  # [[0.148693]]
    ```
    """

    bandwidth: Bandwidth = eqx.field(converter=as_bandwidth)
    relative: bool | None = eqx.field(static=True, default=None, kw_only=True)
    shrink: bool = eqx.field(static=True, default=False, kw_only=True)
    samples: int | None = eqx.field(
        static=True, default=None, converter=_samples_or_none, kw_only=True
    )
    batched = True

    @property
    def draws(self) -> bool:
        return False

    @property
    def is_relative(self) -> bool:
        """Whether the kernel is as wide as the sample, and not a length."""
        return self.bandwidth.counts if self.relative is None else self.relative

    def __call__(self, model):
        """The density of infinite data: the kernel is as wide as the distribution."""
        _check_sample(model)
        return self._smoothed(model, model.covariance)

    def step(self, key, model):
        """The estimate from a finite sample: the kernel is as wide as its unbiased covariance."""
        _check_sample(model)
        factor = 1.0 if model.smoothed else _unbiased(model.size)
        return self._smoothed(model, scaled(model.covariance, factor))

    def _smoothed(self, model, spread):
        identity = np.broadcast_to(np.eye(model.dimension), spread.shape)
        root = _root(spread) if self.is_relative else identity
        smooth = model.convolve(scaled(root, self.number(model.size, model.dimension)))
        if not self.shrink:
            return smooth
        ratio = trace_ratio if self.is_relative else transport
        return smooth.contract(ratio(spread, smooth.covariance))

    def number(self, size: Any, dimension: int) -> Any:
        """The bandwidth $h$ for `size` points in so many dimensions.

        Raises `ValueError` where it depends on a number of points that is not known.
        """
        size = size if self.samples is None else float(self.samples)
        if size is None and self.bandwidth.counts:
            raise ValueError(
                f"the bandwidth {self.bandwidth._heading()} depends on the number of points, which "
                "a density does not have; put Draw(n) before Smooth, or write "
                f"Smooth({self.bandwidth._heading()}, samples=1000)."
            )
        return self.bandwidth(size, dimension)

    def moments(self, moments):
        r"""$C \to (1 + \frac n{n - 1} h^2)\,C$, or $C + h^2 I$ [CA-B2]: exact for any distribution.

        With `shrink` it is $C \to \frac n{n - 1} C$.
        """
        if not hasattr(moments, "widen"):
            raise open_moments(self)
        size = getattr(moments, "size", None)
        if (self.is_relative or self.shrink) and not hasattr(moments, "size"):
            raise ValueError(
                "these moments do not know the number of points, on which the kernel depends; "
                "start from Particles.of(data).moments()."
            )
        factor = 1.0 if size is None else _unbiased(size)
        if self.shrink:
            return moments.widen(factor, 0.0)
        square = self.number(size, moments.mean.size) ** 2
        return moments.widen(*((1 + square * factor, 0.0) if self.is_relative else (1.0, square)))


def _check_sample(model):
    check_model(model)
    if not hasattr(model, "convolve"):
        raise ValueError(
            f"kernels are put on the points of a sample, got a {type(model).__name__}; start from "
            "Particles.of(data)."
        )


def _unbiased(size):
    return size / (size - 1)


def _root(spread):
    root = jnp.sqrt(spread) if spread.shape[-1] == 1 else jnp.linalg.cholesky(spread)
    if is_concrete(root) and not (np.isfinite(root).all() and (np.asarray(root) != 0).any()):
        raise ValueError(
            "the points all lie in a subspace, so that a relative kernel has no width there; give "
            "more points than dimensions, remove constant columns, or take an absolute bandwidth."
        )
    return root
