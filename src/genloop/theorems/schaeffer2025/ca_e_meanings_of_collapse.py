"""CA-E: Workflows of one model meet different definitions of collapse."""

import jax.numpy as jnp
import numpy as np

from ...analysis import orbits
from ...laws import LogVariance
from ...loops.gaussian import recursive_fitting as fitting
from ...loops.memory import pools
from ...models import Gaussian
from ...papers.schaeffer2025 import accumulate, replace, with_real_data
from ...stages import Draw
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem

_PROFILE = {
    "risk": fitting.wasserstein_risk,
    "drift": fitting.lyapunov_exponent,
    "fresh": fitting.stratified_limit,
    "kept": pools.kept_variance,
}


@theorem(
    spec="CA-E",
    paper="schaeffer2025",
    status="derived",
    hypotheses=(
        "Gaussian models of one dimension, the first generation fitted to n real points",
        "a constant number of points in every generation",
    ),
    claim=_PROFILE,
    mutants={
        "maximum likelihood diverges too": _PROFILE
        | {"risk": lambda t, n, *, unbiased=True: fitting.wasserstein_risk(t, n, unbiased=True)},
        "risk of the unbiased fit 1 % large": scaled(_PROFILE, 1.01, "risk"),
        "drift with n in place of n - 1": _PROFILE
        | {
            "drift": lambda n, *, unbiased=True: fitting.lyapunov_exponent(n + 1, unbiased=unbiased)
        },
        "limits of fresh data 1 % large": scaled(_PROFILE, 1.01, "fresh"),
        "accumulated data lose 1/(m s)": _PROFILE
        | {"kept": lambda t, *, samples, size: 2 / (t + 2)},
    },
)
def meanings_of_collapse(claim, trial):
    r"""Whether a loop collapses depends on the definition; five workflows meet different ones.

    $E W_2^2$ of the unbiased fit is $\frac tn + 2 - 2 c_4^t$ and diverges, although $E\,\sigma_t^2
    = \sigma_0^2$ and $\sigma_t^2 \to 0$ in every run at the rate $\lambda = \psi(\frac{n-1}2) -
    \log\frac{n-1}2 < 0$; that of maximum likelihood is $2 - 2 (c_4 \sqrt{1 - 1/n})^t \le 2$, and
    both kinds of variance tend to zero. With $n_r \ge 1$ fresh real points nothing collapses:
    $E\,\delta^2 \to D_*$, $E\,\sigma^2 \to V_*$. Data that are kept for ever keep the share
    $\prod_s (1 - \frac1{m s^2}) > 0$ of the variance.
    """
    real = Gaussian.of(0.0, 1.0)
    for samples in (5, 40):
        for unbiased, loop in ((True, replace(samples=samples)), (False, Draw(samples))):
            name = f"n = {samples}, {'unbiased' if unbiased else 'maximum likelihood'}"
            moments, law = _walked(loop, real.moments(), 60), LogVariance(samples, 60)
            law = law if unbiased else LogVariance(samples, 60, divisor=samples)
            error, variance = float(moments.error(real.mean)[0, 0]), float(moments.covariance[0, 0])
            exact = error + variance + 1 - 2 * law.moment(0.5)
            claimed = claim["risk"](60, samples, unbiased=unbiased)
            yield exact_law(f"risk after 60 generations, {name}", claimed, exact)
            drift = claim["drift"](samples, unbiased=unbiased)
            yield exact_law(f"drift of the log-variance, {name}", drift, law.exponent)
            yield bound(f"it is negative, {name}", drift, 0.0)
        late = [float(claim["risk"](t, samples, unbiased=False)) for t in (10**3, 10**6)]
        yield bound(f"maximum likelihood stays below 2, n = {samples}", late, 2.0)
    for samples, real_samples in ((18, 2), (9, 1)):
        loop = with_real_data(real, samples=samples, real_samples=real_samples)
        moments = _walked(loop, real.moments(), 3000)
        found = [moments.covariance[0, 0], moments.error(real.mean)[0, 0]]
        what = f"limits with {real_samples} fresh real points beside {samples}"
        yield closed_form(what, list(claim["fresh"](samples, real_samples)), found)
    for samples in (2, 30):
        stage = accumulate(samples=samples)
        moments = _walked(stage, stage.begin(real).moments(), 200).moments
        what = f"variance kept by data that are kept, m = {samples}"
        kept = lambda t, m=samples: claim["kept"](t, samples=m, size=m)
        yield closed_form(what, kept(200), moments.covariance[0, 0])
        yield bound(f"it has a positive limit, m = {samples}", 0.2, kept(np.inf))
    risk = trial.once("runs", lambda: _risks(trial, real))
    yield monte_carlo("E W_2^2 after 5 generations, n = 20", claim["risk"](5, 20), risk)


def _walked(loop, moments, generations):
    for _ in range(generations):
        moments = loop.moments(moments)
    return moments


def _risks(trial, real):
    observe = lambda model: model.mean[..., 0] ** 2 + (model.factor[..., 0, 0] - 1) ** 2
    path = orbits(
        replace(samples=20).step,
        trial.key(0),
        Gaussian(jnp.asarray(real.mean), jnp.asarray(real.factor)),
        generations=5,
        replicates=trial.replicates,
        observe=observe,
    )
    return np.asarray(path)[:, -1]
