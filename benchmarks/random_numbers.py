"""One normal number and one chi number, against those of JAX and NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
from timing import Row, compare

from genloop.sampling import chi, normal

COUNT, STEPS = 2**16, 16
KEY = jax.random.key(0)


def repeated(draw):
    """`STEPS` draws of `COUNT` numbers in one program, added up."""

    @jax.jit
    def total(key):
        add = lambda step, sums: sums + draw(jax.random.fold_in(key, step))
        return jax.lax.fori_loop(0, STEPS, add, jnp.zeros(COUNT))

    return lambda: total(KEY)


def rows() -> list[Row]:
    """Both kinds of numbers, against JAX and NumPy."""
    rng = np.random.default_rng(0)
    loop = lambda draw: lambda: [draw() for _ in range(STEPS)] and None
    normals = {
        "jax.random.normal": repeated(lambda key: jax.random.normal(key, (COUNT,))),
        "NumPy": loop(lambda: rng.standard_normal(COUNT)),
        "genloop": repeated(lambda key: normal(key, (COUNT,))),
    }
    chis = {
        "jax.random.chisquare": repeated(lambda key: jax.random.chisquare(key, 99.0, (COUNT,))),
        "NumPy": loop(lambda: np.sqrt(rng.chisquare(99, COUNT))),
        "genloop": repeated(lambda key: chi(key, 99, (COUNT,))),
    }
    work, unit = COUNT * STEPS, "ns per number"
    return [
        *compare("standard normal", normals, work=work, unit=unit),
        *compare("chi, 99 degrees", chis, work=work, unit=unit),
    ]
