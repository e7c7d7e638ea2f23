"""Any parametric family, given by its log-density."""

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray, PyTree

from ..arguments import check_function
from ..operators import Unravel, flattened
from ..printing import readable, short
from ..programs import as_argument, kernel, traced
from .density import Density, formula_of
from .model import AbstractModel, as_float, is_concrete
from .origin import Origin
from .points import Points
from .supports import OwnSamples, Support


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class Family:
    r"""A family $p_\theta$ by its log-density, and where expectations under it are taken.

    On a `Support` the density is divided by $Z(\theta) = \sum_i b_i p_\theta(x_i)$, so that what
    is computed is a family of distributions to the last digit; `total` is $Z$. `unravel` takes a
    vector to the parameters as the user writes them.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2
    support = gl.models.Support.grid(-9.0, 9.0, 60)
    float(gl.Parametric.of(log_density, 0.5, support).family.total(jnp.array([0.5])))  # 2.50663
    ```
    """

    log_density: Callable[[PyTree, Array], Array]
    support: Support | OwnSamples
    unravel: Unravel
    sampler: Callable[[PRNGKeyArray, PyTree, int], Array] | None = None
    formula: str = ""

    def _heading(self) -> str:
        return "Family of one's own"

    def _printed(self) -> dict[str, Any]:
        return {"support": self.support}

    @property
    def estimated(self) -> bool:
        """Whether expectations under the model are means over samples."""
        return self.support.measure is None

    @property
    def density(self) -> Density:
        """The log-density as a function of a vector, without the numbers of the support."""
        return Density(self.log_density, self.unravel, self.formula)

    @property
    def nodes(self) -> tuple[Any, Any]:
        """The points on which the density is normalised and the logarithms of their measure."""
        if self.estimated:
            return None, None
        return self.support.points, np.log(self.support.measure)

    def written(self, vector: Float[Array, " p"], points: Float[Array, "n ..."]) -> Array:
        """The log-density at points, as it is written."""
        return self.density(vector, points)

    def log_densities(self, vector: Float[Array, " p"], points: Float[Array, "n ..."]) -> Array:
        """The log-density at points, normalised on the support, shape `(n,)`."""
        own = self.written(vector, points)
        return own if self.estimated else own - self._log_total(vector)

    def total(self, vector: Float[Array, " p"]) -> Float[Array, ""]:
        """The mass of the density as it is written: one, but for errors of the support."""
        return jnp.exp(self._log_total(vector))

    def law(self, vector: Float[Array, " p"]) -> tuple[Array, Array]:
        """Points and masses by which expectations under the model are taken."""
        if self.estimated:
            points = _sampled(self.support, self.unravel, vector)
            return points, jnp.full(len(points), 1 / len(points))
        return self.support.points, _masses(self.density, vector, *self.nodes)

    def _log_total(self, vector):
        points, log_measure = self.nodes
        return jax.nn.logsumexp(self.density(vector, points) + log_measure)

    def __eq__(self, other):
        return isinstance(other, Family) and self._parts() == other._parts()

    def __hash__(self):
        return hash(self._parts())

    def _parts(self):
        """What tells families apart: the same function, support and sampler are one family."""
        return self.density, id(self.support), id(self.sampler)


@kernel
def _masses(density, vector, points, log_measure):
    return jax.nn.softmax(density(vector, points) + log_measure)


@kernel
def _sampled(support, unravel, vector):
    return support.points_of(unravel(vector))


class Parametric(AbstractModel):
    r"""A model $p_\theta$ of a family of one's own: its parameters, and the family.

    `Parametric.of(log_density, parameters, support)` makes one. `parameters` is a number, a vector
    or any pytree of them. It is sampled as `Points` (`law`), on which `Temper`, `Mix`, `Draw` and
    truncations act; `Refit` at the end of a loop fits the family to what they leave.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2 - 0.918938533204673
    model = gl.Parametric.of(log_density, 0.5, gl.models.Support.grid(-9.0, 9.0, 60))
    model.parameters  # 0.5
    ```
    """

    parameters: PyTree
    family: Family = eqx.field(static=True)
    read_from: Origin | None = eqx.field(static=True, default=None)
    holds_mixtures: ClassVar[bool] = True

    @classmethod
    def of(
        cls,
        log_density: Callable[[PyTree, Array], Array],
        parameters: PyTree,
        support: Support | OwnSamples,
        *,
        sampler: Callable[[PRNGKeyArray, PyTree, int], Array] | None = None,
    ) -> Self:
        r"""The model with these parameters of the family $\log p_\theta(x)$, in JAX.

        `log_density(parameters, x)` returns one number for one point $x$, a number or a vector.
        Expectations under the model are taken on the `support`. `sampler(key, parameters, n)`, if
        given, is how `Draw(n)` samples; without it points of the support are drawn. Numbers that a
        function closes over have no derivatives: what varies belongs in the data, the parameters or
        the stages. Raises `ValueError` for what is no such function, support or parameters.
        """
        check_function("a log-density", log_density, "lambda theta, x: -(x - theta)**2 / 2")
        if not isinstance(support, Support | OwnSamples):
            raise ValueError(
                "a family needs the points at which expectations are taken, got "
                f"{type(support).__name__}; write for example Support.grid(-10.0, 10.0, 200)."
            )
        # A list of numbers is a vector, as everywhere else.
        array, is_vector = lambda leaf: jnp.asarray(as_float(leaf)), lambda x: isinstance(x, list)
        parameters = jax.tree.map(array, parameters, is_leaf=is_vector)
        if not jax.tree.leaves(parameters):
            raise ValueError("a family needs at least one parameter; give a number to start from.")
        for leaf in jax.tree.leaves(parameters):
            if is_concrete(leaf) and not jnp.isfinite(leaf).all():
                raise ValueError(f"parameters are finite numbers, got {leaf}.")
        own = support.sampler if isinstance(support, OwnSamples) and sampler is None else sampler
        vector, unravel = flattened(parameters)
        example = jnp.asarray(support.points_of(parameters))[0]
        formula = _checked_formula(log_density, parameters, unravel(vector), example)
        return cls(parameters, Family(log_density, support, unravel, own, formula))

    def _size(self):
        count = sum(np.size(leaf) for leaf in jax.tree.leaves(self.parameters))
        return f"of {count} parameters" if count > 1 else ""

    def _printed(self):
        return {"parameters": self.parameters, "support": self.family.support}

    def vector(self) -> Float[Array, " p"]:
        """The parameters in a row."""
        return flattened(self.parameters)[0]

    def with_vector(self, vector: Float[Array, " p"]) -> "Parametric":
        """The model of this family with the parameters in a row."""
        return Parametric(self.family.unravel(vector), self.family, self.read_from)

    def law(self) -> Points:
        """The distribution of the model on the points where expectations are taken."""
        points, masses = self.family.law(self.vector())
        return Points(points, masses, self.family.support.measure, self)

    @property
    def probabilities(self) -> Float[Array, " n"]:
        """Those of the outcomes, of a family with finitely many."""
        return self.law().probabilities

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return ()

    def broadcast(self, batch_shape) -> "Parametric":
        if batch_shape:
            raise ValueError("a Parametric is one model; use jax.vmap for a batch of them.")
        return self

    def natural_parameters(self):
        return self.vector()

    def mean_parameters(self):
        return self.vector()

    def with_mean_parameters(self, parameters) -> "Parametric":
        return self.with_vector(parameters)

    def separation(self, other) -> Float[Array, ""]:
        r"""$\max_i |\theta_i - \theta_i'|$, relative where a parameter is larger than one."""
        left, right = self.vector(), other.vector()
        unit = jnp.maximum(1.0, jnp.maximum(jnp.abs(left).max(), jnp.abs(right).max()))
        return jnp.abs(left - right).max() / unit

    def temper(self, temperature) -> Points:
        return self.law().temper(temperature)

    def guide(self, auxiliary, strength) -> Points:
        return self.law().guide(auxiliary, strength)

    def restrict(self, kept: Bool[Array, " n"]) -> Points:
        """The distribution on the outcomes that are kept."""
        return self.law().restrict(kept)

    def restrict_jacobian(self, kept: Bool[Array, " n"]) -> None:
        """It has no structure."""
        return None

    def mix(self, other, real_fraction) -> Points:
        return self.law().mix(other, real_fraction)

    def draw(self, key: PRNGKeyArray, samples: int) -> Points:
        """So many samples, by the sampler or from the points of the support."""
        if self.family.sampler is None:
            return self.law().draw(key, samples)
        points = self.family.sampler(key, self.parameters, samples)
        return Points(points, jnp.full(samples, 1 / samples), model=self)

    def unbias(self, samples) -> Self:
        return self

    def moments(self):
        raise ValueError("the expected moments of Parametric do not close; use genloop.orbits.")

    def valid(self) -> Bool[Array, ""]:
        return jnp.isfinite(self.vector()).all()


def _checked_formula(log_density, parameters, like, example) -> str:
    """What it is traced as. Raises `ValueError` unless it gives one number for a point."""
    try:
        own = as_argument(log_density, parameters, example)
        # A function of its own: of one that it has seen before JAX remembers the formula.
        anew = lambda *given: log_density(*given)
        formula, found = jax.make_jaxpr(anew, return_shape=True)(like, example)
    except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError):
        raise ValueError(
            "a log-density must be traceable by JAX; write it with jax.numpy, and jax.numpy.where "
            "instead of if."
        ) from None
    except Exception as reason:
        if _is_scalar(log_density, example, like):
            raise ValueError(
                "the arguments of the log-density are swapped; write it as "
                "log_density(parameters, x)."
            ) from None
        raise ValueError(_failed(reason, parameters, example)) from reason
    if traced(own):
        raise ValueError(
            "a log-density closes over a number that is traced by JAX; put what varies into the "
            "parameters, the data or the stages."
        )
    if getattr(found, "shape", None) != ():
        raise ValueError(
            "a log-density must return one number for one point (shape (): sum over dimensions), "
            f"got the shape {getattr(found, 'shape', None)} for a point of shape {example.shape}."
        )
    if not jnp.issubdtype(found.dtype, jnp.floating):
        raise ValueError(
            f"a log-density must return a real number, got the type {found.dtype}; write it with "
            "floating-point numbers, 1.0 for 1."
        )
    return formula_of(formula)


def _is_scalar(function, *arguments) -> bool:
    """Whether the function takes these arguments and returns one number."""
    try:
        return jax.eval_shape(lambda *given: function(*given), *arguments).shape == ()
    except Exception:
        return False


def _failed(reason, parameters, example) -> str:
    """What a log-density was given when it raised, in one line."""
    shapes = jax.tree.map(lambda leaf: f"shape {leaf.shape}", parameters)
    said = " ".join(f"{type(reason).__name__}: {reason}".split())
    return (
        f"the log-density raised {short(said)} for parameters of {short(shapes)} and a point of "
        f"shape {example.shape}; give parameters that are built as it reads them, and write it "
        "with jax.numpy."
    )
