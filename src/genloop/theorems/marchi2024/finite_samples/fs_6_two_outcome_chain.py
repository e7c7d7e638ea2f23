r"""FS-6: The count of one of two outcomes is a Markov chain with rows $\mathrm{Bin}(N, F(i/N))$."""

import jax
import mpmath
import numpy as np
from scipy import stats

from ....laws import absorption_times, diffusion_absorption_time, stationary_law, transition_matrix
from ....loops.temperature.recipes import multinomial_loop
from ....models import Categorical
from ....verification import exact_law, monte_carlo, scaled, theorem
from .._instances import QUICK
from ._instances import success_of

_CHAIN = {
    "chain": transition_matrix,
    "law": stationary_law,
    "time": absorption_times,
    "limit": diffusion_absorption_time,
}


@theorem(
    spec="FS-6",
    paper="marchi2024",
    status="derived",
    hypotheses=(
        "two outcomes, N samples replace the data, any temperature",
        "a > 0 for the stationary law, a = 0 for absorption",
        "T = 1 and many samples for the time in closed form",
    ),
    claim=_CHAIN,
    mutants={
        "the chain of the map without its temperature": _CHAIN
        | {"chain": lambda n, success: transition_matrix(n)},
        "the law from one sample less": _CHAIN
        | {"law": lambda p: np.append(stationary_law(p[:-1, :-1]), 0.0)},
        "absorption one generation late": _CHAIN | {"time": lambda p: absorption_times(p) + 1},
        "-4 N as for pairs of chromosomes": _CHAIN
        | {"limit": lambda n, p: 2 * diffusion_absorption_time(n, p)},
        "the frequencies 1 % more uneven": _CHAIN
        | {
            "chain": lambda n, success: transition_matrix(
                n, lambda x: success(x) * (1 + 0.01 * (1 - success(x)))
            )
        },
        "the law 1 % high": scaled(_CHAIN, 1.01, "law"),
        "absorption 1 % late": scaled(_CHAIN, 1.01, "time"),
        "the limit 1 % long": scaled(_CHAIN, 1.01, "limit"),
    },
)
def two_outcome_chain(claim, trial):
    r"""The count of one of two outcomes is a Markov chain with rows $\mathrm{Bin}(N, F(i/N))$.

    Its stationary law and its absorption times follow by elimination without subtraction, to full
    relative accuracy; at $T = 1$, $a = 0$ the expected time to absorption is $-2N [x \log x + (1 -
    x) \log(1 - x)] + O(\log N)$.
    """
    samples, sharpness, share = 24, 1.25, 0.7
    mixed = success_of(sharpness=sharpness, real_fraction=0.2, share=share)
    matrix = claim["chain"](samples, mixed)
    image = mixed(np.arange(samples + 1) / samples)
    rows = stats.binom.pmf(np.arange(samples + 1), samples, image[:, None])
    yield exact_law("binomial rows", matrix, rows, tolerance=1e-12, scale=1.0)
    realised = trial.once("steps", lambda: _steps(trial, samples, sharpness, share))
    yield monte_carlo("one generation of the loop", matrix[6, 4:9], realised, resolution=0.2)
    exact = trial.once("null vector", lambda: _precise_law(transition_matrix(samples, mixed)))
    yield exact_law("stationary law", claim["law"](matrix), exact, tolerance=1e-12)
    pure = claim["chain"](samples, success_of(sharpness=sharpness))
    exact = trial.once("times", lambda: _precise_times(pure))
    yield exact_law("absorption times", claim["time"](pure), exact, tolerance=1e-12)
    for share in (0.5, 0.1, 0.9):
        found = claim["limit"](1, [share, 1 - share])
        # The error grows like (log N)/3: second differences in log N are free of it.
        time = lambda n, x=share: absorption_times(transition_matrix(n))[round(n * x) - 1]
        exact = trial.once(f"time {share}", lambda t=time: (t(800) - 2 * t(400) + t(200)) / 200)
        yield exact_law(f"time from {share} as N grows", found, exact, tolerance=1e-5)


def _steps(trial, samples, sharpness, share):
    """Whether the count is 4, ..., 8 one generation after 6."""
    real = Categorical.of(np.array([share, 1 - share]))
    loop = multinomial_loop(
        temperature=1 / sharpness, real_fraction=0.2, real=real, samples=samples
    )
    start = Categorical.of(np.array([6.0, samples - 6.0])).broadcast((trial.replicates,))
    step = jax.jit(lambda key, x: loop.step(key, x).probabilities[:, 0], compiler_options=QUICK)
    return np.round(samples * np.asarray(step(trial.key(), start)))[:, None] == np.arange(4, 9)


def _precise_law(matrix):
    """The null vector of the transposed chain in fifty digits."""
    with mpmath.workdps(50):
        # Rows that sum to one to rounding only are made to do so on the diagonal.
        system = mpmath.matrix((matrix - np.diag(np.diag(matrix))).T.tolist())
        for state in range(len(matrix)):
            system[state, state] = -sum(system[:, state])
        for column in range(len(matrix)):
            system[0, column] = 1
        right = mpmath.matrix([1] + [0] * (len(matrix) - 1))
        return np.array([float(x) for x in mpmath.lu_solve(system, right)])


def _precise_times(matrix):
    """Expected times to absorption in fifty digits."""
    with mpmath.workdps(50):
        inner = mpmath.matrix(matrix[1:-1, 1:-1].tolist())
        system = mpmath.eye(inner.rows) - inner
        return np.array([float(x) for x in mpmath.lu_solve(system, mpmath.ones(inner.rows, 1))])
