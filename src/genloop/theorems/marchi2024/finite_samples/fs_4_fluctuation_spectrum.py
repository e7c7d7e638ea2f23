"""FS-4: The multipliers of a stable fixed point give the size of the fluctuations about it."""

import jax
import numpy as np

from ....analysis import fluctuations
from ....loops.temperature import noise
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_local
from ....loops.temperature.recipes import multinomial_loop
from ....models import Categorical
from ....verification import closed_form, exact_law, monte_carlo, proves, scaled, theorem
from ._instances import extrapolated, stationary, success_of

_FLUCTUATION = {
    "covariance": noise.fluctuation_covariance,
    "size": noise.fluctuation_size,
    "uniform": noise.uniform_fluctuation,
    "neutral": noise.neutral_fluctuation,
}


def _continuous_size(state, *, temperature, real_fraction, samples):
    """The size of the Ornstein-Uhlenbeck process with the same drift and noise."""
    x = np.asarray(state.probabilities)
    tempered = x ** (1 / temperature) / (x ** (1 / temperature)).sum()
    centered = np.diag(tempered) - np.outer(tempered, tempered)
    values = np.linalg.eigvals((1 - real_fraction) / temperature * centered / x)
    return ((0.5 / (1 - values.real)).sum() - 0.5) / samples


@theorem(
    spec="FS-4",
    paper="marchi2024",
    status="derived",
    hypotheses=(
        "N samples replace the data, every one real with probability a",
        "a stable fixed point in the interior, any temperature",
        "leading order in 1/N; exact at T = 1",
    ),
    claim=_FLUCTUATION,
    mutants={
        "the noise of one generation only": _FLUCTUATION
        | {"size": lambda state, *, samples, **p: (state.outcomes - 1) / samples},
        "1/(2 (1 - mu)) as in continuous time": _FLUCTUATION | {"size": _continuous_size},
        "the uniform state with K in place of K - 1": _FLUCTUATION
        | {"uniform": lambda *, outcomes, **p: noise.uniform_fluctuation(outcomes=1e9, **p)},
        "N - 1 samples at T = 1": _FLUCTUATION
        | {"neutral": lambda *, samples, **p: noise.neutral_fluctuation(samples=samples - 1, **p)},
        "the covariance 1 % large": scaled(_FLUCTUATION, 1.01, "covariance"),
        "the size 1 % large": scaled(_FLUCTUATION, 1.01, "size"),
        "the uniform state 1 % more": scaled(_FLUCTUATION, 1.01, "uniform"),
        "1 % more at T = 1": scaled(_FLUCTUATION, 1.01, "neutral"),
    },
)
def fluctuation_spectrum(claim, trial):
    r"""The multipliers of a stable fixed point give the size of the fluctuations about it.

    $\mathbb{E} \sum_i \frac{(p_i - x_i)^2}{x_i} \simeq \frac1N \sum_k \frac1{1 - \mu_k^2}$, over
    the $K - 1$ multipliers along the simplex. In $y = D^{-1/2} (p - x)$ the stationary covariance
    is $\frac1N \sum_k \frac{v_k v_k^\top}{1 - \mu_k^2}$ with the eigenvectors $v_k$ of the
    symmetric derivative. About the uniform state $\mathbb{E} \|p - u\|^2 \simeq (1 - \frac1K)/[N
    (1 - (\frac{1 - a}T)^2)]$; at $T = 1$ exactly $\frac{K - 1}{N - (N - 1)(1 - a)^2}$.
    """
    for (temperature, fraction), (state, linear) in trial.once("settled", _settled).items():
        here = {"temperature": temperature, "real_fraction": fraction, "samples": _SAMPLES}
        what = f"Stein equation, T = {temperature}, a = {fraction}"
        size = claim["size"](state, **here)
        yield closed_form(what, size, linear.chi_square, tolerance=1e-9)
        found, expected = claim["covariance"](state, **here), np.asarray(linear.covariance)
        yield closed_form(what, found, expected, tolerance=1e-9, scale=np.abs(expected).max())
    state = Categorical.uniform(3)
    for temperature, fraction in ((0.7, 0.5), (2.0, 0.1)):
        here = {"temperature": temperature, "real_fraction": fraction, "samples": _SAMPLES}
        # With equal probabilities the squares are a third of the chi-square numbers.
        found = claim["uniform"](outcomes=3, **here)
        yield closed_form("uniform state", found, noise.fluctuation_size(state, **here) / 3)
    for samples, fraction, share in ((10, 0.1, 0.3), (60, 0.4, 0.8)):
        law = stationary(samples, success_of(sharpness=1.0, real_fraction=fraction, share=share))
        exact = _chi_square(law, share)
        found = claim["neutral"](outcomes=2, real_fraction=fraction, samples=samples)
        yield exact_law(f"exact chain at T = 1, N = {samples}", found, exact, tolerance=1e-11)
    yield exact_law("exact chains as N grows", *_many_samples(claim, trial), tolerance=5e-5)
    center = trial.once("settled", _settled)[0.8, 0.4][0]
    size = claim["size"](center, temperature=0.8, real_fraction=0.4, samples=_SAMPLES)
    sizes = trial.once("orbits", lambda: _realised(trial))
    yield monte_carlo("three outcomes", size, sizes, resolution=0.2)


_SAMPLES = 4000


_REAL = Categorical.of(np.array([0.5, 0.3, 0.2]))


def _settled():
    """Fixed points of loops on three outcomes and the linear noise about them."""

    @jax.jit
    def settle(temperature, fraction):
        loop = multinomial_loop(
            temperature=temperature, real_fraction=fraction, real=_REAL, samples=_SAMPLES
        )
        state = jax.lax.fori_loop(0, 2000, lambda _, p: loop(p), _REAL)
        return state, fluctuations(loop, state)

    return {case: settle(*case) for case in ((0.8, 0.4), (0.5, 0.55), (1.0, 0.2), (2.5, 0.05))}


def _chi_square(law, center):
    frequency = np.arange(len(law)) / (len(law) - 1)
    return law @ (frequency - center) ** 2 / (center * (1 - center))


def _many_samples(claim, trial):
    """N times the size: claimed, and of exact chains of two outcomes extrapolated to N = oo."""
    success = success_of(sharpness=1.25, real_fraction=0.4, share=0.6)
    center = trial.once("center", lambda: _iterated(success, 0.6))
    size = lambda n: n * _chi_square(stationary(n, success), center)
    exact = trial.once("chains", lambda: extrapolated(size, 150))
    state = Categorical.of(np.array([center, 1 - center]))
    return claim["size"](state, temperature=0.8, real_fraction=0.4, samples=1), exact


def _iterated(success, x):
    for _ in range(500):
        x = success(x)
    return x


def _realised(trial):
    """Chi-square sizes of independent replicates after twenty generations, drawn by NumPy."""
    generator = np.random.default_rng([trial.seed, 4])
    center = np.asarray(trial.once("settled", _settled)[0.8, 0.4][0].probabilities)
    p = np.tile(center, (trial.replicates // 4 + 1, 1))
    for _ in range(20):
        weights = p**1.25
        image = 0.6 * weights / weights.sum(axis=1, keepdims=True) + 0.4 * _REAL.probabilities
        p = generator.multinomial(_SAMPLES, image) / _SAMPLES
    return ((p - center) ** 2 / center).sum(axis=1)


@proves("FS-4")
def proofs(digits):
    """The proof of where fluctuations about the uniform state diverge: its multiplier is one."""
    return {"uniform, K = 4, T = 0.8": certify_local(ExactLoop.uniform(4, "0.8"), digits=digits)}
