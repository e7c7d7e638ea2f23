r"""AC-6: A dataset that accumulates follows $\dot x = F(x) - x$ in the time $\log(\text{size})$."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import integrate

from ....loops.memory import accumulation
from ....models import Categorical, Dataset
from ....stages import Accumulate, Temper
from ....verification import closed_form, scaled, theorem
from .._instances import QUICK
from ._instances import REAL

_LIMIT = {
    "source": lambda derivative, drift, time: -0.5 * np.exp(-time) * derivative @ drift,
    "time": lambda generations, ratio: np.log1p(generations / ratio),
    "linear": lambda multiplier, growth: 0.5 * multiplier * (1 - multiplier) * (1 - 1 / growth),
}


@theorem(
    spec="AC-6",
    paper="marchi2024",
    status="derived",
    hypotheses=("infinite data, the dataset accumulates", "n/l_0 -> 0, smooth F"),
    claim=_LIMIT,
    mutants={
        "twice the error": _LIMIT
        | {"source": lambda derivative, drift, s: -np.exp(-s) * derivative @ drift},
        "an error that does not fade": _LIMIT
        | {"source": lambda derivative, drift, s: -0.5 * derivative @ drift},
        "the time t n/l_0": _LIMIT | {"time": lambda generations, ratio: generations / ratio},
        "1 % more of the error": scaled(_LIMIT, 1.01, "source"),
        "the time 1 % late": scaled(_LIMIT, 0.99, "time"),
        "1 % more of the linear error": scaled(_LIMIT, 1.01, "linear"),
        "mu^2 in the linear error": _LIMIT
        | {"linear": lambda m, growth: 0.5 * m**2 * (1 - m) * (1 - 1 / growth)},
    },
)
def flow_limit(claim, trial):
    r"""A dataset that accumulates follows $\dot x = F(x) - x$ in the time $\log(\text{size})$.

    $x_t = x(s_t) + \frac n{\ell_0} e(s_t) + O((n/\ell_0)^2)$ with $s_t = \log(\ell_t/\ell_0)$ and
    $\dot e = (DF - I)\,e - \frac12 e^{-s} DF\,(F(x) - x)$, $e(0) = 0$: each generation is an exact
    step of the flow with $F$ held fixed, and the order one is sharp. Along a multiplier $\mu$ the
    relative error is $\frac{\mu (1 - \mu)}2 (1 - \ell_0/\ell_t)\,\frac n{\ell_0}$.
    """
    for multiplier, growth in ((0.3, 4.0), (0.9, 10.0)):
        left = lambda c, m=multiplier, g=growth: float(
            accumulation.remaining_deviation(m, c * (g - 1), size=c, samples=1)
        )
        errors = [c * (left(c) * growth ** (1 - multiplier) - 1) for c in (1000.0, 2000.0)]
        limit = 2 * errors[1] - errors[0]
        what = f"linear error, mu = {multiplier}"
        yield closed_form(what, claim["linear"](multiplier, growth), limit, tolerance=1e-5)
    ratios = np.array([100.0, 200.0, 400.0])
    orbits, states, corrections = trial.once("orbits", lambda: _orbits(ratios))
    times = claim["time"](3 * ratios, ratios)
    path = _solved(claim["source"], times[0])
    yield closed_form("the flow by diffrax and by SciPy", path[0], states, tolerance=1e-8)
    yield closed_form("its correction", path[1], corrections, tolerance=1e-6, scale=0.01)
    errors = ratios[:, None] * (orbits - path[0])
    once = 2 * errors[1:] - errors[:-1]
    limit = (4 * once[1] - once[0]) / 3
    yield closed_form("error of the loop, n/l_0 -> 0", path[1], limit, tolerance=1e-5, scale=0.01)
    halved = np.abs(errors[-1] / errors[-2])
    yield closed_form("of the first order", halved, np.ones(3), tolerance=0.01)


_START = np.array([0.2, 0.2, 0.6])


def _orbits(ratios):
    """States of accumulating loops when their data are four times as many; the flow by diffrax."""

    def grown(size, generations, real):
        dataset = Dataset.of(Categorical(jnp.asarray(_START)), size)
        stage = Accumulate(Temper(0.7), samples=7, real=real, real_samples=3)
        end = jax.lax.fori_loop(0, generations, lambda _, state: stage(state), dataset)
        return end.model.probabilities

    real = Categorical.of(REAL)
    run = jax.jit(grown, compiler_options=QUICK)
    orbits = np.stack([run(10 * c, int(3 * c), real) for c in ratios])

    def image(x):
        weights = x ** (1 / 0.7)
        return 0.3 * REAL + 0.7 * weights / weights.sum()

    times = np.log(np.array([1.0, 4.0]))
    path = accumulation.flow_with_correction(image, jnp.asarray(_START), times)
    return orbits, *(np.asarray(part)[-1] for part in path)


def _solved(source, time):
    """The flow and its correction by SciPy, with the derivative written out."""

    def field(s, pair):
        x, error = pair[:3], pair[3:]
        tempered = x ** (1 / 0.7) / (x ** (1 / 0.7)).sum()
        derivative = (np.diag(tempered) - np.outer(tempered, tempered)) / x
        drift = 0.7 * tempered + 0.3 * REAL - x
        return np.append(drift, derivative @ error - error + source(derivative, drift, s))

    start = np.append(_START, np.zeros(3))
    options = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-14}
    return integrate.solve_ivp(field, (0.0, time), start, **options).y[:, -1].reshape(2, 3)
