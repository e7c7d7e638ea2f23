"""The stages of a loop and their composition."""

import abc
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import equinox as eqx
import jax
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from ..arguments import check_key, check_model
from ..models import AbstractModel
from ..operators import AbstractJacobian, ScaledIdentity, compose
from ..operators.covariance import AbstractCovariance, transformed
from ..printing import readable, written

Model = TypeVar("Model", bound=AbstractModel)


@readable
class AbstractStage(eqx.Module):
    """One step of a generation, written once and read three ways.

    `stage(model)` is the map of infinite data, `stage.step(key, model)` one realisation with
    finite data, `stage.moments(moments)` the exact recursion of expected moments. Stages compose
    left to right by `>>`; a loop is itself a stage.

    ```python
    stage = gl.Temper(0.8) >> gl.Draw(100)
    isinstance(stage, gl.AbstractStage)  # True
    ```
    """

    batched: ClassVar[bool] = False
    """Whether `step` acts on models with leading batch axes; if not, it is mapped over them."""

    def _heading(self) -> str:
        return written(self)

    def _printed(self):
        return {}

    @property
    def draws(self) -> bool:
        """Whether two realisations from one model can differ."""
        return True

    @property
    def longest(self) -> int | None:
        """The most generations that a realisation can be followed; `None` for any number."""
        return None

    @abc.abstractmethod
    def __call__(self, model: Model) -> Model:
        """One generation with infinite data."""

    @abc.abstractmethod
    def step(self, key: PRNGKeyArray, model: Model) -> Model:
        """One realisation with finite data."""

    def begin(self, model: AbstractModel) -> Any:
        """The state from which a loop with this stage starts, with the fit `model`.

        The model itself, but for stages that keep data.
        """
        return model

    def moments(self, moments: Any) -> Any:
        """The expected moments one generation later.

        Raises `ValueError` where they do not close.
        """
        raise open_moments(self)

    def jacobian(self, model: AbstractModel) -> Any:
        """The derivative of the map at `model` as a structured operator, `None` if it has none."""
        return None

    def expectation(self, model: Model) -> Model:
        r"""The model of the expected mean parameters of one realisation, to the order $1/n$.

        The map, but for stages that correct a bias of that order. What a nonlinear stage behind a
        draw adds by its curvature is not included.
        """
        return self(model)

    def propagate(
        self, model: AbstractModel, covariance: AbstractCovariance | None
    ) -> AbstractCovariance | None:
        r"""The covariance $J C J^\top + C_\mathrm{stage}$ of the mean parameters behind this stage.

        `model` is what the stage acts on and `covariance` its covariance $C$; `None` is no noise.
        Raises `ValueError` where the noise of the stage is not known.
        """
        raise unknown_noise(self)

    def covariance(self, model: AbstractModel) -> AbstractCovariance:
        r"""The covariance of one realisation from `model`, in its mean parameters.

        By the chain rule $C \to J C J^\top + C_\mathrm{stage}$: exact where all stages behind a
        draw are linear in the mean parameters (`Draw` and `Mix` are), otherwise to the leading
        order $1/n$. Raises `ValueError` for a loop that draws no samples.
        """
        covariance = self.propagate(model, None)
        if covariance is None:
            raise ValueError("this loop draws no samples and has no noise; add a stage Draw(n).")
        return covariance

    def __rshift__(self, other: "AbstractStage") -> "Loop":
        check_stage(other)
        return Loop((*_stages(self), *_stages(other)))


class AbstractExactStage(AbstractStage):
    """A stage without sampling noise: its realisation is its map, `__call__`, which you write.

    ```python
    class Shrink(gl.AbstractExactStage):
        def __call__(self, model):
            return model.temper(0.5)

    Shrink()(gl.Gaussian.of(0.0, 1.0)).covariance  # [[0.5]]
    ```
    """

    @property
    def draws(self) -> bool:
        return False

    def step(self, key: PRNGKeyArray, model: Model) -> Model:
        return self(model)

    def propagate(self, model, covariance):
        return None if covariance is None else transformed(mean_jacobian(self, model), covariance)


def _in_order(stages: Any) -> tuple[AbstractStage, ...]:
    """The stages of a loop. Raises `ValueError` without a stage and for anything else."""
    stages = tuple(stages) if isinstance(stages, list | tuple) else (stages,)
    for stage in stages:
        check_stage(stage)
    if not stages:
        raise ValueError("a loop needs at least one stage, for example Temper(0.8).")
    return stages


def check_real(real: Any, example: str, what: str = "the real data") -> None:
    """Raises `ValueError` for real data, or what else has to be one, that are no model."""
    if not isinstance(real, AbstractModel):
        raise ValueError(
            f"{what} must be a model, got {type(real).__name__}; write for example {example}."
        )


def check_stage(stage: Any) -> None:
    """Raises `ValueError` for what is no stage."""
    if not isinstance(stage, AbstractStage):
        raise ValueError(
            f"a loop is made of stages, got {type(stage).__name__}; write for example "
            "Temper(0.8) >> Mix(real, 0.3)."
        )


class Loop(AbstractStage):
    r"""Stages from left to right, $F = F_m \circ \dots \circ F_1$: what one generation does.

    `Temper(0.8) >> Mix(real, 0.3)` makes one. `loop(model)` is what a generation learns from
    infinite data, `loop.step(key, model)` one realisation with finite data, `loop.moments(moments)`
    the expected moments. Raises `ValueError` without a stage and for anything else among them.

    ```python
    loop = gl.Temper(0.8) >> gl.Mix(gl.Categorical.of([5, 3, 2]), 0.3)
    loop(gl.Categorical.uniform(3)).probabilities  # [0.383333, 0.323333, 0.293333]
    ```
    """

    stages: tuple[AbstractStage, ...] = eqx.field(converter=_in_order)

    def _heading(self):
        return " >> ".join(stage._heading() for stage in self.stages)

    @property
    def batched(self) -> bool:
        return all(stage.batched for stage in self.stages)

    def begin(self, model):
        """The state that all stages act on. Raises `ValueError` where they want different ones."""
        first, *others = (stage.begin(model) for stage in self.stages)
        for other in others:
            if type(other) is not type(first):
                raise ValueError(
                    f"stages of a {type(first).__name__} and of a {type(other).__name__} do not "
                    "fit together; put the other stages inside, for example "
                    "Accumulate(Temper(0.8) >> Mix(real, 0.3), samples=100)."
                )
        return first

    @property
    def draws(self) -> bool:
        return any(stage.draws for stage in self.stages)

    @property
    def longest(self) -> int | None:
        known = [stage.longest for stage in self.stages if stage.longest is not None]
        return min(known, default=None)

    def __call__(self, model):
        check_model(model)
        for stage in self.stages:
            model = stage(model)
        return model

    def step(self, key, model):
        check_key(key)
        check_model(model)
        for stage, stage_key in zip(self.stages, jr.split(key, len(self.stages)), strict=True):
            model = stage.step(stage_key, model)
        return model

    def moments(self, moments):
        for stage in self.stages:
            moments = stage.moments(moments)
        return moments

    def expectation(self, model):
        for stage in self.stages:
            model = stage.expectation(model)
        return model

    def propagate(self, model, covariance):
        for stage in self.stages:
            covariance = stage.propagate(model, covariance)
            model = stage(model)
        return covariance

    def jacobian(self, model):
        """The chain rule, as long as every stage has a structured derivative."""
        product = identity_jacobian(model)
        for stage in self.stages:
            product = compose(stage.jacobian(model), product)
            if product is None:
                return None
            model = stage(model)
        return product


def _stages(stage: AbstractStage) -> tuple[AbstractStage, ...]:
    return stage.stages if isinstance(stage, Loop) else (stage,)


def identity_jacobian(model: AbstractModel) -> ScaledIdentity:
    """The derivative of a stage that changes nothing with infinite data."""
    return ScaledIdentity(1.0, sum(leaf.size for leaf in jax.tree.leaves(model)))


def open_moments(stage: AbstractStage) -> ValueError:
    """The error of a stage whose expected moments do not close."""
    return ValueError(
        f"the expected moments of {type(stage).__name__} do not close; use genloop.orbits."
    )


def unknown_noise(part: Any) -> ValueError:
    """The error of a stage or model whose covariance is not known."""
    return ValueError(
        f"the sampling noise of {type(part).__name__} is not known; pass a covariance of one "
        "generation of your own."
    )


def derivative(
    stage: AbstractStage, model: AbstractModel
) -> AbstractJacobian | Float[Array, "m m"]:
    """The derivative of a stage at a model, with its structure where it has one."""
    structured = stage.jacobian(model)
    return mean_jacobian(stage, model) if structured is None else structured


def mean_jacobian(function: Callable, model: AbstractModel) -> Float[Array, "m m"]:
    """The derivative of a map of models in their mean parameters."""
    image = lambda x: function(model.with_mean_parameters(x)).mean_parameters()
    return jax.jacfwd(image)(model.mean_parameters())
