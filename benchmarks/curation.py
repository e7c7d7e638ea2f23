"""A generation of a curated loop: candidates drawn and chosen one by one, and by the exact law."""

import jax
import numpy as np
from timing import Row, compare

import genloop as gl

KEY = jax.random.key(0)
AMONG = 4
CASES = ((10, 10_000), (1000, 100_000), (50_000, 100_000))
CLASSES = 5


def plain(rng, shares, reward, among, samples):
    """The frequencies of points each of which is chosen among its candidates."""
    places = np.searchsorted(np.cumsum(shares), rng.random((samples, among)) * shares.sum())
    places = np.minimum(places, len(shares) - 1)
    heights = reward[places] + rng.gumbel(size=(samples, among))
    chosen = places[np.arange(samples), heights.argmax(axis=1)]
    return np.bincount(chosen, minlength=len(shares)) / samples


def rows() -> list[Row]:
    """Frequencies of the same law; then the map itself, with the points for an error of 0.001."""
    rng, table = np.random.default_rng(0), []
    for outcomes, samples in CASES:
        shares = rng.dirichlet(np.ones(outcomes))
        reward = rng.integers(0, CLASSES, outcomes).astype(float)
        model = gl.Categorical(jax.numpy.asarray(shares))
        loop = gl.Choose(reward, among=AMONG) >> gl.Draw(samples)
        step = jax.jit(lambda key, m, loop=loop: loop.step(key, m).probabilities)
        contenders = {
            "candidates drawn and chosen (NumPy)": lambda p=shares, r=reward, n=samples: plain(
                rng, p, r, AMONG, n
            ),
            "genloop": lambda step=step, m=model: step(KEY, m),
        }
        task = f"n = {samples:,} points among {AMONG}, K = {outcomes:,} outcomes, one law"
        table += compare(task, contenders, work=1, unit="us per generation")
        # Shares of the classes to a standard error of 0.001 at most.
        image = jax.jit(lambda m, loop=loop: loop.stages[0](m).probabilities)
        contenders = {
            "candidates drawn and chosen (NumPy)": lambda p=shares, r=reward: plain(
                rng, p, r, AMONG, 250_000
            ),
            "genloop": lambda image=image, m=model: image(m),
        }
        task = f"the map, K = {outcomes:,} outcomes: shares within 0.001, and exact"
        table += compare(task, contenders, work=1, unit="us per generation")
    return table
