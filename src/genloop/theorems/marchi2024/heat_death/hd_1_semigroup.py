r"""HD-1: Tempering is a semigroup, $S_T \circ S_{T'} = S_{T T'}$."""

import jax
import jax.numpy as jnp
import numpy as np

from ....loops.temperature import structure
from ....models import Categorical
from ....stages import Temper
from ....verification import closed_form, theorem
from .._instances import OUTCOMES, evaluate, instances


@theorem(
    spec="HD-1",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, a = 0", "infinite data", "any initial distribution, zeros included"),
    claim=structure.escort_schedule,
    mutants={
        "temperatures add up": lambda model, temperatures: model.temper(
            1 + (temperatures - 1).sum()
        ),
        "one generation late": lambda model, temperatures: model.temper(jnp.prod(temperatures[1:])),
        "1 % colder": lambda model, temperatures: model.temper(0.99 * jnp.prod(temperatures)),
    },
)
def semigroup(claim, trial):
    r"""Tempering is a semigroup, $S_T \circ S_{T'} = S_{T T'}$.

    Without real data $p_t = S_{T_1 \cdots T_t}(p_0)$ exactly: for $T > 1$ it tends to the uniform
    distribution on the support of $p_0$, for $T < 1$ to the uniform one on its most probable
    outcomes, and a schedule with $\prod T_s \to T_\infty$ ends at $S_{T_\infty}(p_0)$.
    """
    # The product of the fading temperatures is e, though none of them is one.
    varied = np.append([0.6, 1.7, 0.9, 0.8], np.ones(36))
    schedules = np.repeat([varied, np.exp(0.5 ** np.arange(1, 41))], 32, axis=0)
    for outcomes in OUTCOMES:
        states = np.tile(instances(outcomes).state.probabilities, (2, 1))
        pairs = (Categorical.of(states), schedules)
        expected = evaluate(claim, *pairs).probabilities
        iterated = trial.once(f"{outcomes}", lambda pairs=pairs: evaluate(_iterate, *pairs))
        what = f"{outcomes} outcomes"
        yield closed_form(f"every schedule, {what}", expected, iterated.probabilities)
        limit = states[32:] ** np.exp(-1)
        limit /= limit.sum(axis=-1, keepdims=True)
        yield closed_form(f"a schedule that fades, {what}", expected[32:], limit)
    models = Categorical.of([[4, 4, 1, 2, 0], [4, 4, 1, 2, 0]])
    expected = evaluate(claim, models, np.repeat([[1.2], [0.8]], 300, axis=1)).probabilities
    limits = np.array([[1, 1, 1, 1, 0], [2, 2, 0, 0, 0]]) / 4
    yield closed_form("300 generations at T = 1.2 and at T = 0.8", expected, limits, scale=1.0)


def _iterate(model, schedule):
    step = lambda model, temperature: (Temper(temperature)(model), None)
    return jax.lax.scan(step, model, schedule)[0]
