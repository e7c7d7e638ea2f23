"""One dictionary of cases for the generic tests: a new model or stage adds a line here."""

import jax.numpy as jnp
import jax.random as jr

import genloop as gl
from genloop.stages import InTurn

# For programs that run once: compiling them is what takes time.
QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}

SKEWED = gl.Categorical.of([5.0, 3.0, 2.0])
ZIPF = gl.Categorical.of(1 / jnp.arange(1.0, 13.0))
LINE = gl.Gaussian.of(0.5, 2.0)
PLANE = gl.Gaussian.of([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])
CHAIN = gl.MarkovChain.of_transition([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.5, 0.4, 0.1]])
SPACE = gl.Gaussian.of([1.0, 0.0, -1.0], [[1.0, 0.3, 0.1], [0.3, 2.0, -0.4], [0.1, -0.4, 0.5]])

FAMILIES = {
    "Poisson": gl.Poisson.of(3.0),
    "binomial": gl.Binomial.of(3.0, trials=10),
    "Bernoulli": gl.Bernoulli.of(0.3),
    "negative binomial": gl.NegativeBinomial.of(3.0, size=2.5),
    "geometric": gl.Geometric.of(1.5),
    "gamma": gl.Gamma.of(3.0, shape=2.5),
    "exponential": gl.Exponential.of(0.7),
    "normal": gl.Normal.of(0.5, variance=2.0),
}

MODELS = {
    "two outcomes": gl.Categorical.of([0.7, 0.3]),
    "three outcomes": SKEWED,
    "zipf": ZIPF,
    "line": LINE,
    "plane": PLANE,
    "space": SPACE,
    "chain": CHAIN,
    **FAMILIES,
}

PARTNERS = {
    "two outcomes": gl.Categorical.of([0.2, 0.8]),
    "three outcomes": gl.Categorical.of([1.0, 1.0, 4.0]),
    "zipf": gl.Categorical.uniform(12),
    "line": gl.Gaussian.of(-1.0, 0.3),
    "plane": gl.Gaussian.of([1.0, -1.0], [[0.5, 0.1], [0.1, 0.2]]),
    "space": gl.Gaussian.of([0.0, 0.0, 0.0], 2 * jnp.eye(3)),
    "chain": gl.MarkovChain.of([[1.0, 2.0, 0.0], [1.0, 1.0, 3.0], [1.0, 2.0, 4.0]]),
    **{
        name: model.with_mean_parameters(scale * model.mean)
        for (name, model), scale in zip(
            FAMILIES.items(), (2.0, 3.0, 2.0, 0.3, 1.5, 0.2, 3.0, -4.0), strict=True
        )
    },
}

# name: (loop, initial model); moments close for all of them.
LOOPS = {
    "fully synthetic line": (gl.Draw(12), LINE),
    "fully synthetic unbiased line": (gl.Draw(12) >> gl.Unbias(12), LINE),
    "biased sampling with real data": (
        gl.Temper(0.8) >> gl.Draw(20) >> gl.Mix(LINE, 0.3),
        gl.Gaussian.of(-1.0, 0.3),
    ),
    "fresh data on the line": (
        gl.Temper(0.9) >> gl.Draw(15) >> gl.Mix(LINE, 0.25, samples=5) >> gl.Unbias(20),
        LINE,
    ),
    "fresh data in the plane": (
        gl.Temper(0.8) >> gl.Draw(12) >> gl.Mix(PLANE, 0.25, samples=4) >> gl.Unbias(16),
        gl.Gaussian.of([1.0, -1.0], [[0.5, 0.1], [0.1, 0.2]]),
    ),
    "one real point a generation": (
        gl.Draw(6) >> gl.Mix(SPACE, 1 / 7, samples=1) >> gl.Unbias(7),
        SPACE,
    ),
    "fixed real set": (
        gl.Draw(10) >> gl.Mix.fixed(jr.key(7), PLANE, 0.4, samples=8),
        PLANE,
    ),
    "a nucleus on the line": (
        gl.Nucleus(0.95) >> gl.Draw(15) >> gl.Mix(LINE, 0.25, samples=5),
        LINE,
    ),
    "a nucleus in space": (gl.Nucleus(0.6) >> gl.Draw(12) >> gl.Mix(SPACE, 0.4), SPACE),
    "fewer samples than dimensions": (gl.Draw(3), SPACE),
    "Wright-Fisher": (gl.Draw(9), SKEWED),
    "multinomial design": (gl.Mix(SKEWED, 0.3) >> gl.Draw(10), SKEWED),
    "stratified design": (gl.Draw(7) >> gl.Mix(SKEWED, 0.3, samples=3), SKEWED),
    "fixed set of tokens": (
        gl.Draw(10) >> gl.Mix.fixed(jr.key(3), SKEWED, 0.5, samples=10),
        SKEWED,
    ),
    "corrected samples on the line": (
        gl.Blend(LINE, 0.5, samples=12) >> gl.Mix(LINE, 0.25, samples=4) >> gl.Unbias(16),
        gl.Gaussian.of(-1.0, 0.3),
    ),
    "a wrong target in the plane": (gl.Blend(PARTNERS["plane"], 2.0, samples=6), PLANE),
    "corrected tokens": (
        gl.Blend(PARTNERS["three outcomes"], 0.4, samples=7) >> gl.Mix(SKEWED, 0.3, samples=3),
        SKEWED,
    ),
    "noisy data in the plane": (gl.Diffuse(0.2) >> gl.Draw(9) >> gl.Mix(PLANE, 0.3), PLANE),
    "fading corrected data": (gl.Renew(gl.Blend(PLANE, 0.5, samples=9), 0.3), PLANE),
    "fading data in the plane": (gl.Renew(gl.Temper(0.8) >> gl.Draw(12), 0.3), PLANE),
    "corrected counts": (
        gl.Blend(gl.Poisson.of(2.0), 0.5, samples=6) >> gl.Mix(gl.Poisson.of(4.0), 0.3, samples=3),
        FAMILIES["Poisson"],
    ),
    "corrected waiting times": (
        gl.Blend(gl.Exponential.of(2.0), 1.5, samples=8),
        FAMILIES["exponential"],
    ),
    "synthetic counts": (gl.Draw(9), FAMILIES["Poisson"]),
    "fresh successes": (
        gl.Draw(7) >> gl.Mix(PARTNERS["binomial"], 0.3, samples=3),
        FAMILIES["binomial"],
    ),
    "fading coins": (gl.Renew(gl.Draw(9), 0.4), FAMILIES["Bernoulli"]),
    "overdispersed counts": (
        gl.Draw(20) >> gl.Mix(FAMILIES["negative binomial"], 0.3, samples=5),
        FAMILIES["negative binomial"],
    ),
    "cold waiting times": (
        gl.Temper(0.8) >> gl.Draw(12) >> gl.Mix(FAMILIES["exponential"], 0.4),
        FAMILIES["exponential"],
    ),
    "fading waiting times": (
        gl.Renew(gl.Temper(0.8) >> gl.Draw(12), 0.4),
        FAMILIES["exponential"],
    ),
    "hot sizes": (
        gl.Temper(1.3) >> gl.Draw(12) >> gl.Mix.fixed(jr.key(5), FAMILIES["gamma"], 0.4, samples=6),
        FAMILIES["gamma"],
    ),
    "known variance": (
        gl.Temper(0.5) >> gl.Draw(6) >> gl.Mix(FAMILIES["normal"], 0.3, samples=4) >> gl.Unbias(10),
        PARTNERS["normal"],
    ),
    "guided samples on the line": (
        gl.Guide(0.7, gl.Temper(0.8), flow=True) >> gl.Draw(12) >> gl.Mix(LINE, 0.3),
        LINE,
    ),
    "guided samples in the plane": (
        gl.Temper(0.9) >> gl.Guide(0.9, gl.Temper(0.9)) >> gl.Draw(12) >> gl.Mix(PLANE, 0.3),
        PARTNERS["plane"],
    ),
    "guided waiting times": (
        gl.Renew(gl.Guide(0.5, gl.Temper(0.7)) >> gl.Draw(12), 0.4),
        FAMILIES["exponential"],
    ),
    "fading tokens": (gl.Renew(gl.Draw(9) >> gl.Mix(SKEWED, 0.3, samples=3), 0.4), SKEWED),
}

FEW = gl.Particles.of(jr.normal(jr.key(1), (12,)))
PAIRS = gl.Particles.of(jr.normal(jr.key(2), (9, 2)), jr.uniform(jr.key(3), (9,)))

# Kernel density loops: moments close, but no state is known by a few numbers.
KERNELS = {
    "a density of a sample, and real data": (
        gl.Draw(20) >> gl.Smooth("scott") >> gl.Mix(FEW, 0.3),
        FEW,
    ),
    "resampled densities in the plane": (
        gl.Smooth(0.4) >> gl.Draw(15) >> gl.Mix(PAIRS, 0.25, samples=5),
        PAIRS,
    ),
}

# Loops of other temperatures or truncations have a map and a kernel, but no closed moments.
TEMPERED = {
    "cold": gl.Temper(0.6) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4),
    "hot": gl.Temper(1.7) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4),
    "chosen among four": gl.Choose([0, 1, 1], among=4) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4),
    "two groups of curators": (
        gl.Tilt([[0, 1, 2], [1, 0, 0]], [0.4, 0.6]) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4)
    ),
    "the two likeliest": gl.TopK(2) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4),
    "nucleus": gl.Nucleus(0.7) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4),
    "min-p": gl.MinP(0.5) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4),
    "top-k with ties, then a nucleus": (
        InTurn([gl.TopK(2, ties="all"), gl.Nucleus(0.8)]) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4)
    ),
    "guided": gl.Guide(0.8, gl.Temper(0.7)) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4),
    "its own temperature function": (
        gl.TemperatureFunction(lambda p: p + 2 * p**3) >> gl.Draw(40) >> gl.Mix(SKEWED, 0.4)
    ),
}
