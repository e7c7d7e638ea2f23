"""AC-4: An accumulating dataset converges almost surely to a stable state of $F$."""

import itertools

import numpy as np

from ....loops.memory import accumulation
from ....models import Categorical
from ....verification import bound, closed_form, scaled, theorem
from ._instances import altered, orbit

_ENDS = {
    "limits": accumulation.limits,
    "approach": lambda temperature: 1 - 1 / temperature,
}


@theorem(
    spec="AC-4",
    paper="marchi2024",
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
    path = trial.once("hot", lambda: orbit(1.6, 0.0, 40_000))
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
