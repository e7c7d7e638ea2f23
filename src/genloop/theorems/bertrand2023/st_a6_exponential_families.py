"""ST-A6: Retraining an exponential family contracts its mean parameters by the synthetic share."""

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import multipliers
from ...loops.retraining import closed_forms
from ...models import Categorical, Gaussian
from ...papers.bertrand2023 import loop
from ...verification import closed_form, theorem
from ._curved_family import REAL, CurvedFamily
from ._instances import generation


def _real_models():
    plane = Gaussian.of([1.0, -0.5], [[2.0, 0.6], [0.6, 1.0]])
    other = Gaussian.of([0.0, 3.0], [[0.5, 0.0], [0.0, 4.0]])
    words = Categorical.of([0.5, 0.3, 0.15, 0.05])
    return ((plane, other), (words, Categorical.of([0.01, 0.09, 0.4, 0.5])))


def _retrained_digits(synthetic_weight, generations):
    """Mean parameters of consecutive generations, and of the real distribution."""
    family, theta = CurvedFamily(), np.array([1.0, -0.5])
    means = [family.mean(family.probabilities(theta))]
    for _ in range(generations):
        theta = family.retrain(theta, synthetic_weight)
        means.append(family.mean(family.probabilities(theta)))
    return np.stack(means), family.mean(REAL)


def _shifted(generations, start, real, *, real_fraction):
    return closed_forms.mean_parameters(generations - 1, start, real, real_fraction=real_fraction)


def _weighted(generations, start, real, *, real_fraction):
    weight = (1 - real_fraction) / real_fraction
    return real + weight**generations * (start - real)


def _slower(generations, start, real, *, real_fraction):
    return real + (1.01 * (1 - real_fraction)) ** generations * (start - real)


@theorem(
    spec="ST-A6",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "the models are an exponential family with open natural parameter space",
        "infinite data and exact maximum likelihood in every generation",
        "the real mean of the sufficient statistics lies in the family's mean parameter space",
    ),
    claim=closed_forms.mean_parameters,
    mutants={
        "the rate is the weight w = q/a instead of q": _weighted,
        "one generation late": _shifted,
        "1 % slower": _slower,
    },
)
def exponential_families(claim, trial):
    r"""Retraining an exponential family contracts its mean parameters by the synthetic share.

    $\eta_t = \eta_r + q^t (\eta_0 - \eta_r)$ globally, for every $q < 1$ and also if the family
    does not contain the real distribution; all multipliers equal $q = w/(1 + w)$.
    """
    for real, start in _real_models():
        for share, generations in ((0.3, 1), (0.3, 7), (0.9, 3)):
            model = start
            for _ in range(generations):
                model = generation(loop(real, real_fraction=jnp.asarray(share)), model)
            expected = claim(
                generations,
                start.mean_parameters(),
                real.mean_parameters(),
                real_fraction=share,
            )
            what = f"{type(real).__name__}, a = {share}, generation {generations}"
            yield closed_form(what, expected, model.mean_parameters(), tolerance=1e-12)
    for weight in (0.7, 3.0):
        means, real = trial.once(f"digits {weight}", lambda w=weight: _retrained_digits(w, 5))
        expected = [claim(t, means[0], real, real_fraction=1 / (1 + weight)) for t in range(6)]
        what = f"likelihood maximised numerically, misspecified, w = {weight}"
        yield closed_form(what, np.stack(expected), means, tolerance=1e-10)
    real, start = _real_models()[1]
    slopes = jax.jacobian(lambda eta: claim(1, eta, real.mean_parameters(), real_fraction=0.3))
    expected = jnp.diagonal(slopes(start.mean_parameters()))
    found = multipliers(loop(real, real_fraction=0.3), start)
    yield closed_form("multipliers of a categorical loop", expected, found, tolerance=1e-12)
