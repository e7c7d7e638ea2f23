"""Guiding what a model says away from what a worse model says."""

from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Float

from .. import numeric as xp
from ..arguments import check_key, check_model
from ..models.model import is_concrete, number_in, scalar
from ..operators.covariance import add, transformed
from .draw import Draw, Unbias
from .stage import AbstractStage, Loop, check_stage, derivative, open_moments
from .temper import Temper


class Guide(AbstractStage):
    r"""Sample from $p^{1+w} q^{-w}$, away from an auxiliary model $q$ that is made of $p$ [ST-E1].

    `auxiliary` is the stage that makes it, such as a fit of $p$ to its own samples: `Guide(w,
    Temper(0.9))`, or `Guide(w, Draw(m))`, whose realisations draw with a key of their own. In every
    exponential family the natural parameter is $(1 + w)\,\eta - w\,\eta'$. With `flow` it is the
    end of the probability flow along the guided score, of a `Gaussian` [ST-E2]. An auxiliary
    `Temper(T)` makes the guidance a temperature itself: $T/[(1 + w)\,T - w]$, by the flow $T^{-w}$.

    From $w = -1$, which is $q$, to 0, which is $p$, it leads from one to the other; above 0 away
    from $q$. Raises `ValueError` for a `strength` $w < -1$, for what is no stage, and where the
    density cannot be normalised; under a trace such a model is NaN and not valid.

    ```python
    model = gl.Gaussian.of(0.0, 1.0)
    gl.Guide(1.0, gl.Temper(0.8))(model).covariance  # [[1.33333]]
    ```
    """

    strength: Float[Array, ""] = eqx.field(
        converter=scalar(number_in("strength", -1.0, float("inf")))
    )
    auxiliary: AbstractStage
    flow: bool = eqx.field(static=True, default=False)

    def __check_init__(self):
        check_stage(self.auxiliary)
        heat = self._auxiliary_temperature
        if heat is None or self.flow or not is_concrete(heat, self.strength):
            return
        if np.any((1 + self.strength) * heat <= self.strength):
            raise ValueError(
                f"strength must be below T/(1 - T) = {np.max(heat / (1 - heat)):g} for an "
                f"auxiliary of temperature {np.max(heat):g}, got {np.max(self.strength):g}: from "
                "there on the guided density no longer falls where that of the model does."
            )

    @property
    def batched(self) -> bool:
        return self.auxiliary.batched

    @property
    def draws(self) -> bool:
        return self.auxiliary.draws

    @property
    def longest(self) -> int | None:
        return self.auxiliary.longest

    @property
    def temperature(self) -> Any:
        """The temperature that this guidance is with infinite data; `None` if it is none."""
        heat = self._auxiliary_temperature
        if heat is None:
            return None
        w = self.strength
        return heat**-w if self.flow else heat / ((1 + w) * heat - w)

    @property
    def _auxiliary_temperature(self) -> Any:
        return _temperature(self.auxiliary)

    def __call__(self, model):
        check_model(model)
        if self._is_temperature(model):
            return model.temper(self.temperature)
        return self._guided(model, self.auxiliary(model))

    def step(self, key, model):
        check_key(key)
        check_model(model)
        if not self.draws:
            return self(model)
        return self._guided(model, self.auxiliary.step(key, model))

    def moments(self, moments):
        if hasattr(moments, "guide"):
            return moments.guide(self.auxiliary, self.strength, self.flow)
        if self.draws or not self._is_temperature(moments):
            raise open_moments(self)
        return moments.temper(self.temperature)

    def expectation(self, model):
        return self._guided(model, self.auxiliary.expectation(model)) if self.draws else self(model)

    def propagate(self, model, covariance):
        kept = None if covariance is None else transformed(derivative(self, model), covariance)
        noise = self.auxiliary.propagate(model, None)
        if noise is None:
            return kept
        made = self.auxiliary(model)
        image = lambda x: self._guided(model, made.with_mean_parameters(x)).mean_parameters()
        return add(kept, transformed(jax.jacfwd(image)(made.mean_parameters()), noise))

    def jacobian(self, model):
        return model.temper_jacobian(self.temperature) if self._is_temperature(model) else None

    def _is_temperature(self, model: Any) -> bool:
        """Whether this tempers a model, or moments."""
        known = getattr(model, "has_flow" if self.flow else "keeps_powers", not self.flow)
        return known and self.temperature is not None

    def _guided(self, model, auxiliary):
        guide = model.guide_by_flow if self.flow else model.guide
        return guide(auxiliary, self.strength)


def _temperature(stage: AbstractStage) -> Any:
    """The temperature that a stage is with infinite data; `None` if it is none."""
    if isinstance(stage, Temper):
        return stage.temperature
    if isinstance(stage, Draw | Unbias):
        return np.array(1.0)
    if not isinstance(stage, Loop):
        return None
    heats = [_temperature(one) for one in stage.stages]
    return None if any(heat is None for heat in heats) else xp.prod(xp.stack(heats))
