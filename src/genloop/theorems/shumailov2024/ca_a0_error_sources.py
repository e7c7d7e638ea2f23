"""CA-A0: Three sources of error: a class too small, few samples, a fit with a bias."""

import numpy as np
from scipy import stats

from ...laws import binomial_law
from ...loops.gaussian import mixtures, noisy_fitting
from ...models import Gaussian
from ...stages import Draw, Temper, Unbias
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem

_WEIGHTS = np.array([0.3, 0.7])
_MEANS = np.array([[-2.0], [1.0]])
_COVARIANCES = np.array([[[0.5]], [[1.5]]])


def _statistical(generations, samples):
    """The mean squared error of the mean with the right class and no bias."""
    return noisy_fitting.noisy_moments(generations, samples)[1]


_SOURCES = {
    "projection": mixtures.project_mixture,
    "statistical": _statistical,
    "bias": lambda t, b: noisy_fitting.noisy_moments(t, np.inf, bias=b)[0],
    "missed": lambda q, n: np.exp(n * np.log1p(-q)),
}


def _twice(weights, means, covariances):
    """As if the class were too small once more in every generation."""
    mean, covariance = mixtures.project_mixture(weights, means, covariances)
    within = np.einsum("k,kij->ij", weights, covariances)
    return mean, 2 * covariance - within


@theorem(
    spec="CA-A0",
    paper="shumailov2024",
    status="reconstructed",
    hypotheses=(
        "data of any mixture of Gaussians, models that are one Gaussian",
        "n independent samples a generation, a fit that multiplies the variance by b",
    ),
    claim=_SOURCES,
    mutants={
        "only the variance within the components": _SOURCES
        | {
            "projection": lambda w, m, c: (
                mixtures.project_mixture(w, m, c)[0],
                np.einsum("k,kij->ij", w, c),
            )
        },
        "the class is too small in every generation": _SOURCES | {"projection": _twice},
        "few samples cost nothing later": _SOURCES | {"statistical": lambda t, n: 1 / n},
        "a bias of one generation": _SOURCES | {"bias": lambda t, b: b},
        "samples miss nothing": _SOURCES | {"missed": lambda q, n: np.zeros_like(q)},
        "projection 1 % large": scaled(_SOURCES, 1.01, "projection"),
        "statistical error 1 % large": scaled(_SOURCES, 1.01, "statistical"),
        "bias 1 % large": scaled(_SOURCES, 1.01, "bias"),
        "missed 1 % likelier": scaled(_SOURCES, 1.01, "missed"),
    },
)
def error_sources(claim, trial):
    r"""Three sources of error: a class too small, few samples, a fit with a bias.

    (i) Infinitely many samples of a mixture are fitted by $\Pi$: $\mu = \sum_k w_k \mu_k$, $\Sigma
    = \sum_k w_k [\Sigma_k + (\mu_k - \mu)(\mu_k - \mu)^\top]$, the nearest Gaussian in relative
    entropy. $\Pi \circ \Pi = \Pi$: this error is made in the first generation and never again. (ii)
    With $n$ samples $E(\mu_t - \mu_0)^2 = \frac tn \sigma_0^2$, and an event of probability $q$ is
    missed with probability $(1 - q)^n$ by each: both vanish as $n \to \infty$. (iii) A bias $b$ is
    left with infinitely many samples: $\sigma_t^2 = b^t \sigma_0^2$.
    """
    mean, covariance = (np.asarray(x) for x in claim["projection"](_WEIGHTS, _MEANS, _COVARIANCES))
    x = np.linspace(-14.0, 16.0, 20001)
    data = sum(
        w * stats.norm.pdf(x, m[0], c[0, 0] ** 0.5)
        for w, m, c in zip(_WEIGHTS, _MEANS, _COVARIANCES, strict=True)
    )
    step = x[1] - x[0]
    exact = step * (data @ x), step * (data @ (x - step * (data @ x)) ** 2)
    yield closed_form("moments by quadrature", (mean[0], covariance[0, 0]), exact)
    nearest = _cross_entropy(data, x, mean[0], covariance[0, 0])
    others = [
        _cross_entropy(data, x, mean[0] + shift, covariance[0, 0] * scale)
        for shift, scale in ((0.02, 1.0), (-0.02, 1.0), (0.0, 1.01), (0.0, 0.99))
    ]
    yield bound("nearest in relative entropy", nearest, others)
    again = claim["projection"](np.ones(1), mean[None], covariance[None])
    what = "a second projection changes nothing"
    yield closed_form(what, np.ravel(again[1]), np.ravel(covariance), tolerance=1e-12)
    parts = [Gaussian.of(m[0], c[0, 0]) for m, c in zip(_MEANS, _COVARIANCES, strict=True)]
    pooled = parts[0].mix(parts[1], _WEIGHTS[1])
    yield closed_form("as the library mixes", covariance, pooled.covariance, tolerance=1e-12)
    for samples in (10, 1000):
        state = Gaussian.of(0.0, 1.0).moments()
        for _ in range(6):
            state = (Draw(samples) >> Unbias(samples)).moments(state)
        what = f"composed moments, n = {samples}"
        yield closed_form(what, claim["statistical"](6, samples), state.mean_covariance[0, 0])
        rare = np.array([0.001, 0.05])
        exact = binomial_law(samples, rare)[:, 0]
        yield exact_law(f"missed by {samples} samples", claim["missed"](rare, samples), exact)
    for bias in (0.9, 1.1):
        model = Gaussian.of(0.0, 1.0)
        for _ in range(5):
            model = Temper(bias)(model)
        exact = model.covariance[0, 0]
        yield closed_form(f"infinitely many samples, b = {bias}", claim["bias"](5, bias), exact)
    errors = trial.once("samples", lambda: _mixture_fits(trial))
    yield monte_carlo("fits to samples of the mixture", covariance[0, 0], errors)


def _cross_entropy(data, x, mean, variance):
    return -(x[1] - x[0]) * (data @ stats.norm.logpdf(x, mean, variance**0.5))


def _mixture_fits(trial):
    """Unbiased variances of twenty points of the mixture."""
    generator = np.random.default_rng([trial.seed, 0])
    which = (generator.random((min(trial.replicates, 2**15), 20)) > _WEIGHTS[0]).astype(int)
    spread = np.sqrt(_COVARIANCES[:, 0, 0])
    points = _MEANS[which, 0] + spread[which] * generator.standard_normal(which.shape)
    return points.var(axis=1, ddof=1)
