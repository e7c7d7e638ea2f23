"""A Gaussian refitted to its own samples, generation after generation."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from timing import Row, compare

import genloop as gl
from genloop.sampling import normal_pair

REPLICATES, GENERATIONS = 2**14, 100
NUMBERS_OF_NAIVE = 2_000_000
KEY = jax.random.key(0)
UNIT = "ns per replicate and generation"


def naive(rng, samples, replicates, generations):
    """What is written today: draw the points, fit, repeat; all replicates as one array."""
    mean, deviation = np.zeros(replicates), np.ones(replicates)
    for _ in range(generations):
        points = rng.normal(mean[:, None], deviation[:, None], (replicates, samples))
        mean, deviation = points.mean(axis=1), points.std(axis=1, ddof=1)
        mean.mean(), mean.var(), deviation.mean(), deviation.var()


def sufficient(rng, samples, replicates, generations):
    """The same law from one normal and one chi-square number a generation, in NumPy."""
    mean, deviation = np.zeros(replicates), np.ones(replicates)
    for _ in range(generations):
        mean = mean + deviation * rng.standard_normal(replicates) / math.sqrt(samples)
        deviation = deviation * np.sqrt(rng.chisquare(samples - 1, replicates) / (samples - 1))
        mean.mean(), mean.var(), deviation.mean(), deviation.var()


def naive_vectors(rng, samples, replicates, generations, dimension):
    """Points, mean and covariance of every replicate in turn."""
    for _ in range(replicates):
        mean, factor = np.zeros(dimension), np.eye(dimension)
        for _ in range(generations):
            points = mean + rng.standard_normal((samples, dimension)) @ factor.T
            mean, factor = points.mean(axis=0), np.linalg.cholesky(np.cov(points.T))


def streamed(samples, dimension, replicates, generations):
    """Mean and variance over replicates of the mean and the factor, in every generation."""
    loop = gl.Draw(samples) >> gl.Unbias(samples)
    start = gl.Gaussian.of(np.zeros(dimension), np.eye(dimension))
    run = functools.partial(
        gl.orbit_statistics, loop.step, KEY, start, generations=generations, replicates=replicates
    )
    return lambda: run().mean


@jax.jit
def two_normals(key):
    """The limit: two of our normal numbers a generation, added up, and nothing else."""

    def generation(sums, step):
        pair = normal_pair(jax.random.fold_in(key, step), (REPLICATES,))
        return jax.tree.map(jnp.add, sums, pair), None

    start = (jnp.zeros(REPLICATES), jnp.zeros(REPLICATES))
    return jax.lax.scan(generation, start, jnp.arange(GENERATIONS))[0]


def rows() -> list[Row]:
    """The loop at several sample sizes and in ten dimensions."""
    rng = np.random.default_rng(0)
    table = []
    for samples in (10, 100, 1000, 10_000):
        few = max(20, NUMBERS_OF_NAIVE // (samples * 5))
        contenders = {
            "NumPy, every sample": (functools.partial(naive, rng, samples, few, 5), 5 * few),
            "NumPy, sufficient statistics": lambda samples=samples: sufficient(
                rng, samples, REPLICATES, GENERATIONS
            ),
            "genloop": streamed(samples, 1, REPLICATES, GENERATIONS),
            "limit: two normal numbers": lambda: two_normals(KEY),
        }
        task = f"Gaussian, d = 1, n = {samples}"
        table += compare(task, contenders, work=REPLICATES * GENERATIONS, unit=UNIT)
    contenders = {
        "NumPy, every sample": (functools.partial(naive_vectors, rng, 100, 20, 10, 10), 200),
        "genloop": streamed(100, 10, 2**12, 20),
    }
    return table + compare("Gaussian, d = 10, n = 100", contenders, work=2**12 * 20, unit=UNIT)
