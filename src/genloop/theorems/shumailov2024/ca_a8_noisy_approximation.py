"""CA-A8: Fits with an error of their own: what a bias does, and what a noise does."""

import numpy as np

from ...certificates import certify_root
from ...laws import LogVariance, TotalVariance
from ...loops.gaussian import equations, noisy_fitting
from ...models import Gaussian
from ...stages import Draw, Temper, Unbias
from ...verification import closed_form, exact_law, monte_carlo, proves, scaled, theorem
from .._quadrature import chi_square_mean

_NOISY = {
    "moments": noisy_fitting.noisy_moments,
    "divisor": noisy_fitting.balanced_divisor,
    "index": lambda n, d: LogVariance(n, 1, d).tail_index,
    "long run": lambda x, n, d: TotalVariance(n, d).survival(x),
}


@theorem(
    spec="CA-A8",
    paper="shumailov2024",
    status="reconstructed",
    hypotheses=(
        "one-dimensional Gaussians fitted to n samples of the generation before, no real data",
        "the variance is multiplied by b and has an independent error of mean tau^2, the mean one "
        "of variance eps^2",
    ),
    claim=_NOISY,
    mutants={
        "the noise of the variance adds no error": _NOISY
        | {
            "moments": lambda t, n, **s: (
                noisy_fitting.noisy_moments(t, n, **s)[0],
                noisy_fitting.noisy_moments(t, n, **(s | {"variance_noise": 0.0}))[1],
            )
        },
        "every run balances at n - 1": _NOISY | {"divisor": lambda n: n - 1.0},
        "every run balances at n - 2": _NOISY | {"divisor": lambda n: n - 2.0},
        "index of the diffusion limit": _NOISY | {"index": lambda n, d: 1.0 + (d - n + 1)},
        "a tail of exact powers": _NOISY
        | {"long run": lambda x, n, d: TotalVariance(n, d).tail_constant * x**-1.0},
        "moments 1 % large": scaled(_NOISY, 1.01, "moments"),
        "divisor 1 % large": scaled(_NOISY, 1.01, "divisor"),
        "index 1 % large": scaled(_NOISY, 1.01, "index"),
        "long run 1 % likelier": scaled(_NOISY, 1.01, "long run"),
    },
)
def noisy_approximation(claim, trial):
    r"""Fits with an error of their own: what a bias does, and what a noise does.

    $E\,\sigma_t^2 = b^t + \tau^2 g_t$ and $E(\mu_t - \mu_0)^2 = \frac1n [g_t + \tau^2 \frac{t -
    g_t}{1 - b}] + t \epsilon^2$ with $g_t = \frac{1 - b^t}{1 - b}$. Without noise the mean of the
    variance grows from $b = 1$ on, and every run from $b_c = e^{-\lambda}$ on: every run collapses
    with a divisor above $d_* = 2 e^{\psi((n - 1)/2)}$. With a noise $\tau^2$ no run collapses:
    where $b < b_c$ the variance has the law of $\tau^2 R$, $R = 1 + S R$, $S = \chi^2_{n-1}/d$, in
    the long run, with the tail $x^{-\kappa}$, $E S^\kappa = 1$.
    """
    for samples, bias in ((10, 0.9), (10, 1.0), (30, 1.02)):
        loop = Temper(bias) >> Draw(samples) >> Unbias(samples)
        state = Gaussian.of(0.0, 1.0).moments()
        plain = [1.0, 0.0]
        for _ in range(7):
            plain = [bias * plain[0] + 0.3, plain[1] + plain[0] / samples + 0.2]
            state = loop.moments(state)
        what = f"n = {samples}, b = {bias}"
        found = claim["moments"](7, samples, bias=bias)
        # The loop draws from what was biased: its own mean error is that of b times the variance.
        exact = state.covariance[0, 0], state.mean_covariance[0, 0] / bias
        yield closed_form(f"composed moments, {what}", found, exact, tolerance=1e-12)
        noise = {"variance_noise": 0.3, "mean_noise": 0.2}
        found = claim["moments"](7, samples, bias=bias, **noise)
        yield closed_form(f"generation by generation, {what}", found, plain, tolerance=1e-12)
    for samples in (2, 5, 10, 100):
        divisor = float(claim["divisor"](samples))
        exact = (samples - 1) * np.exp(chi_square_mean(np.log, samples - 1))
        yield closed_form(f"divisor by quadrature, n = {samples}", divisor, exact)
    for samples, divisor in ((5, 4.5), (10, 10.0), (100, 98.5)):
        index = claim["index"](samples, divisor)
        scale = (samples - 1) / divisor
        mean = chi_square_mean(lambda x, k=index, s=scale: (s * x) ** k, samples - 1)
        yield closed_form(f"E S^kappa, n = {samples}, d = {divisor}", mean, 1.0, tolerance=1e-9)
    for samples in (5, 10, 50):
        degrees = samples - 1
        powers = np.cumprod([degrees, degrees + 2, degrees + 4]) ** (1 / np.arange(1, 4))
        found = [claim["index"](samples, divisor) for divisor in powers]
        yield exact_law(f"whole indices, n = {samples}", found, [1, 2, 3])
    yield from _long_run(claim, trial)


def _long_run(claim, trial):
    for samples, divisor, levels in ((10, 9.0, [2.0, 5.0, 20.0]), (5, 6.0, [1.3, 2.0, 5.0])):
        levels = np.array(levels)
        total = trial.once(f"total {divisor}", lambda n=samples, d=divisor: _totals(trial, n, d))
        found = claim["long run"](levels, samples, divisor)
        what = f"long run, n = {samples}, d = {divisor}"
        yield monte_carlo(what, found, total[:, None] > levels, resolution=0.3)
    mean, variance = trial.once("noisy", lambda: _noisy_paths(trial))
    moments = claim["moments"](3, 10, bias=0.9, variance_noise=0.3, mean_noise=0.2)
    yield monte_carlo("E sigma^2 of generation 3", moments[0], variance)
    yield monte_carlo("E (mu - mu_0)^2 of generation 3", moments[1], mean**2)


def _totals(trial, samples, divisor):
    """The variance after 200 generations that each add one to it, from any start."""
    generator = np.random.default_rng([trial.seed, samples])
    variance = np.ones(min(trial.replicates, 2**15))
    for _ in range(200):
        variance = 1 + variance * generator.chisquare(samples - 1, variance.size) / divisor
    return variance


def _noisy_paths(trial):
    """Point by point, with an exponential error of the variance."""
    generator = np.random.default_rng([trial.seed, 8])
    runs = min(trial.replicates, 2**16)
    mean, variance = np.zeros(runs), np.ones(runs)
    for _ in range(3):
        points = generator.standard_normal((runs, 10)) * np.sqrt(variance)[:, None]
        mean = mean + points.mean(axis=1) + np.sqrt(0.2) * generator.standard_normal(runs)
        variance = 0.9 * points.var(axis=1, ddof=1) + 0.3 * generator.exponential(size=runs)
    return mean, variance


@proves("CA-A8")
def proofs(digits):
    r"""$\log\frac{d_*}2 = \psi(\frac{n-1}2)$, and the tail index for maximum likelihood."""
    return {
        "n = 10, divisor of every run": certify_root(
            equations.balanced_divisor, "1", "10", parameters=["9/2"], digits=digits
        ),
        "n = 10, tail index of maximum likelihood": certify_root(
            equations.tail_index, "2", "2.1", parameters=["9/2", "10"], digits=digits
        ),
    }
