"""HD-9: All stable states, each from one scalar equation."""

import dataclasses

import numpy as np

from ....certificates.enclosures import decimal_up
from ....loops.temperature.proofs.thresholds import (
    ExactLoop,
    certify_fold,
    certify_one_attractor,
    certify_unique,
)
from ....loops.temperature.stable_states import stable_states
from ....models import Categorical
from ....verification import closed_form, proves, theorem
from .. import _enumeration
from ._instances import LOOPS, ZIPF


def _altered(change):
    def claim(real, **parameters):
        return change(stable_states(real, **parameters))

    return claim


def _without_last(states):
    fields = (
        "probability_class",
        "counts",
        "real",
        "leading",
        "spectral_radius",
        "residual",
        "logits",
    )
    return dataclasses.replace(states, **{name: getattr(states, name)[:-1] for name in fields})


@theorem(
    spec="HD-9",
    paper="marchi2024",
    status="derived",
    hypotheses=("T < 1", "0 < a <= 1", "every real probability positive", "infinite data"),
    claim=stable_states,
    mutants={
        "the least probable winner missing": _altered(_without_last),
        "the leading probability 0.1 % high": _altered(
            lambda states: dataclasses.replace(states, leading=1.001 * states.leading)
        ),
        "every outcome can win": _altered(
            lambda states: dataclasses.replace(
                states, counts=states.counts + (states.number < states.distribution.outcomes)
            )
        ),
    },
)
def complete_list(claim, trial):
    r"""All stable states, each from one scalar equation.

    Fixed points solve $x_j - c\,x_j^b = a r_j$ with one $c = (1 - a)/\sum_k x_k^b$, each $x_j$ on
    the lower or upper root. In units of $c$, $z_j - z_j^b = \kappa r_j$, the stable ones are:
    everyone on the lower root; or one winner $i$ on the upper root, where $a_i(\kappa) =
    \kappa/\sum_j z_j$ rises. Unless $i$ is the single most probable outcome, $a_i$ rises on one
    interval, up to a fold: one stable state below its real fraction and none above.
    """
    for number, (real, temperature, fraction) in enumerate(LOOPS):
        options = {"temperature": temperature, "real_fraction": fraction}
        search = lambda real=real, options=options: _stable_by_exhaustion(real, options)
        expected = trial.once(f"exhaustion {number}", search)
        found = claim(Categorical.of(real), **options)
        what = f"r = {real}, T = {temperature}, a = {fraction}"
        yield closed_form(f"how many, {what}", found.number, len(expected))
        listed = np.repeat(found.leading, found.counts)
        leaders = np.sort(expected.max(axis=1))
        if listed.size == leaders.size:
            name = f"leading probabilities, {what}"
            yield closed_form(name, np.sort(listed), leaders, tolerance=1e-11)
    states = claim(Categorical.of((0.26, 0.25, 0.25, 0.24)), temperature=0.5, real_fraction=0.503)
    made = np.array(
        [states.state(row).probabilities for row in range(len(states.probability_class))]
    )
    power = made**2 / (made**2).sum(axis=1, keepdims=True)
    image = 0.503 * np.array([0.26, 0.25, 0.25, 0.24]) + 0.497 * power
    yield closed_form("they are fixed points", image, made, tolerance=1e-13)


def _stable_by_exhaustion(real, options):
    states = _enumeration.fixed_points(real, **options)
    return states[_enumeration.stable(states, **options)]


@proves("HD-9")
def proofs(digits):
    """All folds of one loop, and that there is one attractor above them."""
    loop = ExactLoop.of(ZIPF, "0.8")
    named = {
        f"Zipf's law, 10 outcomes, T = 0.8, fold of outcome {index + 1}": certify_fold(
            loop, index, digits=digits
        )
        for index in range(len(loop.classes))
    }
    named["Zipf's law, 10 outcomes, T = 0.8, the last fold"] = last = certify_unique(
        loop, digits=digits
    )
    if last.proved:
        above = decimal_up(last.parameter.upper, digits)
        named["one attractor above it"] = certify_one_attractor(loop, real_fraction=above)
    return named
