"""The mean log-likelihood of weighted points under a family, and where it is largest."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from .. import numeric as xp
from ..programs import at_once, kernel

_MOST_STEPS = 200
_SETTLED = 1e-9
"""A Newton step this small, in units of the parameters, is followed by two more."""
_POLISHED = 3
_PUSH = 0.1
_FLAT = 1e-12
"""Of a likelihood that levels out, as far away, only the rounding has a curvature."""


class Look(NamedTuple):
    """What is seen at parameters: the likelihood, the step uphill, its size and its slope."""

    value: Float[Array, ""]
    step: Float[Array, " p"]
    size: Float[Array, ""]
    slope: Float[Array, ""]
    bend: Float[Array, ""]
    curved_down: Bool[Array, ""]


class Likelihood(eqx.Module):
    r"""$\ell(\theta) = \sum_i m_i \log p_\theta(x_i)$ of points $x_i$ with masses $m_i$."""

    points: Float[Array, "n ..."]
    masses: Float[Array, " n"]
    family: Any = eqx.field(static=True)

    def __call__(self, parameters: Float[Array, " p"]) -> Float[Array, ""]:
        values = self.family.log_densities(parameters, self.points)
        # A point without mass says nothing, also where its density is zero.
        return jnp.where(self.masses > 0, self.masses * values, 0.0).sum()

    @kernel
    def value(self, parameters: Float[Array, " p"]) -> Float[Array, ""]:
        """The mean log-likelihood."""
        return self(parameters)

    @kernel
    def gradient(self, parameters: Float[Array, " p"]) -> Float[Array, " p"]:
        """The mean score."""
        return jax.grad(self.__call__)(parameters)

    @kernel
    def hessian(self, parameters: Float[Array, " p"]) -> Float[Array, "p p"]:
        """The mean Hessian."""
        return jax.hessian(self.__call__)(parameters)

    @kernel
    def look(self, parameters: Float[Array, " p"]) -> Look:
        r"""A step uphill: Newton's where the likelihood is concave.

        Along eigenvectors of the Hessian $g_i/|\lambda_i|$, and off a saddle where $g_i = 0$.
        """
        value, gradient = jax.value_and_grad(self.__call__)(parameters)
        unit = jnp.maximum(1.0, jnp.abs(parameters).max())
        curvature, basis = jnp.linalg.eigh(jax.hessian(self.__call__)(parameters))
        bend = jnp.abs(curvature).max()
        floor = 1e-10 * jnp.maximum(bend, 1e-300)
        along = basis.T @ gradient
        step = along / jnp.maximum(jnp.abs(curvature), floor)
        aside = (curvature > floor) & (jnp.abs(step) < _PUSH * unit)
        step = jnp.where(aside, jnp.where(along < 0, -1.0, 1.0) * _PUSH * unit, step)
        size = jnp.abs(step).max() / unit
        step = step / jnp.maximum(1.0, size)
        return Look(value, basis @ step, size, along @ step, bend, (curvature < -floor).all())

    @kernel
    def newton(self, parameters: Float[Array, " p"]) -> Float[Array, " p"]:
        """The end of Newton's step towards a critical point, not finite where there is none."""
        gradient = jax.grad(self.__call__)(parameters)
        return parameters - jnp.linalg.solve(jax.hessian(self.__call__)(parameters), gradient)


class _Climbing(NamedTuple):
    parameters: Float[Array, " p"]
    here: Look
    damping: Float[Array, ""]
    bend: Float[Array, ""]
    settled: Any
    count: Any


def maximum(
    likelihood: Likelihood, start: Float[Array, " p"]
) -> tuple[Float[Array, " p"], Bool[Array, ""]]:
    r"""The local maximum that is reached by ascent from `start`, and whether there is one.

    Damped Newton steps that never go downhill. With exact first and second derivatives in points
    and masses: $\dot\theta = -(\nabla^2 \ell)^{-1} \partial \nabla \ell$ by the implicit function
    theorem. Without a maximum the parameters, and their derivatives, are NaN.
    """
    found, is_maximum = climb(*xp.stop_gradient((likelihood, start)))
    return _settled(found, likelihood), is_maximum


@at_once
def climb(likelihood, start):
    """The maximum without its derivatives."""

    def improve(carry):
        parameters, here, damping, bend, settled, count = carry
        moved = parameters + damping * here.step
        there = likelihood.look(moved)
        noise = 1e-14 * (1 + xp.abs(here.value))
        accept = there.value >= here.value + 1e-4 * damping * here.slope - noise
        at_rest = accept & there.curved_down & (there.size <= _SETTLED)
        bend = xp.where(count == 0, there.bend, bend)
        counts = settled + xp.where(at_rest, 1, 0), count + 1
        new = _Climbing(moved, there, xp.minimum(1.0, 4 * damping), bend, *counts)
        old = _Climbing(parameters, here, damping / 4, bend, *counts)
        return xp.choose(accept, new, old)

    def unfinished(carry):
        moving = (carry.count < _MOST_STEPS) & (carry.damping > 1e-12)
        return moving & (carry.settled < _POLISHED)

    # The first step stays where it is: everything is looked at in one place of the program.
    zero = xp.zeros_like(start[0])
    begin = Look(zero - np.inf, xp.zeros_like(start), zero, zero, zero, zero > 0)
    end = xp.while_loop(
        unfinished, improve, _Climbing(start, begin, zero + 1, zero, xp.array(0), xp.array(0))
    )
    found, here = end.parameters, end.here
    known = here.curved_down & (here.size <= _SETTLED) & (here.bend > _FLAT * end.bend)
    return found * xp.where(known, 1.0, np.nan), known


@eqx.filter_custom_jvp
def _settled(parameters, likelihood):
    return parameters


@_settled.def_jvp
def _implicit(primals, changes):
    parameters, likelihood = primals
    parameters = _settled(parameters, likelihood)
    score = lambda likelihood: jax.grad(likelihood.__call__)(parameters)
    change = eqx.filter_jvp(score, (likelihood,), (changes[1],))[1]
    hessian = jax.hessian(likelihood.__call__)(parameters)
    return parameters, -jnp.linalg.solve(hessian, change)
