"""CA-C1(mean): A mean that is fitted to all data never loses more than a factor of pi^2/6."""

import numpy as np

from ...loops.memory import accumulated_risk, replaced_risk, square_sum
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem

_CLAIM = {"replace": replaced_risk, "accumulate": accumulated_risk, "later": square_sum}
_LENGTH = 40


@theorem(
    spec="CA-C1(mean)",
    paper="gerstgrasser2024",
    status="derived",
    hypotheses=(
        "a mean fitted to n points of known covariance S_0 in every generation",
        "any dimension; exact for every n",
    ),
    claim=_CLAIM,
    mutants={
        "replaced data have a bounded error": _CLAIM | {"replace": accumulated_risk},
        "replaced data 1 % worse": scaled(_CLAIM, 1.01, "replace"),
        "the harmonic sum": _CLAIM | {"accumulate": lambda t: np.sum(1 / np.arange(1, t + 1))},
        "accumulated data 1 % worse": scaled(_CLAIM, 1.01, "accumulate"),
        "a first dataset is one generation": _CLAIM | {"later": lambda t, c: square_sum(t, 1.0)},
        "after a first dataset 1 % worse": scaled(_CLAIM, 1.01, "later"),
    },
)
def accumulated_means(claim, trial):
    r"""A mean that is fitted to all data never loses more than a factor of pi^2/6.

    $\mu_t = \mu_{t-1} + \gamma_t \xi_t$ with $\xi_t$ of covariance $S_0/n$: $\gamma_t = 1$ where
    the data are replaced, so that $E |\mu_t - \mu_0|^2 = \frac tn \operatorname{tr} S_0$ has no
    bound, and $\gamma_t = \frac1t$ where they accumulate, $E |\mu_t - \mu_0|^2 = \frac1n \sum_{s
    \le t} \frac1{s^2} \operatorname{tr} S_0 < \frac{\pi^2}{6n} \operatorname{tr} S_0$. After a
    first dataset of $\ell_0$ points, $\gamma_t = 1/(\ell_0/n + t)$.
    """
    place = np.arange(1, _LENGTH + 1)
    replaced, kept = _path(np.ones(_LENGTH)), _path(1 / place)
    claimed = [float(claim["replace"](t)) for t in place]
    yield closed_form("replaced data", claimed, replaced)
    claimed = [float(claim["accumulate"](t)) for t in place]
    yield closed_form("accumulated data", claimed, kept, tolerance=1e-12)
    yield bound("below pi^2/6", claimed, np.pi**2 / 6)
    yield closed_form("the limit", claim["accumulate"](np.inf), np.pi**2 / 6, tolerance=1e-14)
    later = [claim["later"](t, 2.5) for t in place]
    yield closed_form("a first dataset", later, _path(1 / (2.5 + place)), tolerance=1e-12)
    means = trial.once("points", lambda: _point_by_point(trial))
    for name, path in means.items():
        claimed = [float(claim[name](t)) / 4 for t in (1, 3, 6)]
        yield monte_carlo(f"{name}, point by point", claimed, path[:, [0, 2, 5]] ** 2)
    # The error is normal, so that its law is known as well.
    inside = np.abs(means["accumulate"][:, 5]) < (np.pi**2 / 24) ** 0.5
    yield bound("at least 68 % of runs stay within one deviation of the limit", 0.68, inside.mean())
    exact = claim["later"](np.inf, 1e6)
    yield exact_law("many first points", exact, 1e-6 - 0.5e-12, tolerance=1e-9)


def _path(gains):
    """The variances of sums of independent steps, by the response to each of them."""
    response = np.tril(np.broadcast_to(gains, (len(gains), len(gains))))
    return (response**2).sum(axis=1)


def _point_by_point(trial, samples=4, generations=6):
    """Errors of means that are fitted to points, replaced and accumulated."""
    rng = np.random.default_rng([trial.seed, 5])
    count = trial.replicates // 2
    paths = {"replace": [], "accumulate": []}
    for name, path in paths.items():
        mean, total, size = np.zeros(count), np.zeros(count), 0
        for _ in range(generations):
            points = mean[:, None] + rng.normal(size=(count, samples))
            total, size = total + points.sum(axis=1), size + samples
            mean = points.mean(axis=1) if name == "replace" else total / size
            path.append(mean)
    return {name: np.stack(path, axis=1) for name, path in paths.items()}
