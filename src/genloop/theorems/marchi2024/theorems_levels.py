"""Theorems that count and place fixed points: two levels, many outcomes, the cusp of a pair."""

import itertools
import math

import mpmath
import numpy as np

from ...loops.temperature.closed_forms import cusp, many_outcomes, uniform
from ...models import Categorical
from ...verification import bound, closed_form, scaled, theorem
from . import _engine, _enumeration
from ._instances import Instances, derivatives, evaluate
from .theorems_uniform import image

PAPER = "marchi2024"


@theorem(
    spec="U-1",
    paper=PAPER,
    status="derived",
    hypotheses=("uniform real data", "0 < a <= 1", "infinite data"),
    claim=many_outcomes.largest_level_count,
    mutants={
        "three levels below temperature one": lambda *, temperature: 3 if temperature < 1 else 1,
        "two levels above temperature one": lambda *, temperature: 2,
        "only the uniform state": lambda *, temperature: 1,
    },
)
def two_levels(claim, trial):
    r"""With uniform real data a fixed point has at most two levels, and one for $T \ge 1$.

    Its probabilities are positive zeros of $h(x) = x - c\,x^b - a/K$: for $b > 1$ that is
    concave, so there are at most two; for $b \le 1$ it has one. Hence the uniform state, and for
    $T < 1$ states of $m$ winners $\frac{\rho}{m \rho + K - m}$ and $K - m$ losers
    $\frac1{m \rho + K - m}$, $\rho > 1$.
    """
    for temperature in (0.2, 0.5, 0.9, 1.0, 1.6, 3.0):
        zeros = trial.once(f"zeros {temperature}", lambda t=temperature: _most_zeros(t))
        expected = claim(temperature=temperature)
        yield closed_form(f"most zeros over a and c, T = {temperature}", expected, zeros)
    found = trial.once("search", lambda: {t: _levels_by_newton(t) for t in (0.5, 0.8, 1.5)})
    for temperature, counts in found.items():
        expected = claim(temperature=temperature)
        name = f"most levels of what Newton's method finds, T = {temperature}"
        yield closed_form(name, expected, max(counts))


def _most_zeros(temperature):
    """The most sign changes of h over a grid of its constants."""
    x = np.geomspace(1e-9, 1, 4001)
    most = 0
    for c, real in itertools.product(np.geomspace(1e-3, 30, 40), np.geomspace(1e-6, 0.5, 30)):
        positive = x - c * x ** (1 / temperature) - real > 0
        most = max(most, int((positive[1:] != positive[:-1]).sum()))
    return most


def _levels_by_newton(temperature, outcomes=5):
    """How many different probabilities the fixed points have that random starts lead to."""
    generator, fraction = np.random.default_rng(5), 0.9 * (1 - temperature % 1)
    x = generator.dirichlet(np.full(outcomes, 0.7), size=400) + 1e-3
    x /= x.sum(axis=1, keepdims=True)
    eye = np.eye(outcomes)
    for _ in range(60):
        power = x ** (1 / temperature)
        s = power / power.sum(axis=1, keepdims=True)
        slope = s[:, :, None] * (eye - s[:, None]) / x[:, None] * (1 - fraction) / temperature
        residual = fraction / outcomes + (1 - fraction) * s - x
        step = np.linalg.solve(eye - slope, residual[..., None])[..., 0]
        shrink = np.minimum(1.0, 0.5 / (np.abs(step / x).max(axis=1, keepdims=True) + 1e-9))
        x = x + shrink * step
    gaps = np.diff(np.sort(x[np.abs(residual).max(axis=1) < 1e-12]), axis=1)
    return 1 + (gaps > 1e-6).sum(axis=1)


_LIMITS = {"slope": many_outcomes.fold_slope, "fold": many_outcomes.many_outcomes_fold}

_SLOPES = {
    2: 1.0,
    3: 1.04488550133987,
    10: 1.43747428516998,
    100: 2.73177621085646,
    50_000: 7.77091025996549,
}


def _other_fold(**changes):
    def fold(**parameters):
        value = many_outcomes.many_outcomes_fold(**parameters)
        return value._replace(**{name: f(value, **parameters) for name, f in changes.items()})

    return _LIMITS | {"fold": fold}


@theorem(
    spec="U-6",
    paper=PAPER,
    status="derived",
    hypotheses=("uniform real data", "K to infinity at fixed T < 1, or T to 1 at fixed K >= 2"),
    claim=_LIMITS,
    mutants={
        "the slope 0.01 % high": scaled(_LIMITS, 1.0001, "slope"),
        "the synthetic share at the fold 1 % high": _other_fold(
            synthetic_share=lambda f, **p: 1.01 * f.synthetic_share
        ),
        "the ratio at the fold 1 % high": _other_fold(
            log_ratio=lambda f, **p: f.log_ratio + np.log(1.01)
        ),
        "the slope of one outcome more": _LIMITS
        | {"slope": lambda *, outcomes: many_outcomes.fold_slope(outcomes=outcomes + 1)},
        "without T^T": _other_fold(
            synthetic_share=lambda f, *, temperature, outcomes: (
                f.synthetic_share * temperature**temperature
            )
        ),
        "the ratio without its factor": _other_fold(
            log_ratio=lambda f, *, temperature, outcomes: temperature * np.log(outcomes)
        ),
    },
)
def limits_of_the_fold(claim, trial):
    r"""For many outcomes $1 - a_\mathrm{fold} \simeq K^{-(1-T)}/(T^T (1 - T)^{1-T})$.

    The ratio there is $\rho \simeq ((1 - T) K/T)^T$. For $T \to 1$ at fixed $K$,
    $a_\mathrm{fold}/(1 - T) \to g(K) = \max_h \frac{h \operatorname{csch}^2 h}{\coth h + 2/K - 1}$
    ($g(2) = 1$, $g(50{,}000) = 7.77$): near temperature one a large vocabulary needs several times
    the real fraction $1 - T$ that keeps the uniform state stable.
    """
    slopes = {k: float(claim["slope"](outcomes=float(k))) for k in _SLOPES}
    stored = list(_SLOPES.values())
    yield closed_form("g, stored digits", list(slopes.values()), stored, tolerance=1e-12)
    exact = trial.once("maximum", lambda: {k: _slope(k) for k in (3, 17, 50_000)})
    found = [float(claim["slope"](outcomes=float(k))) for k in exact]
    yield closed_form("g, maximised with 30 digits", found, list(exact.values()), tolerance=1e-12)
    cooling = 2.0**-30
    rate = lambda k: uniform.fold(temperature=1 - cooling, outcomes=k).real_fraction / cooling
    near = trial.once("near one", lambda: evaluate(rate, np.array([3.0, 17.0, 50_000.0])))
    yield closed_form("the fold near temperature one", found, near, tolerance=1e-7)
    temperature = np.array([0.2, 0.5, 0.7])
    ratio = lambda t, k: uniform.fold(temperature=t, outcomes=k).log_ratio
    gaps = []
    for outcomes in (1e6, 1e12, 1e24):
        sizes = np.full(3, outcomes)
        search = lambda sizes=sizes: evaluate(ratio, temperature, sizes)
        delta = trial.once(f"folds {outcomes}", search)
        limit = claim["fold"](temperature=temperature, outcomes=sizes)
        # The share by the sinh form of U-4: one minus the real fraction would be zero.
        share = (np.sinh(delta / 2) / np.sinh(delta / temperature / 2)) ** 2 / temperature
        off = np.abs(np.asarray(limit.synthetic_share) / share - 1)
        gaps.append(np.maximum(off, np.abs(np.asarray(limit.log_ratio) - delta)))
    yield bound("the error falls with the number of outcomes", np.diff(gaps, axis=0), -1e-9)
    yield closed_form("for 10^24 outcomes", gaps[-1], 0.0, tolerance=1e-4)


def _slope(outcomes):
    """The maximum of the stated function with 30 digits."""
    with mpmath.workdps(30):
        weight = 2 / mpmath.mpf(outcomes) - 1
        value = lambda h: h * mpmath.csch(h) ** 2 / (mpmath.coth(h) + weight)
        grid = np.linspace(1e-3, 0.5 * math.log(outcomes) + 0.1, 400)
        start = grid[np.argmax([float(value(mpmath.mpf(h))) for h in grid])]
        return float(value(mpmath.findroot(lambda h: mpmath.diff(value, h), mpmath.mpf(start))))


_KNOWN = (
    (0.5, 4, 0.505, 9),
    (0.5, 5, 0.505, 31),
    (0.5, 6, 0.505, 43),
    (0.5, 6, 0.52, 13),
    (0.5, 3, 0.505, 7),
    # Half a per cent beside 1 - T and beside the fold of two winners, 6/(6 + 2 sqrt 8).
    (0.5, 6, 0.4975, 63),
    (0.5, 6, 0.5025, 43),
    (0.5, 6, 0.5121, 43),
    (0.5, 6, 0.5173, 13),
)


def _choices(temperature, real_fraction, outcomes, weight, *, fold=1.0, local=1.0):
    """The sum over the numbers of winners, with any weight and with thresholds off by a factor."""
    total = 0
    for m in range(1, outcomes):
        top = uniform.fold(temperature=temperature, outcomes=outcomes, winners=m).real_fraction
        many = 2 * (2 * m < outcomes and real_fraction < fold * top)
        ratios = 1 if real_fraction < local * (1 - temperature) else many
        total += weight(outcomes, m) * int(ratios)
    return total


def _counted(**factors):
    """The number of fixed points with thresholds off by a factor."""
    return lambda *, temperature, real_fraction, outcomes: (
        1 + _choices(temperature, real_fraction, outcomes, math.comb, **factors)
    )


@theorem(
    spec="U-7",
    paper=PAPER,
    status="derived",
    hypotheses=("uniform real data", "0 < a <= 1", "infinite data"),
    claim=many_outcomes.fixed_point_count,
    mutants={
        "one state for each number of winners": lambda *, temperature, real_fraction, outcomes: (
            1 + _choices(temperature, real_fraction, outcomes, lambda k, m: 1)
        ),
        "without the uniform state": lambda **p: many_outcomes.fixed_point_count(**p) - 1,
        "the folds 1 % high": _counted(fold=1.01),
        "the folds 1 % low": _counted(fold=0.99),
        "1 - T 1 % high": _counted(local=1.01),
        "1 - T 1 % low": _counted(local=0.99),
        "the folds of one winner only": lambda *, temperature, real_fraction, outcomes: (
            1 + _choices(temperature, real_fraction, outcomes, lambda k, m: k * (m == 1))
        ),
    },
)
def number_of_fixed_points(claim, trial):
    r"""The loop has $1 + \sum_{m=1}^{K-1} \binom Km\,n_m(a)$ fixed points.

    $n_m$ is the number of ratios $\rho > 1$ at which the branch of $m$ winners has the real
    fraction $a > 0$: one for $a < 1 - T$ (in all $2^K - 1$ fixed points), two for $1 - T < a <
    a_\mathrm{fold}(m)$, which needs $2m < K$, none above.
    """
    for temperature, outcomes, fraction, count in _KNOWN:
        found = claim(temperature=temperature, real_fraction=fraction, outcomes=outcomes)
        yield closed_form(f"K = {outcomes}, a = {fraction}", found, count)
    for temperature, outcomes in ((0.5, 4), (0.8, 3), (0.7, 5), (0.5, 6)):
        for fraction in ((1 - temperature) * 0.7, (1 - temperature) * 1.01, 0.9):
            options = {"temperature": temperature, "real_fraction": fraction}
            what = f"T = {temperature}, K = {outcomes}, a = {fraction:.3g}"
            real = np.full(outcomes, 1 / outcomes)
            search = lambda r=real, o=options: len(_enumeration.fixed_points(r, **o))
            yield closed_form(what, claim(outcomes=outcomes, **options), trial.once(what, search))


_CUSP = {"folds": cusp.fold_set, "edge": cusp.cusp_edge}


def _folds_off(change):
    return _CUSP | {"folds": lambda x, **p: change(*cusp.fold_set(x, **p), x)}


@theorem(
    spec="U-9",
    paper=PAPER,
    status="derived",
    hypotheses=("two outcomes", "r = (q, 1 - q)", "T < 1", "infinite data"),
    claim=_CUSP,
    mutants={
        "the real fraction 0.1 % high": _folds_off(lambda a, q, x: (1.001 * a, q)),
        "the real probability of the other outcome": _folds_off(lambda a, q, x: (a, 1 - q)),
        "the edge 1 % high": scaled(_CUSP, 1.01, "edge"),
        "the edge without its factor 2/3": _CUSP
        | {"edge": lambda a, **p: 1.5 * cusp.cusp_edge(a, **p)},
    },
)
def cusp_of_two_outcomes(claim, trial):
    r"""For two outcomes all folds lie on one explicit curve with a cusp at $q = \frac12$.

    $1 - a = \frac{T x (1 - x)}{s (1 - s)}$, $q = \frac{x - (1 - a) s}{a}$ for $0 < x < 1$ with $s =
    S_T(x)$. On it $a \le 1 - T$, with equality at the cusp $(q, a) = (\frac12, 1 - T)$ only: so for
    $a > 1 - T$ there is one attractor whatever $q$. Near the cusp $|2q - 1| \simeq \frac23
    \sqrt{(1 - T - a)^3/(T (1 + T)(1 - T)^3)}$.
    """
    grids = [np.linspace(0.28, 0.72, 16), np.array([0.25, 0.5, 0.8, 0.95])]
    x, temperature = (axis.ravel() for axis in np.meshgrid(*grids))
    folds = lambda x, t: claim["folds"](x, temperature=t)
    fraction, first = evaluate(folds, x, temperature)
    exists = np.isfinite(fraction)
    x, temperature, fraction, first = (v[exists] for v in (x, temperature, fraction, first))
    states = np.stack([x, 1 - x], axis=-1)
    real = Categorical(np.stack([first, 1 - first], axis=-1))
    cases = Instances(temperature, fraction, real, Categorical(states))
    yield closed_form("fixed points", image(cases), states, tolerance=1e-12)
    dense = np.linalg.eigvals(derivatives(cases)[0]).real.max(axis=-1)
    yield closed_form("their multiplier is one", dense, 1.0, tolerance=1e-10)
    few = slice(0, None, 11)
    beside = Instances(
        temperature[few],
        0.99 * fraction[few],
        Categorical(real.probabilities[few]),
        Categorical(states[few] * [0.99, 1.01] / (states[few] @ [0.99, 1.01])[:, None]),
    )
    found = _engine.folds(beside)
    yield closed_form("folds by the engine", fraction[few], found, tolerance=1e-10)
    yield bound("below 1 - T", fraction, 1 - temperature, tolerance=1e-12)
    tip, middle = evaluate(folds, np.full(4, 0.5 + 1e-7), grids[1])
    yield closed_form("the cusp", (tip, middle), (1 - grids[1], np.full(4, 0.5)), tolerance=1e-12)
    near, off = evaluate(folds, np.full(4, 0.503), grids[1])
    edge = np.asarray(claim["edge"](near, temperature=grids[1]))
    yield closed_form("near the cusp", edge, np.abs(2 * off - 1), tolerance=1e-3)
    for name, factor, count in (("above", 1.003, 1), ("below", 0.997, 2)):
        chosen = slice(1, None, 9)
        options = zip(temperature[chosen], factor * fraction[chosen], first[chosen], strict=True)
        number = [_number(*row) for row in options]
        yield closed_form(f"stable states just {name} the folds", number, count)


def _number(temperature, fraction, first):
    """How many attracting fixed points there are, by exhaustion."""
    options = {"temperature": temperature, "real_fraction": fraction}
    states = _enumeration.fixed_points([first, 1 - first], **options)
    return _enumeration.stable(states, **options).sum()
