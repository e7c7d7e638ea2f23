"""The mean log-likelihood of weighted points under a family, and where it is largest."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from .. import numeric as xp
from ..numeric import of_jax
from ..programs import at_once, kernel
from .density import Density

RESOLVED = 1e-5
"""How far from one the mass of a density on its support may be."""
_MOST_STEPS = 200
_SETTLED = 1e-9
"""A Newton step this small, in units of the parameters, is followed by two more."""
_POLISHED = 3
_PUSH = 0.1
_EQUILIBRATIONS = 4
_FLAT = 1e-12
"""Of a likelihood that levels out, as far away, only the rounding has a curvature."""


class Seen(NamedTuple):
    """A mean log-likelihood and its first two derivatives, at parameters in rows."""

    value: Float[Array, " n"]
    gradient: Float[Array, "n p"]
    hessian: Float[Array, "n p p"]


class Look(NamedTuple):
    """What is seen at parameters: the likelihood, the step uphill, its size and its slope."""

    value: Float[Array, " n"]
    step: Float[Array, "n p"]
    size: Float[Array, " n"]
    slope: Float[Array, " n"]
    bend: Float[Array, " n"]
    curved_down: Bool[Array, " n"]


class Likelihood(eqx.Module):
    r"""$\ell(\theta) = \sum_i m_i \log p_\theta(x_i)$ of points $x_i$ with masses $m_i$.

    The density is normalised on `nodes`, the points of the support of its family, where there are
    some. Known parameters in rows are looked at so many `lanes` at a time, by one program.
    """

    points: Float[Array, "n ..."]
    masses: Float[Array, " n"]
    nodes: Float[Array, "m ..."] | None
    log_measure: Float[Array, " m"] | None
    density: Density = eqx.field(static=True)
    lanes: int = eqx.field(static=True, default=1)

    @classmethod
    def of(cls, law: Any, family: Any, lanes: int = 1) -> "Likelihood":
        """That of a distribution on points under a family."""
        return cls(law.points, law.masses, *family.nodes, family.density, lanes)

    def weighted(self, masses: Float[Array, " n"]) -> "Likelihood":
        """That of the same points with other masses."""
        return eqx.tree_at(lambda one: one.masses, self, masses)

    def __call__(self, parameters: Float[Array, " p"]) -> Float[Array, ""]:
        written, log_total = _written(self, parameters)
        # A point without mass says nothing, also where its density is zero.
        return jnp.where(self.masses > 0, self.masses * (written - log_total), 0.0).sum()

    @kernel
    def gradient(self, parameters: Float[Array, " p"]) -> Float[Array, " p"]:
        """The mean score."""
        return jax.grad(self.__call__)(parameters)

    def seen(self, rows: Float[Array, "n p"]) -> Seen:
        """Value, gradient and Hessian."""
        return self._in_lanes(_seen, rows)

    def written(self, rows: Float[Array, "n p"]) -> tuple[Array, Array]:
        """The log-density at the points as it is written, and the logarithm of its total."""
        return self._in_lanes(_written_rows, rows)

    def _in_lanes(self, program: Callable, rows):
        if of_jax(rows):
            return program(self, rows)
        found = []
        for first in range(0, len(rows), self.lanes):
            some = rows[first : first + self.lanes]
            full = np.concatenate([some, np.repeat(some[-1:], self.lanes - len(some), axis=0)])
            found.append(program(self, full))
        return jax.tree.map(lambda *leaves: np.concatenate(leaves)[: len(rows)], *found)

    def look(self, rows: Float[Array, "n p"], wanted: Bool[Array, " n"]) -> Look:
        """The steps uphill from the rows that are wanted."""
        if of_jax(rows):
            return _uphill(rows, self.seen(rows))
        seen = self.seen(rows[wanted])
        return _uphill(rows, jax.tree.map(lambda leaf: _spread(leaf, wanted), seen))


def _written(likelihood, parameters):
    points, nodes = likelihood.points, likelihood.nodes
    if nodes is None:
        return likelihood.density(parameters, points), jnp.zeros(())
    # One call for both: the program of a density written twice is twice as long to compile.
    both = likelihood.density(parameters, jnp.concatenate([points, nodes]))
    return both[: len(points)], jax.nn.logsumexp(both[len(points) :] + likelihood.log_measure)


@kernel
def _written_rows(likelihood, rows):
    return jax.vmap(lambda row: _written(likelihood, row))(rows)


@kernel
def _seen(likelihood, rows):
    def one(row):
        # The function is traced once; its derivatives are linear maps from there.
        (value, gradient), change = jax.linearize(jax.value_and_grad(likelihood.__call__), row)
        return Seen(value, gradient, jax.vmap(lambda unit: change(unit)[1])(jnp.eye(row.size)))

    return jax.vmap(one)(rows)


def _spread(leaf, wanted):
    """The numbers of the rows that are wanted among NaN."""
    full = np.full((len(wanted), *leaf.shape[1:]), np.nan)
    full[wanted] = leaf
    return full


def _uphill(rows, seen: Seen) -> Look:
    r"""A step uphill: Newton's where the likelihood is concave.

    Along eigenvectors of the Hessian $g_i/|\lambda_i|$, and off a saddle where $g_i = 0$.
    """
    value, gradient, hessian = seen
    known = xp.isfinite(value) & xp.isfinite(gradient).all(1) & xp.isfinite(hessian).all((1, 2))
    unit = xp.maximum(1.0, xp.abs(rows).max(1))[:, None]
    flat = -np.eye(rows.shape[1], dtype=rows.dtype)
    hessian = xp.where(known[:, None, None], hessian, flat)
    bend = xp.abs(hessian).max((1, 2))
    scale, hessian = in_common_units(hessian)
    curvature, basis = xp.linalg.eigh(hessian)
    floor = 1e-10 * xp.maximum(xp.abs(curvature).max(1), 1e-300)[:, None]
    along = (basis * (scale * gradient)[:, :, None]).sum(1)
    step = along / xp.maximum(xp.abs(curvature), floor)
    basis = scale[:, :, None] * basis
    length = xp.sqrt((basis**2).sum(1))
    aside = (curvature > floor) & (length * xp.abs(step) < _PUSH * unit)
    step = xp.where(aside, xp.where(along < 0, -1.0, 1.0) * _PUSH * unit / length, step)
    size = (length * xp.abs(step)).max(1) / unit[:, 0]
    step = step / xp.maximum(1.0, size)[:, None]
    uphill, slope = (basis * step[:, None, :]).sum(2), (along * step).sum(1)
    value = xp.where(known, value, np.nan)
    return Look(value, uphill, size, slope, bend, (curvature < -floor).all(1))


def in_common_units(hessian: Float[Array, "... p p"]) -> tuple[Array, Array]:
    r"""Units $d$ and $D H D$, symmetric, with about one as the largest number of each row.

    So what is singular does not depend on the units in which parameters are measured.
    """
    hessian = (hessian + xp.swapaxes(hessian, -1, -2)) / 2
    units = xp.ones_like(hessian[..., 0])
    for _ in range(_EQUILIBRATIONS):
        scaled = units[..., :, None] * hessian * units[..., None, :]
        largest = xp.abs(scaled).max(-1)
        units = units / xp.sqrt(xp.where(largest > 0, largest, 1.0))
    return units, units[..., :, None] * hessian * units[..., None, :]


class _Climbing(NamedTuple):
    parameters: Float[Array, "n p"]
    here: Look
    damping: Float[Array, " n"]
    bend: Float[Array, " n"]
    settled: Any
    count: Any

    @property
    def moving(self):
        return (self.damping > 1e-12) & (self.settled < _POLISHED)


def maximum(
    likelihood: Likelihood, start: Float[Array, " p"]
) -> tuple[Float[Array, " p"], Bool[Array, ""]]:
    r"""The local maximum that is reached by ascent from `start`, and whether there is one.

    Damped Newton steps that never go downhill. With exact first and second derivatives in points
    and masses: $\dot\theta = -(\nabla^2 \ell)^{-1} \partial \nabla \ell$ by the implicit function
    theorem. Without a maximum the parameters, and their derivatives, are NaN. Raises `ValueError`
    in single precision.
    """
    likelihood_known, begin = xp.stop_gradient((likelihood, start))
    found, is_maximum, _ = climb(likelihood_known, begin[None])
    return _settled(found[0], likelihood), is_maximum[0]


def climb(
    likelihood: Likelihood, starts: Float[Array, "n p"]
) -> tuple[Float[Array, "n p"], Bool[Array, " n"], Float[Array, " n"]]:
    """The maxima from several starts, in rows without derivatives, whether they are, their values.

    Raises `ValueError` in single precision.
    """
    kinds = {jnp.result_type(float), starts.dtype, likelihood.masses.dtype}
    if kinds.union(likelihood.density.unravel.types) != {np.dtype(float)}:
        raise ValueError(
            "the maximum of a likelihood needs double precision; work inside `with "
            "genloop.x64():`, and make the model and the data there."
        )
    return _climbed(likelihood, starts)


@at_once
def _climbed(likelihood, starts):
    def improve(carry):
        parameters, here, damping, bend, settled, count = carry
        moved = parameters + damping[:, None] * here.step
        there = likelihood.look(moved, carry.moving)
        noise = 1e-14 * (1 + xp.abs(here.value))
        higher = there.value >= here.value + 1e-4 * damping * here.slope - noise
        accept = carry.moving & higher
        at_rest = accept & there.curved_down & (there.size <= _SETTLED)
        bend = xp.where(count == 0, there.bend, bend)
        damping = xp.where(accept, xp.minimum(1.0, 4 * damping), damping / 4)
        parameters, here = _by_row(accept, (moved, there), (parameters, here))
        settled = settled + xp.where(at_rest, 1, 0)
        return _Climbing(parameters, here, damping, bend, settled, count + 1)

    unfinished = lambda carry: (carry.count < _MOST_STEPS) & carry.moving.any()
    # The first step stays where it is: everything is looked at in one place of the program.
    zero = xp.zeros_like(starts[:, 0])
    begin = Look(zero - np.inf, xp.zeros_like(starts), zero, zero, zero, zero > 0)
    none = xp.where(zero > 0, 1, 0)
    end = xp.while_loop(
        unfinished, improve, _Climbing(starts, begin, zero + 1, zero, none, none.sum())
    )
    found, here = end.parameters, end.here
    known = here.curved_down & (here.size <= _SETTLED) & (here.bend > _FLAT * end.bend)
    return found * xp.where(known, 1.0, np.nan)[:, None], known, here.value


def _by_row(accept, new, old):
    """The rows of one tree or the other."""
    column = lambda leaf: accept.reshape(-1, *[1] * (leaf.ndim - 1))
    return jax.tree.map(lambda one, other: xp.where(column(one), one, other), new, old)


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
