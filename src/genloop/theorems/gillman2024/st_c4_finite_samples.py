"""ST-C4: Finite samples of a mixture vary by its parts and by the gap between them."""

import numpy as np

from ...laws import binomial_law
from ...loops.families import squared_error, stationary_error
from ...models import Categorical, Exponential, Poisson
from ...papers.gillman2024 import finite_loop
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem

_REAL = Categorical.of(np.array([0.5, 0.3, 0.2]))
_DESIGN = {"samples": 8, "real_samples": 4, "strength": 0.7}
_WEIGHT = 4 / 12

_FORMULAS = {"error": squared_error, "stationary": stationary_error}


def _without_the_gap(generations, *, quadratic, strength, **design):
    """The noise of the mixture as the mean of that of its parts."""
    quadratic = quadratic - strength / (1 + strength)
    return squared_error(generations, quadratic=quadratic, strength=strength, **design)


def _of_the_fit(generations, *, quadratic, strength, **design):
    """The fit to the mixture is sampled, not the mixture."""
    quadratic = (quadratic - strength) / (1 + strength)
    return squared_error(generations, quadratic=quadratic, strength=strength, **design)


@theorem(
    spec="ST-C4",
    paper="gillman2024",
    status="derived",
    hypotheses=(
        "a family whose variance is quadratic in its mean parameter",
        "n points of the corrected model and n_r fresh real points in every generation",
        "a perfect corrector, and a start without bias",
    ),
    claim=_FORMULAS,
    mutants={
        "without the gap between model and target": _FORMULAS | {"error": _without_the_gap},
        "the fit to the mixture is sampled": _FORMULAS | {"error": _of_the_fit},
        "no correction": _FORMULAS
        | {"stationary": lambda w, strength, **design: stationary_error(w, **design)},
        "errors 1 % large": scaled(_FORMULAS, 1.01, "error"),
        "the stationary error 1 % large": scaled(_FORMULAS, 1.01, "stationary"),
    },
)
def finite_samples(claim, trial):
    r"""Finite samples of a mixture vary by its parts and by the gap between them.

    In a family of variance $v(\eta) = v_0 + v_1 \eta + v_2 \eta^2$, with $G = 1 + \gamma$,
    $E\,\eta_t = \eta_r$ and $V' = \frac{q^2}{G^2} V + \frac{a^2}{n_r} v + \frac{q^2}n [v +
    (\frac{v_2}G + \frac\gamma{G^2}) V]$ with $v = v(\eta_r)$. For outcomes and pooled data a loop
    ends with the variance of $n_e = N (1 - \frac{q^2 - q/N}{G^2})$ real points.
    """
    error = lambda t, v2: claim["error"](t, real_weight=_WEIGHT, quadratic=v2, **_DESIGN)
    unit = float(1 - (_REAL.probabilities**2).sum())
    squares = [float(moments.square) for moments in _path(_REAL, 4)]
    claimed = unit * error(np.arange(1, 5), -1.0)
    spread = np.array(squares) - (1 - unit)
    yield closed_form("three outcomes by composed moments", claimed, spread, tolerance=1e-11)
    exact = trial.once("chain", _two_outcomes)
    claimed = 0.24 * error(np.arange(5), -1.0)
    yield exact_law("the exact chain of two outcomes", claimed, exact)
    rest, pool = 1 - _WEIGHT, 12
    points = pool * (1 - (rest**2 - rest / pool) / 1.7**2)
    claimed = claim["stationary"](_WEIGHT, quadratic=-1.0, **_DESIGN)
    yield closed_form("effective real points", claimed, 1 / points)
    for name, model in {"Poisson": Poisson.of(2.0), "exponential": Exponential.of(2.0)}.items():
        quadratic = float(model.coefficients[2])
        unit = float(model.variance_function(model.mean)[0])
        spread = [float(moments.variance[0]) / unit for moments in _path(model, 30)]
        claimed = error(np.arange(1, 31), quadratic)
        yield closed_form(f"{name} models by composed moments", claimed, spread)
        limit = claim["stationary"](_WEIGHT, quadratic=quadratic, **_DESIGN)
        yield closed_form(f"{name} models in the end", limit, spread[-1])
        drawn = trial.once(name, lambda n=name: _point_by_point(trial, n))
        claimed = unit * error(3, quadratic)
        yield monte_carlo(f"{name} models point by point", claimed, (drawn - 2.0) ** 2)


def _path(model, generations):
    """The expected moments of the first generations."""
    loop, moments = finite_loop(model, **_DESIGN), model.moments()
    for _ in range(generations):
        moments = loop.moments(moments)
        yield moments


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
