"""A distribution on weighted points: real data, or what a family of one's own is sampled as."""

from typing import ClassVar, Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ..operators.guidance import proper, reweighted
from ..printing import plural
from ..sampling import multinomial
from .model import (
    AbstractModel,
    as_float,
    is_concrete,
    positive_temperature,
    relative_gap,
    share_of_real_data,
)
from .origin import Origin


class Points(AbstractModel):
    r"""A distribution on points $x_i$ with masses $m_i$: data, or what a model is sampled as.

    `points` has shape `(n,)` or `(n, d)` and `masses` `(n,)`, with sum one; `Points.of` is for
    data. `measure` are the $b_i$ of `Support`, by which $m_i/b_i$ is a density that can be
    tempered; data have none. `model` is the model that was sampled, where a fit to the points
    begins. Stages act on it as on other models; mixing joins the points, and `Refit` fits a family
    to them. Raises `ValueError` for shapes that do not fit and for numbers that are not finite.

    ```python
    gl.Points.of([0.3, 0.9, 1.2]).masses  # [0.333333, 0.333333, 0.333333]
    ```
    """

    points: Float[Array, "n ..."] = eqx.field(converter=as_float)
    masses: Float[Array, " n"] = eqx.field(converter=as_float)
    measure: Float[Array, " n"] | None = None
    model: AbstractModel | None = None
    read_from: Origin | None = eqx.field(static=True, default=None)
    holds_mixtures: ClassVar[bool] = True

    def __check_init__(self):
        if self.points.ndim not in (1, 2) or self.masses.shape != self.points.shape[:1]:
            raise ValueError(
                "points are an array of shape (n,) or (n, d) with one weight each, got shapes "
                f"{self.points.shape} and {self.masses.shape}."
            )

    @classmethod
    def of(cls, points, weights=None, *, origin: Origin | None = None) -> Self:
        """Data points, all alike or with weights that are not negative.

        Raises `ValueError` for shapes that do not fit, and for numbers that are not finite.
        """
        return cls(*checked_data(points, weights), read_from=origin)

    def _size(self):
        return f"of {plural(len(self.points), 'point')}"

    def _printed(self):
        return {"points": self.points, "masses": self.masses, "source": self.source}

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return ()

    def broadcast(self, batch_shape) -> "Points":
        if batch_shape:
            raise ValueError("Points are one distribution; use jax.vmap for a batch of them.")
        return self

    @property
    def probabilities(self) -> Float[Array, " n"]:
        """The masses, where the points are all outcomes that there are."""
        measure = self.measure
        if measure is None or (is_concrete(measure) and np.ptp(np.asarray(measure)) > 0):
            raise ValueError(
                "these points stand for a continuous variable or for data, so none of them is "
                "an outcome with a probability; truncate families on Support.of(outcomes)."
            )
        return self.masses

    def natural_parameters(self):
        return jnp.log(self.masses)

    def mean_parameters(self):
        return self.masses

    def with_mean_parameters(self, parameters) -> "Points":
        return Points(self.points, parameters, self.measure, self.model, self.read_from)

    def separation(self, other) -> Float[Array, ""]:
        r"""$\max_i |m_i - m_i'|/\max(m_i, m_i')$."""
        return relative_gap(self.masses, other.masses).max()

    def temper(self, temperature) -> "Points":
        r"""$m_i \propto b_i (m_i/b_i)^{1/T}$. Raises `ValueError` for data, without a density."""
        temperature = positive_temperature(temperature)
        if self.measure is None:
            raise ValueError(
                "data points have no density that a temperature could act on; put Temper before "
                "Mix and Draw."
            )
        density = self.masses / self.measure
        weights = self.measure * (density / stop_gradient(density.max())) ** (1 / temperature)
        return self.with_mean_parameters(weights / weights.sum())

    def guide(self, auxiliary, strength) -> "Points":
        r"""$m_i^{1+w} m_i'^{-w}$, normalised, of an auxiliary distribution on the same points.

        The $b_i$ drop out. Raises `ValueError` for other points.
        """
        other = as_points(auxiliary)
        known = is_concrete(self.points, other.points)
        same = other.points.shape == self.points.shape
        if not same or (known and not np.array_equal(self.points, other.points)):
            raise ValueError(
                "a distribution on points is guided by one on the same points; make the auxiliary "
                "by Temper, without Draw and Mix."
            )
        (weights,) = proper(reweighted(self.masses, other.masses, strength))
        return self.with_mean_parameters(weights / weights.sum())

    def restrict(self, kept: Bool[Array, " n"]) -> "Points":
        """The distribution given that the outcome is kept."""
        masses = jnp.where(kept, self.masses, 0.0)
        return self.with_mean_parameters(masses / masses.sum())

    def restrict_jacobian(self, kept: Bool[Array, " n"]) -> None:
        """It has no structure."""
        return None

    def mix(self, other, real_fraction) -> "Points":
        r"""$(1 - a)\,p + a\,p_\mathrm{other}$, on the points of both.

        Raises `ValueError` for points of another dimension and for what has no points.
        """
        real_fraction = share_of_real_data(real_fraction)
        other = as_points(other)
        if other.points.shape[1:] != self.points.shape[1:]:
            raise ValueError(
                f"cannot mix points of shape {self.points.shape[1:]} with real data of shape "
                f"{other.points.shape[1:]}; both are points of one space."
            )
        points = jnp.concatenate([self.points, other.points])
        shares = [(1 - real_fraction) * self.masses, real_fraction * other.masses]
        return Points(points, jnp.concatenate(shares), model=self.model)

    def draw(self, key: PRNGKeyArray, samples: int) -> "Points":
        """The relative frequencies of `samples` draws."""
        counts = multinomial(key, samples, self.masses)
        return Points(self.points, counts / samples, model=self.model)

    def unbias(self, samples) -> Self:
        return self

    def moments(self):
        raise ValueError("the expected moments of Points do not close; use genloop.orbits.")

    def normalised(self) -> "Points":
        return self.with_mean_parameters(self.masses / self.masses.sum())

    def valid(self) -> Bool[Array, ""]:
        return (self.masses >= 0).all() & (jnp.abs(self.masses.sum() - 1) < 1e-6)


def checked_data(points, weights=None):
    """Points and their masses. Raises `ValueError` for those that are none."""
    points = as_float(points)
    if points.ndim == 0 or len(points) == 0:
        raise ValueError("there are no data points; give an array of shape (n,) or (n, d).")
    weights = np.ones(points.shape[:1]) if weights is None else as_float(weights)
    if is_concrete(points) and not np.isfinite(np.asarray(points)).all():
        raise ValueError("data points must be finite; remove or correct the others.")
    if is_concrete(weights):
        seen = np.asarray(weights)
        if not (np.isfinite(seen).all() and (seen >= 0).all() and seen.sum() > 0):
            raise ValueError("weights must be finite, not negative and not all zero.")
    if weights.shape != points.shape[:1]:
        raise ValueError(
            "points are an array of shape (n,) or (n, d) with one weight each, got shapes "
            f"{points.shape} and {weights.shape}."
        )
    return points, weights / weights.sum()


def as_points(model) -> Points:
    """The distribution of a model on points. Raises `ValueError` where it has none."""
    if isinstance(model, Points):
        return model
    if not hasattr(model, "law"):
        raise ValueError(
            f"a family of one's own learns from points, got a {type(model).__name__}; make the "
            "real data Points.of(data)."
        )
    return model.law()
