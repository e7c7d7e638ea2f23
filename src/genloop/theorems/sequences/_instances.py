"""Chains for the theorems: random texts, one generation in plain NumPy, and orbits of the stages.

All have four outcomes, so that every jitted function is compiled once.
"""

import jax
import jax.numpy as jnp
import numpy as np

from ...loops.chain.contexts import context_collapse_threshold
from ...loops.chain.pairs import collapse_threshold
from ...loops.chain.recipes import loop
from ...models import MarkovChain


def random_rows(seed: int, *, evenness: float = 2.0, outcomes: int = 4) -> np.ndarray:
    """A random transition matrix, the more even the larger `evenness`."""
    generator = np.random.default_rng(seed)
    return generator.dirichlet(np.full(outcomes, evenness), outcomes)


def stationary(rows: np.ndarray) -> np.ndarray:
    r"""The solution of $w (I - P + \mathbb 1 \mathbb 1^\top) = \mathbb 1^\top$."""
    matrix = np.eye(rows.shape[-1]) - np.swapaxes(rows, -1, -2) + 1.0
    return np.linalg.solve(matrix, np.ones((*rows.shape[:-1], 1)))[..., 0]


def pairs_of(rows: np.ndarray) -> np.ndarray:
    r"""$w_i P_{ij}$."""
    return stationary(rows)[..., None] * rows


def escort(rows: np.ndarray, temperature: float) -> np.ndarray:
    r"""$S_T$ of every row."""
    weights = (rows / rows.max(axis=-1, keepdims=True)) ** (1 / temperature)
    return weights / weights.sum(axis=-1, keepdims=True)


def generation(pairs, real, temperature, real_fraction):
    """One generation of the loop by its definition."""
    return (1 - real_fraction) * pairs_of(escort(pairs, temperature)) + real_fraction * real


def orbit_end(pairs, real, temperature, real_fraction, generations=1500):
    """The end of the orbit of plain NumPy generations after some time."""
    for _ in range(generations):
        last, pairs = pairs, generation(pairs, real, temperature, real_fraction)
        if np.abs(pairs - last).max() < 1e-13:
            break
    return pairs


@jax.jit
def staged(pairs, real, temperature, real_fraction):
    """One generation by the stages."""
    step = loop(temperature=temperature, real_fraction=real_fraction, real=MarkovChain(real))
    return step(MarkovChain(pairs)).pairs


@jax.jit
def rested(pairs, real, temperature, real_fraction):
    """Two thousand generations by the stages."""
    advance = lambda _, x: staged(x, real, temperature, real_fraction)
    return jax.lax.fori_loop(0, 2000, advance, pairs)


@jax.jit
def derivative(pairs, real, temperature, real_fraction):
    """The matrix of the derivative of one generation by the stages."""
    size = pairs.size
    image = lambda x: staged(x.reshape(pairs.shape), real, temperature, real_fraction).ravel()
    return jax.jacfwd(image)(jnp.asarray(pairs).ravel()).reshape(size, size)


def spectrum(pairs, real, temperature, real_fraction):
    """The eigenvalues of the derivative, largest modulus first."""
    values = np.linalg.eigvals(np.asarray(derivative(pairs, real, temperature, real_fraction)))
    return values[np.argsort(-np.abs(values), kind="stable")]


def symmetric(seed, *, evenness=2.0):
    """Random pairs as frequent as their reverses."""
    pairs = np.random.default_rng(seed).gamma(evenness, size=(4, 4))
    return (pairs + pairs.T) / (2 * pairs.sum())


def pair_fold(real, *, temperature, first, second):
    return collapse_threshold(real, temperature=temperature, first=first, second=second).value


def stands(real, temperature, fractions, first, second, generations=1500):
    """Whether two tokens that follow each other still do so after many generations."""
    rows = real / real.sum(axis=1, keepdims=True)
    for context, successor in ((first, second), (second, first)):
        rows[context] = 1e-3 * rows[context]
        rows[context, successor] += 1 - 1e-3
    start = np.broadcast_to(pairs_of(rows), (len(fractions), *real.shape))
    # Settled first at little real data, where the collapse is not disputed.
    start = orbit_end(start, real, temperature, 0.02, 60)
    end = orbit_end(start, real, temperature, np.asarray(fractions)[:, None, None], generations)
    return (end[:, first, second] > 0.5 * end[:, first].sum(axis=-1)).astype(float)


def alone(real, **options):
    """The fold of the first context as if it were alone."""
    return context_collapse_threshold(real, **options).value
