r"""The equations of the thresholds of kernel density loops, of exact numbers: for proofs."""

import jax.numpy as jnp


def scott_growth(pool, dimension):
    r"""$1 - \frac1N + N^{-2/(d+4)}$ [CA-B2]."""
    return 1 - 1 / pool + jnp.exp(-2 / (dimension + 4) * jnp.log(pool))


def bounded_fraction(a, pool, dimension):
    r"""$c \frac N{N-1} q^2 + (c - 1) q - 1$ with Scott's rule, $q = 1 - a$ [CA-B5]."""
    growth, rest = scott_growth(pool, dimension), 1 - a
    return growth * pool / (pool - 1) * rest**2 + (growth - 1) * rest - 1


def population_fraction(a, pool, dimension):
    r"""$q c - 1$ with Scott's rule [CA-B5]."""
    return (1 - a) * scott_growth(pool, dimension) - 1


def neutral_factor(f, samples):
    r"""$c - 1 = f^2 - \frac1n$ [CA-B2]."""
    return f**2 - 1 / samples


def neutral_share(share, samples, dimension):
    r"""$2 \log s + \frac{d+2}{d+4} \log n$: Scott's factor times $s$ is neutral [ST-F6]."""
    return 2 * jnp.log(share) + (dimension + 2) / (dimension + 4) * jnp.log(samples)


def inflation(p, tolerance, bandwidth):
    r"""$\tau p - h^2$ in units of the real variance [ST-F5]."""
    return tolerance * p - bandwidth**2
