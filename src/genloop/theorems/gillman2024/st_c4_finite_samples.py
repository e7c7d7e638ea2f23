"""ST-C4: Finite samples of a mixture vary by its parts and by the gap between them."""

import numpy as np

from ...laws import binomial_law
from ...loops.retraining import corrected_variance
from ...models import Categorical
from ...papers.gillman2024 import finite_loop
from ...verification import closed_form, exact_law, monte_carlo, theorem

_REAL = Categorical.of(np.array([0.5, 0.3, 0.2]))
_DESIGN = {"samples": 8, "real_samples": 4, "strength": 0.7}


def _without_the_gap(**design):
    """The noise of the mixture as the mean of that of its parts."""
    found = corrected_variance(**design)
    share = design["samples"] / (design["samples"] + design["real_samples"])
    gap = design["strength"] / (1 + design["strength"]) ** 2
    return found._replace(factor=found.factor - share**2 * gap / design["samples"])


def _changed(**fields):
    def mutant(**design):
        found = corrected_variance(**design)
        return found._replace(**{name: getattr(found, name) * f for name, f in fields.items()})

    return mutant


@theorem(
    spec="ST-C4",
    paper="gillman2024",
    status="derived",
    hypotheses=(
        "a family whose variance is quadratic in its mean parameter",
        "n points of the corrected model and n_r fresh real points in every generation",
        "a perfect corrector, and a start without bias",
    ),
    claim=corrected_variance,
    mutants={
        "without the gap between model and target": _without_the_gap,
        "the fit to the mixture is sampled": lambda *, quadratic, **design: corrected_variance(
            quadratic=quadratic / 2, **design
        ),
        "the source 1 % large": _changed(source=1.01),
        "the factor 1 % large": _changed(factor=1.01),
    },
)
def finite_samples(claim, trial):
    r"""Finite samples of a mixture vary by its parts and by the gap between them.

    In a family of variance $v(\eta) = v_0 + v_1 \eta + v_2 \eta^2$, with $G = 1 + \gamma$,
    $E\,\eta_t = \eta_r$ and $V' = \frac{q^2}{G^2} V + \frac{a^2}{n_r} v + \frac{q^2}n [v +
    (\frac{v_2}G + \frac\gamma{G^2}) V]$ with $v = v(\eta_r)$. For outcomes and pooled data a loop
    ends with the variance of $n_e = N (1 - \frac{q^2 - q/N}{G^2})$ real points.
    """
    recursion = claim(quadratic=-1.0, **_DESIGN)
    unit = float(1 - (_REAL.probabilities**2).sum())
    loop, moments, spread = finite_loop(_REAL, **_DESIGN), _REAL.moments(), []
    for _ in range(4):
        moments = loop.moments(moments)
        spread.append(float(moments.square) - (1 - unit))
    claimed = unit * recursion.after(np.arange(1, 5))
    yield closed_form("three outcomes by composed moments", claimed, spread, tolerance=1e-11)
    exact = trial.once("chain", _two_outcomes)
    yield exact_law("the exact chain of two outcomes", 0.24 * recursion.after(np.arange(5)), exact)
    pool = 12
    rest = 8 / pool
    points = pool * (1 - (rest**2 - rest / pool) / 1.7**2)
    yield closed_form("effective real points", recursion.effective_samples, points)
    for name, (quadratic, unit) in {"Poisson": (0.0, 2.0), "exponential": (1.0, 4.0)}.items():
        drawn = trial.once(name, lambda n=name: _point_by_point(trial, n))
        claimed = unit * claim(quadratic=quadratic, **_DESIGN).after(3)
        yield monte_carlo(f"{name} models point by point", claimed, (drawn - 2.0) ** 2)


def _two_outcomes():
    """The variance of a frequency after 0, 1, ..., 4 generations, from its law."""
    real, samples, real_samples = 0.4, _DESIGN["samples"], _DESIGN["real_samples"]
    pool, strength = samples + real_samples, _DESIGN["strength"]
    fresh, values = binomial_law(real_samples, real), np.arange(pool + 1) / pool
    corrected = (values + strength * real) / (1 + strength)
    rows = np.array([np.convolve(fresh, binomial_law(samples, p)) for p in corrected])
    # The start is the real distribution itself, which is no state of the chain.
    law, spread = np.convolve(fresh, binomial_law(samples, real)), [0.0]
    for _ in range(4):
        spread.append(law @ (values - real) ** 2)
        law = law @ rows
    return np.array(spread)


def _point_by_point(trial, name):
    """Means of models after three generations; every point is drawn and corrected or not."""
    rng = np.random.default_rng([trial.seed, len(name)])
    draw = rng.poisson if name == "Poisson" else rng.exponential
    means = np.full(trial.replicates, 2.0)
    chance = _DESIGN["strength"] / (1 + _DESIGN["strength"])
    for _ in range(3):
        shape = (trial.replicates, _DESIGN["samples"])
        corrected = np.where(rng.random(shape) < chance, 2.0, means[:, None])
        real = draw(2.0, (trial.replicates, _DESIGN["real_samples"]))
        means = np.concatenate([draw(corrected), real], axis=1).mean(axis=1)
    return means
