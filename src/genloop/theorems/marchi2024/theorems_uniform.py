"""Theorems on uniform real data: branches, multipliers and folds in closed form."""

import functools
import itertools

import mpmath
import numpy as np

from ...loops.temperature.closed_forms import uniform
from ...models import Categorical
from ...verification import bound, closed_form, scaled, theorem
from . import _engine
from ._instances import Instances, derivatives, evaluate, fixed_points

PAPER = "marchi2024"

SIZE = 12
"""Outcomes in all checks that need whole states, so that the solver is compiled once."""


def two_level_states(log_ratio, winners, outcomes):
    r"""States in which the first outcomes are $e^\delta$ times as likely as the others."""
    leads = np.arange(outcomes) < np.asarray(winners)[:, None]
    weights = np.where(leads, np.exp(log_ratio)[:, None], 1.0)
    return weights / weights.sum(axis=-1, keepdims=True)


def cases_of(temperature, real_fraction, states):
    """Loops with uniform real data, each with a state."""
    real = Categorical(np.full_like(states, 1 / states.shape[-1]))
    fraction = np.broadcast_to(real_fraction, np.shape(temperature))
    return Instances(np.asarray(temperature), fraction, real, Categorical(states))


def image(cases):
    """One generation in plain NumPy."""
    weights = cases.state.probabilities ** (1 / cases.temperature[:, None])
    tempered = weights / weights.sum(axis=-1, keepdims=True)
    share = cases.real_fraction[:, None]
    return share * cases.real.probabilities + (1 - share) * tempered


def _fractions(claim, points):
    """The claimed real fractions at rows of log ratio, temperature, outcomes and winners."""
    one = lambda d, t, k, m: claim(d, temperature=t, outcomes=k, winners=m)
    return evaluate(one, *points.T)


@functools.cache
def _positional(fold):
    return lambda temperature, outcomes: tuple(fold(temperature=temperature, outcomes=outcomes))


def _exchanged(log_ratio, *, temperature, outcomes, winners):
    return uniform.branch_fraction(
        log_ratio, temperature=temperature, outcomes=outcomes, winners=outcomes - winners
    )


@theorem(
    spec="U-2",
    paper=PAPER,
    status="derived",
    hypotheses=("uniform real data", "T < 1", "infinite data", "1 <= m < K winners"),
    claim=uniform.branch_fraction,
    mutants={
        "winners and losers exchanged": _exchanged,
        "1 % high": scaled(uniform.branch_fraction, 1.01),
        "the synthetic share instead": lambda d, **p: 1 - uniform.branch_fraction(d, **p),
    },
)
def branch_equation(claim, trial):
    r"""The ratio $\rho = e^\delta$ of winners to losers gives the real fraction explicitly.

    $1 - a = \frac{(\rho - 1)(m \rho^b + K - m)}{(\rho^b - 1)(m \rho + K - m)} = \frac{\coth(b
    \delta/2) + w}{\coth(\delta/2) + w}$, $w = 2m/K - 1$. To first order in $\delta$,
    $a = 1 - T - \frac w2 (1 - T)\,\delta$.
    """
    sizes = ((2, 1), (3, 1), (SIZE, 1), (SIZE, 7), (SIZE, 11), (1000, 1), (1000, 400))
    product = itertools.product((1e-3, 0.7, 4.0), (0.1, 0.5, 0.9), sizes)
    points = np.array([(d, t, k, m) for d, t, (k, m) in product])
    fractions = _fractions(claim, points)
    for outcomes in (2, 3, SIZE, 1000):
        delta, temperature, _, winners = points[points[:, 2] == outcomes].T
        states = two_level_states(delta, winners, outcomes)
        cases = cases_of(temperature, fractions[points[:, 2] == outcomes], states)
        yield closed_form(
            f"fixed points, {outcomes} outcomes", image(cases), states, tolerance=1e-12
        )
    product = itertools.product((1e-7, 0.3, 30.0, 200.0), (0.01, 0.6, 0.999), (2, 3, 50_000))
    points = np.array([(*point, 1) for point in product])
    exact = trial.once("coth", lambda: [_coth_branch(*point) for point in points])
    yield closed_form("other form, 200 digits", _fractions(claim, points), exact, tolerance=1e-12)
    product = itertools.product((1e-5,), (0.2, 0.5, 0.9), (3, 10), (1, 2))
    points = np.array(list(product))
    delta, temperature, outcomes, winners = points.T
    start = (1 - temperature) * (1 - (2 * winners / outcomes - 1) / 2 * delta)
    yield closed_form("small ratios", _fractions(claim, points), start, tolerance=1e-8)


def _coth_branch(delta, temperature, outcomes, winners):
    with mpmath.workdps(200):
        half, weight = mpmath.mpf(delta) / 2, 2 * mpmath.mpf(winners) / outcomes - 1
        above = mpmath.coth(half / mpmath.mpf(temperature)) + weight
        return float(1 - above / (mpmath.coth(half) + weight))


def _changed(**factors):
    """The multipliers with some of them off by a factor."""

    def levels(*arguments, **parameters):
        state = uniform.two_levels(*arguments, **parameters)
        return state._replace(**{name: getattr(state, name) * f for name, f in factors.items()})

    return levels


def _without_masses(*arguments, **parameters):
    state = uniform.two_levels(*arguments, **parameters)
    return state._replace(between=state.among_winners * state.among_losers)


@theorem(
    spec="U-3",
    paper=PAPER,
    status="derived",
    hypotheses=("uniform real data", "T < 1", "a two-level fixed point with m winners"),
    claim=uniform.two_levels,
    mutants={
        "among winners 1 % low": _changed(among_winners=0.99),
        "among losers 1 % high": _changed(among_losers=1.01),
        "between the levels 1 % high": _changed(between=1.01),
        "between the levels without their masses": _without_masses,
    },
)
def two_level_multipliers(claim, trial):
    r"""The multipliers of two-level states; only one winner beyond the fold is stable.

    $\mu_w = b \rho^{b-1} \frac{\rho - 1}{\rho^b - 1} > 1$ among winners ($m - 1$ times), $\mu_l =
    b\,\frac{\rho - 1}{\rho^b - 1} < 1$ among losers ($K - m - 1$ times), and once $\mu_b = \mu_w
    \frac{m \rho + K - m}{m \rho^b + K - m}$, which is one exactly at the fold. At the uniform state
    all are $(1 - a)/T$.
    """
    axes = np.meshgrid([0.2, 0.5, 0.8, 0.95], [0.3, 1.0, 2.5, 4.0], [1.0, 4.0])
    temperature, delta, winners = (axis.ravel() for axis in axes)
    fractions = _first_form(np.exp(delta), temperature, SIZE, winners)
    cold = np.array([0.1, 0.4, 0.7, 0.99])
    top = trial.once("folds", lambda: [_fold_by_sinh(t, SIZE)[1] for t in cold])
    points = [*delta, *top], [*temperature, *cold], [*winners, *np.ones(4)]
    one = lambda d, t, m: claim(d, temperature=t, outcomes=SIZE, winners=m)
    every = evaluate(one, *map(np.array, points))
    state = type(every)(*(field[:32] for field in every))
    cases = cases_of(temperature, fractions, two_level_states(delta, winners, SIZE))
    dense = trial.once("dense", lambda: np.sort(np.linalg.eigvals(derivatives(cases)[0]).real))
    rows = np.stack([state.among_winners, state.among_losers, state.between, winners], axis=-1)
    claimed = [_repeated(*row) for row in rows]
    yield closed_form("all multipliers", np.sort(claimed), dense, tolerance=1e-11, scale=1.0)
    yield bound("winners compete", 1.0, state.among_winners)
    yield bound("losers agree", state.among_losers, 1.0)
    yield closed_form("one at the fold", every.between[32:], 1.0)
    level = cases._replace(state=cases.real)
    flat = trial.once("uniform", lambda: np.linalg.eigvals(derivatives(level)[0]).real.max(axis=-1))
    yield closed_form("uniform state", (1 - fractions) / temperature, flat)


def _repeated(among_winners, among_losers, between, winners):
    """All K multipliers with their multiplicities, the structural zero included."""
    count = int(winners)
    return [among_winners] * (count - 1) + [among_losers] * (SIZE - count - 1) + [between, 0.0]


_THRESHOLDS = {"local": uniform.local_fraction, "fold": uniform.fold}


def _low_fold(**parameters):
    value = uniform.fold(**parameters)
    return value._replace(real_fraction=0.999 * value.real_fraction)


@theorem(
    spec="U-4",
    paper=PAPER,
    status="derived",
    hypotheses=("uniform real data", "T < 1", "infinite data"),
    claim=_THRESHOLDS,
    mutants={
        "the fold 0.1 % low": _THRESHOLDS | {"fold": _low_fold},
        "the fold of two winners": _THRESHOLDS
        | {"fold": lambda **p: uniform.fold(**p, winners=2.0)},
        "the local threshold 1 % low": scaled(_THRESHOLDS, 0.99, "local"),
        "local stability depends on the number of outcomes": _THRESHOLDS
        | {"local": lambda *, temperature: (1 - temperature) * (1 - 1 / SIZE)},
    },
)
def thresholds(claim, trial):
    r"""The uniform state is stable for $a > 1 - T$, and alone for $a > a_\mathrm{fold}(T, K)$.

    $a_\mathrm{fold} = \max_\delta a(\delta)$ over one winner's branch: $\log a$ is strictly concave
    in $\delta$, with $1 - a = b \sinh^2(\delta/2)/\sinh^2(b\delta/2)$ at the maximum. For $K \ge 3$
    the two differ, and between them the loop is bistable: uniform or one of $K$ collapsed states;
    for $K = 2$ they coincide in a pitchfork.
    """
    sizes = np.array(list(itertools.product((0.05, 0.5, 0.9, 0.99), (3, 10, 100, 50_000))))
    temperature = np.geomspace(0.2, 0.95, 32)
    points = np.concatenate([sizes, np.stack([temperature, np.full(32, SIZE)], axis=-1)])
    found = np.stack(evaluate(_positional(claim["fold"]), *points.T), axis=-1)
    exact = trial.once("folds", lambda: np.array([_fold_by_sinh(*point) for point in sizes]))
    yield closed_form("value and ratio, 30 digits", found[:16], exact, tolerance=1e-12)
    highest = trial.once("scan", lambda: [_highest(*point) for point in sizes])
    yield closed_form("scan of the branch", found[:16, 0], highest, tolerance=1e-6)
    local = np.asarray(claim["local"](temperature=temperature))
    level = cases_of(temperature, local, np.full((32, SIZE), 1 / SIZE))
    steepest = np.linalg.eigvals(derivatives(level)[0]).real.max(axis=-1)
    yield closed_form("multiplier one at the local threshold", steepest, 1.0)
    few = slice(0, None, 8)
    branch_points, folds = trial.once("engine", lambda: _by_the_engine(temperature[few]))
    yield closed_form("branch points by the engine", local[few], branch_points, tolerance=1e-10)
    yield closed_form("folds by the engine", found[16::8, 0], folds, tolerance=1e-10)
    yield from _both_sides(trial, temperature, local, found[16:, 0])


def _by_the_engine(temperature):
    """Both thresholds from the map alone."""
    flat = np.full((temperature.size, SIZE), 1 / SIZE)
    beside = cases_of(temperature, 1.02 * (1 - temperature), flat)
    return _engine.crossings(beside, kernel=SIZE - 1), folds_by_the_engine(temperature, 1)


def folds_by_the_engine(temperature, winners):
    """Folds from the map alone, started near the highest point of a coarse scan."""
    temperature, winners = np.broadcast_arrays(temperature, winners)
    grid = np.linspace(0.1, np.log(SIZE) + 1, 40)
    columns = temperature[:, None], SIZE, winners[:, None]
    heights = _first_form(np.exp(grid), *columns)
    near = two_level_states(grid[heights.argmax(axis=1)], winners, SIZE)
    return _engine.folds(cases_of(temperature, heights.max(axis=1), near))


def _both_sides(trial, temperature, local, top):
    """Where orbits end and which states are stable around the two thresholds."""
    corner = np.where(np.arange(SIZE) == 0, 0.95, 0.05 / (SIZE - 1)) * np.ones((32, 1))
    flat = np.full((32, SIZE), 1 / SIZE)
    tail = f"{top.sum()} {local.sum()}"
    above = cases_of(temperature, 1.01 * top, corner)
    end = trial.once(f"above {tail}", lambda: _iterated(above, 3000))
    yield closed_form("just above the fold: uniform from a corner", end, flat, tolerance=1e-9)
    for name, fraction in (("just below the fold", top * (1 - 5e-4)), ("below both", 0.9 * local)):
        cases = cases_of(temperature, fraction, corner)
        found = trial.once(f"{name} {tail}", lambda cases=cases: fixed_points(cases))
        yield bound(f"{name}: one winner", 1.5 / SIZE, found.state.probabilities[:, 0])
        yield bound(f"{name}: it is stable", found.spectral_radius, 1.0)
    between = fixed_points(cases_of(temperature, 0.5 * (local + top), flat))
    yield bound("between them: the uniform state is stable as well", between.spectral_radius, 1.0)


def _iterated(cases, generations):
    for _ in range(generations):
        cases = cases._replace(state=Categorical(image(cases)))
    return cases.state.probabilities


def _fold_by_sinh(temperature, outcomes):
    r"""Value and $\delta$ of $b f(\delta/2) = f(b\delta/2)$, $f(z) = \sinh^2 z\,(\coth z + w)$."""
    with mpmath.workdps(30):
        sharpness, weight = 1 / mpmath.mpf(temperature), 2 / mpmath.mpf(outcomes) - 1
        part = lambda z: (
            2 * mpmath.log(mpmath.sinh(z / 2)) + mpmath.log(mpmath.coth(z / 2) + weight)
        )
        balance = lambda d: mpmath.log(sharpness) + part(d) - part(sharpness * d)
        ends = (mpmath.mpf(temperature) / 1000, mpmath.log(outcomes - 1))
        delta = mpmath.findroot(balance, ends, solver="anderson", tol=1e-25)
        share = sharpness * (mpmath.sinh(delta / 2) / mpmath.sinh(sharpness * delta / 2)) ** 2
        return float(1 - share), float(delta)


def _highest(temperature, outcomes):
    """The largest real fraction on a grid of ratios."""
    ratio = np.exp(np.linspace(1e-6, np.log(outcomes), 20_001))
    return _first_form(ratio, temperature, outcomes, 1).max()


def _first_form(ratio, temperature, outcomes, winners):
    """The branch equation as it is stated, in powers of the reciprocal, which do not overflow."""
    power, losers = ratio ** (-1 / temperature), outcomes - winners
    above = (ratio - 1) * (winners + losers * power)
    return 1 - above / ((1 - power) * (winners * ratio + losers))
