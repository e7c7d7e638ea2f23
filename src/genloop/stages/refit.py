"""Fitting a family of one's own to what a generation has to learn from."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .. import numeric as xp
from ..arguments import check_at_least, listed
from ..models import Parametric, Points
from ..models.likelihood import RESOLVED, Likelihood, climb, maximum
from ..models.model import as_float, is_concrete, number_in, scalar
from ..operators import flattened
from ..programs import known
from .stage import AbstractExactStage

_LANES = 8


def _steps_or_none(steps):
    return None if steps is None else check_at_least("steps", steps, 1)


def _positive_or_none(size):
    positive = number_in("step_size", 0.0, float("inf"), open_below=True)
    return None if size is None else scalar(positive)(size)


def _list_or_none(starts):
    if starts is None:
        return None
    starts = listed("starts", starts)
    if not starts:
        raise ValueError("starts are one or more parameters, got none; leave them out for None.")
    for number in jax.tree.leaves(starts):
        number = as_float(number)
        if is_concrete(number) and not np.isfinite(number).all():
            raise ValueError(f"starts are finite numbers, got {number}.")
    return starts


class Refit(AbstractExactStage):
    r"""Fit a family of one's own by maximum likelihood: the end of a loop on `Parametric` models.

    $\theta' = \arg\max_{\theta'} \sum_i m_i \log p_{\theta'}(x_i)$ for what the stages before it
    have made of the model. `Mix(real, a) >> Refit()` is iterative retraining [ST-A5]: real data
    and $w = (1 - a)/a$ times the model's own samples. Of several local maxima it is the one that
    ascent from the model's own parameters reaches (damped Newton steps that never go downhill);
    with `starts`, a list of parameters, the best of those found from there and from the model
    [ST-A9]. The fit has exact first and second derivatives (implicit function theorem).

    With `steps` $= k$ and `step_size` $= h$ it is inexact: $k$ steps of gradient ascent of size $h$
    on the mean log-likelihood of the training set, from the model's own parameters [ST-A10]. Raises
    `ValueError` for one of them without the other, for starts that are none, for a model without a
    log-density, and where the likelihood has no maximum, gradient steps are not finite, or the
    support resolves the model but not the fit (its mass is off by more than $10^{-5}$); under a
    trace such a fit is NaN.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2 - 0.918938533204673
    model = gl.Parametric.of(log_density, 0.0, gl.models.Support.grid(-9.0, 9.0, 60))
    loop = gl.Mix(gl.Points.of([0.5, 1.5]), 0.25) >> gl.Refit()
    loop(model).parameters  # 0.25
    ```
    """

    steps: int | None = eqx.field(static=True, default=None, converter=_steps_or_none)
    step_size: Float[Array, ""] | None = eqx.field(default=None, converter=_positive_or_none)
    starts: Any = eqx.field(default=None, converter=_list_or_none)

    def __check_init__(self):
        if (self.steps is None) != (self.step_size is None):
            raise ValueError(
                "gradient steps need their number and their size; write Refit(steps=10, "
                "step_size=0.1), or Refit() for the maximum."
            )

    def __call__(self, model):
        points = _points_of(model)
        own = points.model
        lanes = 1 if self.starts is None else _LANES
        likelihood = Likelihood.of(points, own.family, lanes)
        if self.steps is not None:
            return _checked(self._ascended(likelihood, own.vector()), likelihood, own)
        found, reached = self._maximum(likelihood, own)
        if is_concrete(reached) and not bool(reached):
            raise ValueError(
                "the likelihood has no maximum that ascent from the model's parameters reaches; "
                "give other parameters or starts, a support with more points where the model has "
                "become narrow, or bound the parameters by a change of variables."
            )
        return _checked(found, likelihood, own)

    def _ascended(self, likelihood, vector):
        advance = lambda _, theta: theta + self.step_size * likelihood.gradient(theta)
        return jax.lax.fori_loop(0, self.steps, advance, vector)

    def _maximum(self, likelihood, own):
        """The maximum near the model or, with starts, the best one that was found."""
        if self.starts is None:
            return maximum(likelihood, own.vector())
        starts = jnp.stack([own.vector(), *(_row(start, own) for start in self.starts)])
        best = _best(*xp.stop_gradient((likelihood, starts)))
        return maximum(likelihood, best)


def _row(start, own):
    row = flattened(jax.tree.map(jnp.asarray, start))[0]
    if row.size != own.vector().size:
        raise ValueError(
            f"a start is built as the parameters are, with {own.vector().size} numbers, got "
            f"{row.size}."
        )
    return row


def _checked(found, likelihood, own) -> Parametric:
    """The model with these parameters; where they are lost, an error or, under a trace, NaN."""
    finite = jnp.isfinite(found).all()
    if is_concrete(finite) and not finite:
        raise ValueError("the gradient steps leave all finite numbers; give a smaller step_size.")
    if own.family.estimated:
        return own.with_vector(found)
    given = xp.stop_gradient((likelihood, jnp.stack([own.vector(), found])))
    _, log_total = known(given[0]).written(known(given[1]))
    before, after = abs(log_total) <= RESOLVED
    if is_concrete(after) and before and not after:
        raise ValueError(
            "the support does not resolve the model that was fitted: its density sums to "
            f"{float(np.exp(log_total[1])):.8g} there; give a support with more points, or a "
            "larger one, or stop the loop before."
        )
    return own.with_vector(jnp.where(before & ~after, jnp.nan, found))


def _best(likelihood, starts):
    """The highest of the maxima from all starts."""
    found, maxima, values = climb(likelihood, starts)
    return found[jnp.where(maxima, values, -jnp.inf).argmax()]


def _points_of(model: Any) -> Points:
    """What is fitted, with the model where the fit begins."""
    points = model.law() if isinstance(model, Parametric) else model
    if not isinstance(points, Points) or points.model is None:
        raise ValueError(
            f"Refit fits a family with a log-density, and a {type(model).__name__} is fitted by "
            "Mix and Draw already; use it on a Parametric.of(log_density, parameters, support)."
        )
    return points
