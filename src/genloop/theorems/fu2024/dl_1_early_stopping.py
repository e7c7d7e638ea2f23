"""DL-1: A diffusion that stops early shrinks data to the standard normal."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.polynomial import hermite_e

from ...analysis import fixed_point
from ...certificates import certify_root
from ...loops import error_propagation
from ...models import Gaussian
from ...papers.fu2024 import diffusion_loop
from ...verification import closed_form, monte_carlo, proves, scaled, theorem

_FORMULAS = {
    "limit": error_propagation.shrunk_limit,
    "rate": error_propagation.shrink_rate,
    "required": error_propagation.required_real_fraction,
}
# Components of the real data: weights, means, variances.
_REAL = (np.array([0.3, 0.7]), np.array([-1.5, 2.0]), np.array([0.2, 0.5]))


@theorem(
    spec="DL-1",
    paper="fu2024",
    status="derived",
    hypotheses=(
        "every generation learns the mixture with real data, with exact score",
        "the diffusion starts from the standard normal at infinite time and stops at delta > 0",
    ),
    claim=_FORMULAS,
    mutants={
        "the noise of all generations stays": _FORMULAS
        | {"limit": lambda h, j=2, *, stop, real_fraction: h},
        "the limit of one generation": _FORMULAS
        | {"limit": lambda h, j=2, *, stop, real_fraction: real_fraction * np.exp(-j * stop) * h},
        "the limit 1 % high": scaled(_FORMULAS, 1.01, "limit"),
        "all moments alike": _FORMULAS
        | {"rate": lambda j=1, *, stop, real_fraction: (1 - real_fraction) * np.exp(-stop)},
        "the rate 1 % high": scaled(_FORMULAS, 1.01, "rate"),
        "the share 1 % small": scaled(_FORMULAS, 0.99, "required"),
    },
)
def early_stopping(claim, trial):
    r"""A diffusion that stops early shrinks data to the standard normal.

    With the exact score $p_{t+1} = P_\delta[a p_0 + (1 - a) p_t]$, $P_\delta$ the noise of the time
    $\delta$ at which it stops. $p_t$ tends for every $a > 0$ to the mixture $\sum_{k \ge 1} a (1 -
    a)^{k - 1} P_{k\delta} p_0$ of ever more noisy data, in total variation by $(1 - a)$ each
    generation; the moment $E\,\mathrm{He}_j$ by $(1 - a) e^{-j\delta}$, to $\frac{a
    e^{-j\delta}}{1 - (1 - a) e^{-j\delta}}$ of that of the data. It loses at most the share
    $\epsilon$ iff $a \ge (e^{j\delta} - 1)(\frac1\epsilon - 1)$. Without real data all that is left
    is the standard normal.
    """
    real = [_moment(_REAL, degree) for degree in range(5)]
    for stop, share in ((0.05, 0.1), (0.3, 0.4)):
        known = {"stop": stop, "real_fraction": share}
        what = f"delta = {stop}, a = {share}"
        components = trial.once(what, lambda s=stop, a=share: _iterated(s, a))
        for degree in (1, 2, 3, 4):
            limit = claim["limit"](real[degree], degree, **known)
            # The mixture after as many generations lacks (1 - a)^t of its mass.
            yield closed_form(
                f"moment {degree}, {what}", limit, _moment(components, degree), tolerance=1e-10
            )
            rate = claim["rate"](degree, **known)
            # Real data and a model that is as they are: nothing but noise.
            after = np.exp(-degree * stop) * real[degree]
            value = limit + rate * (real[degree] - limit)
            yield closed_form(f"one step of moment {degree}, {what}", value, after)
    for degree, stop, tolerance in ((2, 0.01, 0.1), (1, 0.2, 0.3), (4, 0.05, 0.5)):
        share = claim["required"](tolerance, degree, stop=stop)
        left = _stays(share, np.exp(-degree * stop))
        yield closed_form(f"loses {tolerance} of moment {degree}", 1 - left, tolerance)
    with jax.enable_x64(True):
        ends = trial.once("engine", _engine)
    m, v = ends
    known = {"stop": 0.2, "real_fraction": 0.3}
    yield closed_form("mean of the engine", claim["limit"](1.5, 1, **known), m, tolerance=1e-9)
    square = claim["limit"](1.5**2 + 4.0 - 1, 2, **known)
    yield closed_form("square of the engine", square, v + m**2 - 1, tolerance=1e-9)
    draws = trial.once("draws", lambda: _draws(trial))
    share, stop = 0.3, 0.2
    start = real[2]
    left = claim["limit"](start, 2, stop=stop, real_fraction=share)
    rate = claim["rate"](2, stop=stop, real_fraction=share)
    after = left + rate**3 * (start - left)
    yield monte_carlo("three generations of points", after, draws)


def _stays(share, kept):
    """The share of a moment that is there after many generations, one by one."""
    left = 1.0
    for _ in range(20_000):
        left = kept * (share + (1 - share) * left)
    return left


def _moment(components, degree):
    r"""$E\,\mathrm{He}_j$ of a Gaussian mixture by quadrature."""
    nodes, weights = hermite_e.hermegauss(20)
    weights = weights / weights.sum()
    he = np.eye(degree + 1)[degree]
    total = 0.0
    for share, mean, variance in zip(*components, strict=True):
        total += share * weights @ hermite_e.hermeval(mean + np.sqrt(variance) * nodes, he)
    return total


def _iterated(stop, share):
    """The components of the loop after so many generations that the rest is below rounding."""
    weights, means, variances = _REAL
    found = (np.array([1.0]), np.array([0.0]), np.array([1.0]))
    for _ in range(round(40 / -np.log1p(-share))):
        found = tuple(
            np.concatenate([ours, theirs])
            for ours, theirs in zip(
                (share * weights, means, variances),
                ((1 - share) * found[0], found[1], found[2]),
                strict=True,
            )
        )
        found = (
            found[0],
            np.exp(-stop) * found[1],
            np.exp(-2 * stop) * found[2] - np.expm1(-2 * stop),
        )
    return found


def _engine():
    loop = diffusion_loop(Gaussian.of(1.5, 4.0), real_fraction=0.3, stop=0.2)
    end = fixed_point(loop, Gaussian.of(0.0, 1.0)).state
    return float(end.mean[0]), float(end.covariance[0, 0])


def _draws(trial):
    """He_2 of points that were followed through three generations, each from its own past."""
    random = np.random.default_rng(np.asarray(jax.random.key_data(trial.key())))
    weights, means, variances = _REAL
    count = trial.replicates

    def fresh():
        which = random.choice(2, size=count, p=weights)
        return means[which] + np.sqrt(variances[which]) * random.normal(size=count)

    points = fresh()
    for _ in range(3):
        points = np.where(random.random(count) < 0.3, fresh(), points)
        points = np.exp(-0.2) * points + np.sqrt(-np.expm1(-0.4)) * random.normal(size=count)
    return points**2 - 1


@proves("DL-1")
def proofs(digits):
    r"""$a k = (1 - \epsilon)\,(1 - (1 - a) k)$, $k = e^{-2\delta}$: the required real fraction."""

    def level(a, stop, tolerance):
        kept = jnp.exp(-2 * stop)
        return a * kept - (1 - tolerance) * (1 - (1 - a) * kept)

    return {
        f"delta = {stop}, 10 %": certify_root(
            level, "0", "1", parameters=[stop, "1/10"], digits=digits
        )
        for stop in ("1/100", "1/50")
    }
