"""CA-C2: To first order every estimator loses the same factor in each way to keep data."""

import numpy as np

from ...loops.memory import workflows
from ...models import Categorical, DatasetMoments, Gaussian
from ...papers.kazdan2024 import accumulate, kept_square, kept_variance, subsample
from ...verification import bound, closed_form, scaled, theorem

_CLAIM = {
    "discard": workflows.replaced_risk,
    "augment": workflows.accumulated_risk,
    "subsample": workflows.subsampled_risk,
    "workflow": workflows.workflow_risks,
}
_LENGTH = 60


def _one_late(generations):
    return workflows.accumulated_risk(generations - 1)


def _without_choice(shares, *, real_shares=None, subsampled=None):
    """As if which points are chosen made no noise."""
    return workflows.workflow_risks(shares, real_shares=real_shares)


@theorem(
    spec="CA-C2",
    paper="dey2024",
    status="derived",
    hypotheses=(
        "an asymptotically linear estimator with a positive definite information",
        "n points join in every generation; to first order in 1/n",
    ),
    claim=_CLAIM,
    mutants={
        "discarding as if data were independent": _CLAIM | {"discard": lambda t: 1.0 + 0 * t},
        "discarding 1 % worse": scaled(_CLAIM, 1.01, "discard"),
        "one generation late": _CLAIM | {"augment": _one_late},
        "augmenting 1 % worse": scaled(_CLAIM, 1.01, "augment"),
        "choosing is as good as augmenting": _CLAIM | {"subsample": workflows.accumulated_risk},
        "choosing ends at pi^2/2 - 3, the risk of the pool": _CLAIM
        | {"subsample": lambda t: workflows.subsampled_risk(t) - 1 + 1 / t},
        "choosing 1 % worse": scaled(_CLAIM, 1.01, "subsample"),
        "the choice makes no noise": _CLAIM | {"workflow": _without_choice},
        "any workflow 1 % worse": scaled(_CLAIM, 1.01, "workflow"),
    },
)
def risk_of_workflows(claim, trial):
    r"""To first order every estimator loses the same factor in each way to keep data.

    With $u_t = \sum_i w_{ti} (u_{i-1} + G_i)$ the risk, in units of that of one generation of real
    data, is $t$ where the data are discarded, $\sum_{s \le t} \frac1{s^2} \to \frac{\pi^2}6$ where
    they are augmented, so that the relative efficiency stays above $\frac6{\pi^2}$, and $3 \sum_{s
    \le t} \frac1{s^2} - 2 \to \frac{\pi^2}2 - 2$ where as many as one generation has are chosen of
    all. It is the limit of $n$ times the exact risk for the mean and the variance of a Gaussian and
    for frequencies.
    """
    place = np.arange(1, _LENGTH + 1)
    even = np.tril(np.ones((_LENGTH, _LENGTH))) / place[:, None]
    choice = 1 - 1 / place
    rows = {
        "discard": (claim["workflow"](np.eye(_LENGTH)), _solved(np.eye(_LENGTH))),
        "augment": (claim["workflow"](even), _solved(even)),
        "subsample": (
            claim["workflow"](even, subsampled=choice),
            _solved(even, np.diag(choice**0.5)),
        ),
    }
    for name, (stepwise, solved) in rows.items():
        yield closed_form(f"{name}, by elimination", stepwise, solved, tolerance=1e-12)
        claimed = [float(claim[name](t)) for t in place]
        yield closed_form(f"{name}, in closed form", claimed, solved, tolerance=1e-12)
    share = 0.3 * np.eye(_LENGTH)
    real = claim["workflow"](np.eye(_LENGTH) - share, real_shares=share)[-1]
    yield closed_form("with fresh real data", real, (0.3**2 + 0.7**2) / (1 - 0.7**2))
    limits = [claim[name](np.inf) for name in ("augment", "subsample")]
    exact = [np.pi**2 / 6, np.pi**2 / 2 - 2]
    yield closed_form("limits", limits, exact, tolerance=1e-12)
    path = [float(claim["augment"](t)) for t in place]
    yield bound("efficiency above 6/pi^2", 6 / np.pi**2, 1 / np.array(path))
    for name, values in trial.once("exact risks", _exact_risks).items():
        kind = name.split(",")[0]
        claimed = [float(claim[kind](t)) for t in (1, 2, 10)]
        yield closed_form(f"{name}, n = 10^6", claimed, values, tolerance=1e-5)


def _solved(shares, choice=None):
    """The same risks by one linear system for the response to all noise at once."""
    size = len(shares)
    before = np.eye(size, k=-1)
    sources = shares if choice is None else np.hstack([shares, choice])
    response = np.linalg.solve(np.eye(size) - shares @ before, sources)
    return (response**2).sum(axis=1)


def _exact_risks(samples=10**6):
    """$n$ times exact risks of three estimators in generations 1, 2 and 10."""
    real, tokens = Gaussian.of(0.0, 1.0), Categorical.of([5.0, 3.0, 2.0])
    keep, choose = accumulate(samples=samples), subsample(samples=samples, generations=1)
    start = lambda model: DatasetMoments(model.moments(), np.zeros(()), np.zeros(()))
    rest = 1 - float(tokens.moments().square)
    kept, words, chosen = start(real), start(tokens), _no_points(real)
    rows = []
    for _ in range(10):
        kept, words = keep.moments(kept), keep.moments(words)
        chosen = choose.moments(chosen)
        frequencies = float(words.moments.square) - (1 - rest)
        mean, choice = (one.moments.mean_covariance[0, 0] for one in (kept, chosen))
        rows.append((samples * mean, samples * frequencies / rest, samples * choice))
    mean, frequencies, choice = np.array(rows)[[0, 1, 9]].T
    law = lambda t: kept_square(t, samples=samples) - kept_variance(t, samples=samples) ** 2
    return {
        "augment, mean": mean,
        "augment, frequencies": frequencies,
        "subsample, mean": choice,
        "augment, variance": [samples * law(t) / 2 for t in (1, 2, 10)],
    }


def _no_points(real):
    """The moments from which a loop that chooses points starts, without room for them."""
    return subsample(samples=2, generations=1).begin(real).moments()
