"""ST-G5: The best weight of fresh real data, and the golden ratio."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize

from ...certificates import certify_root
from ...loops import families
from ...models import Normal, Poisson
from ...papers.he2025 import weighted_loop
from ...verification import bound, closed_form, monte_carlo, proves, scaled, theorem
from .._families import stationary

_FORMULAS = {
    "weight": families.optimal_weight,
    "error": families.stationary_error,
    "pooled": families.effective_samples,
}
_SIZES = ((20, 20), (10, 40), (60, 20), (5, 50))


@theorem(
    spec="ST-G5",
    paper="he2025",
    status="reconstructed",
    hypotheses=(
        "every generation averages n_r fresh real samples and n samples of the model before",
        "the variance of a sample does not depend on what is learned",
    ),
    claim=_FORMULAS,
    mutants={
        "the share of real data": _FORMULAS | {"weight": lambda ratio: ratio / (1 + ratio)},
        "the ratio the wrong way": _FORMULAS
        | {"weight": lambda ratio: families.optimal_weight(1 / ratio)},
        "the weight 1 % large": scaled(_FORMULAS, 1.01, "weight"),
        "the weight 1 % small": scaled(_FORMULAS, 0.99, "weight"),
        "the error 1 % large": scaled(_FORMULAS, 1.01, "error"),
        "pooled data are worth all samples": _FORMULAS
        | {"pooled": lambda real_samples, samples: real_samples + samples},
        "pooled data 1 % better": scaled(_FORMULAS, 1.01, "pooled"),
    },
)
def best_weight(claim, trial):
    r"""The best weight of fresh real data, and the golden ratio.

    The error that stays, $\frac{w^2/n_r + (1 - w)^2/n}{1 - (1 - w)^2}$ in units of the variance of
    a sample, is least for $w = \frac{\sqrt{k^2 + 4 k} - k}2$ with $k = n_r/n$, the positive root of
    $w^2 + k w = k$; there it is $w/n_r$. For $k = 1$ it is the inverse of the golden ratio,
    $\frac{\sqrt 5 - 1}2$. Pooling, $w = \frac k{1 + k}$, leaves $\frac1{n_r (1 + q)}$, $q = 1 - w$,
    never less. [CA-C6]
    """
    for real_samples, samples in _SIZES:
        design = {"real_samples": real_samples, "samples": samples}
        weight = claim["weight"](real_samples / samples)
        what = f"n_r = {real_samples}, n = {samples}"
        for name, real in (("normal", Normal.of(1.0, variance=4.0)), ("Poisson", Poisson.of(2.0))):
            best = trial.once(f"least {name} {what}", lambda r=real, d=design: _least(r, d))
            yield closed_form(f"least error of composed moments, {name}, {what}", weight, best)
            kept = stationary(real, real_weight=weight, **design)
            yield closed_form(f"its error, {name}, {what}", weight / real_samples, kept)
            share = real_samples / (real_samples + samples)
            kept = stationary(real, real_weight=share, **design)
            yield closed_form(f"pooled, {name}, {what}", 1 / claim["pooled"](**design), kept)
            yield bound(f"pooling is never better, {name}, {what}", weight / real_samples, kept)
        for other in (0.3, 0.9):
            kept = stationary(real, real_weight=other, **design)
            yield closed_form(f"w = {other}, {what}", claim["error"](other, **design), kept)
    golden = (np.sqrt(5) - 1) / 2
    yield closed_form("inverse of the golden ratio", claim["weight"](1.0), golden)
    draws = trial.once("draws", lambda: _draws(trial))
    yield monte_carlo("normal means of 25 points each, 12 generations", golden / 25, draws**2)


def _least(real, design):
    """The weight where the derivative of the composed moments' stationary error is zero."""
    slope = jax.jit(jax.grad(lambda w: stationary(real, real_weight=w, **design)))
    return optimize.brentq(lambda w: float(slope(jnp.asarray(w))), 0.02, 0.98, xtol=1e-14)


def _draws(trial):
    real = Normal.of(0.0, variance=1.0)
    golden = (np.sqrt(5) - 1) / 2
    loop = weighted_loop(real, real_weight=golden, real_samples=25, samples=25)
    batch = real.broadcast((trial.replicates,))
    for generation in range(12):
        batch = loop.step(trial.key(generation), batch)
    return np.asarray(batch.mean)[:, 0]


@proves("ST-G5")
def proofs(digits):
    r"""$w^2 + k w = k$: the best weight of real data."""
    level = lambda w, k: w**2 + k * w - k
    return {
        f"k = {ratio}": certify_root(level, "0", "1", parameters=[ratio], digits=digits)
        for ratio in ("1", "1/4", "3")
    }
