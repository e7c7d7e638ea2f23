"""Counts of n tokens drawn from K outcomes."""

import jax
import numpy as np
from timing import Row, compare

from genloop.sampling import multinomial

KEY = jax.random.key(0)
CASES = ((2, 100, 4096), (10, 1000, 512), (1000, 1000, 256), (50_000, 10_000, 8))


def rows() -> list[Row]:
    """Vectors of counts, against NumPy."""
    rng = np.random.default_rng(0)
    table = []
    for outcomes, samples, batch in CASES:
        weights = 1 / np.arange(1, outcomes + 1)
        rows = np.tile(weights / weights.sum(), (batch, 1))
        ours = jax.device_put(rows)
        contenders = {
            "numpy.random.Generator.multinomial": lambda n=samples, p=rows: rng.multinomial(n, p),
            "genloop": lambda n=samples, p=ours: multinomial(KEY, n, p),
        }
        task = f"counts, K = {outcomes}, n = {samples}"
        table += compare(task, contenders, work=batch, unit="us per vector of counts")
    return table
