"""HD-11: universal uniqueness."""

import functools

import jax
import numpy as np
from scipy import optimize

from ....analysis import spectral_radius, threshold
from ....loops.temperature import universal
from ....loops.temperature.closed_forms import leaders
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_unique_any
from ....loops.temperature.recipes import loop
from ....models import Categorical
from ....verification import bound, closed_form, proves, scaled, theorem
from .._instances import QUICK, derivatives, fixed_points, instances

_UNIVERSAL = {
    "multiplier": universal.universal_multiplier,
    "fraction": universal.universal_fraction,
    "others of two": leaders.others_of_two_leaders,
    "others of one": leaders.others_of_one_leader,
    "slack": leaders.saddle_slack,
}


def _led_by(number):
    """The formula with another number of equal leaders than two."""

    def multiplier(*, temperature, outcomes):
        sharpness = 1 / temperature
        ratio = np.geomspace(1, 1e4, 100_001)
        rest = outcomes - number
        power = ratio**sharpness
        return (sharpness * power / ratio * (number * ratio + rest) / (number * power + rest)).max()

    return _UNIVERSAL | {"multiplier": multiplier}


def _by_bernoulli_alone(power, second, third):
    """The slack without the part that uses where the state is stationary."""
    first = second + third - 1 + power
    least = 1 + (1 + power) * (first + second) / (first * (second - 1))
    inner = (third + power) ** 2 * (first + second)
    held = first * ((first - power) ** 2 * (second - third) + inner)
    return least * held / (second * ((second + power) ** 2 * (first + third) + inner)) - 1


@theorem(
    spec="HD-11",
    paper="marchi2024",
    status="derived",
    hypotheses=("T < 1", "0 < a <= 1", "every real probability positive", "infinite data"),
    claim=_UNIVERSAL,
    mutants={
        "three equal leaders instead of two": _led_by(3),
        "0.1 % low": scaled(_UNIVERSAL, 0.999, "multiplier"),
        "0.1 % high": scaled(_UNIVERSAL, 1.001, "multiplier"),
        "the fraction 1 % low": scaled(_UNIVERSAL, 0.99, "fraction"),
        "the fraction of one outcome more": _UNIVERSAL
        | {
            "fraction": lambda *, temperature, outcomes: universal.universal_fraction(
                temperature=temperature, outcomes=outcomes + 1
            )
        },
        "one leader needs Y^2 fewer others": _UNIVERSAL
        | {
            "others of one": lambda multiplier, pole, **p: (
                leaders.others_of_one_leader(multiplier, pole, **p) / pole**2
            )
        },
        "one leader needs 1 % more others": scaled(_UNIVERSAL, 1.01, "others of one"),
        "two leaders need 1 % more others": scaled(_UNIVERSAL, 1.01, "others of two"),
        "no maximum at three levels by Bernoulli's inequality alone": _UNIVERSAL
        | {"slack": _by_bernoulli_alone},
    },
)
def universal_uniqueness(claim, trial):
    r"""Above $a = 1 - 1/\Lambda(T, K)$ a loop has one attractor, whatever the real distribution.

    $\Lambda = \max_x \mu_{\max}(DS_T(x)) = \max_{\rho \ge 1} b \rho^{b-1} \frac{2\rho + K -
    2}{2\rho^b + K - 2} = \rho_*^{b-1}$ where $\rho_*^b - b \rho_* = (b - 1)(K - 2)/2$, at two
    equal leaders above equal others. Sharp: below, some real distribution has several attractors.
    $\Lambda = 1 + \sqrt{K/2}$ for $T = \frac12$. One leader above equal others needs more of them
    for the same multiplier, and a state of one leader above two levels is never a maximum.
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
    yield from _lemmas(claim, trial)
    yield from _sharpness(claim, trial)


def _lemmas(claim, trial):
    """The steps of the proof, each by another route, and the inequalities they rest on."""
    temperature, lift, pole = np.meshgrid(
        [0.05, 0.3, 0.5, 0.8, 0.95],
        [1.0, 1 + 1e-9, 1.01, 1.5, 10.0, 100.0],
        1 + np.geomspace(1e-3, 1e2, 40),
    )
    multiplier, options = lift / temperature, {"temperature": temperature}
    one = claim["others of one"](multiplier, pole, **options)
    two = claim["others of two"](multiplier, **options)
    yield bound("one leader needs more others than two", 0.0, (one - 1) / two.clip(1e-9) - 1)
    # Two levels by their own formula [U-3], the ratio from the two poles.
    log_ratio = np.log(multiplier * temperature * pole**2) * temperature / (1 - temperature)
    spread = lambda power: np.logaddexp(power * log_ratio, np.log(one))
    shrink = 2 * (spread(1) - spread(1 / temperature)) + (1 / temperature - 1) * log_ratio
    yield closed_form("one leader above equal others", multiplier, np.exp(shrink) / temperature)
    for temperature, outcomes in ((0.5, 12), (0.8, 1000), (0.2, 50)):
        top = float(claim["multiplier"](temperature=temperature, outcomes=outcomes))
        others = claim["others of two"](top, temperature=temperature)
        yield closed_form(f"two leaders of {outcomes}, T = {temperature}", others, outcomes - 2)
    power, second, third = trial.once("levels", _three_levels)
    yield bound("three levels are no maximum", 0.0, claim["slack"](power, second, third))
    for temperature in (0.5, 0.8):
        what = f"three levels, T = {temperature}"
        here = leaders.saddle(temperature=temperature, outcomes=100)
        slope, bend = trial.once(what, lambda s=here, t=temperature: _curvature(s, t))
        yield closed_form(f"{what}: stationary", slope, 0.0, tolerance=1e-9)
        yield bound(f"{what}: a saddle", 0.01, bend[-1])
        yield bound(f"{what}: in one direction only", bend[-2], 1e-6)
        expected = claim["multiplier"](temperature=temperature, outcomes=100)
        yield bound(f"{what}: below two leaders", here.multiplier, expected)


def _three_levels():
    """Random $e > 0$, $R > 1 + e$ and $1 < W < R$, many of them near the ends."""
    generator = np.random.default_rng(11)
    power = np.exp(generator.uniform(-5, 5, 50_000))
    second = 1 + power + np.exp(generator.uniform(-5, 7, power.size))
    return power, second, 1 + (second - 1) * generator.beta(0.3, 0.3, power.size)


def _curvature(saddle, temperature, step=1e-4):
    r"""Gradient and eigenvalues of the Hessian of $\mu_{\max}$ in $\log x$, smallest first."""
    place, sharpness = np.log(saddle.probabilities), 1 / temperature
    slope = lambda at: -_descent(at, sharpness)[1]
    ahead = np.array([slope(place + step * axis) for axis in np.eye(place.size)])
    back = np.array([slope(place - step * axis) for axis in np.eye(place.size)])
    hessian = (ahead - back) / (2 * step)
    return slope(place), np.linalg.eigvalsh(hessian + hessian.T) / 2


def _by_the_engine(temperature, lead):
    """The real fraction at which tempering and mixing are neutral at two equal leaders of 12."""
    return float(_neutral(temperature, Categorical.of(np.where(np.arange(12) < 2, lead, 1.0))))


@functools.partial(jax.jit, compiler_options=QUICK)
def _neutral(temperature, state):
    radius = lambda a: spectral_radius(
        loop(temperature=temperature, real_fraction=a, real=state), state
    )
    return threshold(radius, 0.0, 1.0)


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


@proves("HD-11")
def proofs(digits):
    """The sharp value for all real distributions."""
    return {
        f"K = {outcomes}, T = {temperature}": certify_unique_any(
            ExactLoop.uniform(outcomes, temperature), digits=digits
        )
        for outcomes, temperature in ((2, "0.8"), (3, "1/2"), (10, "0.8"), (50_000, "0.9"))
    }
