"""ST-F1: Errors of learning add up along the way back to real data."""

import itertools

import numpy as np

from ...loops import error_propagation
from ...verification import bound, closed_form, scaled, theorem
from ._instances import followed, random_weights

_FORMULAS = {
    "bound": error_propagation.error_bound,
    "ancestors": error_propagation.ancestors,
    "replaced": error_propagation.replaced_bound,
    "kept": error_propagation.kept_bound,
}
_AWAY = np.array([1.0, -0.5, -0.25, -0.25])


@theorem(
    spec="ST-F1",
    paper="fu2024",
    status="reconstructed",
    hypotheses=(
        "generation n learns from a mixture of the real distribution and of models before it",
        "it misses that mixture by a total variation of at most eps_n",
    ),
    claim=_FORMULAS,
    mutants={
        "only the error of the last generation": _FORMULAS
        | {"bound": lambda weights, errors: np.asarray(errors)},
        "shares of one generation": _FORMULAS
        | {"bound": lambda weights, errors: errors + weights @ errors},
        "the bound 1 % low": scaled(_FORMULAS, 0.99, "bound"),
        "ancestors without those of ancestors": _FORMULAS
        | {"ancestors": lambda weights: np.eye(len(weights)) + weights},
        "one generation more": _FORMULAS
        | {
            "replaced": lambda t, error, **known: error_propagation.replaced_bound(
                t + 1, error, **known
            )
        },
        "kept data 1 % better": scaled(_FORMULAS, 0.99, "kept"),
    },
)
def errors_add_up(claim, trial):
    r"""Errors of learning add up along the way back to real data.

    If generation $n$ learns from $\alpha_n p_0 + \sum_{k < n} \beta_{nk} p_k$ up to a total
    variation $\varepsilon_n$, then $\mathrm{TV}(p_n, p_0) \le [(I - \beta)^{-1} \varepsilon]_n$:
    the expected sum of the errors of the models on the way of a point back to real data. No smaller
    bound holds for all loops with these numbers as long as it is at most one. For the model before
    alone it is $\varepsilon \frac{1 - q^t}{1 - q} + q^t \varepsilon_0$; if all data are kept it
    grows like $\varepsilon \log t$.
    """
    for seed in range(3):
        weights = random_weights(seed, 9)
        errors = 0.02 * np.random.default_rng(seed + 10).random(10)
        known = claim["bound"](weights, errors)
        worst = followed(weights, errors, lambda generation: _AWAY)
        yield closed_form(f"errors in one direction, weights {seed}", known[1:], worst[1:])
        for draw in range(3):
            random = np.random.default_rng(100 * seed + draw)
            some = followed(weights, errors, lambda generation, r=random: _direction(r))
            name = f"errors in any direction, weights {seed}, {draw}"
            yield bound(name, float((some - known).max()), 1e-12)
        paths = _paths(weights[:6, :6])
        yield closed_form(f"ways back, weights {seed}", claim["ancestors"](weights[:6, :6]), paths)
    for real_fraction, start in ((0.0, 0.1), (0.3, 0.0), (1.0, 0.2)):
        weights = (1 - real_fraction) * np.eye(8, k=-1)
        worst = followed(weights, [start, *7 * [0.01]], lambda generation: _AWAY)
        value = claim["replaced"](7, 0.01, real_fraction=real_fraction, start=start)
        yield closed_form(f"a = {real_fraction}", value, worst[-1])
    for real, start in ((1.0, 0.0), (3.5, 0.1)):
        weights = error_propagation.kept_weights(30, real=real)
        worst = followed(weights, [start, *30 * [0.01]], lambda generation: _AWAY)
        value = claim["kept"](30, 0.01, real=real, start=start)
        yield closed_form(f"all data kept, R = {real}", value, worst[-1])


def _direction(random) -> np.ndarray:
    """A random direction of sum zero whose positive parts sum to one."""
    draw = random.normal(size=4)
    draw -= draw.mean()
    return 2 * draw / np.abs(draw).sum()


def _paths(weights) -> np.ndarray:
    """The weights of all ways from each model back to each other one, way by way."""
    models = range(len(weights))
    found = np.eye(len(weights))
    for later, earlier in itertools.combinations(reversed(models), 2):
        between = range(earlier + 1, later)
        for count in range(len(between) + 1):
            for stops in itertools.combinations(reversed(between), count):
                way = (later, *stops, earlier)
                found[later, earlier] += np.prod([weights[s] for s in itertools.pairwise(way)])
    return found
