"""FR-6: The bounds of the literature follow from contraction, and that from the universal bound."""

from fractions import Fraction

import numpy as np

from ...loops.perturbed_flow import bound_table, formulas, published
from ...loops.temperature.proofs.thresholds import ExactLoop, certify_contraction, certify_unique
from ...loops.temperature.universal import birkhoff_constant, universal_multiplier
from ...models import Categorical
from ...verification import bound, closed_form, proves, scaled, theorem
from ..marchi2024._instances import Instances, fixed_points, real_distributions
from ._instances import ANY_OUTCOMES, TEMPERATURE, any_real_data, least_odds

_CLAIM = {
    "contraction": bound_table.contraction_odds,
    "gharesifard": published.gharesifard_odds,
    "fisher_rao": published.fisher_rao_odds,
}


_OUTCOMES, _COUNT = 12, 32


_UNIFORM = ((2, 0.5), (3, 0.5), (10, 0.5), (10, 0.8), (100, 0.9))


@theorem(
    spec="FR-6",
    paper="marchi2026",
    status="derived",
    hypotheses=("T < 1, exact training", "every real probability positive"),
    claim=_CLAIM,
    mutants={
        "Fisher-Rao with the real data for the equilibrium": _CLAIM
        | {
            "fisher_rao": lambda real, *, temperature: float(
                2 / (temperature * np.min(real.probabilities) ** 2)
            )
        },
        "Fisher-Rao 1 % low": scaled(_CLAIM, 0.99, "fisher_rao"),
        "Gharesifard and Tabuada 1 % low": scaled(_CLAIM, 0.99, "gharesifard"),
        "contraction from the least probability alone": _CLAIM
        | {
            "contraction": lambda real, *, temperature: float(
                (1 - temperature) / (2 * temperature * np.min(real.probabilities))
            )
        },
        "contraction 1 % high": scaled(_CLAIM, 1.01, "contraction"),
    },
)
def bounds_in_order(claim, trial):
    r"""The bounds of the literature follow from contraction, and that from the universal bound.

    For every real distribution $\mu_{\text{unique}} \le \Lambda - 1 \le \mu_{\text{contraction}}
    \le \frac{1 - T}2 \mu_{GT}$ and $\mu_{GT} \le \frac1{2 K} \mu_{FR}$, where $\mu_{GT} = 1/(T
    \delta)$ and $\mu_{FR} = 2/(T \delta \min \theta_e)$. All but the first two are equalities for
    uniform data.
    """
    real = real_distributions(_OUTCOMES, _COUNT)
    temperature = np.linspace(0.3, 0.97, _COUNT)
    odds = {
        name: np.array(
            [
                demand(Categorical(row), temperature=t)
                for row, t in zip(np.asarray(real.probabilities), temperature, strict=True)
            ]
        )
        for name, demand in claim.items()
    }
    smallest = np.asarray(real.probabilities).min(axis=-1)
    low = formulas.floor(1.0, odds=odds["gharesifard"], smallest=smallest)
    strength = (1 + odds["gharesifard"]) * low * temperature
    yield closed_form("the ball of FR-5 becomes infinite", strength, 1.0)
    needed = _theorem_one(temperature, odds["fisher_rao"], real, smallest)
    yield closed_form("the condition of FR-4 by the engine", odds["fisher_rao"], needed)
    share = odds["contraction"] / (1 + odds["contraction"])
    constant = np.asarray(
        birkhoff_constant(temperature=temperature, real_fraction=share, real=real)
    )
    yield closed_form("the constant of HD-10 is one", constant, 1.0)
    largest = np.array(
        [float(universal_multiplier(temperature=t, outcomes=_OUTCOMES)) for t in temperature]
    )
    yield bound("any real data over contraction", (largest - 1) / odds["contraction"], 1.0)
    ratio = 2 * odds["contraction"] / (1 - temperature) / odds["gharesifard"]
    yield bound("contraction over Gharesifard-Tabuada", ratio, 1.0, tolerance=1e-12)
    ratio = 2 * _OUTCOMES * odds["gharesifard"] / odds["fisher_rao"]
    yield bound("Gharesifard-Tabuada over Fisher-Rao", ratio, 1.0, tolerance=1e-12)
    yield from _uniform(claim)


def _theorem_one(temperature, odds, real, smallest):
    """The condition at the equilibria that the general solver finds."""
    cases = Instances(temperature, odds / (1 + odds), real, real)
    equilibrium = fixed_points(cases).state.probabilities
    return formulas.fisher_rao_condition(
        equilibrium, temperature=temperature, smallest=smallest, settled=1.0
    )


def _uniform(claim):
    """The order for uniform data, with the fold scanned and the published bounds in closed form."""
    for outcomes, temperature in _UNIFORM:
        real, what = Categorical.uniform(outcomes), f"K = {outcomes}, T = {temperature}"
        odds = [claim[name](real, temperature=temperature) for name in _CLAIM]
        known = [
            outcomes * (1 - temperature) / (2 * temperature),
            outcomes / temperature,
            2 * outcomes**2 / temperature,
        ]
        yield closed_form(f"uniform data, {what}", odds, known)
        any_real = float(universal_multiplier(temperature=temperature, outcomes=outcomes)) - 1
        chain = np.array([_fold_odds(outcomes, temperature), any_real, *odds])
        yield bound(f"order, {what}", chain[:-1], chain[1:], tolerance=1e-9)


def _fold_odds(outcomes, temperature):
    r"""$\mu$ at the last fold for uniform data, by a scan of the branch of one winner [U-4]."""
    delta, weight = np.geomspace(1e-4, 60, 20_001), 2 / outcomes - 1
    coth = lambda x: 1 / np.tanh(x)
    synthetic = (coth(delta / (2 * temperature)) + weight) / (coth(delta / 2) + weight)
    return (1 / synthetic - 1).max()


@proves("FR-6")
def proofs(digits):
    """The bounds for Zipf's law: the last fold and contraction as real fractions, then odds."""
    weights = [Fraction(1, rank) for rank in range(1, ANY_OUTCOMES + 1)]
    loop, of = ExactLoop.of(weights, TEMPERATURE), f"Zipf's law, K = {ANY_OUTCOMES}"
    smallest = str(loop.classes[-1][0])
    return {
        f"{of}, last fold, real fraction": certify_unique(loop, digits=digits),
        f"{of}, any real data": any_real_data(digits),
        f"{of}, contraction, real fraction": certify_contraction(loop, digits=digits),
        f"{of}, Gharesifard and Tabuada": least_odds(
            lambda mu, t, delta: mu * t * delta - 1, digits, parameters=[TEMPERATURE, smallest]
        ),
    }
