"""ST-E4: guidance with finite samples."""

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import digamma
from scipy import integrate, special

from ...analysis import orbits
from ...certificates import certify_root
from ...loops import guidance
from ...models import Gaussian
from ...papers.alemohammad2024 import synthetic_loop
from ...stages import Draw, Guide, Unbias
from ...verification import bound, closed_form, exact_law, monte_carlo, proves, scaled, theorem
from .._quadrature import chi_square_mean

_WALK = {
    "drift": guidance.log_variance_drift,
    "spread": guidance.log_variance_spread,
    "critical": guidance.critical_strength_of_samples,
    "growth": guidance.variance_growth,
    "improper": guidance.improper_probability,
}
_SIZES = ((10, 6), (30, 12), (12, 40))


@theorem(
    spec="ST-E4",
    paper="alemohammad2024",
    status="derived",
    hypotheses=(
        "one dimension, no real data: n samples for the base model and m for the auxiliary one",
        "the probability flow, but for the last statement",
    ),
    claim=_WALK,
    mutants={
        "the auxiliary adds its drift": _WALK
        | {"drift": lambda w, n, m, **o: guidance.log_variance_drift(-w, n, m, **o)},
        "drift 1 % large": scaled(_WALK, 1.01, "drift"),
        "the spread is linear in the strength": _WALK
        | {"spread": lambda w, n, m: guidance.log_variance_spread(w**0.5, n, m)},
        "spread 1 % large": scaled(_WALK, 1.01, "spread"),
        "the critical strength is the ratio of the samples": _WALK
        | {"critical": lambda n, m, **o: m / n},
        "critical strength 1 % high": scaled(_WALK, 1.01, "critical"),
        "growth 1 % large": scaled(_WALK, 1.01, "growth"),
        "growth at twice the strength": _WALK
        | {"growth": lambda w, n, m, **o: guidance.variance_growth(2 * w, n, m, **o)},
        "improper half as often": scaled(_WALK, 0.5, "improper"),
        "improper 1 % more often": scaled(_WALK, 1.01, "improper"),
    },
)
def finite_samples(claim, trial):
    r"""Without real data the guided log-variance is a random walk, neutral at one strength.

    A step of $\log \sigma^2$ is $\log\frac{\chi^2_{n-1}}{n - \kappa} - w
    \log\frac{\chi^2_{m-1}}{m - \kappa}$ with the mean $b_n - w\,b_m$, $b_n = \psi(\frac{n-1}2) -
    \log\frac{n - \kappa}2$, and the variance $\psi'(\frac{n-1}2) + w^2 \psi'(\frac{m-1}2)$: lost
    almost surely below $w = b_n/b_m$, which is one for $n = m$, and exploding above. $E \sigma^2$
    grows by $\frac{n-1}{n-\kappa} (\frac{m-\kappa}2)^w \Gamma(\frac{m-1}2 - w)$ over
    $\Gamma(\frac{m-1}2)$, finite iff $w < \frac{m-1}2$. By the density, a generation is improper
    with the probability $P(\chi^2_{m-1} \le \frac{w (m - \kappa)}{1 + w})$.
    """
    for samples, others in _SIZES:
        for unbiased in (False, True):
            what = f"n = {samples}, m = {others}, unbiased = {unbiased}"
            step = trial.once(f"log {what}", lambda x=(samples, others, unbiased): _logs(*x))
            drift = claim["drift"](0.7, samples, others, unbiased=unbiased)
            yield closed_form(f"drift by quadrature, {what}", drift, step[0] - 0.7 * step[1])
            critical = claim["critical"](samples, others, unbiased=unbiased)
            still = guidance.log_variance_drift(critical, samples, others, unbiased=unbiased)
            yield exact_law(f"no drift at the critical strength, {what}", 0.0, still, scale=1e-2)
            divisor = others - int(unbiased)
            power = chi_square_mean(lambda x: x**-0.7, others - 1)
            exact = (samples - 1) / (samples - int(unbiased))
            exact *= power * ((others - 1) / divisor) ** -0.7
            growth = claim["growth"](0.7, samples, others, unbiased=unbiased)
            yield closed_form(f"growth by quadrature, {what}", growth, exact)
        last = (others - 1) / 2
        near, there = (claim["growth"](w, samples, others) for w in (0.999 * last, last))
        yield bound(f"finite up to (m - 1)/2, m = {others}", 1 / there, 0.0)
        yield bound(f"and large there, m = {others}", 50.0, near)
        squares = [_spread(size) for size in (samples, others)]
        what = f"spread by quadrature, n = {samples}, m = {others}"
        claimed = claim["spread"](0.7, samples, others)
        yield closed_form(what, claimed, squares[0] + 0.49 * squares[1])
    yield closed_form("equal samples are neutral at one", claim["critical"](20, 20), 1.0)
    walk = trial.once("walk", lambda: _walk(trial))
    yield monte_carlo("drift of three generations", 3 * claim["drift"](0.8, 10, 6), walk, scale=1.0)
    square = (walk - 3 * guidance.log_variance_drift(0.8, 10, 6)) ** 2
    yield monte_carlo("their variance", 3 * claim["spread"](0.8, 10, 6), square)
    for strength, others, unbiased in ((1.0, 12, True), (0.3, 6, False)):
        divisor = others - int(unbiased)
        exact = _below(strength * divisor / (1 + strength), others - 1)
        what = f"improper by quadrature, w = {strength}, m = {others}"
        claimed = claim["improper"](strength, others, unbiased=unbiased)
        yield closed_form(what, claimed, exact, tolerance=1e-10)
    lost = trial.once("improper", lambda: _improper(trial))
    yield monte_carlo("improper densities", claim["improper"](1.0, 12, unbiased=True), lost)


def _logs(samples, others, unbiased):
    """$b_n$ and $b_m$ by quadrature."""
    return [
        chi_square_mean(np.log, n - 1) + np.log((n - 1) / (n - int(unbiased)))
        for n in (samples, others)
    ]


def _spread(samples):
    """The variance of the logarithm of a fitted variance, by quadrature."""
    mean = chi_square_mean(np.log, samples - 1)
    return chi_square_mean(lambda x: (np.log(x) - mean) ** 2, samples - 1)


def _below(level, degrees):
    """The distribution function of a chi-square law, by its density."""
    log_scale = degrees / 2 * np.log(2) + special.gammaln(degrees / 2)
    density = lambda x: np.exp((degrees / 2 - 1) * np.log(x) - x / 2 - log_scale)
    return integrate.quad(density, 0, level, epsabs=0, epsrel=1e-12)[0]


def _walk(trial):
    """$\\log \\sigma^2$ after three generations of the composed loop."""
    run = synthetic_loop(strength=0.8, samples=10, auxiliary_samples=6)
    observe = lambda model: jnp.log(model.factor[..., 0, 0])
    start = Gaussian.of(0.0, 1.0)
    path = orbits(
        run.step, trial.key(), start, generations=3, replicates=trial.replicates, observe=observe
    )
    return 2 * np.asarray(path)[:, -1]


def _improper(trial):
    """Whether runs of one generation, guided by the density, are no model."""
    run = Guide(1.0, Draw(12) >> Unbias(12))
    path = orbits(
        run.step,
        trial.key(),
        Gaussian.of(0.0, 1.0),
        generations=1,
        replicates=trial.replicates,
        observe=lambda model: model.valid(),
    )
    return 1.0 - np.asarray(path)[:, -1]


@proves("ST-E4")
def proofs(digits):
    """The strength without drift."""

    def drift(w, n, m):
        own = digamma((n - 1) / 2) - jnp.log(n / 2)
        return own - w * (digamma((m - 1) / 2) - jnp.log(m / 2))

    return {
        "n = 10, m = 6, maximum likelihood": certify_root(
            drift, "0", "2", parameters=["10", "6"], digits=digits
        )
    }
