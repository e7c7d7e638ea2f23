"""SI-1: the guided loop of outcomes."""

import jax
import numpy as np

from ...analysis import multipliers, spectral_radius, threshold
from ...certificates import certify_root
from ...loops import guidance
from ...models import Bernoulli, Categorical, Exponential, Gaussian, Geometric, MarkovChain
from ...stages import Guide, Mix, Temper
from ...verification import closed_form, proves, scaled, theorem

_OUTCOMES = {
    "temperature": guidance.effective_temperature,
    "strength": guidance.strength_for,
    "unbiased": guidance.unbiased_strength,
    "uniform": guidance.uniform_strength,
}


@theorem(
    spec="SI-1",
    paper="alemohammad2024",
    status="derived",
    hypotheses=(
        "an exponential family in which tempering takes the power of the density",
        "a base model at temperature T, an auxiliary one at T' of it, infinite data",
    ),
    claim=_OUTCOMES,
    mutants={
        "the auxiliary is tempered once": _OUTCOMES
        | {"temperature": lambda w, t, auxiliary: t / (1 + w - w * t / auxiliary)},
        "temperature 1 % high": scaled(_OUTCOMES, 1.01, "temperature"),
        "strength 1 % high": scaled(_OUTCOMES, 1.01, "strength"),
        "unbiased at one": _OUTCOMES | {"unbiased": lambda t, auxiliary=None: 1.0},
        "unbiased 1 % high": scaled(_OUTCOMES, 1.01, "unbiased"),
        "uniform strength 1 % high": scaled(_OUTCOMES, 1.01, "uniform"),
        "uniform strength of the temperature T": _OUTCOMES
        | {"uniform": lambda t, a: guidance.strength_for(t, t) + 0 * a},
    },
)
def outcomes(claim, trial):
    r"""A guided generation samples at another temperature, which one strength makes equal to one.

    $\frac1\tau = \frac1T (1 + w - \frac w{T'})$, whatever the model and the family: at $w =
    \frac{T' (1 - T)}{1 - T'}$, for $T' = T$ at $w = T$, the loop is unbiased. Every threshold of
    the temperature loop in $T$ is one of the guided loop, at $w = \frac{T' (1 - T/\tau)}{1 - T'}$;
    with uniform real data heat death ends at $\tau = q$.
    """
    for name, model in _models().items():
        for strength, heat, other in ((0.5, 0.8, 0.8), (1.5, 0.7, 0.9), (2.0, 0.6, 1.3)):
            claimed = model.temper(claim["temperature"](strength, heat, auxiliary=other))
            base = model.temper(heat)
            found = base.guide(base.temper(other), strength)
            what = f"{name}, w = {strength}, T = {heat}, T' = {other}"
            own, exact = (one.mean_parameters() for one in (found, claimed))
            yield closed_form(what, exact, own, tolerance=1e-9)
            back = claim["strength"](
                guidance.effective_temperature(strength, heat, auxiliary=other),
                heat,
                auxiliary=other,
            )
            yield closed_form(f"and back, {what}", back, strength)
        strength = claim["unbiased"](0.8)
        after = Guide(strength, Temper(0.8))(model.temper(0.8)).mean_parameters()
        yield closed_form(f"unbiased, {name}", model.mean_parameters(), after, tolerance=1e-9)
    real = Categorical.of([5.0, 3.0, 2.0])
    for heat, share, strength in ((0.8, 0.3, 0.5), (0.6, 0.2, 1.2)):
        run = Mix(real, share) >> Temper(heat) >> Guide(strength, Temper(heat))
        plain = Mix(real, share) >> Temper(claim["temperature"](strength, heat, auxiliary=heat))
        state = Categorical.of([4.0, 4.0, 1.0])
        found, exact = (np.sort(np.real(multipliers(one, state))) for one in (run, plain))
        what = f"multipliers of the temperature loop, T = {heat}, a = {share}"
        yield closed_form(what, exact, found, scale=1.0)
    even = Categorical.uniform(4)
    for heat, share in ((0.8, 0.1), (0.5, 0.4)):
        edge = trial.once(f"edge {heat} {share}", lambda t=heat, a=share: _edge(even, t, a))
        what = f"uniform outcomes, T = {heat}, a = {share}"
        yield closed_form(f"edge by the engine, {what}", claim["uniform"](heat, share), edge)


def _models():
    return {
        "outcomes": Categorical.of([5.0, 3.0, 2.0]),
        "a chain": MarkovChain.of_transition([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.5, 0.4, 0.1]]),
        "successes": Bernoulli.of(0.3),
        "failures": Geometric.of(1.5),
        "waiting times": Exponential.of(0.7),
        "the plane": Gaussian.of([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]]),
    }


def _edge(even, heat, share):
    """The strength where the multiplier at the uniform state is one, by the engine."""
    run = lambda w: Mix(even, share) >> Temper(heat) >> Guide(w, Temper(heat))
    radius = jax.jit(lambda w: spectral_radius(run(w), even))
    return float(threshold(radius, 0.0, 0.9 * heat / (1 - heat)))


@proves("SI-1")
def proofs(digits):
    r"""$\tau = 1$ and $\tau = q$ in the strength."""
    sharpness = lambda w, t: ((1 + w) * t - w) / t**2
    return {
        "unbiased, T = 0.8": certify_root(
            lambda w, t: sharpness(w, t) - 1, "0", "3", parameters=["0.8"], digits=digits
        ),
        "uniform outcomes, T = 0.8, a = 0.1": certify_root(
            lambda w, t, a: (1 - a) * sharpness(w, t) - 1,
            "0",
            "3",
            parameters=["0.8", "0.1"],
            digits=digits,
        ),
    }
