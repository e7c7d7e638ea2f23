"""AC-5: windows and fading."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from scipy import linalg, stats

from ....analysis import jacobian
from ....certificates import certify_fixed_point, certify_root
from ....loops.memory import windows
from ....loops.temperature.recipes import loop
from ....models import Categorical, History
from ....stages import Renew, Temper, Window
from ....verification import (
    bound,
    closed_form,
    exact_law,
    monte_carlo,
    proves,
    scaled,
    theorem,
)
from .._instances import QUICK
from ._instances import REAL

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
    paper="marchi2024",
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

    plain, wide, faded = map(np.asarray, build(Categorical.of(REAL)))
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

    return np.asarray(jax.jit(kernel, compiler_options=QUICK)(trial.key(), Categorical.of(REAL)))


def _window(multiplier):
    """The deviations of the last generations, to which the next one is added."""
    return lambda y: jnp.concatenate([multiplier * jnp.mean(y, keepdims=True), y[:-1]])


@proves("AC-5")
def proofs(digits):
    r"""Both ends $-w < \mu < 1$ of the stable range of a window, and that of fading data."""
    named = {}
    for multiplier in ("-2.999", "-3.001", "0.999", "1.001"):
        named[f"w = 3, multiplier {multiplier}"] = certify_fixed_point(
            _window, np.zeros(3), parameters=[multiplier], digits=digits
        )
    named["fading by 0.4, lower end"] = certify_root(
        lambda mu, share: 2 - share * (1 - mu), "-10", "1", parameters=["0.4"], digits=digits
    )
    return named
