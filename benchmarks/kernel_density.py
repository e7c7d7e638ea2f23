"""A kernel density loop: the libraries' fit and sample, genloop's particles, and exact moments."""

import jax
import numpy as np
from scipy.stats import gaussian_kde
from sklearn.neighbors import KernelDensity
from timing import Row, compare

import genloop as gl
from genloop.loops.kernel_density import KernelMoments, scott_factor

GENERATIONS = {1000: 1000, 10_000: 200, 100_000: 40}
BANDWIDTH = 0.5
RUNS, FEW, SHORT = 200, 100, 5
STANDARD_ERRORS = 6.0


def of_scipy(rng, points, generations):
    """The variance after so many fits and samples with SciPy's rule of Scott."""
    for _ in range(generations):
        points = gaussian_kde(points).resample(len(points), seed=rng)[0]
    return points.var()


def of_sklearn(rng, points, generations):
    """The same with scikit-learn, whose bandwidth is a length."""
    points = points[:, None]
    for _ in range(generations):
        estimate = KernelDensity(bandwidth=BANDWIDTH).fit(points)
        points = estimate.sample(len(points), random_state=int(rng.integers(2**31)))
    return points.var()


LIBRARIES = {
    "gaussian_kde (SciPy)": (of_scipy, gl.Smooth("scott")),
    "KernelDensity (scikit-learn)": (of_sklearn, gl.Smooth(BANDWIDTH)),
}


def particles(stage, points, generations):
    """One run of genloop's stages, compiled once: the variance by a key."""
    loop, start = stage >> gl.Draw(len(points)), gl.Particles.of(points)

    @jax.jit
    def run(key, start):
        first, rest = jax.random.split(key)
        generation = lambda sample, key: (loop.step(key, sample), None)
        keys = jax.random.split(rest, generations - 1)
        return jax.lax.scan(generation, loop.step(first, start), keys)[0].covariance[0, 0]

    return lambda key: run(key, start)


def check_one_law(name):
    """Raises `AssertionError` where runs of a library and of genloop differ beyond their noise."""
    library, stage = LIBRARIES[name]
    rng = np.random.default_rng(1)
    real = rng.normal(size=FEW)
    ours = particles(stage, real, SHORT)
    theirs = np.log([library(rng, real, SHORT) for _ in range(RUNS)])
    found = np.log([float(ours(key)) for key in jax.random.split(jax.random.key(2), RUNS)])
    for one, other in ((found, theirs), (found**2, theirs**2)):
        error = np.sqrt((one.var() + other.var()) / RUNS)
        assert abs(one.mean() - other.mean()) < STANDARD_ERRORS * error, name


def rows() -> list[Row]:
    """Particles against both libraries, one law each; then the moments without any particle."""
    table, rng = [], np.random.default_rng(0)
    for name, (library, stage) in LIBRARIES.items():
        check_one_law(name)
        for samples, generations in GENERATIONS.items():
            real, few = rng.normal(size=samples), generations // 10
            run, key = particles(stage, real, generations), jax.random.key(0)
            contenders = {
                name: (lambda lib=library, r=real, n=few: lib(rng, r, n), few),
                "genloop": (lambda run=run, key=key: run(key), generations),
            }
            task = f"n = {samples:,} points are fitted and sampled, one law"
            table += compare(task, contenders, work=generations, unit="us per generation")
    real = rng.normal(size=1000)
    exact = lambda: KernelMoments(1000, factor=scott_factor(1000)).after(300)
    contenders = {
        "gaussian_kde (SciPy), one run": (lambda: of_scipy(rng, real, 300), 1),
        "genloop": (exact, 1),
    }
    task = "expected variance after 300 generations of n = 1,000"
    return table + compare(task, contenders, work=1, unit="us per answer")
