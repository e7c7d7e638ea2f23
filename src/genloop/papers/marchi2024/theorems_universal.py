"""Theorems on real fractions above which there is one attractor."""

import functools

import numpy as np
from scipy import optimize

from ...analysis import spectral_radius, threshold
from ...models import Categorical
from ...theorems import bound, closed_form, theorem
from . import structure, universal
from .instances import OUTCOMES, derivatives, fixed_points, instances, on_instances
from .loops import loop

PAPER = "marchi2024"

_CONTRACTION = {
    "constant": universal.birkhoff_constant,
    "fraction": universal.birkhoff_fraction,
    "simple": universal.birkhoff_fraction_from_minimum,
}


def _scaled(name, factor):
    return _CONTRACTION | {name: lambda **p: factor * _CONTRACTION[name](**p)}


@theorem(
    spec="HD-10",
    paper=PAPER,
    status="derived",
    hypotheses=("0 < a < 1", "every real probability positive", "infinite data"),
    claim=_CONTRACTION,
    mutants={
        "the constant 1 % low": _scaled("constant", 0.99),
        "the constant 1 % high": _scaled("constant", 1.01),
        "the fraction 1 % low": _scaled("fraction", 0.99),
        "the simple fraction without its factor 2": _CONTRACTION
        | {
            "simple": lambda *, temperature, smallest: universal.birkhoff_fraction_from_minimum(
                temperature=temperature, smallest=2 * smallest
            )
        },
    },
)
def contraction(claim, trial):
    r"""The loop contracts the Hilbert distance by $\kappa = \frac1T \tanh\frac\Delta4$ and no less.

    $e^\Delta = (1 + \frac1{\mu r_{(1)}})(1 + \frac1{\mu r_{(2)}})$ with the two smallest real
    probabilities and $\mu = a/(1 - a)$. Where $\kappa < 1$ there is one fixed point, and the loop
    tends to it geometrically. $\kappa = 1$ at $a = 1/(1 + z)$, $2 z = \sqrt{(r_{(1)} - r_{(2)})^2 +
    4 r_{(1)} r_{(2)} E^2} - r_{(1)} - r_{(2)}$, $E = (1 + T)/(1 - T)$; it suffices that
    $\mu \min_i r_i > (1 - T)/(2 T)$.
    """
    constant = _stateless(claim["constant"])
    for outcomes in OUTCOMES:
        cases, what = instances(outcomes), f"{outcomes} outcomes"
        expected = on_instances(constant, cases)
        farther = _images(trial, outcomes)
        yield bound(f"distances, {what}", farther, expected, tolerance=1e-9)
        steepest = trial.once(f"steepest {outcomes}", lambda cases=cases: _steepest(cases))
        yield closed_form(f"the steepest pair, {what}", expected, steepest, tolerance=1e-6)
        cold = instances(outcomes, coldest=0.1, hottest=0.95)
        top = on_instances(_for_any_fraction(claim["fraction"]), cold)
        level = on_instances(constant, cold._replace(real_fraction=top))
        yield closed_form(f"constant at the threshold, {what}", level, 1.0)
        simple = on_instances(_from_minimum(claim["simple"]), cold)
        yield bound(f"simple condition, {what}", top, simple, tolerance=1e-12)
        yield closed_form(f"it is sharp for a uniform one, {what}", simple[0], top[0])
    cases = instances(12)
    points = trial.once("fixed points", lambda: fixed_points(cases))
    yield bound("multipliers", points.spectral_radius, on_instances(constant, cases))


@functools.cache
def _stateless(claim):
    return lambda state, **parameters: claim(**parameters)


@functools.cache
def _for_any_fraction(claim):
    return lambda state, *, real_fraction, **parameters: claim(**parameters)


@functools.cache
def _from_minimum(claim):
    return lambda state, *, temperature, real_fraction, real: claim(
        temperature=temperature, smallest=real.probabilities.min()
    )


def _images(trial, outcomes):
    """Ratios of Hilbert distances after and before one generation, of far and of close pairs."""

    def ratios(state, *, real, **parameters):
        ratio = lambda other: (
            structure.hilbert_distance(
                loop(real=real, **parameters)(state), loop(real=real, **parameters)(other)
            )
            / structure.hilbert_distance(state, other)
        )
        return [ratio(other) for other in (Categorical.uniform(outcomes), state.mix(real, 0.01))]

    solve = lambda: np.maximum(*on_instances(ratios, instances(outcomes)))
    return trial.once(f"images {outcomes}", solve)


def _steepest(cases, step=1e-4):
    """The ratio for a close pair near the edge of the two outcomes with the least real data.

    After tempering the two hold all the probability, in the proportion at which mixing shrinks
    their log ratio least.
    """
    a, r = cases.real_fraction[:, None], cases.real.probabilities
    first, second = np.argsort(r, axis=-1)[:, :2].T
    lane = np.arange(len(r))
    alpha, beta = (a[:, 0] / (1 - a[:, 0]) * r[lane, index] for index in (first, second))
    odds = np.sqrt(alpha * (1 + beta) / (beta * (1 + alpha)))
    images = []
    for shift in (step, -step):
        tempered = np.full_like(r, 1e-13)
        tempered[lane, first] = odds / (1 + odds) * np.exp(shift)
        tempered[lane, second] = 1 / (1 + odds) * np.exp(-shift)
        tempered /= tempered.sum(axis=-1, keepdims=True)
        images.append(np.log(a * r + (1 - a) * tempered))
    ratio = images[0] - images[1]
    # Tempering divides the distance of the pair before it, 4 step T, by exactly T.
    return np.ptp(ratio, axis=-1) / (4 * step * cases.temperature)


_UNIVERSAL = {
    "multiplier": universal.universal_multiplier,
    "fraction": universal.universal_fraction,
}


def _led_by(leaders):
    """The formula with another number of equal leaders than two."""

    def multiplier(*, temperature, outcomes):
        sharpness = 1 / temperature
        ratio = np.geomspace(1, 1e4, 100_001)
        rest = outcomes - leaders
        power = ratio**sharpness
        return (
            sharpness * power / ratio * (leaders * ratio + rest) / (leaders * power + rest)
        ).max()

    return _UNIVERSAL | {"multiplier": multiplier}


@theorem(
    spec="HD-11",
    paper=PAPER,
    status="numerical",
    hypotheses=("T < 1", "0 < a <= 1", "every real probability positive", "infinite data"),
    claim=_UNIVERSAL,
    mutants={
        "three equal leaders instead of two": _led_by(3),
        "0.1 % low": _UNIVERSAL
        | {"multiplier": lambda **p: 0.999 * universal.universal_multiplier(**p)},
        "0.1 % high": _UNIVERSAL
        | {"multiplier": lambda **p: 1.001 * universal.universal_multiplier(**p)},
        "the fraction 1 % low": _UNIVERSAL
        | {"fraction": lambda **p: 0.99 * universal.universal_fraction(**p)},
        "the fraction of one outcome more": _UNIVERSAL
        | {
            "fraction": lambda *, temperature, outcomes: universal.universal_fraction(
                temperature=temperature, outcomes=outcomes + 1
            )
        },
    },
)
def universal_uniqueness(claim, trial):
    r"""Above $a = 1 - 1/\Lambda(T, K)$ a loop has one attractor, whatever the real distribution.

    $\Lambda = \max_x \mu_{\max}(DS_T(x)) = \max_{\rho \ge 1} b \rho^{b-1} \frac{2\rho + K -
    2}{2\rho^b + K - 2} = \rho_*^{b-1}$ where $\rho_*^b - b \rho_* = (b - 1)(K - 2)/2$, at two
    equal leaders above equal others. (Proved: there, or at one leader above at most two levels;
    that the latter lose is numerical.) Sharp: below, some real distribution has several
    attractors. $\Lambda = 1 + \sqrt{K/2}$ for $T = \frac12$.
    """
    for outcomes in (2, 3, 6):
        for temperature in (0.3, 0.6, 0.9):
            what = f"{outcomes} outcomes, T = {temperature}"
            search = lambda k=outcomes, t=temperature: _largest_multiplier(k, t)
            largest = trial.once(what, search)
            expected = claim["multiplier"](temperature=temperature, outcomes=outcomes)
            yield closed_form(f"free search, {what}", expected, largest, tolerance=1e-8)
    for outcomes, temperature in ((12, 0.5), (1000, 0.5), (1000, 0.8), (50_000, 0.9)):
        what = f"{outcomes} outcomes, T = {temperature}"
        scan = lambda k=outcomes, t=temperature: _one_leader(k, t)
        largest = trial.once(f"leader {what}", scan)
        expected = claim["multiplier"](temperature=temperature, outcomes=outcomes)
        yield bound(f"one leader, {what}", largest, expected, tolerance=1e-12)
    for temperature in (0.5, 0.8):
        options = {"temperature": temperature, "outcomes": 12}
        lead = float(claim["multiplier"](**options)) ** (1 / (1 / temperature - 1))
        critical = _by_the_engine(temperature, lead)
        what = f"where the two leaders have multiplier one by the engine, T = {temperature}"
        yield closed_form(what, claim["fraction"](**options), critical, tolerance=1e-10)
    yield from _sharpness(claim, trial)


def _by_the_engine(temperature, lead):
    """The real fraction at which tempering and mixing are neutral at two equal leaders of 12."""
    state = Categorical.of(np.where(np.arange(12) < 2, lead, 1.0))
    radius = lambda a: spectral_radius(
        loop(temperature=temperature, real_fraction=a, real=state), state
    )
    return float(threshold(radius, 0.0, 1.0))


def _largest_multiplier(outcomes, temperature):
    r"""The largest multiplier of tempering by gradient ascent in $\log x$ from several starts."""
    generator = np.random.default_rng(outcomes)
    starts = list(generator.normal(size=(6, outcomes)))
    starts.append(
        np.where(np.arange(outcomes) < 2, 2.0, 0.0) + 0.01 * generator.normal(size=outcomes)
    )
    options = {"gtol": 1e-11, "ftol": 1e-16}
    solve = lambda start: optimize.minimize(
        _descent, start, args=(1 / temperature,), jac=True, method="L-BFGS-B", options=options
    )
    return max(-solve(start).fun for start in starts)


def _descent(logits, sharpness):
    r"""$-\mu_{\max}$ and its gradient; the eigenvector may be held fixed [HD-6]."""
    x, s = (np.exp(c * (logits - logits.max())) for c in (1.0, sharpness))
    x, s = x / x.sum(), s / s.sum()
    root = np.sqrt(x)
    matrix = sharpness * (np.diag(s / x) - np.outer(s / root, s / root))
    values, vectors = np.linalg.eigh(matrix)
    v = vectors[:, -1] / root
    spread = lambda weights: (
        weights * ((v - weights @ v) ** 2 / (weights @ (v - weights @ v) ** 2) - 1)
    )
    return -values[-1], -values[-1] * (sharpness * spread(s) - spread(x))


def _one_leader(outcomes, temperature, count=100_000):
    r"""The largest multiplier over random states with one leader above two levels of any sizes.

    Between levels $\sum_i w_i/(d_i - \mu) = 0$ is a quadratic equation in $\mu$ [HD-6].
    """
    generator = np.random.default_rng(outcomes)
    second = np.exp(generator.uniform(0, np.log(outcomes - 1), size=count)).astype(int)
    size = np.stack([np.ones(count), second, outcomes - 1 - second])
    height = -np.sort(-generator.uniform(0, 1.5 * np.log(outcomes), size=(3, count)), axis=0)
    height[1:] = generator.permuted(height[1:], axis=0)
    x, s = (np.exp(c * (height - height[0])) for c in (1.0, 1 / temperature))
    x, s = x / (size * x).sum(axis=0), s / (size * s).sum(axis=0)
    pole = s / x / temperature
    within = np.where(size > 1, pole, 0.0).max(axis=0)
    weight = size * s
    total = (weight * (pole.sum(axis=0) - pole)).sum(axis=0)
    product = (weight * np.stack([pole[1] * pole[2], pole[0] * pole[2], pole[0] * pole[1]])).sum(0)
    between = 0.5 * (total + np.sqrt(np.maximum(total**2 - 4 * product, 0)))
    return np.maximum(within, between).max()


def _sharpness(claim, trial):
    """Real distributions that make the worst state a fixed point, around the value."""
    cold = instances(12, coldest=0.2, hottest=0.95)
    fraction = np.asarray(_mapped(claim["fraction"], cold.temperature, 12))
    worst = _worst_state(cold.temperature, 12)
    at = _made_fixed(cold, worst, fraction)
    yield bound("the real distribution is positive", 1e-9, at.real.probabilities)
    radius = np.abs(np.linalg.eigvals(derivatives(at)[0])).max(axis=-1)
    yield closed_form("at the value the worst state has multiplier one", radius, 1.0)
    gaps = {}
    for side, shift in (("above", 1e-3), ("below", -1e-2)):
        near = _made_fixed(cold, worst, fraction + shift * (1 - fraction))
        ends = [fixed_points(near._replace(state=corner)) for corner in _corners(12, 32)]
        gaps[side] = np.abs(ends[0].state.probabilities - ends[1].state.probabilities).max(axis=-1)
    yield closed_form("one attractor just above", gaps["above"], 0.0, tolerance=1e-9)
    yield bound("two attractors just below", 1e-3, gaps["below"])


def _mapped(formula, temperature, outcomes):
    return [formula(temperature=float(t), outcomes=outcomes) for t in temperature]


def _worst_state(temperature, outcomes):
    """Two leaders at the ratio of the largest multiplier."""
    ratio = np.asarray(universal.universal_ratio(temperature=temperature, outcomes=outcomes))
    state = np.where(np.arange(outcomes) < 2, ratio[:, None], 1.0)
    return Categorical.of(state)


def _made_fixed(cases, state, fraction):
    r"""Loops with $r = [x - (1 - a) S_T(x)]/a$, so that $x$ is a fixed point."""
    tempered = state.probabilities ** (1 / cases.temperature[:, None])
    tempered /= tempered.sum(axis=-1, keepdims=True)
    fraction = fraction[:, None]
    real = (state.probabilities - (1 - fraction) * tempered) / fraction
    return cases._replace(real_fraction=fraction[:, 0], real=Categorical(real), state=state)


def _corners(outcomes, count):
    """States in which one of the two leaders has nearly all the probability."""
    corners = np.full((2, outcomes), 0.05 / (outcomes - 1))
    corners[[0, 1], [0, 1]] = 0.95
    return [Categorical(np.tile(corner, (count, 1))) for corner in corners]
