"""ST-C1: Corrected samples bring retraining nearer to its corrector, and faster."""

import jax.numpy as jnp
import numpy as np

from ...analysis import multipliers
from ...loops.retraining import corrected_mean_parameters
from ...models import Categorical, Gaussian
from ...papers import gillman2024
from ...verification import closed_form, scaled, theorem

_PLANE = Gaussian.of([1.0, -0.5], [[2.0, 0.6], [0.6, 1.0]])
_WORDS = Categorical.of([0.5, 0.3, 0.15, 0.05])
# The real distribution, the target of the correction, and a start.
_TRIPLES = {
    "Gaussian": (
        _PLANE,
        Gaussian.of([0.8, 0.0], [[1.0, 0.0], [0.0, 1.0]]),
        Gaussian.of([0.0, 3.0], [[0.5, 0.0], [0.0, 4.0]]),
    ),
    "categorical": (_WORDS, Categorical.uniform(4), Categorical.of([0.01, 0.09, 0.4, 0.5])),
    "perfect corrector": (_WORDS, _WORDS, Categorical.of([0.01, 0.09, 0.4, 0.5])),
}


def _uncorrected(generations, start, real, target, *, real_fraction, strength):
    known = {"real_fraction": real_fraction, "strength": 0.0}
    return corrected_mean_parameters(generations, start, real, target, **known)


def _everything(generations, start, real, target, *, real_fraction, strength):
    """The correction acts on real data as well."""
    known = {"real_fraction": real_fraction / (1 + strength), "strength": 0.0}
    mixed = (real + strength * target) / (1 + strength)
    return corrected_mean_parameters(generations, start, mixed, target, **known)


@theorem(
    spec="ST-C1",
    paper="gillman2024",
    status="reconstructed",
    hypotheses=(
        "the models are an exponential family with open natural parameter space",
        "infinite data and exact maximum likelihood in every generation",
        "a target of the correction whose mean parameters exist",
    ),
    claim=corrected_mean_parameters,
    mutants={
        "no correction": _uncorrected,
        "real data are corrected too": _everything,
        "1 % large": scaled(corrected_mean_parameters, 1.01),
    },
)
def corrected_samples(claim, trial):
    r"""Corrected samples bring retraining nearer to its corrector, and faster.

    With $\pi_\gamma p = \frac{p + \gamma p_*}{1 + \gamma}$ in place of $p$, $\eta_t - \eta_\infty
    = (\frac q{1 + \gamma})^t (\eta_0 - \eta_\infty)$ and $(a + \gamma)\,\eta_\infty = a (1 +
    \gamma)\,\eta_r + q \gamma\,\eta_*$. A perfect corrector, $\eta_* = \eta_r$, changes only the
    speed; any other moves the end towards itself. $\gamma = 0$ is retraining.
    """
    for name, (real, target, start) in _TRIPLES.items():
        for share, strength, generations in ((0.3, 0.5, 1), (0.1, 3.0, 4), (0.0, 0.2, 6)):
            loop = gillman2024.loop(real, strength=strength, real_fraction=share, target=target)
            model = start
            for _ in range(generations):
                model = loop(model)
            known = (one.mean_parameters() for one in (start, real, target))
            claimed = claim(generations, *known, real_fraction=share, strength=strength)
            what = f"{name}, a = {share}, strength {strength}, generation {generations}"
            found = np.asarray(model.mean_parameters())
            yield closed_form(what, claimed, found, tolerance=1e-12, scale=1.0)
        loop = gillman2024.loop(real, strength=0.5, real_fraction=0.3, target=target)
        slope = claim(1, *np.eye(3), real_fraction=0.3, strength=0.5)[0]
        known = (one.mean_parameters() for one in (start, real, target))
        end = claim(200, *known, real_fraction=0.3, strength=0.5)
        found = multipliers(loop, real.with_mean_parameters(jnp.asarray(end)))
        moving = found[jnp.abs(found) > 1e-12]
        yield closed_form(f"{name}, multipliers", slope, moving, tolerance=1e-10)
