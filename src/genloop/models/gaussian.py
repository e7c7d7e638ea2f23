"""A normal distribution in any dimension."""

from typing import ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ..operators import Coordinates
from ..operators.covariance import Factored
from ..operators.guidance import extrapolated, flowed, proper
from ..printing import host, plural
from ..sampling import normal, standard_fit
from .curation import AbstractPointReward, GroupedRewards, as_reward
from .ellipsoid import share_of_variance
from .model import (
    AbstractModel,
    as_float,
    check_same_family,
    is_concrete,
    positive_temperature,
    share_of_real_data,
)
from .moments import GaussianMoments
from .origin import Origin


class Gaussian(AbstractModel):
    r"""A normal distribution $N(\mu, L L^\top)$ with mean $\mu$ and lower-triangular factor $L$.

    Carrying the factor keeps variances meaningful far below $10^{-300}$ and makes a generation free
    of decompositions. Shapes `(*batch, d)` and `(*batch, d, d)`; `Gaussian.of` takes a covariance.
    Raises `ValueError` for shapes that do not fit, entries above the diagonal, a negative diagonal
    or numbers that are not finite.

    ```python
    gl.Gaussian.of(mean=[0, 1], covariance=[[2, 1], [1, 3]]).temper(0.5).covariance
    ```
    """

    has_flow: ClassVar[bool] = True

    mean: Float[Array, "*batch d"] = eqx.field(converter=as_float)
    factor: Float[Array, "*batch d d"] = eqx.field(converter=as_float)
    read_from: Origin | None = eqx.field(static=True, default=None)

    def __check_init__(self):
        if self.mean.ndim == 0 or self.factor.shape != (*self.mean.shape, self.mean.shape[-1]):
            raise ValueError(
                "a Gaussian needs a mean of shape (..., d) and a factor of shape (..., d, d), got "
                f"{self.mean.shape} and {self.factor.shape}; use Gaussian.of for numbers."
            )
        if is_concrete(self.mean, self.factor):
            _check_factor(np.asarray(self.mean), np.asarray(self.factor))

    @classmethod
    def of(cls, mean, covariance, *, origin: Origin | None = None) -> Self:
        """The Gaussian of a mean (number or vector) and a covariance (number or matrix).

        Raises `ValueError` if the covariance is not symmetric and positive definite.
        """
        mean, covariance = jnp.atleast_1d(as_float(mean)), jnp.atleast_2d(as_float(covariance))
        if covariance.shape != (mean.size, mean.size):
            raise ValueError(
                f"a mean of {mean.size} entries needs a square covariance of that size, got shape "
                f"{covariance.shape}."
            )
        if is_concrete(covariance):
            _check_covariance(np.asarray(covariance))
        return cls(mean, jnp.linalg.cholesky(covariance), origin)

    @classmethod
    def of_numbers(cls, mean: float, variance: float) -> Self:
        """The Gaussian of one dimension with a mean and a variance, as `--loop` writes it."""
        return cls.of(mean, variance)

    def _size(self):
        return f"in {plural(self.dimension, 'dimension')}"

    def _printed(self):
        factor = host(self.factor)
        covariance = factor @ factor.swapaxes(-1, -2)
        if self.dimension == 1:
            numbers = {"mean": host(self.mean)[..., 0], "variance": covariance[..., 0, 0]}
            return {**numbers, "source": self.source}
        small = self.dimension <= 3 and not self.batch_shape
        deviations = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
        spread = {"covariance": covariance} if small else {"standard deviations": deviations}
        return {"mean": self.mean, **spread, "source": self.source}

    @property
    def dimension(self) -> int:
        """The number of dimensions $d$."""
        return self.mean.shape[-1]

    @property
    def covariance(self) -> Float[Array, "*batch d d"]:
        r"""$\Sigma = L L^\top$."""
        return self.factor @ self.factor.mT

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.mean.shape[:-1]

    def broadcast(self, batch_shape) -> "Gaussian":
        mean = jnp.broadcast_to(self.mean, (*batch_shape, *self.mean.shape[-1:]))
        factor = jnp.broadcast_to(self.factor, (*batch_shape, *self.factor.shape[-2:]))
        return Gaussian(mean, factor, self.read_from)

    def natural_parameters(self):
        precision = jnp.linalg.inv(self.covariance)
        linear = (precision @ self.mean[..., None])[..., 0]
        return _flat(linear, -precision / 2)

    def mean_parameters(self):
        second = self.covariance + self.mean[..., :, None] * self.mean[..., None, :]
        return _flat(self.mean, second)

    def temper(self, temperature) -> "Gaussian":
        r"""$N(\mu, T \Sigma)$."""
        spread = jnp.sqrt(positive_temperature(temperature))
        return Gaussian(self.mean, spread * self.factor, self.read_from)

    def inside(self, mass) -> "Gaussian":
        r"""$N(\mu, \tau(c) \Sigma)$: the fit to what lies in the smallest set of mass $c$ [ST-B8].

        That set is an ellipsoid about the mean; `share_of_variance` has $\tau$.
        """
        return self.temper(share_of_variance(mass, self.dimension))

    def diffuse(self, stop, horizon=None) -> "Gaussian":
        r"""What a diffusion with the exact score learns that stops early at $\delta$ [DL-2].

        With $\Sigma_s = e^{-2s} \Sigma + (1 - e^{-2s}) I$ and $G = e^{\delta - T} \Sigma_\delta
        \Sigma_T^{-1}$, $T$ the `horizon`: mean $e^{-\delta} \mu - e^{-T} G \mu$ and covariance
        $\Sigma_\delta + e^{-2T} G (I - \Sigma)\,G$. $G = 0$ for $T = \infty$, unless it is given.
        """
        noisy = self._noisy(stop)
        mean = jnp.exp(-stop) * self.mean
        if horizon is None:
            return Gaussian(mean, jnp.linalg.cholesky(noisy), self.read_from)
        kept = jnp.exp(stop - horizon) * jnp.linalg.solve(self._noisy(horizon), noisy)
        lacking = jnp.exp(-2 * horizon) * (self._unit() - self.covariance)
        covariance = noisy + kept @ lacking @ kept
        mean = mean - jnp.exp(-horizon) * (kept @ self.mean[..., None])[..., 0]
        symmetric = (covariance + covariance.mT) / 2
        return Gaussian(mean, jnp.linalg.cholesky(symmetric), self.read_from)

    def _noisy(self, time):
        r"""$e^{-2s} \Sigma + (1 - e^{-2s}) I$."""
        return jnp.exp(-2 * time) * self.covariance - jnp.expm1(-2 * time) * self._unit()

    def _unit(self):
        return jnp.broadcast_to(jnp.eye(self.dimension), self.factor.shape)

    def mix(self, other, real_fraction) -> "Gaussian":
        r"""Mean $q\mu + a\nu$ and covariance $q\Sigma + a S_0 + q a (\mu - \nu)(\mu - \nu)^\top$.

        The law of total variance, in square-root form: nothing cancels and nothing is squared.
        """
        check_same_family(self, other, "dimensions", "dimension")
        real_fraction = share_of_real_data(real_fraction)
        rest = 1 - real_fraction
        real = other.broadcast(self.batch_shape)
        gap = self.mean - real.mean
        shares = [rest, real_fraction, rest * real_fraction]
        factor = joint_factor(shares, [self.factor, real.factor, gap[..., None]])
        return Gaussian(rest * self.mean + real_fraction * real.mean, factor, self.read_from)

    def guide(self, auxiliary, strength) -> "Gaussian":
        r"""Precision $(1 + w) \Sigma^{-1} - w \Sigma'^{-1}$; refused unless positive [ST-E1]."""
        return self._guided(extrapolated, auxiliary, strength)

    def guide_by_flow(self, auxiliary, strength) -> "Gaussian":
        r"""In one dimension the variance $s\,(s/s')^w$; always proper [ST-E2]."""
        return self._guided(flowed, auxiliary, strength)

    def _guided(self, rule, auxiliary, strength):
        check_same_family(self, auxiliary, "dimensions", "dimension")
        gap = self.mean - auxiliary.mean
        root, shift = proper(*rule(self.factor, gap, auxiliary.factor, strength))
        return Gaussian(self.mean + shift, joint_factor([1.0], [root]), self.read_from)

    def tilt(self, reward, shares=None) -> "Gaussian":
        r"""The fit to points that are chosen among infinitely many: density $\propto p\,e^r$.

        $N(\mu + \Sigma b, \Sigma)$ for a `LinearReward`, $N(\tilde\mu, \tilde\Sigma)$ with
        $\tilde\Sigma^{-1} = \Sigma^{-1} + I/\tau^2$ for a `QuadraticReward` [ST-D8, ST-D9]. With
        `shares` $s_g$ of groups of curators, of which `reward` is a list, the fit to $\sum_g s_g\,
        \tilde p_g$. Raises `ValueError` for other rewards, and shares that do not sum to one.
        """
        return self._curated(reward, shares, lambda one: one.tilt(self.mean, self.factor))

    def choose(self, reward, among: int, shares=None) -> "Gaussian":
        r"""The fit to points that are chosen among $K$ = `among` candidates by a `LinearReward`.

        The exact mean and covariance of the chosen point [ST-D10]; `shares` as in `tilt`. Raises
        `ValueError` for other rewards.
        """
        return self._curated(reward, shares, lambda one: one.choose(self.mean, self.factor, among))

    def _curated(self, reward, shares, curate) -> "Gaussian":
        reward = as_reward(reward)
        parts = [curate(one) for one in _of_points(reward)]
        shares = [*reward.shares(shares)]
        shift = sum(share * part.shift for share, part in zip(shares, parts, strict=True))
        roots = [part.root for part in parts]
        if len(parts) > 1:
            roots += [(part.shift - shift)[..., None] for part in parts]
            shares = [*shares, *shares]
        return Gaussian(self.mean + shift, joint_factor(shares, roots), self.read_from)

    def draw(self, key: PRNGKeyArray, samples: int) -> "Gaussian":
        r"""$\mu + L z/\sqrt n$ and $L A/\sqrt n$ with $A A^\top \sim W(I, n - 1)$ (Cochran).

        Independent by Cochran's theorem; a rank-deficient covariance if $n - 1 < d$. The cost does
        not depend on the number of samples.
        """
        noise, scatter = standard_fit(key, self.dimension, samples, self.batch_shape)
        mean = self.mean + _apply(self.factor, noise)
        return Gaussian(mean, _multiply(self.factor, scatter), self.read_from)

    def sample(self, key, samples) -> Float[Array, "n d"]:
        noise = normal(key, (samples, self.dimension))
        return self.mean[None, :] + noise @ self.factor.T

    def fit(self, points) -> "Gaussian":
        mean = points.mean(axis=0)
        factor = joint_factor([1 / len(points)], [(points - mean[None, :]).T])
        return Gaussian(mean, factor, self.read_from)

    def unbias(self, samples) -> "Gaussian":
        r"""$\Sigma \to \Sigma\,n/(n - 1)$: the maximum-likelihood covariance made unbiased."""
        return Gaussian(self.mean, self.factor * (samples / (samples - 1)) ** 0.5, self.read_from)

    def moments(self) -> GaussianMoments:
        return GaussianMoments(self.mean, jnp.zeros_like(self.factor), self.covariance)

    def with_mean_parameters(self, parameters) -> "Gaussian":
        d = self.dimension
        mean, second = (
            parameters[..., :d],
            parameters[..., d:].reshape(*parameters.shape[:-1], d, d),
        )
        covariance = second - mean[..., :, None] * mean[..., None, :]
        return Gaussian(mean, jnp.linalg.cholesky(covariance), self.read_from)

    def statistic_covariance(self) -> Factored:
        r"""The covariance of $(x, x x^\top)$, by a root of it.

        $L z$ and $\mu (L z)^\top + (L z) \mu^\top + L\,\frac{G + G^\top}{\sqrt 2}\,L^\top$ with
        standard normal $z$ and $G$ have it: third moments vanish and $z z^\top - I$ has the
        covariance of the symmetric matrix.
        """
        d = self.dimension

        def noise(z):
            shift, scatter = self.factor @ z[:d], z[d:].reshape(d, d)
            cross = jnp.outer(self.mean, shift)
            spread = self.factor @ (scatter + scatter.T) @ self.factor.T / jnp.sqrt(2.0)
            return _flat(shift, cross + cross.T + spread)

        return Factored(jax.vmap(noise)(jnp.eye(d + d * d)).T)

    def chart(self) -> Coordinates:
        r"""Coordinates without a constraint: $\mu$, $\log L_{ii}$ and $L_{ij}$, $i > j$.

        From and to the mean parameters; $d + d (d + 1)/2$ numbers.
        """
        d = self.dimension
        below = np.tril_indices(d, -1)
        unit = Gaussian(jnp.zeros(d), jnp.eye(d))

        def enter(parameters):
            model = unit.with_mean_parameters(parameters)
            scale = jnp.log(jnp.diagonal(model.factor))
            return jnp.concatenate([model.mean, scale, model.factor[below]])

        def leave(numbers):
            factor = jnp.diag(jnp.exp(numbers[d : 2 * d])).at[below].set(numbers[2 * d :])
            return Gaussian(numbers[:d], factor).mean_parameters()

        return Coordinates(enter, leave)

    def separation(self, other) -> Float[Array, "*batch"]:
        r"""The larger of $|\mu_i - \nu_i|$ and $|L_{ij} - K_{ij}|$ in units of $\max_j |L_{ij}|$.

        Every dimension in its own unit.
        """
        scale = jnp.abs(self.factor).max(-1)
        mean = (jnp.abs(self.mean - other.mean) / scale).max(-1)
        factor = jnp.abs(self.factor - other.factor) / scale[..., None]
        return jnp.maximum(mean, factor.max((-2, -1)))

    def normalised(self) -> "Gaussian":
        return Gaussian(self.mean, jnp.tril(self.factor), self.read_from)

    def valid(self) -> Bool[Array, "*batch"]:
        finite = jnp.isfinite(self.mean).all(-1) & jnp.isfinite(self.factor).all((-2, -1))
        return finite & (jnp.diagonal(self.factor, axis1=-2, axis2=-1) > 0).all(-1)


def _of_points(reward):
    """The rewards of all groups. Raises `ValueError` unless they are rewards of points."""
    groups = reward.rewards if isinstance(reward, GroupedRewards) else (reward,)
    for one in groups:
        if not isinstance(one, AbstractPointReward):
            raise ValueError(
                f"a {type(one).__name__} is a reward of outcomes, and these are points; write "
                "LinearReward(0.5) or QuadraticReward(0, 1)."
            )
    return groups


def joint_factor(
    shares: list[Array | float], roots: list[Float[Array, "*batch d k"]]
) -> Float[Array, "*batch d d"]:
    r"""The lower-triangular $L$ with $L L^\top = \sum_k c_k B_k B_k^\top$, $c_k \ge 0$.

    An orthogonal rotation of the columns $\sqrt{c_k} B_k$, so that nothing is squared; in one
    dimension the scaled sum of squares, whose derivative also exists at $c_k = 0$.
    """
    if roots[0].shape[-2] == 1:
        scale = stop_gradient(jnp.abs(jnp.concatenate(roots, axis=-1)).max(-1, keepdims=True))
        scale = jnp.where(scale > 0, scale, 1.0)
        square = lambda root: ((root / scale) ** 2).sum(axis=-1, keepdims=True)
        return scale * jnp.sqrt(sum(c * square(b) for c, b in zip(shares, roots, strict=True)))
    columns = [jnp.sqrt(c) * b for c, b in zip(shares, roots, strict=True)]
    upper = jnp.linalg.qr(jnp.concatenate(columns, axis=-1).mT, mode="r")
    sign = jnp.where(jnp.diagonal(upper, axis1=-2, axis2=-1) < 0, -1.0, 1.0)
    return jnp.tril((upper * sign[..., :, None]).mT)


def _apply(factor, vector):
    if vector.shape[-1] == 1:
        return factor[..., 0] * vector
    return (factor @ vector[..., None])[..., 0]


def _multiply(left, right):
    # One product, where a batch of 1 x 1 matrix products would cost ten times as much.
    return left * right if left.shape[-1] == 1 else left @ right


def _flat(vector, matrix):
    return jnp.concatenate([vector, matrix.reshape(*vector.shape[:-1], -1)], axis=-1)


def _check_factor(mean, factor):
    if not (np.isfinite(mean).all() and np.isfinite(factor).all()):
        raise ValueError("the mean and the factor of a Gaussian must be finite numbers.")
    if np.triu(factor, 1).any() or (np.diagonal(factor, axis1=-2, axis2=-1) < 0).any():
        raise ValueError(
            "the factor of a Gaussian must be lower triangular with a non-negative diagonal; "
            "use Gaussian.of for a covariance."
        )


def _check_covariance(covariance):
    if not np.isfinite(covariance).all():
        raise ValueError("the covariance must consist of finite numbers.")
    if not np.allclose(covariance, covariance.T, rtol=1e-10, atol=0):
        raise ValueError("the covariance must be symmetric; average it with its transpose.")
    scale = np.sqrt(np.clip(np.diag(covariance), 0, None))
    if (scale == 0).any():
        where = int(np.argmin(np.diag(covariance)))
        remedy = "remove the constant dimension" if covariance[where, where] == 0 else "correct it"
        raise ValueError(
            f"the variance of dimension {where} is {covariance[where, where]:g}, expected a "
            f"positive number; {remedy}."
        )
    smallest = np.linalg.eigvalsh(covariance / np.outer(scale, scale)).min()
    if smallest < -1e-13 * len(covariance):
        raise ValueError(
            "the covariance is not positive definite (smallest eigenvalue of the correlations "
            f"{smallest:.2g}); a covariance has no negative one: correct its entries."
        )
    if smallest < 1e-13 * len(covariance):
        raise ValueError(
            "the covariance is singular (smallest eigenvalue of the correlations "
            f"{smallest:.2g}); remove dimensions that are combinations of others."
        )
