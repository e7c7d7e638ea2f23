"""Perturbed flows on which the theorems of this paper are tried: one shape, compiled once."""

import functools
from fractions import Fraction
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...certificates import certify_root
from ...loops.perturbed_flow.flow import perturbed_flow
from ...loops.perturbed_flow.formulas import relative_entropy, sensitivity, tempered
from ...models import Categorical

OUTCOMES, COUNT, NODES = 4, 24, 65


SPAN = 20.0


TIMES = SPAN * (1 - np.cos(np.pi * np.arange(NODES) / (NODES - 1))) / 2
"""Chebyshev nodes in (1 + mu) t, so that integrals along an orbit converge exponentially."""


CYCLE = np.arange(COUNT)


ALTERNATING = np.tile([1.0, -1.0], OUTCOMES // 2)


ERRING = CYCLE % 2 == 1


SETTLED_NODE = np.where(CYCLE // 2 % 2 == 0, np.where(ERRING, 24, 1), 18)


SETTLED = 1 - np.exp(-TIMES[SETTLED_NODE])
"""The floor of each flow settles at one of the nodes, to this share of its value."""


ROUNDING = 1e-7


_QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


class Flows(NamedTuple):
    r"""A batch of flows with $|\varepsilon_i| \le \eta$: columns `(n, 1)`, vectors `(n, K)`.

    The error is $\eta$ times `push` $+$ `gain` $\log(\theta/\theta_e)$, centred and scaled to its
    largest entry: a constant one, or one that drives the state away from the equilibrium.
    """

    real: Float[Array, "n k"]
    start: Float[Array, "n k"]
    equilibrium: Float[Array, "n k"]
    temperature: Float[Array, "n 1"]
    odds: Float[Array, "n 1"]
    error: Float[Array, "n 1"]
    push: Float[Array, "n k"]
    gain: Float[Array, "n 1"]

    @property
    def smallest(self) -> np.ndarray:
        r"""$\delta = \min_i r_i$."""
        return self.real.min(axis=-1)

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The parameters that the formulas take, of shape `(n,)`."""
        return {
            "temperature": self.temperature[:, 0],
            "odds": self.odds[:, 0],
            "smallest": self.smallest,
            "settled": SETTLED,
            "error": self.error[:, 0],
        }

    def perturbation(self, states, numbers=np):
        """The error at states of shape `(..., n, K)`."""
        direction = self.push + self.gain * numbers.log(states / self.equilibrium)
        direction = direction - direction.mean(axis=-1, keepdims=True)
        largest = numbers.abs(direction).max(axis=-1, keepdims=True)
        return self.error * direction / numbers.where(largest > 0, largest, 1.0)


def orbits(flows: Flows) -> np.ndarray:
    """The states at `TIMES`, shape `(NODES, n, K)`."""
    return np.asarray(_compiled()(flows))


@functools.cache
def _compiled():
    def run(flows):
        return perturbed_flow(
            Categorical(flows.start),
            jnp.asarray(TIMES),
            temperature=flows.temperature,
            odds=flows.odds,
            real=Categorical(flows.real),
            perturbation=lambda x: flows.perturbation(x, jnp),
        ).probabilities

    return jax.jit(run, compiler_options=_QUICK)


def pick(values, step=1) -> np.ndarray:
    """One of the values for every flow, the next one after `step` flows."""
    return np.asarray(values, dtype=float)[CYCLE // step % len(values)]


def column(values) -> np.ndarray:
    """Numbers of the flows as a column."""
    return np.asarray(values, dtype=float)[:, None]


def entry(index) -> np.ndarray:
    """All probability on one outcome."""
    return np.eye(OUTCOMES)[index]


def settled() -> np.ndarray:
    """Whether each node of each orbit comes after its floor has settled; `(NODES, n)`."""
    return np.arange(NODES)[:, None] >= SETTLED_NODE


def since(flows: Flows, states, law) -> np.ndarray:
    """`law` of the entropy when the floor has settled and of the time since, at every node."""
    entropy = relative_entropy(states[SETTLED_NODE, CYCLE], flows.equilibrium)
    time = np.maximum(TIMES[:, None] - TIMES[SETTLED_NODE], 0) / (1 + flows.odds[:, 0])
    return law(entropy, time)


def equilibria() -> np.ndarray:
    """Uniform and random distributions, none of them close to the boundary; `(COUNT, K)`."""
    random = np.random.default_rng(4).dirichlet(np.full(OUTCOMES, 3.0), size=COUNT)
    uniform = np.full((COUNT, OUTCOMES), 1 / OUTCOMES)
    return np.where(np.arange(COUNT)[:, None] % 3 == 0, uniform, (random + 0.05) / 1.2)


def starts() -> np.ndarray:
    """Random states, every other one close to the boundary; `(COUNT, K)`."""
    random = np.random.default_rng(5).dirichlet(np.ones(OUTCOMES), size=COUNT)
    share = np.where(np.arange(COUNT) % 2 == 0, 0.1, 1e-4)[:, None]
    return (1 - share) * random + share / OUTCOMES


def held_at(equilibrium, *, temperature, odds) -> np.ndarray:
    r"""The real distribution $r = \theta_e + [\theta_e - S_T(\theta_e)]/\mu$ of an equilibrium."""
    real = equilibrium + (equilibrium - tempered(equilibrium, temperature)) / odds[:, None]
    return real / real.sum(axis=-1, keepdims=True)


def under_theorem_one(settled, *, error_share, excess, temperature):
    r"""$\mu$ and $\eta$ that meet the conditions of [FR-4], `excess` times more than asked.

    `error_share` is $\eta/(\mu \delta)$. The real distribution follows from $\mu$ and decides it.
    """
    equilibrium = equilibria()
    gain = sensitivity(equilibrium, temperature=temperature)
    smallest = equilibrium.min(axis=-1)
    for _ in range(60):
        first = (1 + temperature * gain * settled) / (temperature * smallest * settled)
        odds = excess * np.maximum(first, 2 * gain / (settled * smallest * (1 - error_share)))
        real = held_at(equilibrium, temperature=temperature, odds=odds)
        smallest = real.min(axis=-1)
    return real, odds, error_share * odds * smallest


ANY_OUTCOMES, TEMPERATURE, SMALLEST, SETTLED_SHARE, ERROR = 10, "0.8", "0.05", "0.9", "0.01"


def least_odds(condition, digits, *, parameters, most="1000"):
    return certify_root(condition, "0", most, parameters=parameters, digits=digits)


def _universal(mu, t, outcomes):
    r"""$2 e (\Lambda - b) \Lambda^e - (K - 2)$ at $\Lambda = 1 + \mu$ [HD-11]."""
    return 2 * t / (1 - t) * (1 + mu - 1 / t) * jnp.exp(t / (1 - t) * jnp.log1p(mu)) - outcomes + 2


def any_real_data(digits):
    known = [TEMPERATURE, str(ANY_OUTCOMES)]
    # The function increases from Lambda = b on.
    start = str(1 / Fraction(TEMPERATURE) - 1)
    return certify_root(_universal, start, "10", parameters=known, digits=digits)
