"""SU-3: Bernoulli and Poisson models collapse as one word of a unigram model does."""

import numpy as np
from scipy import stats

from ...laws import loss_bounds, transition_matrix
from ...loops.resampling import forgetting
from ...models import Categorical
from ...papers.suresh2024 import unigram_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem

_FAMILIES = {
    "bernoulli": forgetting.bernoulli_variance,
    "variance": forgetting.poisson_variance,
    "laplace": forgetting.poisson_laplace,
}


@theorem(
    spec="SU-3",
    paper="suresh2024",
    status="derived",
    hypotheses=(
        "Bernoulli or Poisson models refitted to n samples by maximum likelihood",
        "no real data",
    ),
    claim=_FAMILIES,
    mutants={
        "the Bernoulli variance decays with n - 1": _FAMILIES
        | {"bernoulli": lambda k, n, p: forgetting.bernoulli_variance(k, n - 1, p)},
        "the Bernoulli variance 1 % large": scaled(_FAMILIES, 1.01, "bernoulli"),
        "the Poisson variance 1 % large": scaled(_FAMILIES, 1.01, "variance"),
        "the Poisson law 1 % high": scaled(_FAMILIES, 1.01, "laplace"),
        "the Poisson variance saturates": _FAMILIES
        | {"variance": lambda k, n, m: m * (1 - (1 - 1 / n) ** k)},
        "one generation less": _FAMILIES
        | {"laplace": lambda x, k, n, m: forgetting.poisson_laplace(x, k - 1, n, m)},
        "counts of one sample": _FAMILIES
        | {"laplace": lambda x, k, n, m: forgetting.poisson_laplace(x, k, 1, m)},
    },
)
def one_parameter_families(claim, trial):
    r"""Bernoulli and Poisson models collapse as one word of a unigram model does.

    Bernoulli: $E[p_k (1 - p_k)] = (1 - \frac1n)^k p_0 (1 - p_0)$, and $p_k$ ends at 1 with
    probability $p_0$, else at 0. Poisson, mean $\Lambda_k$: $E\,\Lambda_k = \Lambda_0$,
    $\operatorname{Var} \Lambda_k = k \Lambda_0/n$ and $E\,e^{-\theta n \Lambda_k} = e^{-n \Lambda_0
    \varphi^k(\theta)}$ with $\varphi(s) = 1 - e^{-s}$ iterated $k$ times; so $P(\Lambda_k = 0) =
    e^{-n \Lambda_0 s_k}$ tends to one, the variance grows without bound and $\Lambda_k \to 0$.
    """
    for samples, share in ((8, 0.25), (25, 0.6)):
        moments = Categorical.of([share, 1 - share]).moments()
        matrix, frequency = transition_matrix(samples), np.arange(samples + 1) / samples
        start = round(share * samples)
        for generations in (1, 6):
            claimed = claim["bernoulli"](generations, samples, frequency[start])
            law = np.linalg.matrix_power(matrix, generations)[start]
            what = f"Bernoulli, n = {samples}, k = {generations}"
            yield exact_law(what, claimed, law @ (frequency * (1 - frequency)))
        for _ in range(6):
            moments = unigram_loop(samples=samples).moments(moments)
        claimed = claim["bernoulli"](6, samples, share)
        what = f"Bernoulli by composed moments, n = {samples}"
        yield closed_form(what, claimed, (1 - float(moments.square)) / 2, tolerance=1e-12)
        lower, upper = (side[-1] for side in loss_bounds(samples, share, 6))
        lost = np.linalg.matrix_power(matrix, 6)[start, 0]
        yield bound(f"Bernoulli, lost at 0 by k = 6, n = {samples}", [lower, lost], [lost, upper])
    counts, law = trial.once("Poisson law", lambda: _poisson_law(samples=4, mean=0.75, steps=6))
    means = counts / 4
    yield exact_law("Poisson mean", 0.75, law @ means)
    variance = law @ (means - 0.75) ** 2
    yield exact_law("Poisson variance, k = 6", claim["variance"](6, 4, 0.75), variance)
    for argument in (0.01, 0.4, 3.0, np.inf):
        weight = np.append(1.0, np.exp(-argument * counts[1:]))
        claimed = claim["laplace"](argument, 6, 4, 0.75)
        yield exact_law(f"Poisson law at theta = {argument}", claimed, law @ weight)
    rng = np.random.default_rng([trial.seed, 3])
    drawn = trial.once("Poisson", lambda: _poisson_sums(rng, 20, 2.0, trial.replicates))
    claimed = claim["laplace"](0.04, 4, 20, 2.0)
    yield monte_carlo("Poisson models point by point", claimed, np.exp(-0.04 * 20 * drawn))
    spread = claim["variance"](4, 20, 2.0)
    yield monte_carlo("their variance", spread, (drawn - 2.0) ** 2, resolution=0.2)


def _poisson_law(samples, mean, steps, largest=400):
    """The law of the sum of a generation's samples; nothing is left beyond the largest."""
    states = np.arange(largest + 1)
    matrix = stats.poisson.pmf(states, states[:, None])
    law = stats.poisson.pmf(states, samples * mean)
    for _ in range(steps - 1):
        law = law @ matrix
    return states.astype(float), law


def _poisson_sums(rng, samples, mean, replicates):
    """Means of Poisson models whose every sample is drawn, one run after the other."""
    means = np.full(-(-replicates // 4), mean)
    for _ in range(4):
        means = rng.poisson(means[:, None], (len(means), samples)).mean(axis=1)
    return means
