"""Fitting a family of one's own to what a generation has to learn from."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .. import numeric as xp
from ..arguments import check_at_least, listed
from ..models import Parametric, Points
from ..models.likelihood import Likelihood, climb, maximum
from ..models.model import is_concrete, number_in, scalar
from ..operators import flattened
from .stage import AbstractExactStage

_LANES = 8


def _steps_or_none(steps):
    return None if steps is None else check_at_least("steps", steps, 1)


def _positive_or_none(size):
    positive = number_in("step_size", 0.0, float("inf"), open_below=True)
    return None if size is None else scalar(positive)(size)


def _list_or_none(starts):
    return None if starts is None else listed("starts", starts)


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
    `ValueError` for one of them without the other, for a model without a log-density, and where the
    likelihood has no maximum; under a trace such a fit is NaN.

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
            return own.with_vector(self._ascended(likelihood, own.vector()))
        found, known = self._maximum(likelihood, own)
        if is_concrete(known) and not bool(known):
            raise ValueError(
                "the likelihood has no maximum that ascent from the model's parameters reaches; "
                "give other parameters or starts, or bound the parameters by a change of variables."
            )
        return own.with_vector(found)

    def _ascended(self, likelihood, vector):
        advance = lambda _, theta: theta + self.step_size * likelihood.gradient(theta)
        return jax.lax.fori_loop(0, self.steps, advance, vector)

    def _maximum(self, likelihood, own):
        """The maximum near the model or, with starts, the best one that was found."""
        if self.starts is None:
            return maximum(likelihood, own.vector())
        vectors = [flattened(own.with_vector(_row(start)).parameters)[0] for start in self.starts]
        starts = jnp.stack([own.vector(), *vectors])
        best = _best(*xp.stop_gradient((likelihood, starts)))
        return maximum(likelihood, best)


def _row(start):
    return flattened(jax.tree.map(jnp.asarray, start))[0]


def _best(likelihood, starts):
    """The highest of the maxima from all starts."""
    found, known, values = climb(likelihood, starts)
    return found[jnp.where(known, values, -jnp.inf).argmax()]


def _points_of(model: Any) -> Points:
    """What is fitted, with the model where the fit begins."""
    points = model.law() if isinstance(model, Parametric) else model
    if not isinstance(points, Points) or points.model is None:
        raise ValueError(
            f"Refit fits a family with a log-density, and a {type(model).__name__} is fitted by "
            "Mix and Draw already; use it on a Parametric.of(log_density, parameters, support)."
        )
    return points
