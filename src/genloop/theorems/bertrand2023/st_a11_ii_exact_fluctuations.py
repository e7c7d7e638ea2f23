"""ST-A11(ii): What finite samples do to families with quadratic variance, exactly."""

import numpy as np

from ...certificates import certify_root
from ...laws import binomial_law, stationary_law
from ...loops import families
from ...models import Categorical, FamilyMoments, Gamma
from ...papers.bertrand2023 import finite_loop
from ...verification import closed_form, exact_law, monte_carlo, proves, scaled, theorem
from .._families import MEMBERS, errors, quadratic, stationary, weighted_loop

_FORMULAS = {
    "error": families.squared_error,
    "stationary": families.stationary_error,
    "samples": families.effective_samples,
    "threshold": families.weight_threshold,
}


@theorem(
    spec="ST-A11(ii)",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "a one-parameter exponential family whose variance is a quadratic function of the mean",
        "n_r fresh real samples with the weight w, n samples of the model with the rest",
        "the start is right on average",
    ),
    claim=_FORMULAS,
    mutants={
        "errors of a constant variance": _FORMULAS
        | {"error": lambda t, e=0.0, quadratic=0.0, **o: families.squared_error(t, e, **o)},
        "errors 1 % large": scaled(_FORMULAS, 1.01, "error"),
        "the stationary error of a constant variance": _FORMULAS
        | {"stationary": lambda w, quadratic=0.0, **o: families.stationary_error(w, **o)},
        "the stationary error 1 % large": scaled(_FORMULAS, 1.01, "stationary"),
        "synthetic data are worth nothing": _FORMULAS
        | {"samples": lambda quadratic, real_samples, samples: real_samples},
        "effective samples 1 % large": scaled(_FORMULAS, 1.01, "samples"),
        "without the root": _FORMULAS
        | {"threshold": lambda quadratic, samples: 1 - 1 / (1 + quadratic / samples)},
        "the threshold 1 % large": scaled(_FORMULAS, 1.01, "threshold"),
    },
)
def exact_fluctuations(claim, trial):
    r"""What finite samples do to families with quadratic variance, exactly.

    With $V(m) = v_0 + v_1 m + v_2 m^2$ and $u = 1 - w$ the squared error $e_t = \mathbb{E}(m_t -
    m_r)^2/V(m_r)$ obeys $e_{t+1} = u^2 (1 + \frac{v_2}n) e_t + \frac{w^2}{n_r} + \frac{u^2}n$. It
    stays bounded iff $u^2 (1 + v_2/n) < 1$, that is $w > 1 - (1 + v_2/n)^{-1/2}$. Pooled data, $w =
    n_r/(n_r + n)$, end at $e_* = 1/n_e$ with $n_e = n_r (1 + q) - v_2 q$, $q = 1 - w$: as good as
    $n_e$ real samples alone. For frequencies of several outcomes it holds with $v_2 = -1$.
    """
    times = np.arange(7)
    for name, model in MEMBERS.items():
        for weight, real_samples, samples in ((0.2, 10, 40), (0.55, 7, 3)):
            design = {"real_weight": weight, "real_samples": real_samples, "samples": samples}
            what = f"by composed moments, {name}, w = {weight}, n_r = {real_samples}, n = {samples}"
            path = trial.once(f"path {what}", lambda m=model, d=design: _path(m, d))
            numbers = {"real_samples": real_samples, "samples": samples} | {
                "quadratic": quadratic(model)
            }
            claimed = claim["error"](times, 0.3, real_weight=weight, **numbers)
            yield closed_form(what, claimed, errors(path, model))
            kept = trial.once(f"kept {what}", lambda m=model, d=design: stationary(m, **d))
            yield closed_form(f"in the end, {what}", claim["stationary"](weight, **numbers), kept)
            pooled = design | {"real_weight": real_samples / (real_samples + samples)}
            kept = trial.once(f"pooled {what}", lambda m=model, d=pooled: stationary(m, **d))
            yield closed_form(f"pooled, {what}", claim["samples"](**numbers), 1 / kept)
    yield from _laws(claim, trial)
    yield from _threshold(claim, trial)
    draws = trial.once("draws", lambda: _draws(trial))
    options = {"quadratic": 2.5, "real_weight": 0.3, "real_samples": 6, "samples": 8}
    claimed = 2.5 * 9.0 * claim["error"](3, **options)
    yield monte_carlo(
        "gamma laws of shape 0.4, three generations", claimed, (draws - 3.0) ** 2, resolution=0.15
    )


def _path(model, design):
    """The moments from a start that is off by a variance of 0.3 in units of one observation."""
    loop = weighted_loop(model, **design)
    path = [FamilyMoments(model, 0.3 * model.variance_function(model.mean))]
    for _ in range(6):
        path.append(loop.moments(path[-1]))
    return path


def _laws(claim, trial):
    """Pooled counts of successes as a Markov chain, and several outcomes by their moments."""
    for chance, real_samples, samples in ((0.3, 4, 12), (0.1, 10, 20)):
        law = lambda p=chance, r=real_samples, n=samples: _stationary_variance(p, r, n)
        what = f"p = {chance}, n_r = {real_samples}, n = {samples}"
        variance = trial.once(f"chain {what}", law)
        found = claim["samples"](quadratic=-1.0, real_samples=real_samples, samples=samples)
        yield exact_law(f"chain of two outcomes, {what}", found, chance * (1 - chance) / variance)
    real = Categorical.of([0.5, 0.3, 0.2])
    loop, moments = finite_loop(real, samples=5, real_samples=5), real.moments().draw(5)
    for generations in range(1, 4):
        moments = loop.moments(moments)
        error = float(moments.square - moments.mean @ moments.mean)
        claimed = claim["error"](
            generations, 0.2, quadratic=-1.0, real_weight=0.5, real_samples=5, samples=5
        )
        spread = float(1 - (real.probabilities**2).sum())
        yield closed_form(f"three outcomes, t = {generations}", claimed * spread, error)


def _stationary_variance(chance, real_samples, samples):
    """The variance of the pooled frequency under the stationary law of its chain."""
    total = real_samples + samples
    real = binomial_law(real_samples, chance)
    places = np.arange(total + 1) / total
    rows = [np.convolve(real, binomial_law(samples, place)) for place in places]
    return np.asarray(stationary_law(np.array(rows))) @ (places - chance) ** 2


def _threshold(claim, trial):
    """At the claimed weight a generation keeps exactly what it got of a squared error."""
    for shape, samples in ((0.2, 3), (0.5, 20)):
        weight = claim["threshold"](quadratic=1 / shape, samples=samples)
        real = Gamma.of(2.0, shape=shape)
        loop = weighted_loop(real, real_weight=weight, real_samples=5, samples=samples)
        image = [loop.moments(FamilyMoments(real, np.array([x]))).variance[0] for x in (0.0, 1.0)]
        what = f"a squared error is kept at the threshold, shape {shape}, n = {samples}"
        yield closed_form(what, 1.0, image[1] - image[0])


def _draws(trial):
    real = Gamma.of(3.0, shape=0.4)
    loop = weighted_loop(real, real_weight=0.3, real_samples=6, samples=8)
    batch = real.broadcast((trial.replicates,))
    for generation in range(3):
        batch = loop.step(trial.key(generation), batch)
    return np.asarray(batch.mean)[:, 0]


@proves("ST-A11(ii)")
def proofs(digits):
    r"""$(1 - w)^2 (1 + v_2/n) = 1$: below this weight of real data errors grow without bound."""
    level = lambda w, second, samples: (1 - w) ** 2 * (1 + second / samples) - 1
    known = {"v2 = 5, n = 3": ["5", "3"], "v2 = 2, n = 20": ["2", "20"]}
    return {
        name: certify_root(level, "0", "1", parameters=numbers, digits=digits)
        for name, numbers in known.items()
    }
