"""HD-10: contraction."""

import functools

import numpy as np

from ....loops.temperature import structure, universal
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_contraction
from ....loops.temperature.recipes import loop
from ....models import Categorical
from ....verification import bound, closed_form, proves, scaled, theorem
from .._instances import OUTCOMES, fixed_points, instances, on_instances
from ._instances import ZIPF

_CONTRACTION = {
    "constant": universal.birkhoff_constant,
    "fraction": universal.birkhoff_fraction,
    "simple": universal.birkhoff_fraction_from_minimum,
}


@theorem(
    spec="HD-10",
    paper="marchi2024",
    status="derived",
    hypotheses=("0 < a < 1", "every real probability positive", "infinite data"),
    claim=_CONTRACTION,
    mutants={
        "the constant 1 % low": scaled(_CONTRACTION, 0.99, "constant"),
        "the constant 1 % high": scaled(_CONTRACTION, 1.01, "constant"),
        "the fraction 1 % low": scaled(_CONTRACTION, 0.99, "fraction"),
        "the simple fraction 1 % low": scaled(_CONTRACTION, 0.99, "simple"),
        "the simple fraction without its factor 2": _CONTRACTION
        | {
            "simple": lambda *, temperature, smallest: universal.birkhoff_fraction_from_minimum(
                temperature=temperature, smallest=2 * smallest
            )
        },
    },
)
def contraction(claim, trial):
    r"""The loop contracts the Hilbert distance by $\kappa = \frac1T \tanh\frac\Delta4$ and no less.

    $e^\Delta = (1 + \frac1{\mu r_{(1)}})(1 + \frac1{\mu r_{(2)}})$ with the two smallest real
    probabilities and $\mu = a/(1 - a)$. Where $\kappa < 1$ there is one fixed point, and the loop
    tends to it geometrically. $\kappa = 1$ at $a = 1/(1 + z)$, $2 z = \sqrt{(r_{(1)} - r_{(2)})^2 +
    4 r_{(1)} r_{(2)} E^2} - r_{(1)} - r_{(2)}$, $E = (1 + T)/(1 - T)$; it suffices that
    $\mu \min_i r_i > (1 - T)/(2 T)$.
    """
    constant = _stateless(claim["constant"])
    for outcomes in OUTCOMES:
        cases, what = instances(outcomes), f"{outcomes} outcomes"
        expected = on_instances(constant, cases)
        farther = _images(trial, outcomes)
        yield bound(f"distances, {what}", farther, expected, tolerance=1e-9)
        steepest = trial.once(f"steepest {outcomes}", lambda cases=cases: _steepest(cases))
        yield closed_form(f"the steepest pair, {what}", expected, steepest, tolerance=1e-6)
        cold = instances(outcomes, coldest=0.1, hottest=0.95)
        top = on_instances(_for_any_fraction(claim["fraction"]), cold)
        level = on_instances(constant, cold._replace(real_fraction=top))
        yield closed_form(f"constant at the threshold, {what}", level, 1.0)
        simple = on_instances(_from_minimum(claim["simple"]), cold)
        yield bound(f"simple condition, {what}", top, simple, tolerance=1e-12)
        yield closed_form(f"it is sharp for a uniform one, {what}", simple[0], top[0])
    cases = instances(12)
    points = trial.once("fixed points", lambda: fixed_points(cases))
    yield bound("multipliers", points.spectral_radius, on_instances(constant, cases))


@functools.cache
def _stateless(claim):
    return lambda state, **parameters: claim(**parameters)


@functools.cache
def _for_any_fraction(claim):
    return lambda state, *, real_fraction, **parameters: claim(**parameters)


@functools.cache
def _from_minimum(claim):
    return lambda state, *, temperature, real_fraction, real: claim(
        temperature=temperature, smallest=real.probabilities.min()
    )


def _images(trial, outcomes):
    """Ratios of Hilbert distances after and before one generation, of far and of close pairs."""

    def ratios(state, *, real, **parameters):
        ratio = lambda other: (
            structure.hilbert_distance(
                loop(real=real, **parameters)(state), loop(real=real, **parameters)(other)
            )
            / structure.hilbert_distance(state, other)
        )
        return [ratio(other) for other in (Categorical.uniform(outcomes), state.mix(real, 0.01))]

    solve = lambda: np.maximum(*on_instances(ratios, instances(outcomes)))
    return trial.once(f"images {outcomes}", solve)


def _steepest(cases, step=1e-4):
    """The ratio for a close pair near the edge of the two outcomes with the least real data.

    After tempering the two hold all the probability, in the proportion at which mixing shrinks
    their log ratio least.
    """
    a, r = cases.real_fraction[:, None], cases.real.probabilities
    first, second = np.argsort(r, axis=-1)[:, :2].T
    lane = np.arange(len(r))
    alpha, beta = (a[:, 0] / (1 - a[:, 0]) * r[lane, index] for index in (first, second))
    odds = np.sqrt(alpha * (1 + beta) / (beta * (1 + alpha)))
    images = []
    for shift in (step, -step):
        tempered = np.full_like(r, 1e-13)
        tempered[lane, first] = odds / (1 + odds) * np.exp(shift)
        tempered[lane, second] = 1 / (1 + odds) * np.exp(-shift)
        tempered /= tempered.sum(axis=-1, keepdims=True)
        images.append(np.log(a * r + (1 - a) * tempered))
    ratio = images[0] - images[1]
    # Tempering divides the distance of the pair before it, 4 step T, by exactly T.
    return np.ptp(ratio, axis=-1) / (4 * step * cases.temperature)


@proves("HD-10")
def proofs(digits):
    """The fraction with the contraction constant one."""
    loop = ExactLoop.of(ZIPF, "0.8")
    return {"Zipf's law, 10 outcomes, T = 0.8": certify_contraction(loop, digits=digits)}
