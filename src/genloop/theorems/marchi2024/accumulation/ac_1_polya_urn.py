"""AC-1: A dataset that keeps everything keeps a share of its diversity at temperature one."""

import jax
import mpmath
import numpy as np
from scipy import stats

from ....loops.memory import accumulation, kept_variance
from ....models import Categorical, Dataset, Gaussian
from ....stages import Accumulate, Temper
from ....verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .._instances import QUICK
from ._instances import altered

_NEUTRAL = {
    "kept": kept_variance,
    "scheduled": accumulation.scheduled_heterozygosity,
}


@theorem(
    spec="AC-1",
    paper="marchi2024",
    status="derived",
    hypotheses=("T = 1, no real data after the first dataset", "the data accumulate"),
    claim=_NEUTRAL,
    mutants={
        "z = 1/n": altered(
            _NEUTRAL,
            "kept",
            lambda f, t, *, size, samples: f(t, size=size * samples, samples=samples**2),
        ),
        "one generation late": altered(_NEUTRAL, "kept", lambda f, t, **o: f(t - 1, **o)),
        "1 % of the loss forgotten": altered(
            _NEUTRAL, "kept", lambda f, t, **o: 0.99 * f(t, **o) + 0.01
        ),
        "what is kept 1 % high": scaled(_NEUTRAL, 1.01, "kept"),
        "what is kept on a schedule 1 % high": scaled(_NEUTRAL, 1.01, "scheduled"),
        "the sizes before the samples join": altered(
            _NEUTRAL, "scheduled", lambda f, n, *, size: np.cumprod(1 - n / _before(n, size) ** 2)
        ),
    },
)
def polya_urn(claim, trial):
    r"""A dataset that keeps everything keeps a share of its diversity at temperature one.

    The fit is a martingale, $\mathbb E\,x_t = x_0$, and $\mathbb E H_t/H_0 = \prod_{k \le t} (1 -
    \frac{\gamma_k^2}n)$ tends to $\Gamma(c + 1)^2/[\Gamma(c + 1 - z)\,\Gamma(c + 1 + z)] > 0$ with
    $c = \ell_0/n$, $z = n^{-1/2}$: $\frac c{c + 1}$ for $n = 1$, where the limit has the law of
    Dirichlet with the first counts, and $\frac{\sin \pi z}{\pi z (1 - z^2)} = 1 - (\frac{\pi^2}6 -
    1)\frac1n + \dots$ for $\ell_0 = n$. For any schedule it is $\prod_k (1 - \alpha_k/\ell_k^2)
    \ge 1 - 1/\ell_0$; the covariance of a Gaussian loses the same share.
    """
    for size, samples, generations in ((3, 1, 40), (100, 10, 7), (2, 9, 300)):
        what = f"size {size}, {samples} samples"
        steps = accumulation.shares(generations, size=size, samples=samples)
        found = claim["kept"](generations, size=size, samples=samples)
        expected = np.prod(1 - steps**2 / samples)
        yield closed_form(f"product, {what}", found, expected, tolerance=1e-12)
        limit = claim["kept"](np.inf, size=size, samples=samples)
        yield closed_form(f"limit, {what}", limit, _gammas(size, samples), tolerance=1e-12)
    first = [claim["kept"](np.inf, size=size, samples=1) for size in (1, 4, 50)]
    yield closed_form("one sample a generation", first, [1 / 2, 4 / 5, 50 / 51], tolerance=1e-12)
    many = np.array([2, 10, 10**4])
    equal = np.array([float(claim["kept"](np.inf, size=n, samples=n)) for n in many])
    z = many**-0.5
    sine = np.sin(np.pi * z) / (np.pi * z * (1 - z**2))
    yield closed_form("as many samples as first data", equal, sine, tolerance=1e-12)
    loss = many[-1] * (1 - equal[-1])
    yield closed_form("its expansion", loss, np.pi**2 / 6 - 1, tolerance=1e-3)
    schedule = np.array([2, 1, 0, 3, 2])
    for counts in (schedule, np.ones(8, dtype=int)):
        law = trial.once(f"urn {counts}", lambda n=counts: _urn([2, 1], n))
        share = np.arange(len(law)) / (len(law) - 1)
        kept = law @ (share * (1 - share)) / (2 / 9)
        found = claim["scheduled"](counts, size=3)[-1]
        yield exact_law(f"urn with {counts.sum()} more", found, kept, tolerance=1e-12)
        yield exact_law("martingale", law @ share, 2 / 3, tolerance=1e-12)
        yield bound("at least 1 - 1/3 is kept", 1 - 1 / 3, claim["scheduled"](counts, size=3))
    polya = stats.betabinom(8, 2, 1).pmf(np.arange(9))
    yield exact_law("one by one: Dirichlet's law", law[2:11], polya, tolerance=1e-11)
    numbers, drawn = trial.once("stages", lambda: _neutral_loops(trial, schedule))
    expected = claim["scheduled"](schedule, size=3)[-1]
    yield closed_form("moments of the loops", [expected] * 2, numbers, tolerance=1e-12)
    yield monte_carlo("realisations", claim["kept"](5, size=3, samples=2), drawn)


def _before(samples, size):
    return size + np.cumsum(samples) - samples


def _gammas(size, samples):
    c, z = mpmath.mpf(size) / samples, 1 / mpmath.sqrt(samples)
    return float(mpmath.gamma(c + 1) ** 2 / (mpmath.gamma(c + 1 - z) * mpmath.gamma(c + 1 + z)))


def _urn(counts, schedule):
    """The law of the first of two counts after batches from an urn, by its transitions."""
    law, total = np.eye(sum(counts) + 1)[counts[0]], sum(counts)
    for samples in schedule:
        later = np.zeros(total + samples + 1)
        for first, mass in enumerate(law):
            ways = stats.binom(samples, first / total).pmf(np.arange(samples + 1))
            later[first : first + samples + 1] += mass * ways
        law, total = later, total + samples
    return law


def _neutral_loops(trial, schedule):
    """Checks of what the moments of two loops on a schedule keep, and runs with two samples.

    Three first points each.
    """
    urn, line = Categorical.of([2.0, 1.0]), Gaussian.of(1.0, 2.0)

    @jax.jit
    def moments(urn, line):
        loop = Accumulate(Temper(1.0), samples=schedule)
        follow = lambda _, pair: tuple(loop.moments(m) for m in pair)
        start = urn.moments(), line.moments()
        end, wide = jax.lax.fori_loop(0, len(schedule), follow, start)
        return (1 - end.moments.square) / (4 / 9), wide.moments.covariance[0, 0] / 2

    def kernel(key, state):
        loop = Accumulate(Temper(1.0), samples=2)
        step = lambda t, state: loop.step(jax.random.fold_in(key, t), state)
        p = jax.lax.fori_loop(0, 5, step, state).model.probabilities
        return (1 - (p**2).sum(axis=-1)) / (4 / 9)

    states = Dataset.of(urn, 3).broadcast((trial.replicates // 8,))
    drawn = jax.jit(kernel, compiler_options=QUICK)(trial.key(), states)
    return np.asarray(moments(Dataset.of(urn, 3), Dataset.of(line, 3))), np.asarray(drawn)
