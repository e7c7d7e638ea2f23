"""PL-1: At temperature one the lost share obeys a scalar recursion, solved by a product formula."""

import jax.random as jr
import numpy as np

from ...loops.contamination import losses
from ...verification import closed_form, exact_law, monte_carlo, theorem
from ._instances import SCHEDULES, generations, line, lost, outcomes

_CLAIM = {"drawn": losses.drawn, "mixed": losses.mixed}


def _with(kept=None, noise=None):
    """The real data with another factor or another noise."""

    def mixed(share, points):
        found = losses.mixed(share, points)
        share = np.asarray(share)
        return losses.Losses(
            found.kept if kept is None else kept(share),
            found.noise if noise is None else noise(share, found.noise),
        )

    return _CLAIM | {"mixed": mixed}


@theorem(
    spec="PL-1",
    paper="schedules",
    status="derived",
    hypotheses=(
        "temperature 1, maximum likelihood, a start at the real data; each generation draws n "
        "samples and mixes a share a of m fresh real points, numbers that may all change",
        "independent samples with finite second moments; outcomes or any dimension",
    ),
    claim=_CLAIM,
    mutants={
        "the factor is 1 - a": _with(kept=lambda a: 1 - a),
        "real data have no noise": _with(noise=lambda a, w: 0 * w),
        "the noise of real data is a/m": _with(noise=lambda a, w: w / np.where(a > 0, a, 1)),
        "samples are one fewer": _CLAIM | {"drawn": lambda n: losses.drawn(np.asarray(n) - 1.0)},
        "noise 1 % large": _with(noise=lambda a, w: 1.01 * w),
    },
)
def lost_share(claim, trial):
    r"""At temperature one the lost share obeys a scalar recursion, solved by a product formula.

    Let $\ell_t = E|\mu_t - \mu_0|^2/\operatorname{tr} S_0$ for a Gaussian, so that $E\,\Sigma_t =
    (1 - \ell_t) S_0$, and $1 - \ell_t$ the expected heterozygosity of outcomes over the real one.
    A draw of $n$ maps $\ell \to (1 - \frac1n) \ell + \frac1n$, a share $a$ of $m$ fresh real points
    $\ell \to (1 - a)^2 \ell + \frac{a^2}m$, in any order and with any numbers; with $\kappa_t$ and
    $w_t$ of a whole generation $\ell_t = \sum_{s<t} w_s \prod_{s<r<t} \kappa_r$.
    """
    for name, schedule in SCHEDULES.items():
        for first in (True, False):
            claimed = _product(claim, schedule, first)
            for real in (line(), outcomes()):
                moments, found = real.moments(), []
                for stage in generations(real, schedule, draw_first=first):
                    moments = stage.moments(moments)
                    found.append(lost(real, moments))
                order = "draw, mix" if first else "mix, draw"
                what = f"{type(real).__name__}, {name}, {order}"
                yield closed_form(what, claimed, found, scale=1.0)
        points = _plain(schedule)
        yield exact_law(f"mean error of weights, {name}", _product(claim, schedule, True), points)
    kept = trial.once("diversity", lambda: _diversity(trial))
    whole = 1 - float((outcomes().probabilities ** 2).sum())
    claimed = [whole * (1 - x) for x in _product(claim, SCHEDULES["with a gap"], True)]
    yield monte_carlo("heterozygosity", claimed, kept)


def _product(claim, schedule, draw_first):
    r"""$\sum_{s<t} w_s \prod_{s<r<t} \kappa_r$ as it is written."""
    n, a, m = map(np.array, schedule)
    parts = [claim["drawn"](n), claim["mixed"](a, m)]
    one, other = parts if draw_first else parts[::-1]
    whole = one.then(other)
    return [
        sum(whole.noise[s] * np.prod(whole.kept[s + 1 : t]) for s in range(t))
        for t in range(1, len(n) + 1)
    ]


def _plain(schedule):
    r"""The error of the mean as a sum over the points that it consists of.

    $\mu_{t+1} - \mu_0$ is linear in the independent errors of all points ever drawn: their weights
    and variances, one after the other, without a recursion of moments.
    """
    found, weights, variances = [], np.zeros(0), np.zeros(0)
    for n, a, m in zip(*schedule, strict=True):
        error = float(weights**2 @ variances)
        weights = np.concatenate(
            [(1 - a) * weights, np.full(n, (1 - a) / n), np.full(m, a / (m or 1))]
        )
        # What is drawn has the variance that is left: the total is the real one.
        variances = np.concatenate([variances, np.full(n, 1 - error), np.ones(m)])
        found.append(float(weights**2 @ variances))
    return found


def _diversity(trial):
    """Heterozygosity of independent runs after every generation."""
    real = outcomes()
    state = real.broadcast((trial.replicates,))
    rows, key = [], trial.key()
    for t, stage in enumerate(generations(real, SCHEDULES["with a gap"])):
        state = stage.step(jr.fold_in(key, t), state)
        rows.append(1 - (np.asarray(state.probabilities) ** 2).sum(-1))
    return np.stack(rows, axis=1)
