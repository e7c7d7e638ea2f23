"""CA-A2: Refitted frequencies end in one outcome, after a time known exactly."""

import numpy as np

from ...analysis import orbits
from ...laws import (
    absorption_times,
    binomial_law,
    expected_absorption_time,
    fixation_probabilities,
    loss_probabilities,
    stationary_law,
    transition_matrix,
)
from ...loops.gaussian import recursive_fitting
from ...loops.resampling import external_source
from ...models import Categorical
from ...papers.shumailov2024 import categorical_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables

_SAMPLES, _HORIZON = 3, 72


_START = (0.5, 0.3, 0.2)


def _diffusion_time(samples, start):
    r"""$-2 n \sum_i (1 - p_i) \log(1 - p_i)$, the limit of many samples."""
    rest = 1 - np.asarray(start)
    return -2 * samples * float(np.sum(rest * np.log(rest)))


def _loss(samples, share, generations):
    return loss_probabilities(samples, share, generations)[-1]


_CLAIM = {
    "heterozygosity": recursive_fitting.heterozygosity,
    "time": expected_absorption_time,
    "winner": lambda start: start,
    "loss": _loss,
    "covariance": lambda t, n, p: -np.expm1(t * np.log1p(-1 / n)) * (np.diag(p) - np.outer(p, p)),
    "source": external_source.relative_variance,
    "undecided": recursive_fitting.undecided_bounds,
}


@theorem(
    spec="CA-A2",
    paper="shumailov2024",
    status="reconstructed",
    hypotheses=(
        "K outcomes, refitted by relative frequencies of n independent samples",
        "no real data and temperature 1",
    ),
    claim=_CLAIM,
    mutants={
        "heterozygosity decays with n - 1": _CLAIM
        | {"heterozygosity": lambda t, n, p: recursive_fitting.heterozygosity(t, n - 1, p)},
        "absorption time of the diffusion limit": _CLAIM | {"time": _diffusion_time},
        "heterozygosity 1 % high": scaled(_CLAIM, 1.01, "heterozygosity"),
        "absorption 1 % late": scaled(_CLAIM, 1.01, "time"),
        "winners by a power 1 % above one": _CLAIM
        | {"winner": lambda p: p**1.01 / np.sum(p**1.01)},
        "loss 1 % likelier": scaled(_CLAIM, 1.01, "loss"),
        "winners in proportion to the squares": _CLAIM | {"winner": lambda p: p**2 / np.sum(p**2)},
        "independent frequencies": _CLAIM
        | {"covariance": lambda t, n, p: -np.expm1(t * np.log1p(-1 / n)) * np.diag(p - p**2)},
        "none is lost by a Bernoulli number": _CLAIM
        | {"undecided": lambda t, n, p: (_CLAIM["undecided"](t, n, p)[0] * n / 4,) * 2},
        "lower bound of the diversity, not of its mean": _CLAIM
        | {"undecided": lambda t, n, p: (4 * p * (1 - p), 1.0)},
        "real data without a memory": _CLAIM | {"source": lambda n, a: 1 / n},
        "covariance 1 % large": scaled(_CLAIM, 1.01, "covariance"),
        "spread with real data 1 % large": scaled(_CLAIM, 1.01, "source"),
        "loss one generation late": _CLAIM | {"loss": lambda n, p, t: _loss(n, p, t + 1)},
    },
)
def frequencies_drift(claim, trial):
    r"""Refitted frequencies end in one outcome, after a time known exactly.

    The winner is outcome $i$ with probability $p_i$. Until then $E\,p_t = p_0$ and $E[1 - \sum_i
    p_{t,i}^2] = (1 - \frac1n)^t (1 - \sum_i p_{0,i}^2)$. The expected number of generations is
    $E\,T = \sum_i g(p_i)$, where $g(p) = p + \sum_{c=1}^{n-1} \mathrm{Bin}(n, p)(c)\,g(c/n)$
    involves one outcome only, and outcome $i$ is lost by generation $t$ with probability $(e
    P^{t-1})_0$, $e = \mathrm{Bin}(n, p_i)$, for the transition matrix $P$ of its count. Over many
    runs $\operatorname{Cov} p_t = (1 - (1 - \frac1n)^t)(\operatorname{diag} p_0 - p_0 p_0^\top)$;
    with a share $a$ of fresh real data $p_0$ in each sample nothing is absorbed, and the factor
    tends to $1/(n - (n - 1)(1 - a)^2)$. Of two outcomes none is lost by generation $t$ with a
    probability between $4 h$ and $\frac{n^2}{n - 1} h$, $h = p_0 (1 - p_0) (1 - \frac1n)^t$.
    """
    start = Categorical.of(_START)
    moments = start.moments()
    for generation in range(1, 6):
        moments = categorical_loop(samples=10).moments(moments)
        expected = claim["heterozygosity"](generation, 10, start.probabilities)
        what = f"heterozygosity by composed moments, generation {generation}"
        yield closed_form(what, expected, 1 - moments.square, tolerance=1e-12)
    for size in (_SAMPLES, 6):
        states, chain = trial.once(f"chain {size}", lambda size=size: _chain_of_three(size))
        mixed = [k for k, state in enumerate(states) if max(state) < size]
        times, winners = trial.once(f"times {size}", lambda c=chain, m=mixed: _absorption(c, m))
        shares = [np.array(states[k]) / size for k in mixed]
        claimed = [claim["time"](size, share) for share in shares]
        yield exact_law(f"absorption time of the whole chain, K = 3, n = {size}", claimed, times)
        winning = np.stack([claim["winner"](share) for share in shares])[:, ::-1]
        yield exact_law(f"winners of the whole chain, K = 3, n = {size}", winning, winners)
        lost = [float(_lost_in_chain(states, chain, k, 3)) for k in mixed if states[k][0]]
        claimed = [claim["loss"](size, states[k][0] / size, 3) for k in mixed if states[k][0]]
        yield exact_law(f"loss by generation 3 in the whole chain, n = {size}", claimed, lost)
        first = np.array(states[mixed[0]]) / size
        exact = _covariance(states, chain, mixed[0], 3, size)
        found = claim["covariance"](3, size, first)
        yield exact_law(f"covariance in the whole chain, n = {size}", found, exact, scale=1.0)
    for share in (0.1, 0.5):
        factor = 0.0
        for _ in range(2000):
            factor = 1 / 20 + (1 - 1 / 20) * (1 - share) ** 2 * factor
        yield closed_form(f"spread with real data, a = {share}", claim["source"](20, share), factor)
        law = stationary_law(transition_matrix(20, lambda x, a=share: (1 - a) * x + a * 0.3))
        exact = law @ (np.arange(21) / 20 - 0.3) ** 2 / 0.21
        what = f"stationary law with real data, a = {share}"
        yield exact_law(what, claim["source"](20, share), exact)
    for size, first in ((2, 0.5), (20, 0.5), (20, 0.05)):
        exact = _undecided(size, first, 60)
        lower, upper = claim["undecided"](np.arange(1, 61), size, first)
        yield bound(f"at least so many undecided, n = {size}", lower, exact, tolerance=1e-10)
        yield bound(f"at most so many undecided, n = {size}", exact, upper, tolerance=1e-10)
    pair = transition_matrix(20)
    yield exact_law("two outcomes", claim["time"](20, [0.3, 0.7]), absorption_times(pair)[5])
    yield exact_law(
        "two outcomes", claim["winner"](np.array([0.3, 0.7]))[0], fixation_probabilities(pair)[5]
    )
    yield from _simulated(claim, trial, start)


def _simulated(claim, trial, start):
    path = trial.once("orbits", lambda: np.asarray(_orbits(trial, start)))
    squares = np.sum(path**2, axis=-1)
    for generation in (1, 3):
        expected = claim["heterozygosity"](generation, _SAMPLES, start.probabilities)
        what = f"heterozygosity, generation {generation}"
        yield monte_carlo(what, expected, 1 - squares[:, generation - 1])
    alone = squares > 1 - 1e-9
    yield bound("all paths have ended", 1.0, alone[:, -1].min())
    times = 1.0 + np.sum(~alone, axis=1)
    yield monte_carlo("absorption time", claim["time"](_SAMPLES, _START), times)
    winners = np.round(path[:, -1])
    yield monte_carlo("winners", claim["winner"](np.array(_START)), winners)
    gone = path[:, 3, 2] == 0
    yield monte_carlo("loss by generation 4", claim["loss"](_SAMPLES, _START[2], 4), gone)


def _orbits(trial, start):
    return orbits(
        categorical_loop(samples=_SAMPLES).step,
        trial.key(),
        start,
        generations=_HORIZON,
        replicates=min(trial.replicates, 2**16),
        observe=_observables.probabilities,
    )


def _chain_of_three(samples):
    """The multinomial chain on all counts of three outcomes, by enumeration."""
    states = [(i, j, samples - i - j) for i in range(samples + 1) for j in range(samples + 1 - i)]
    counts = np.array(states, dtype=float)
    factorial = np.cumprod(np.maximum(np.arange(samples + 1), 1)).astype(float)
    ways = factorial[samples] / factorial[counts.astype(int)].prod(axis=1)
    powers = (counts[:, None, :] / samples) ** counts[None, :, :]
    return states, ways * powers.prod(axis=-1)


def _absorption(chain, mixed):
    inner = np.eye(len(mixed)) - chain[np.ix_(mixed, mixed)]
    ends = [k for k in range(len(chain)) if chain[k, k] == 1]
    times = np.linalg.solve(inner, np.ones(len(mixed)))
    return times, np.linalg.solve(inner, chain[np.ix_(mixed, ends)])


def _lost_in_chain(states, chain, start, generations):
    law = np.linalg.matrix_power(chain, generations)[start]
    return sum(weight for weight, state in zip(law, states, strict=True) if state[0] == 0)


def _covariance(states, chain, start, generations, samples):
    law = np.linalg.matrix_power(chain, generations)[start]
    frequency = np.array(states) / samples
    gap = frequency - law @ frequency
    return np.einsum("s,si,sj->ij", law, gap, gap)


def _undecided(samples, share, generations):
    """The chance that of two outcomes none is lost, on the counts between."""
    law, chain, found = binomial_law(samples, share)[1:-1], transition_matrix(samples), []
    for _ in range(generations):
        found.append(law.sum())
        law = law @ chain[1:-1, 1:-1]
    return np.array(found)
