r"""U-9: For two outcomes all folds lie on one explicit curve with a cusp at $q = \frac12$."""

import numpy as np

from ....loops.temperature.closed_forms import cusp
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_unique
from ....models import Categorical
from ....verification import bound, closed_form, proves, scaled, theorem
from .. import _enumeration, _general_solver
from .._instances import Instances, derivatives, evaluate
from ._instances import image

_CUSP = {"folds": cusp.fold_set, "edge": cusp.cusp_edge}


def _folds_off(change):
    return _CUSP | {"folds": lambda x, **p: change(*cusp.fold_set(x, **p), x)}


@theorem(
    spec="U-9",
    paper="marchi2024",
    status="derived",
    hypotheses=("two outcomes", "r = (q, 1 - q)", "T < 1", "infinite data"),
    claim=_CUSP,
    mutants={
        "the real fraction 0.1 % high": _folds_off(lambda a, q, x: (1.001 * a, q)),
        "the real probability of the other outcome": _folds_off(lambda a, q, x: (a, 1 - q)),
        "the edge 1 % high": scaled(_CUSP, 1.01, "edge"),
        "the edge without its factor 2/3": _CUSP
        | {"edge": lambda a, **p: 1.5 * cusp.cusp_edge(a, **p)},
    },
)
def cusp_of_two_outcomes(claim, trial):
    r"""For two outcomes all folds lie on one explicit curve with a cusp at $q = \frac12$.

    $1 - a = \frac{T x (1 - x)}{s (1 - s)}$, $q = \frac{x - (1 - a) s}{a}$ for $0 < x < 1$ with $s =
    S_T(x)$. On it $a \le 1 - T$, with equality at the cusp $(q, a) = (\frac12, 1 - T)$ only: so for
    $a > 1 - T$ there is one attractor whatever $q$. Near the cusp $|2q - 1| \simeq \frac23
    \sqrt{(1 - T - a)^3/(T (1 + T)(1 - T)^3)}$.
    """
    grids = [np.linspace(0.28, 0.72, 16), np.array([0.25, 0.5, 0.8, 0.95])]
    x, temperature = (axis.ravel() for axis in np.meshgrid(*grids))
    folds = lambda x, t: claim["folds"](x, temperature=t)
    fraction, first = evaluate(folds, x, temperature)
    exists = np.isfinite(fraction)
    x, temperature, fraction, first = (v[exists] for v in (x, temperature, fraction, first))
    states = np.stack([x, 1 - x], axis=-1)
    real = Categorical(np.stack([first, 1 - first], axis=-1))
    cases = Instances(temperature, fraction, real, Categorical(states))
    yield closed_form("fixed points", image(cases), states, tolerance=1e-12)
    dense = np.linalg.eigvals(derivatives(cases)[0]).real.max(axis=-1)
    yield closed_form("their multiplier is one", dense, 1.0, tolerance=1e-10)
    few = slice(0, None, 11)
    beside = Instances(
        temperature[few],
        0.99 * fraction[few],
        Categorical(real.probabilities[few]),
        Categorical(states[few] * [0.99, 1.01] / (states[few] @ [0.99, 1.01])[:, None]),
    )
    found = _general_solver.folds(beside)
    yield closed_form("folds by the engine", fraction[few], found, tolerance=1e-10)
    yield bound("below 1 - T", fraction, 1 - temperature, tolerance=1e-12)
    tip, middle = evaluate(folds, np.full(4, 0.5 + 1e-7), grids[1])
    yield closed_form("the cusp", (tip, middle), (1 - grids[1], np.full(4, 0.5)), tolerance=1e-12)
    near, off = evaluate(folds, np.full(4, 0.503), grids[1])
    edge = np.asarray(claim["edge"](near, temperature=grids[1]))
    yield closed_form("near the cusp", edge, np.abs(2 * off - 1), tolerance=1e-3)
    for name, factor, count in (("above", 1.003, 1), ("below", 0.997, 2)):
        chosen = slice(1, None, 9)
        options = zip(temperature[chosen], factor * fraction[chosen], first[chosen], strict=True)
        number = [_number(*row) for row in options]
        yield closed_form(f"stable states just {name} the folds", number, count)


def _number(temperature, fraction, first):
    """The number of attracting fixed points, by exhaustion."""
    options = {"temperature": temperature, "real_fraction": fraction}
    states = _enumeration.fixed_points([first, 1 - first], **options)
    return _enumeration.stable(states, **options).sum()


@proves("U-9")
def proofs(digits):
    """Folds of two outcomes on both sides of the tip of the cusp."""
    return {
        f"({first}, {second}), T = 1/2": certify_unique(
            ExactLoop.of([first, second], "1/2"), digits=digits
        )
        for first, second in ((1, 1), (51, 49), (3, 2))
    }
