"""ST-G6: The best weight for finitely many samples and a variance that is learned with the mean."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize, stats

from ...certificates import certify_root
from ...loops import families
from ...sampling import chi
from ...verification import closed_form, exact_law, monte_carlo, proves, scaled, theorem
from .._families import MEMBERS, quadratic, stationary

_FORMULAS = {
    "weight": families.optimal_weight,
    "variance": families.optimal_variance_weight,
}


@theorem(
    spec="ST-G6",
    paper="he2025",
    status="derived",
    hypotheses=(
        "a one-parameter exponential family whose variance is a quadratic function of the mean, "
        "or unbiased variances of Gaussian samples",
        "n_r fresh real samples with the weight w, n samples of the model with the rest",
    ),
    claim=_FORMULAS,
    mutants={
        "as for a constant variance": _FORMULAS
        | {"weight": lambda ratio, **_: families.optimal_weight(ratio)},
        "the other sign": _FORMULAS
        | {
            "weight": lambda ratio, quadratic, samples: families.optimal_weight(
                ratio, quadratic=-quadratic, samples=samples
            )
        },
        "the weight 1 % large": scaled(_FORMULAS, 1.01, "weight"),
        "variances like means": _FORMULAS
        | {
            "variance": lambda real_samples, samples: families.optimal_weight(
                real_samples / samples
            )
        },
        "variances of n squares": _FORMULAS
        | {
            "variance": lambda real_samples, samples: families.optimal_weight(
                real_samples / samples, quadratic=2.0, samples=samples
            )
        },
        "the weight of variances 1 % large": scaled(_FORMULAS, 1.01, "variance"),
    },
)
def finitely_many_samples(claim, trial):
    r"""The best weight for finitely many samples and a variance that is learned with the mean.

    With $k = n_r/n$, $c = 1 + v_2/n$ and $V(m) = v_0 + v_1 m + v_2 m^2$ the stationary error is
    least for $w = 1 - \frac{1 + k + c - \sqrt{(1 + k + c)^2 - 4 c}}{2 c}$, the positive root of $c
    w^2 + (1 + k - c)\,w = k$, and is exactly $w/n_r$ there. Averages of the unbiased variances of
    $n_r$ real and $n$ sampled Gaussian points are the same with $k = \frac{n_r - 1}{n - 1}$ and
    $c = \frac{n + 1}{n - 1}$.
    """
    for real_samples, samples in ((10, 4), (6, 30)):
        for name, real in MEMBERS.items():
            design = {"real_samples": real_samples, "samples": samples}
            what = f"{name}, n_r = {real_samples}, n = {samples}"
            options = {"quadratic": quadratic(real), "samples": samples}
            weight = claim["weight"](real_samples / samples, **options)
            best = trial.once(f"least {what}", lambda r=real, d=design: _least(r, d))
            yield closed_form(f"least error of composed moments, {what}", weight, best)
            kept = stationary(real, real_weight=weight, **design)
            yield closed_form(f"its error, {what}", weight / real_samples, kept, tolerance=1e-9)
    for real_samples, samples in ((10, 4), (6, 30), (50, 50)):
        weight = claim["variance"](real_samples=real_samples, samples=samples)
        best = trial.once(f"variance {samples}", lambda r=real_samples, n=samples: _best(r, n))
        what = f"n_r = {real_samples}, n = {samples}"
        yield exact_law(f"unbiased variances by chi-square laws, {what}", weight, best)
    draws = trial.once("draws", lambda: _draws(trial))
    weight = claim["variance"](real_samples=40, samples=40)
    yield monte_carlo("unbiased variances, 12 generations", weight * 2 / 39, (draws - 1) ** 2)


def _least(real, design):
    slope = jax.jit(jax.grad(lambda w: stationary(real, real_weight=w, **design)))
    lower = float(families.weight_threshold(quadratic=quadratic(real), samples=design["samples"]))
    lower += 0.02
    return optimize.brentq(lambda w: float(slope(jnp.asarray(w))), lower, 0.98, xtol=1e-14)


def _best(real_samples, samples):
    """The weight where the slope of the stationary error of a variance is zero."""
    real, own = (stats.chi2(n - 1).var() / (n - 1) ** 2 for n in (real_samples, samples))

    def slope(w):
        # e = N/D with N = w^2 b_r + u^2 b and D = 1 - u^2 (1 + b), where b = Var(chi^2)/nu^2.
        u = 1 - w
        noise, left = w**2 * real + u**2 * own, 1 - u**2 * (1 + own)
        return (2 * w * real - 2 * u * own) * left - noise * 2 * u * (1 + own)

    return optimize.brentq(slope, 1 - (1 + own) ** -0.5, 1.0, xtol=1e-14)


def _draws(trial):
    """Variances averaged at the best weight, from the real one."""
    weight = families.optimal_variance_weight(real_samples=40, samples=40)
    variance = jnp.ones(trial.replicates)
    for generation in range(12):
        real, own = (
            chi(trial.key(2 * generation + i), 39, (trial.replicates,)) ** 2 / 39 for i in (0, 1)
        )
        variance = weight * real + (1 - weight) * variance * own
    return np.asarray(variance)


@proves("ST-G6")
def proofs(digits):
    r"""$c\,w^2 + (1 + k - c)\,w = k$: the best weight of real data."""
    level = lambda w, k, c: c * w**2 + (1 + k - c) * w - k
    known = {
        "k = 1, c = 11/10": ["1", "11/10"],
        "k = 1/4, c = 9/10": ["1/4", "9/10"],
        "variances of 100 points": ["1", "101/99"],
    }
    return {
        name: certify_root(level, "0", "1", parameters=numbers, digits=digits)
        for name, numbers in known.items()
    }
