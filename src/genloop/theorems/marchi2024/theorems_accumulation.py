"""Theorems on training sets that keep every generation."""

import itertools

import mpmath
import numpy as np
from scipy import stats

from ...loops.memory import accumulation
from ...models import Categorical
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .theorems_urn import PAPER, altered

_DECAY = {
    "left": accumulation.remaining_deviation,
    "late": accumulation.late_deviation,
    "half-life": accumulation.half_life,
}


@theorem(
    spec="AC-2",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data, the dataset accumulates", "near a fixed point, multiplier mu >= 0"),
    claim=_DECAY,
    mutants={
        "(c/t)^(1 - mu)": _DECAY
        | {"late": lambda m, t, *, size, samples: (size / samples / t) ** (1 - m)},
        "the exponent mu": altered(_DECAY, "left", lambda f, m, t, **o: f(1 - m, t, **o)),
        "c - 1 in place of c": altered(
            _DECAY,
            "left",
            lambda f, m, t, *, size, samples: f(m, t, size=size + samples, samples=samples),
        ),
        "what is left 1 % high": scaled(_DECAY, 1.01, "left"),
        "its limit 1 % high": scaled(_DECAY, 1.01, "late"),
        "the half-life 1 % long": scaled(_DECAY, 1.01, "half-life"),
        "half-life c (2^(1/(1 - mu)) - 1)": _DECAY
        | {"half-life": lambda m, *, size, samples: size / samples * (2 ** (1 / (1 - m)) - 1)},
    },
)
def power_law(claim, trial):
    r"""What decays like $\mu^t$ where data are replaced decays like $t^{\mu - 1}$ where all stay.

    Exactly $\prod_{k \le t} (1 - (1 - \mu) \gamma_k) = \frac{\Gamma(c + \mu + t)\,\Gamma(c +
    1)}{\Gamma(c + \mu)\,\Gamma(c + 1 + t)} \simeq \frac{\Gamma(c + 1)}{\Gamma(c + \mu)}\,t^{-(1 -
    \mu)}$, which is $(c/t)^{1 - \mu}$ only for $c \gg 1$.
    """
    for multiplier, size, samples in ((0.0, 1, 1), (0.625, 30, 20), (0.9, 5, 50), (1.3, 8, 2)):
        data = {"size": size, "samples": samples}
        what = f"mu = {multiplier}, c = {size / samples}"
        steps = accumulation.shares(500, **data)
        product = np.cumprod(1 - (1 - multiplier) * steps)
        times = np.array([1, 7, 60, 500])
        found = np.array([float(claim["left"](multiplier, t, **data)) for t in times])
        yield closed_form(f"product, {what}", found, product[times - 1], tolerance=1e-12)
        late = [float(claim[name](multiplier, 1e12, **data)) for name in ("late", "left")]
        yield closed_form(f"at last, {what}", *late, tolerance=1e-9)
        if multiplier < 1:
            half = claim["left"](multiplier, claim["half-life"](multiplier, **data), **data)
            yield closed_form(f"half-life, {what}", half, 0.5, tolerance=1e-10)
    big = {"size": 10**7, "samples": 10}
    yield closed_form(
        "a large dataset", claim["left"](0.4, 10**8, **big), _power(0.4, 10**8, **big)
    )
    path = trial.once("orbit", lambda: _orbit(0.8, 0.5, 16_000))
    found = [claim["left"](0.625, t, size=40, samples=20) for t in (8000, 16_000)]
    seen = path[-1] / path[7999]
    yield closed_form("nonlinear orbit", found[1] / found[0], seen, tolerance=2e-5)


def _power(multiplier, generations, *, size, samples):
    with mpmath.workdps(40):
        c, mu = mpmath.mpf(size) / samples, mpmath.mpf(multiplier)
        gammas = (c + mu + generations, c + 1, c + mu, c + 1 + generations)
        up, one, down, late = map(mpmath.loggamma, gammas)
        return float(mpmath.exp(up + one - down - late))


def _orbit(temperature, real_fraction, generations):
    """How far an accumulating loop on three outcomes is from the uniform state.

    Along a direction in which the second order vanishes by symmetry.
    """
    x, path = np.array([0.4, 1 / 3, 0.8 / 3]), np.empty(generations)
    for t in range(generations):
        weights = x ** (1 / temperature)
        image = real_fraction / 3 + (1 - real_fraction) * weights / weights.sum()
        x = x + (image - x) / (2 + t + 1)
        path[t] = x[0] - x[2]
    return path


_SPREAD = {
    "path": accumulation.squared_deviations,
    "modes": accumulation.mode_variances,
    "exponent": accumulation.noise_exponent,
    "constant": accumulation.noise_constant,
}


@theorem(
    spec="AC-3",
    paper=PAPER,
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


_ENDS = {
    "limits": accumulation.limits,
    "approach": lambda temperature: 1 - 1 / temperature,
}


@theorem(
    spec="AC-4",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "the dataset accumulates, its size grows without bound",
        "finite samples, every outcome in the first dataset and in the real data",
        "that unstable states are left almost surely is Pemantle's theorem, cited",
    ),
    claim=_ENDS,
    mutants={
        "hot and cold exchanged": altered(
            _ENDS,
            "limits",
            lambda f, r, *, temperature, **o: f(r, temperature=1 / temperature, **o),
        ),
        "pairs of outcomes as well": altered(
            _ENDS, "limits", lambda f, r, **o: np.concatenate([f(r, **o), [[0.5, 0.5, 0.0]]])
        ),
        "as if the first real data stayed": altered(
            _ENDS,
            "limits",
            lambda f, r, *, real_fraction, **o: f(r, real_fraction=max(real_fraction, 0.05), **o),
        ),
        "1 % of the way to the uniform state": altered(
            _ENDS, "limits", lambda f, r, **o: 0.99 * f(r, **o) + 0.01 / r.outcomes
        ),
        "the approach 1 % fast": scaled(_ENDS, 1.01, "approach"),
        "1/T in the approach": _ENDS | {"approach": lambda temperature: 1 / temperature},
    },
)
def where_it_ends(claim, trial):
    r"""An accumulating dataset converges almost surely to a stable state of $F$.

    With real data that join for ever, to a stable critical point of the potential $U$ [HD-4].
    Without them, and with real data in the first dataset only, to the uniform state for $T > 1$,
    its deterministic part like $t^{-(1 - 1/T)}$, and to a single outcome for $T < 1$.
    """
    real = Categorical.of(np.array([0.35, 0.33, 0.32]))
    for temperature, fraction in ((0.6, 0.0), (1.6, 0.0), (0.5, 0.2), (0.6, 0.7)):
        what = f"T = {temperature}, a = {fraction}"
        label = f"{temperature} {fraction}"
        ends = trial.once(label, lambda t=temperature, a=fraction: _grown(trial, real, t, a))
        limits = claim["limits"](real, temperature=temperature, real_fraction=fraction)
        image = _generation(limits, real.probabilities, temperature, fraction)
        yield closed_form(f"they are at rest, {what}", limits, image, scale=1.0)
        distance = np.abs(ends[:, None] - limits[None]).max(axis=2)
        yield bound(f"close to one of them, {what}", distance.min(axis=1), 0.02)
        reached = np.bincount(distance.argmin(axis=1), minlength=len(limits))
        yield bound(f"each is reached, {what}", 1, reached)
    path = trial.once("hot", lambda: _orbit(1.6, 0.0, 40_000))
    slope = np.log2(path[19_999] / path[-1])
    yield closed_form("approach to uniform", claim["approach"](1.6), slope, tolerance=2e-3)


def _generation(x, real, temperature, fraction):
    weights = x ** (1 / temperature)
    return (1 - fraction) * weights / weights.sum(axis=1, keepdims=True) + fraction * real


def _grown(trial, real, temperature, fraction, replicates=500):
    """Frequencies in datasets that grow by a tenth a generation from a hundred points, by NumPy."""
    generator = np.random.default_rng([trial.seed, int(100 * temperature)])
    counts = generator.multinomial(100, real.probabilities, size=replicates) + 1
    for _ in itertools.repeat(None, 220):
        x = counts / counts.sum(axis=1, keepdims=True)
        image = _generation(x, real.probabilities, temperature, fraction)
        counts = counts + generator.multinomial(counts[0].sum() // 10, image)
    return counts / counts.sum(axis=1, keepdims=True)
