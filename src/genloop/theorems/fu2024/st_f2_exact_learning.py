"""ST-F2: What is wrong at first, if nothing is added."""

import jax.random as jr
import numpy as np

from ...certificates import certify_root
from ...loops import error_propagation
from ...models import Categorical
from ...papers.fu2024 import mixture_loop
from ...verification import closed_form, monte_carlo, proves, scaled, theorem
from ._instances import total_variation

_FORMULAS = {"left": error_propagation.ancestors, "rate": error_propagation.rate}
_REAL, _START = Categorical.of([5, 3, 2]), Categorical.of([1, 2, 7])
_CASES = {"the last model": (1.0,), "three models": (0.5, 0.3, 0.2), "older ones more": (0.2, 0.8)}


@theorem(
    spec="ST-F2",
    paper="fu2024",
    status="derived",
    hypotheses=("every mixture is learned exactly", "the real fraction is the same throughout"),
    claim=_FORMULAS,
    mutants={
        "errors fall by q whatever the weights": _FORMULAS | {"rate": np.sum},
        "by the weight of the last model": _FORMULAS | {"rate": lambda weights: weights[0]},
        "the rate 1 % high": scaled(_FORMULAS, 1.01, "rate"),
        "nothing comes from before": _FORMULAS
        | {"left": lambda weights: np.eye(len(weights)) + weights},
        "1 % more is left": scaled(_FORMULAS, 1.01, "left"),
    },
)
def exact_learning(claim, trial):
    r"""What is wrong at first, if nothing is added.

    If mixtures are learned exactly, $\mathrm{TV}(p_n, p_0) = [(I - \beta)^{-1}]_{n0}\,
    \mathrm{TV}(g, p_0)$ for a first model $g$: an equality, of every linear functional as well. For
    weights $w_j$ by age and the real fraction $a$ it falls by the factor $z < 1$ in the end, the
    positive root of $z^s = (1 - a) \sum_{j \le s} w_j z^{s - j}$; for the last model alone $z = 1 -
    a$. Weights on older models slow it down.
    """
    for name, weights in _CASES.items():
        for real_fraction in (0.2, 0.6):
            shares = (1 - real_fraction) * np.array(weights)
            what = f"{name}, a = {real_fraction}"
            run = trial.once(f"run {what}", lambda w=weights, a=real_fraction: _run(w, a))
            left = claim["left"](error_propagation.lagged_weights(shares, len(run) - 1))
            yield closed_form(f"what is left, {what}", left[:, 0], run)
            largest = np.abs(np.roots([1.0, *-shares])).max()
            yield closed_form(f"rate against all roots, {what}", claim["rate"](shares), largest)
    draws = trial.once("draws", lambda: _draws(trial))
    shares = 0.8 * np.array(_CASES["three models"])
    left = claim["left"](error_propagation.lagged_weights(shares, 5))[5, 0]
    gap = np.asarray(_START.probabilities - _REAL.probabilities)
    yield monte_carlo("mean of drawn loops after 5 generations", left * gap[2], draws)


def _loop(weights, real_fraction, samples=100):
    return mixture_loop(_REAL, real_fraction=real_fraction, weights=weights, samples=samples)


def _run(weights, real_fraction):
    """The total variation of every model, in units of that of the first."""
    loop = _loop(weights, real_fraction)
    history, models = loop.begin(_START), [_START.probabilities]
    for _ in range(12):
        history = loop(history)
        models.append(history.models.probabilities[0])
    real = np.asarray(_REAL.probabilities)
    distances = np.array([total_variation(np.asarray(one), real) for one in models])
    return distances / distances[0]


def _draws(trial):
    """The error of the third outcome in the newest model, replicate by replicate."""
    loop = _loop(_CASES["three models"], 0.2, samples=40)
    history = loop.begin(_START).broadcast((trial.replicates,))
    for key in jr.split(trial.key(), 5):
        history = loop.step(key, history)
    return np.asarray(history.models.probabilities)[:, 0, 2] - float(_REAL.probabilities[2])


@proves("ST-F2")
def proofs(digits):
    r"""$z^3 = q (0.5 z^2 + 0.3 z + 0.2)$: the rate of three models."""
    level = lambda z, q: z**3 - q * (z**2 / 2 + 3 * z / 10 + 1 / 5)
    return {
        f"q = {share}": certify_root(level, "0", "1", parameters=[share], digits=digits)
        for share in ("4/5", "2/5")
    }
