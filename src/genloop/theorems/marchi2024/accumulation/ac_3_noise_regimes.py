"""AC-3: noise regimes."""

import numpy as np
from scipy import stats

from ....certificates import certify_root
from ....loops.memory import accumulation
from ....verification import closed_form, exact_law, monte_carlo, proves, scaled, theorem
from ._instances import altered

_SPREAD = {
    "path": accumulation.squared_deviations,
    "modes": accumulation.mode_variances,
    "exponent": accumulation.noise_exponent,
    "constant": accumulation.noise_constant,
}


@theorem(
    spec="AC-3",
    paper="marchi2024",
    status="derived",
    hypotheses=(
        "n samples join every generation, a share a of them real",
        "T = 1 and a start at the real distribution for the exact recursion",
        "leading order in 1/n about a stable fixed point at any temperature",
    ),
    claim=_SPREAD,
    mutants={
        "the noise without the pull of the real data": altered(
            _SPREAD, "path", lambda f, t, *, real_fraction, **o: f(t, real_fraction=0.0, **o)
        ),
        "designs exchanged": altered(
            _SPREAD,
            "path",
            lambda f, t, *, stratified=False, **o: f(t, stratified=not stratified, **o),
        ),
        "always 1/t": _SPREAD | {"exponent": lambda multiplier: 1.0},
        "1/(1 - mu^2) as where data are replaced": _SPREAD
        | {"constant": lambda m: (1 / (1 - np.asarray(m) ** 2)).sum()},
        "the path 1 % high": scaled(_SPREAD, 1.01, "path"),
        "variance along the modes 1 % low": scaled(_SPREAD, 0.99, "modes"),
        "the exponent 1 % low": scaled(_SPREAD, 0.99, "exponent"),
        "the constant 1 % high": scaled(_SPREAD, 1.01, "constant"),
    },
)
def noise_regimes(claim, trial):
    r"""Sampling noise dies out like $t^{-\min(1, 2 - 2 \mu)}$: its regime changes at $\mu = 1/2$.

    At $T = 1$ from $x_0 = r$: $D_t = \mathbb E \|x_t - r\|^2$ obeys $D' = [(1 - a \gamma)^2 -
    \frac{\gamma^2}n (1 - a)^2] D + \frac{\gamma^2}n (1 - R)$. So $n t D \to \frac{1 - R}{2 a - 1}$
    for $a > \frac12$, $\sim (1 - R) \log t$ for $a = \frac12$, and $D \propto t^{-2 a}$ below.
    In general $n t\,\mathbb E \sum_i (x_i - x^*_i)^2/x^*_i \to \sum_k \frac1{1 - 2 \mu_k}$ if all
    multipliers are below one half.
    """
    for stratified in (False, True):
        law = trial.once(f"law {stratified}", lambda s=stratified: _two_outcomes(s))
        numbers = {"size": 4, "samples": 2, "real_fraction": 0.5, "concentration": 0.625}
        found = claim["path"](len(law), **numbers, stratified=stratified)
        kind = "exactly n a real points" if stratified else "real with probability a"
        yield exact_law(f"exact law, {kind}", found, law, tolerance=1e-12)
    numbers = {"size": 50, "samples": 50, "concentration": 0.38}
    late = lambda a: claim["path"](8000, real_fraction=a, **numbers)
    times, generations = np.array([999, 1999, 3999, 7999]), np.array([1e3, 2e3, 4e3, 8e3])
    fast = 50 * generations * late(0.9)[times]
    # What is left falls like t^-0.8.
    limit = fast[-1] + (fast[-1] - fast[-2]) / (2**0.8 - 1)
    goal = 0.62 * claim["constant"](np.array([0.1]))
    yield closed_form("n t D at a = 0.9", limit, goal, tolerance=1e-3)
    critical = np.diff(50 * generations * late(0.5)[times])
    yield closed_form("log t at a = 1/2", critical / np.log(2), [0.62] * 3, tolerance=5e-3)
    for fraction in (0.25, 0.9):
        slopes = -np.diff(np.log2(late(fraction)[times]))
        # What it differs by falls like t^-|2 a - 1|.
        slope = slopes[-1] + (slopes[-1] - slopes[-2]) / (2 ** abs(2 * fraction - 1) - 1)
        expected = claim["exponent"](1 - fraction)
        yield closed_form(f"exponent at a = {fraction}", expected, slope, tolerance=2e-3)
    modes = np.array([0.0, 0.2, 0.3])
    several = [claim["modes"](modes, t, size=7, samples=1) * t for t in (2000, 4000)]
    gain = 2 ** (1 - 2 * modes) - 1
    limit = (several[1] + (several[1] - several[0]) / gain).sum()
    yield closed_form("sum over multipliers", claim["constant"](modes), limit, tolerance=2e-3)
    multipliers, drawn = trial.once("realised", lambda: _realised(trial))
    expected = claim["modes"](multipliers, _GENERATIONS, size=_SIZE, samples=_SAMPLES).sum()
    yield monte_carlo("three outcomes at T = 0.8", expected, drawn, resolution=0.15)


_SIZE, _SAMPLES, _GENERATIONS = 6000, 2000, 20


def _two_outcomes(stratified, generations=6):
    r"""$\mathbb E \|x - r\|^2$, $r = (\frac34, \frac14)$, four first points, two a generation."""
    law, total, path = np.eye(5)[3], 4, []
    for _ in range(generations):
        later = np.zeros(total + 3)
        for first, mass in enumerate(law):
            share = first / total
            if stratified:
                new = np.convolve([1 - share, share], [0.25, 0.75])
            else:
                new = stats.binom(2, 0.5 * share + 0.375).pmf(range(3))
            later[first : first + 3] += mass * new
        law, total = later, total + 2
        path.append(2 * law @ (np.arange(total + 1) / total - 0.75) ** 2)
    return np.array(path)


def _realised(trial):
    """Multipliers of a fixed point, and chi-square sizes of realisations from there, by NumPy."""
    generator = np.random.default_rng([trial.seed, 3])
    real = np.array([0.5, 0.3, 0.2])
    center = real
    for _ in range(300):
        center = _image(center, real)
    tempered = center**1.25 / (center**1.25).sum()
    matrix = 0.5 * (np.diag(tempered) - np.outer(tempered, tempered)) / center
    x = np.tile(center, (trial.replicates // 8, 1))
    for step in accumulation.shares(_GENERATIONS, size=_SIZE, samples=_SAMPLES):
        x = x + step * (generator.multinomial(_SAMPLES, _image(x, real)) / _SAMPLES - x)
    return np.sort(np.linalg.eigvals(matrix).real)[1:], ((x - center) ** 2 / center).sum(axis=1)


def _image(x, real):
    """A loop at T = 0.8 with the real fraction 0.6."""
    weights = x**1.25
    return 0.4 * weights / weights.sum(axis=-1, keepdims=True) + 0.6 * real


@proves("AC-3")
def proofs(digits):
    r"""$\mu = \frac12$, where the regime of the noise changes, at the uniform state."""
    excess = lambda a, t: (1 - a) / t - 0.5
    return {
        f"uniform, T = {t}": certify_root(excess, "0", "1", parameters=[t], digits=digits)
        for t in ("1", "0.8")
    }
