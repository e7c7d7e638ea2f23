"""Theorems on windows, on data that fade, and on the flow behind data that accumulate."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from scipy import integrate, linalg, stats

from ...analysis import jacobian
from ...loops.memory import accumulation, windows
from ...loops.temperature.recipes import loop
from ...models import Categorical, Dataset, History
from ...stages import Accumulate, Renew, Temper, Window
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from ._instances import QUICK

PAPER = "marchi2024"
_REAL = np.array([0.5, 0.3, 0.2])
_WINDOW = {
    "multipliers": windows.window_multipliers,
    "rate": windows.window_rate,
    "variance": windows.window_variance,
    "deviation": windows.window_stationary_deviation,
    "path": windows.window_squared_deviations,
    "neutral": windows.neutral_rate,
    "fading": windows.fading_multiplier,
    "fading variance": windows.fading_variance,
    "stable": lambda multiplier, generations: -generations < multiplier < 1,
}


@theorem(
    spec="AC-5",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "n points join every generation; w generations stay, or old data fade by 1 - gamma",
        "near a fixed point; variances to order 1/n, at T = 1 exact",
    ),
    claim=_WINDOW,
    mutants={
        "the roots of z^w = mu": _WINDOW
        | {"multipliers": lambda m, w: m ** (1 / w) * np.exp(2j * np.pi * np.arange(w) / w)},
        "multipliers 1 % large": scaled(_WINDOW, 1.01, "multipliers"),
        "the rate 1 % fast": scaled(_WINDOW, 1.01, "rate"),
        "variance 1 % high": scaled(_WINDOW, 1.01, "variance"),
        "the deviation 1 % high": scaled(_WINDOW, 1.01, "deviation"),
        "the path 1 % high": scaled(_WINDOW, 1.01, "path"),
        "diversity lost 1 % faster": scaled(_WINDOW, 1.01, "neutral"),
        "the multiplier of fading data 1 % large": scaled(_WINDOW, 1.01, "fading"),
        "the variance of fading data 1 % high": scaled(_WINDOW, 1.01, "fading variance"),
        "stable from 0.99 w on only": _WINDOW | {"stable": lambda m, w: -0.99 * w < m < 1},
        "stable up to 1.01": _WINDOW | {"stable": lambda m, w: -w < m < 1.01},
        "stable for |mu| < 1 only": _WINDOW | {"stable": lambda m, w: abs(m) < 1},
        "variance of w n points that are replaced": _WINDOW
        | {"variance": lambda m, w, *, samples: 1 / (samples * w * (1 - m**2))},
        "the deviation without its own noise": _WINDOW
        | {
            "deviation": lambda *, generations, samples, real_fraction, concentration: (
                (1 - concentration) / (samples * real_fraction * (generations + 1 - real_fraction))
            )
        },
        "half the mean age": _WINDOW | {"neutral": lambda w, *, samples: 4 / (samples * w**2)},
        "the share of the old data": _WINDOW
        | {"fading": lambda m, share: windows.fading_multiplier(m, 1 - share)},
    },
)
def windows_and_fading(claim, trial):
    r"""Replacing, keeping a window and fading share fixed points and thresholds, not their speed.

    A multiplier $\mu$ of $F$ becomes the roots of $z^w = \frac\mu w (z^{w-1} + \dots + 1)$ in a
    window of $w$ generations, all inside the unit circle if and only if $-w < \mu < 1$, with a
    leading one between $\mu^{2/(w + 1)}$ and $\mu^{1/w}$; data of which a share $\gamma$ is renewed
    have $1 - \gamma (1 - \mu)$. The stationary variance along it is $\frac1{n (1 - \mu)(w + \mu)}$
    and $\frac\gamma{n (1 - \mu)(2 - \gamma (1 - \mu))}$; at $T = 1$ exactly $\mathbb E \|x - r\|^2
    = \frac{1 - R}{n a (w + 1 - a) + (1 - a)^2}$. Without real data diversity is lost at the rate
    $\frac4{n (w + 1)^2}$.
    """
    plain, wide, faded = trial.once("stages", _spectra)
    expected = np.concatenate([claim["multipliers"](mu, 3) for mu in plain])
    found = wide[np.abs(wide) > 0.02]
    for power in (1, 2, 3):
        what = f"multipliers of the stages, power sum {power}"
        yield closed_form(what, (expected**power).sum(), (found**power).sum(), tolerance=1e-8)
    yield closed_form("multipliers of fading data", claim["fading"](plain, 0.3), faded)
    numbers = [-7.0, -3.001, -2.999, -0.9, 0.0, 0.4, 0.999, 1.001]
    for mu, length in itertools.product(numbers, (1, 3, 7)):
        inside = np.abs(claim["multipliers"](mu, length)).max() < 1
        yield closed_form(f"stable, mu = {mu}, w = {length}", claim["stable"](mu, length), inside)
    for mu, length in ((0.2, 2), (0.7, 6), (0.99, 40)):
        what = f"mu = {mu}, w = {length}"
        fast, rate = -np.log(mu), claim["rate"](mu, length)
        leading = np.exp(-rate)
        right = mu / length * (leading ** np.arange(length)).sum()
        yield closed_form(f"leading root, {what}", right, leading**length, tolerance=1e-11)
        yield bound(f"not slower, {what}", fast / length, rate, tolerance=1e-12)
        yield bound(f"not faster, {what}", rate, 2 * fast / (length + 1), tolerance=1e-12)
        found, exact = claim["variance"](mu, length, samples=5), _lyapunov(mu, length) / 5
        yield exact_law(f"variance of a window, {what}", found, exact, tolerance=1e-9)
        share = 1 / length
        found = claim["fading variance"](mu, share, samples=5)
        rate = 1 - claim["fading"](mu, share) ** 2
        yield exact_law(f"variance of fading data, {what}", found, share**2 / 5 / rate)
    near = claim["rate"](1 - 1e-7, 9) / 1e-7
    yield closed_form("the leading root near one", near, 2 / 10, tolerance=1e-5)
    for fraction in (0.1, 0.6):
        numbers = {"samples": 6, "real_fraction": fraction, "concentration": 0.58}
        exact = trial.once(f"chain {fraction}", lambda a=fraction: _chain(a))
        found = claim["deviation"](generations=2, **numbers)
        yield exact_law(f"exact chain, a = {fraction}", found, exact, tolerance=1e-11)
        late = claim["path"](300, generations=2, **numbers)[-1]
        yield closed_form(f"the end of the path, a = {fraction}", found, late, tolerance=1e-9)
    lost = {"samples": 10**5, "real_fraction": 0.0, "concentration": 0.0}
    path = 1 - claim["path"](60, generations=4, **lost)
    rate = np.log(path[-2] / path[-1])
    yield closed_form("loss", claim["neutral"](4, samples=10**5), rate, tolerance=1e-4)
    drawn = trial.once("drawn", lambda: _windows_drawn(trial))
    path = claim["path"](6, generations=3, samples=10, real_fraction=0.3, concentration=0.38)
    yield monte_carlo("a window of three generations", path[-1], drawn)


def _spectra():
    """Multipliers of a loop on three outcomes, of a window of three and of fading data."""

    @jax.jit
    def build(real):
        generation = loop(temperature=0.8, real_fraction=0.4, real=real)
        center = jax.lax.fori_loop(0, 500, lambda _, p: generation(p), real)
        window = Window(Temper(0.8), samples=6, real=real, real_samples=4)
        stack = jax.tree.map(lambda leaf: jnp.stack([leaf] * 3), center)
        full = History(stack, jnp.full(3, 10.0), jnp.zeros(()))
        fading = Renew(generation, 0.3)
        return [
            jacobian(stage, state)
            for stage, state in ((generation, center), (window, full), (fading, center))
        ]

    plain, wide, faded = map(np.asarray, build(Categorical.of(_REAL)))
    tangent = lambda matrix: np.sort(np.linalg.eigvals(matrix).real)
    # Across the simplex the loop has the multiplier zero, and fading data 1 - gamma.
    along = np.sort(tangent(plain))[1:]
    outside = np.argmin(np.abs(tangent(faded) - 0.7))
    return along, np.linalg.eigvals(wide), np.delete(tangent(faded), outside)


def _lyapunov(multiplier, generations):
    """The stationary variance of the mean of w values of an autoregression, by linear algebra."""
    step = np.eye(generations, k=-1)
    step[0] = multiplier / generations
    noise = np.zeros((generations, generations))
    noise[0, 0] = 1.0
    return linalg.solve_discrete_lyapunov(step, noise).mean()


def _chain(fraction, samples=6, share=0.7):
    r"""$\mathbb E \|x - r\|^2$ of two generations of a window on two outcomes, by its chain."""
    count = np.arange(samples + 1)
    pooled = (count[:, None] + count[None, :]) / (2 * samples)
    chance = fraction * share + (1 - fraction) * pooled
    ways = stats.binom.pmf(count, samples, chance[..., None])
    law = np.full(pooled.shape, 1 / pooled.size)
    for _ in range(700):
        # From (newest, older) to (new, newest).
        law = np.einsum("ij,ijk->ki", law, ways)
    return 2 * (law * (pooled - share) ** 2).sum()


def _windows_drawn(trial):
    """Squared deviations of realisations of a window after six generations from a full one."""

    def kernel(key, real):
        window = Window(loop(temperature=1.0, real_fraction=0.3, real=real), samples=10)
        stack = jax.tree.map(lambda leaf: jnp.stack([leaf] * 3), real)
        start = History(stack, jnp.full(3, 10.0), jnp.zeros(()))
        states = start.broadcast((trial.replicates // 8,))
        step = lambda t, state: window.step(jax.random.fold_in(key, t), state)
        p = jax.lax.fori_loop(0, 6, step, states).model.probabilities
        return ((p - real.probabilities[None]) ** 2).sum(axis=-1)

    return np.asarray(jax.jit(kernel, compiler_options=QUICK)(trial.key(), Categorical.of(_REAL)))


_LIMIT = {
    "source": lambda derivative, drift, time: -0.5 * np.exp(-time) * derivative @ drift,
    "time": lambda generations, ratio: np.log1p(generations / ratio),
    "linear": lambda multiplier, growth: 0.5 * multiplier * (1 - multiplier) * (1 - 1 / growth),
}


@theorem(
    spec="AC-6",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data, the dataset accumulates", "n/l_0 -> 0, smooth F"),
    claim=_LIMIT,
    mutants={
        "twice the error": _LIMIT
        | {"source": lambda derivative, drift, s: -np.exp(-s) * derivative @ drift},
        "an error that does not fade": _LIMIT
        | {"source": lambda derivative, drift, s: -0.5 * derivative @ drift},
        "the time t n/l_0": _LIMIT | {"time": lambda generations, ratio: generations / ratio},
        "1 % more of the error": scaled(_LIMIT, 1.01, "source"),
        "the time 1 % late": scaled(_LIMIT, 0.99, "time"),
        "1 % more of the linear error": scaled(_LIMIT, 1.01, "linear"),
        "mu^2 in the linear error": _LIMIT
        | {"linear": lambda m, growth: 0.5 * m**2 * (1 - m) * (1 - 1 / growth)},
    },
)
def flow_limit(claim, trial):
    r"""A dataset that accumulates follows $\dot x = F(x) - x$ in the time $\log(\text{size})$.

    $x_t = x(s_t) + \frac n{\ell_0} e(s_t) + O((n/\ell_0)^2)$ with $s_t = \log(\ell_t/\ell_0)$ and
    $\dot e = (DF - I)\,e - \frac12 e^{-s} DF\,(F(x) - x)$, $e(0) = 0$: each generation is an exact
    step of the flow with $F$ held fixed, and the order one is sharp. Along a multiplier $\mu$ the
    relative error is $\frac{\mu (1 - \mu)}2 (1 - \ell_0/\ell_t)\,\frac n{\ell_0}$.
    """
    for multiplier, growth in ((0.3, 4.0), (0.9, 10.0)):
        left = lambda c, m=multiplier, g=growth: float(
            accumulation.remaining_deviation(m, c * (g - 1), size=c, samples=1)
        )
        errors = [c * (left(c) * growth ** (1 - multiplier) - 1) for c in (1000.0, 2000.0)]
        limit = 2 * errors[1] - errors[0]
        what = f"linear error, mu = {multiplier}"
        yield closed_form(what, claim["linear"](multiplier, growth), limit, tolerance=1e-5)
    ratios = np.array([100.0, 200.0, 400.0])
    orbits, states, corrections = trial.once("orbits", lambda: _orbits(ratios))
    times = claim["time"](3 * ratios, ratios)
    path = _solved(claim["source"], times[0])
    yield closed_form("the flow by diffrax and by SciPy", path[0], states, tolerance=1e-8)
    yield closed_form("its correction", path[1], corrections, tolerance=1e-6, scale=0.01)
    errors = ratios[:, None] * (orbits - path[0])
    once = 2 * errors[1:] - errors[:-1]
    limit = (4 * once[1] - once[0]) / 3
    yield closed_form("error of the loop, n/l_0 -> 0", path[1], limit, tolerance=1e-5, scale=0.01)
    halved = np.abs(errors[-1] / errors[-2])
    yield closed_form("of the first order", halved, np.ones(3), tolerance=0.01)


_START = np.array([0.2, 0.2, 0.6])


def _orbits(ratios):
    """States of accumulating loops when their data are four times as many; the flow by diffrax."""

    def grown(size, generations, real):
        dataset = Dataset.of(Categorical(jnp.asarray(_START)), size)
        stage = Accumulate(Temper(0.7), samples=7, real=real, real_samples=3)
        end = jax.lax.fori_loop(0, generations, lambda _, state: stage(state), dataset)
        return end.model.probabilities

    real = Categorical.of(_REAL)
    run = jax.jit(grown, compiler_options=QUICK)
    orbits = np.stack([run(10 * c, int(3 * c), real) for c in ratios])

    def image(x):
        weights = x ** (1 / 0.7)
        return 0.3 * _REAL + 0.7 * weights / weights.sum()

    times = np.log(np.array([1.0, 4.0]))
    path = accumulation.flow_with_correction(image, jnp.asarray(_START), times)
    return orbits, *(np.asarray(part)[-1] for part in path)


def _solved(source, time):
    """The flow and its correction by SciPy, with the derivative written out."""

    def field(s, pair):
        x, error = pair[:3], pair[3:]
        tempered = x ** (1 / 0.7) / (x ** (1 / 0.7)).sum()
        derivative = (np.diag(tempered) - np.outer(tempered, tempered)) / x
        drift = 0.7 * tempered + 0.3 * _REAL - x
        return np.append(drift, derivative @ error - error + source(derivative, drift, s))

    start = np.append(_START, np.zeros(3))
    options = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-14}
    return integrate.solve_ivp(field, (0.0, time), start, **options).y[:, -1].reshape(2, 3)
