"""A finite sample as a model, with the kernels of a density estimate."""

import dataclasses
from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ...arguments import check_at_least, check_key
from ...printing import host, plural
from ..gaussian import Gaussian, joint_factor
from ..model import AbstractModel, share_of_real_data
from ..moments import GaussianMoments
from ..origin import Origin
from ..points import Points, checked_data
from . import drawing
from .moments import ParticleMoments, joint_size


class Particles(AbstractModel):
    r"""A finite sample as a model, $\sum_j s_j \frac1{n_j} \sum_i N(x_{ij}, L_j L_j^\top)$.

    Its points come in groups, one behind the other in `points` of shape `(*batch, n, d)`; `groups`
    are the numbers $n_j$. A group has a share $s_j$ in `shares` `(*batch, g)` and a kernel, by a
    root $L_j$ of its covariance in `kernels` `(*batch, g, d, d)`; without `kernels` it is the
    sample itself. `weights` `(*batch, n)` are those of the points in their group, all alike without
    them. `widths` `(*batch, g, d)` are sides of a box in which a point is uniform, besides.

    `Draw` takes $n$ points of it (of a sample a bootstrap), `Smooth` widens the kernels, `Mix` puts
    the points of both behind each other. `Particles.of` is for data, `Particles.mixture` for
    densities that are known.

    ```python
    real = gl.Particles.of([0.3, 0.9, 1.2])
    gl.Smooth(0.5)(real).covariance  # [[0.39]]
    ```
    """

    points: Float[Array, "*batch n d"]
    shares: Float[Array, "*batch g"]
    weights: Float[Array, "*batch n"] | None = None
    kernels: Float[Array, "*batch g d d"] | None = None
    widths: Float[Array, "*batch g d"] | None = None
    recorded: Float[Array, ""] | None = None
    groups: tuple[int, ...] = eqx.field(static=True, kw_only=True)
    read_from: Origin | None = eqx.field(static=True, default=None, kw_only=True)
    holds_mixtures: ClassVar[bool] = True
    resizes: ClassVar[bool] = True

    @classmethod
    def of(cls, points, weights=None, *, origin: Origin | None = None) -> Self:
        """Data of shape `(n,)` or `(n, d)`, all alike or with weights that are not negative.

        Raises `ValueError` for shapes that do not fit, and for numbers that are not finite.
        """
        points, masses = checked_data(points, weights)
        points = points[:, None] if points.ndim == 1 else points
        masses = None if weights is None else masses
        return cls(points, np.ones(1), masses, groups=(len(points),), read_from=origin)

    @classmethod
    def mixture(cls, shares, means, covariances, widths=None) -> Self:
        r"""A mixture of normal distributions, and of uniform ones where a width is given.

        `means` have shape `(g,)` or `(g, d)`, `covariances` `(g,)` or `(g, d, d)`. With `widths`
        `(g,)` or `(g, d)` a component is uniform on a box about its mean with these sides and,
        where its covariance is not zero, smoothed by it. Raises `ValueError` for shapes that do
        not fit, negative shares or widths, and what is no covariance.

        ```python
        two = gl.Particles.mixture([0.5, 0.5], [-2.0, 2.0], [0.25, 0.25])
        two.covariance  # [[4.25]]
        ```
        """
        points, shares = checked_data(means, shares)
        return cls(*_components(points, shares, covariances, widths), groups=(1,) * len(points))

    def _size(self):
        kernels = " with kernels" if self.smoothed else ""
        dimensions = plural(self.dimension, "dimension")
        return f"of {plural(self.count, 'point')} in {dimensions}{kernels}"

    def _printed(self):
        seen = jax.tree.map(host, self)
        return {"mean": seen.mean, "covariance": seen.covariance, "source": self.source}

    @property
    def dimension(self) -> int:
        """The number of dimensions $d$."""
        return self.points.shape[-1]

    @property
    def count(self) -> int:
        """The number of points $n$."""
        return self.points.shape[-2]

    @property
    def smoothed(self) -> bool:
        """Whether it is a density, with a kernel on some points."""
        return self.kernels is not None or self.widths is not None

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.points.shape[:-2]

    @property
    def masses(self) -> Float[Array, "*batch n"]:
        """The masses of the points, with sum one."""
        if self.weights is None:
            return drawing.over_groups(self.shares / self._counts(), self.groups)
        return drawing.over_groups(self.shares, self.groups) * self.weights

    def _counts(self):
        return np.broadcast_to(np.array(self.groups, float), self.shares.shape)

    @property
    def size(self) -> Any:
        r"""The number of points of the sample, $1/\sum_i m_i^2$ where they have masses.

        A density has none, but for the number of points that a `Draw` of infinite data has
        recorded.
        """
        if self.recorded is not None:
            return self.recorded
        if self.smoothed:
            return None
        if self.weights is None:
            return 1 / (self.shares**2 / self._counts()).sum(-1)
        return 1 / (self.masses**2).sum(-1)

    @property
    def mean(self) -> Float[Array, "*batch d"]:
        """The mean of the distribution."""
        return self._two_moments()[0]

    @property
    def covariance(self) -> Float[Array, "*batch d d"]:
        r"""$\sum_i m_i (x_i - m)(x_i - m)^\top + \sum_j s_j (L_j L_j^\top + W_j)$.

        A box of side $w$ adds $W = w^2/12$.
        """
        return self._two_moments()[1]

    def _two_moments(self):
        """Mean and covariance: within the groups and between them."""
        means, each = drawing.group_moments(self.points, self.weights, self.groups)
        mean = (means * self.shares[..., None]).sum(-2)
        gaps = means - mean[..., None, :]
        each = each + gaps[..., :, None] * gaps[..., None, :]
        if self.kernels is not None:
            each = each + self.kernels @ self.kernels.mT
        if self.widths is not None:
            boxes = np.broadcast_to(np.eye(self.dimension), each.shape) / 12
            each = each + boxes * self.widths[..., None] ** 2
        return mean, (each * self.shares[..., None, None]).sum(-3)

    def broadcast(self, batch_shape) -> "Particles":
        own = len(self.batch_shape)
        repeat = lambda leaf: jnp.broadcast_to(leaf, (*batch_shape, *jnp.shape(leaf)[own:]))
        size, rest = self.recorded, dataclasses.replace(self, recorded=None)
        return dataclasses.replace(jax.tree.map(repeat, rest), recorded=size)

    def natural_parameters(self):
        return jnp.log(self.masses)

    def mean_parameters(self):
        return self.masses

    def with_mean_parameters(self, parameters) -> "Particles":
        shares = drawing.sums(parameters[..., None], self.groups)[..., 0]
        weights = parameters / drawing.over_groups(shares, self.groups)
        return dataclasses.replace(self, shares=shares, weights=weights)

    def separation(self, other) -> Float[Array, "*batch"]:
        r"""$\max_i |x_i - x_i'|$ in units of the largest standard deviation, at least the largest
        gap of masses."""
        scale = jnp.sqrt(jnp.diagonal(self.covariance, axis1=-2, axis2=-1).max(-1))
        apart = jnp.abs(self.points - other.points).max((-2, -1)) / scale
        return jnp.maximum(apart, jnp.abs(self.masses - other.masses).max(-1))

    def temper(self, temperature):
        raise ValueError(
            "a sample has no density that a temperature could act on; leave out Temper, or take a "
            "Gaussian for the data."
        )

    def mix(self, other, real_fraction) -> "Particles":
        r"""$(1 - a)\,p + a\,p_\mathrm{other}$: the points of both, behind each other.

        Raises `ValueError` for what is no sample, and for one of other dimensions.
        """
        real_fraction = share_of_real_data(real_fraction)
        other = as_particles(other)
        if other.dimension != self.dimension:
            raise ValueError(
                f"cannot mix points of {plural(self.dimension, 'dimension')} with real data of "
                f"{other.dimension}; both are points of one space."
            )
        size = joint_size(self.size, other.size, real_fraction)
        joined = drawing.joined(self, other.broadcast(self.batch_shape), real_fraction)
        # A sample knows its number of points by its masses.
        return joined if not joined.smoothed and self.recorded is None else joined.sized(size)

    def sized(self, samples) -> "Particles":
        """The same distribution, with the number of points that a fit to it has."""
        return dataclasses.replace(self, recorded=samples)

    def draw(self, key: PRNGKeyArray, samples: int) -> "Particles":
        """`samples` independent points of the density; of a sample without kernels a bootstrap.

        In time proportional to `samples`.
        """
        check_key(key)
        samples = check_at_least("samples", samples, 1)
        points = drawing.drawn(key, self, samples)
        shares = jnp.ones((*self.batch_shape, 1))
        return Particles(points, shares, groups=(samples,), read_from=self.read_from)

    def sample(self, key, samples) -> Float[Array, "n d"]:
        return drawing.drawn(key, self, samples)

    def fit(self, points) -> "Particles":
        return Particles(points, jnp.ones(1), groups=(len(points),), read_from=self.read_from)

    def density(self, x: Float[Array, "m d"]) -> Float[Array, " m"]:
        """The density at points, one a row, in time and memory proportional to their number.

        Raises `ValueError` for points without a kernel, which have none, and for a batch.
        """
        if self.batch_shape or self.widths is not None or self.kernels is None:
            raise ValueError(
                "a density is that of one sample with kernels on all points; put Smooth(0.5) "
                "behind the others, or take loops.kernel_density.KernelMixture for uniform ones."
            )
        return drawing.density(self, jnp.asarray(x))

    def convolve(self, root: Float[Array, "*batch d d"]) -> "Particles":
        r"""The distribution with normal noise of covariance $L L^\top$ added, by its root $L$."""
        groups = len(self.groups)
        spread = jnp.broadcast_to(
            root[..., None, :, :], (*self.batch_shape, groups, *root.shape[-2:])
        )
        if self.kernels is not None:
            spread = joint_factor([1.0, 1.0], [self.kernels, spread])
        return dataclasses.replace(self, kernels=spread, recorded=None)

    def contract(self, matrix: Float[Array, "*batch d d"]) -> "Particles":
        r"""The distribution of $m + B (x - m)$, with the mean $m$ of $x$.

        Raises `ValueError` for uniform components.
        """
        if self.widths is not None:
            raise ValueError(
                "uniform components are smoothed without shrinking; leave out shrink=True, or "
                "draw points first."
            )
        mean = self.mean[..., None, :]
        points = mean + (self.points - mean) @ matrix.mT
        kernels = None if self.kernels is None else matrix[..., None, :, :] @ self.kernels
        return dataclasses.replace(self, points=points, kernels=kernels)

    def unbias(self, samples) -> Self:
        return self

    def moments(self) -> ParticleMoments:
        mean = jnp.asarray(self.mean)
        zero = jnp.zeros((self.dimension, self.dimension))
        moments = GaussianMoments(mean, zero, jnp.asarray(self.covariance))
        return ParticleMoments(moments, self.size)

    def valid(self) -> Bool[Array, "*batch"]:
        finite = jnp.isfinite(self.points).all((-2, -1)) & (self.shares >= 0).all(-1)
        if self.kernels is not None:
            finite = finite & jnp.isfinite(self.kernels).all((-3, -2, -1))
        return finite & (jnp.abs(self.shares.sum(-1) - 1) < 1e-6)


def as_particles(model: Any) -> Particles:
    """The sample that a model is. Raises `ValueError` for one that is none."""
    if isinstance(model, Particles):
        return model
    if isinstance(model, Points):
        return Particles.of(model.points, model.masses, origin=model.read_from)
    if isinstance(model, Gaussian):
        one = lambda array: array[..., None, :]
        return Particles(
            one(model.mean),
            jnp.ones((*model.batch_shape, 1)),
            kernels=model.factor[..., None, :, :],
            groups=(1,),
            read_from=model.read_from,
        )
    raise ValueError(
        f"a kernel loop learns from points, got a {type(model).__name__}; make the real data "
        "Particles.of(data)."
    )


def _components(points, shares, covariances, widths):
    points = np.asarray(points)[:, None] if points.ndim == 1 else points
    count, dimension = points.shape
    covariances = np.asarray(covariances, float).reshape(count, dimension, dimension)
    roots = np.zeros_like(covariances)
    for place, covariance in enumerate(covariances):
        if covariance.any():
            roots[place] = Gaussian.of(points[place], covariance).factor
    if widths is not None:
        widths = np.asarray(widths, float).reshape(count, 1, dimension)[:, 0]
        if not (np.isfinite(widths) & (widths >= 0)).all():
            raise ValueError("widths of uniform components are finite and not negative.")
    # One point each: the weight in its group is one.
    return points, shares, None, roots, widths
