"""HD-4: The mean-field flow climbs a potential along its Fisher-Rao gradient."""

import functools

import jax
import jax.numpy as jnp

from ....analysis import flow
from ....loops.temperature import structure
from ....loops.temperature.recipes import loop
from ....verification import closed_form, scaled, theorem
from .._instances import OUTCOMES, instances, on_instances
from ._instances import one_generation


def _image(trial, outcomes):
    """The states of the instances one generation later."""
    return trial.once(
        f"image {outcomes}", lambda: on_instances(one_generation, instances(outcomes))
    )


_POTENTIAL = {"potential": structure.potential, "rate": structure.ascent_rate}


def _renyi(model, *, temperature, real_fraction, real):
    """The potential without the factor T - 1 of the Renyi entropy."""
    cooled = structure.potential(model, temperature=temperature, real_fraction=0.0, real=real)
    pull = structure.potential(model, temperature=temperature, real_fraction=1.0, real=real)
    return real_fraction * pull + (1 - real_fraction) * cooled / (temperature - 1)


@theorem(
    spec="HD-4",
    paper="marchi2024",
    status="derived",
    hypotheses=("infinite data", "an interior state, any real distribution and temperature"),
    claim=_POTENTIAL,
    mutants={
        "the Renyi entropy without its factor T - 1": _POTENTIAL | {"potential": _renyi},
        "real fraction and synthetic share exchanged": _POTENTIAL
        | {
            "potential": lambda model, *, real_fraction, **rest: structure.potential(
                model, real_fraction=1 - real_fraction, **rest
            )
        },
        "the potential 1 % high": scaled(_POTENTIAL, 1.01, "potential"),
        "the rate 1 % high": scaled(_POTENTIAL, 1.01, "rate"),
    },
)
def gradient_structure(claim, trial):
    r"""The mean-field flow climbs a potential along its Fisher-Rao gradient.

    With $U(x) = a \sum_i r_i \log x_i + (1 - a)\,T \log \sum_j x_j^{1/T}$ the loop is
    $F_i(x) = x_i\,\partial_i U(x)$ and $\sum_i x_i\,\partial_i U = 1$, so along $\dot x = F(x) - x$
    $\dot U = \sum_i x_i (\partial_i U - 1)^2$, and fixed points are critical points of $U$. The
    second term is $(1 - a)(T - 1)$ times the Renyi entropy of order $1/T$.
    """
    for outcomes in OUTCOMES:
        cases = instances(outcomes)
        slope, x = _gradient(claim["potential"]), cases.state.probabilities
        gradient = on_instances(slope, cases).probabilities
        image = _image(trial, outcomes).probabilities
        yield closed_form(f"x dU = F, {outcomes} outcomes", x * gradient, image)
        along = (gradient * (image - x)).sum(axis=-1)
        rate = on_instances(claim["rate"], cases)
        yield closed_form(f"dU/dt, {outcomes} outcomes", rate, along, tolerance=1e-9)
    few = jax.tree.map(lambda leaf: leaf[4::9], instances(12))
    states, gained = trial.once("flow", lambda: on_instances(_climb, few))
    heights = on_instances(_along(claim["potential"]), few._replace(state=states))
    risen = heights - heights[:, :1]
    yield closed_form("gain along the flow", risen, gained, tolerance=1e-8, scale=1.0)


@functools.cache
def _gradient(potential):
    return lambda state, **p: jax.grad(lambda s: potential(s, **p))(state)


@functools.cache
def _along(potential):
    return lambda path, **p: jax.vmap(lambda state: potential(state, **p))(path)


def _climb(start, **parameters):
    """States along the flow and the integral of the ascent rate, which joins as a coordinate."""
    rate = lambda state: structure.ascent_rate(state, **parameters)
    extended = lambda pair: (loop(**parameters)(pair[0]), pair[1] + rate(pair[0]))
    return flow(extended, (start, jnp.zeros(())), jnp.array([0.0, 0.5, 2.0, 6.0]))
