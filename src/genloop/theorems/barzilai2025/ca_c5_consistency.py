"""CA-C5: With all data kept, one number of points serves all generations of a Gaussian."""

import numpy as np
from scipy.integrate import quad

from ...analysis import orbits
from ...loops.memory import largest_value, pools, workflows
from ...models import Dataset, Gaussian
from ...papers.kazdan2024 import accumulate
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem

_CLAIM = {
    "risk": workflows.accumulated_risk,
    "drift": pools.drift_probability,
    "mean": largest_value.largest_value_mean,
    "rate": largest_value.largest_value_rate,
    "distribution": largest_value.largest_value_cdf,
}
_GENERATIONS = 12


@theorem(
    spec="CA-C5",
    paper="barzilai2025",
    status="derived",
    hypotheses=(
        "maximum likelihood on all data, n points of the fit join in every generation",
        "a Gaussian in any dimension; or uniform on (0, theta), fitted by the largest point",
    ),
    claim=_CLAIM,
    mutants={
        "the risk of one generation": _CLAIM | {"risk": lambda t: 1.0},
        "the risk 1 % high": scaled(_CLAIM, 1.01, "risk"),
        "the drift of the first generation": _CLAIM
        | {"drift": lambda x, samples: 1 / (samples * x**2)},
        "the drift 1 % high": scaled(_CLAIM, 1.01, "drift"),
        "1 - 1/n": _CLAIM | {"mean": lambda t, samples: (1 - 1 / samples) ** t},
        "the mean 1 % high": scaled(_CLAIM, 1.01, "mean"),
        "the rate of the mean": _CLAIM | {"rate": lambda n: -np.log1p(1 / n)},
        "the rate 1 % high": scaled(_CLAIM, 1.01, "rate"),
        "one generation late": _CLAIM
        | {
            "distribution": lambda x, t, samples: largest_value.largest_value_cdf(
                x, t + 1, samples=samples
            )
        },
        "the distribution 1 % high": scaled(_CLAIM, 1.01, "distribution"),
    },
)
def consistency(claim, trial):
    r"""With all data kept, one number of points serves all generations of a Gaussian.

    To first order the error of the fit has $\sum_{s \le t} \frac1{s^2} < \frac{\pi^2}6$ times the
    covariance $I^{-1}/n$ of the first. For a Gaussian $\mu_t$ is a martingale and $P(\sup_t |\mu_t
    - \mu_0| \ge \epsilon) \le d\,(1 - P_\infty)/\epsilon^2$ in units of $S_0$, where $n (1 -
    P_\infty) \to \frac{\pi^2}6$: all generations at once, with $n$ the same in each. Without an
    information none of this is known: for uniform points on $(0, \theta)$ the replaced fit has
    $E\,\theta_t = (\frac n{n+1})^t$, $\frac1t \log \theta_t \to -\frac1n$ and $P(\theta_t \le x) =
    P(\Gamma_t \ge -n \log x)$, while with all data kept it stays at the largest point of the first
    generation.
    """
    for t in (1, 2, 12):
        many = 10**6
        lost = many * (1 - pools.kept_variance(t, samples=many))
        yield closed_form(f"risk of generation {t}", claim["risk"](t), lost, tolerance=1e-5)
    at_once = claim["drift"](1.0, samples=10**6) * 10**6
    yield closed_form("n times the drift", at_once, np.pi**2 / 6, tolerance=1e-5)
    drift = trial.once("drift", lambda: _drift(trial))
    for size, far in drift.items():
        limit = claim["drift"](size, samples=5)
        error = 8 * (far.mean() / far.size) ** 0.5
        yield bound(f"ever {size} away", far.mean() + error, limit)
    exact = 1 - pools.kept_variance(np.inf, samples=5)
    yield closed_form("Doob's bound", claim["drift"](3.0, samples=5), exact / 9, tolerance=1e-12)
    replaced, kept = trial.once("largest", lambda: _largest(trial))
    for t in (1, 2, 5):
        yield monte_carlo(f"E theta, {t}", claim["mean"](t, samples=3), replaced[:, t - 1])
    for samples in (3, 40):
        log = quad(lambda x, n=samples: n * x ** (n - 1) * np.log(x), 0, 1)[0]
        yield closed_form(f"E log of the largest of {samples}", claim["rate"](samples), log)
    yield monte_carlo("E log theta", 5 * claim["rate"](3), np.log(replaced[:, 4]))
    levels = np.array([0.15, 0.3, 0.6])
    below = replaced[:, 4:5] <= levels
    yield monte_carlo("P(theta <= x)", claim["distribution"](levels, 5, samples=3), below)
    power = claim["distribution"](levels, 1, samples=7)
    yield exact_law("one generation", power, levels**7, tolerance=1e-12)
    twice = claim["distribution"](levels, 2, samples=1)
    yield exact_law("two points", twice, levels * (1 - np.log(levels)), tolerance=1e-12)
    yield exact_law("kept data stay at the first fit", kept[:, 0], kept[:, -1], tolerance=0)


def _drift(trial):
    """Whether runs with all data kept were ever so far away."""
    real = Gaussian.of(0.0, 1.0)
    path = orbits(
        accumulate(samples=5).step,
        trial.key(),
        Dataset(real, np.zeros(()), np.zeros(())),
        generations=_GENERATIONS,
        replicates=trial.replicates // 2,
        observe=_mean_of_data,
    )
    farthest = np.abs(np.asarray(path)).max(axis=1)
    return {size: farthest >= size for size in (0.6, 1.0, 1.5)}


def _mean_of_data(data):
    return data.model.mean[..., 0]


def _largest(trial, samples=3, generations=5):
    """Fits to the largest of uniform points: replaced data, and all data kept."""
    rng = np.random.default_rng([trial.seed, 6])
    count = trial.replicates // 2
    replaced, kept = np.ones(count), np.zeros(count)
    last, paths = np.ones(count), ([], [])
    for _ in range(generations):
        replaced = replaced * rng.random((count, samples)).max(axis=1)
        new = last * rng.random((count, samples)).max(axis=1)
        kept = np.maximum(kept, new)
        last = kept
        paths[0].append(replaced)
        paths[1].append(kept)
    return tuple(np.stack(path, axis=1) for path in paths)
