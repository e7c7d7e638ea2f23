"""ST-E1: the guided density."""

import jax
import jax.numpy as jnp
import numpy as np

from ...certificates import certify_root
from ...models import Categorical, Gamma, Gaussian, Poisson
from ...stages import Guide, Temper
from ...verification import bound, closed_form, proves, scaled, theorem

_DENSITY = {
    "precision": lambda s, t, w: (1 + w) / s - w / t,
    "mean": lambda m, n, s, t, w: ((1 + w) * m / s - w * n / t) / ((1 + w) / s - w / t),
    "natural": lambda one, other, w: (1 + w) * one - w * other,
    "edge": lambda w: w / (1 + w),
}


@theorem(
    spec="ST-E1",
    paper="alemohammad2024",
    status="reconstructed",
    hypotheses=("models of one exponential family", "a density that can be normalised"),
    claim=_DENSITY,
    mutants={
        "the precision is that of interpolation": _DENSITY
        | {"precision": lambda s, t, w: (1 - w) / s + w / t},
        "precision 1 % large": scaled(_DENSITY, 1.01, "precision"),
        "the means are extrapolated without their precisions": _DENSITY
        | {"mean": lambda m, n, s, t, w: (1 + w) * m - w * n},
        "mean 1 % large": scaled(_DENSITY, 1.01, "mean"),
        "natural parameters 1 % large": scaled(_DENSITY, 1.01, "natural"),
        "proper for every auxiliary narrower than the base": _DENSITY | {"edge": lambda w: 1.0},
        "edge 1 % high": scaled(_DENSITY, 1.01, "edge"),
    },
)
def guided_density(claim, trial):
    r"""The score $(1 + w) s_r - w s_s$ is that of $p_r^{1+w} p_s^{-w}$, again in the family.

    In an exponential family the natural parameters are $(1 + w)\,\eta_r - w\,\eta_s$. For Gaussians
    of one dimension the precision is $\frac{1+w}{s_r} - \frac w{s_s}$ and the mean $[(1 + w)
    \frac{m_r}{s_r} - w \frac{m_s}{s_s}]$ over it, proper iff $s_s/s_r > \frac w{1+w}$.
    """
    for m, n, s, t, w in (
        (0.5, 0.2, 1.0, 0.8, 1.3),
        (-1.0, 3.0, 2.0, 5.0, 4.0),
        (0, 1, 1, 2, -0.5),
    ):
        what = f"s_r = {s}, s_s = {t}, w = {w}"
        guided = Gaussian.of(m, s).guide(Gaussian.of(n, t), w)
        precision, mean = claim["precision"](s, t, w), claim["mean"](m, n, s, t, w)
        yield closed_form(f"precision, {what}", precision, 1 / guided.covariance[0, 0])
        yield closed_form(f"mean, {what}", mean, guided.mean[0])
        total, first, second = _moments(m, n, s, t, w)
        yield closed_form(f"mean by quadrature, {what}", mean, first / total, tolerance=1e-9)
        variance = second / total - (first / total) ** 2
        yield closed_form(
            f"variance by quadrature, {what}", 1 / precision, variance, tolerance=1e-9
        )
    for w in (0.3, 2.0):
        edge = claim["edge"](w)
        below, above = (_DENSITY["precision"](1.0, edge * factor, w) for factor in (0.999, 1.001))
        yield bound(f"proper from the edge on and not below, w = {w}", [below, 0], [0, above])
    for model, other in _pairs():
        guided = model.guide(other, 0.7).natural_parameters()
        claimed = claim["natural"](model.natural_parameters(), other.natural_parameters(), 0.7)
        if isinstance(model, Categorical):
            guided, claimed = (x - jax.nn.logsumexp(x) for x in (guided, claimed))
        what = f"natural parameters, {type(model).__name__} of {jnp.size(guided)} numbers"
        yield closed_form(what, claimed, guided, scale=1.0)
    start = Categorical.of([0.5, 0.3, 0.2])
    own, other = start.probabilities, start.temper(0.7).probabilities
    weights = np.exp(np.asarray(claim["natural"](np.log(own), np.log(other), 0.4)))
    found = Guide(0.4, Temper(0.7))(start).probabilities
    yield closed_form("outcomes by the stage", weights / weights.sum(), found)


def _pairs():
    plane = [[2.0, 0.5], [0.5, 1.0]], [[1.8, 0.2], [0.2, 0.9]]
    return (
        (Categorical.of([5.0, 3.0, 2.0]), Categorical.of([1.0, 1.0, 4.0])),
        (Poisson.of(3.0), Poisson.of(7.0)),
        (Gamma.of(3.0, shape=2.5), Gamma.of(2.5, shape=2.5)),
        (Gaussian.of([0.0, 1.0], plane[0]), Gaussian.of([1.0, -1.0], plane[1])),
    )


def _moments(m, n, s, t, w):
    """The integrals of $x^k p^{1+w} q^{-w}$ by the trapezoidal rule, k = 0, 1, 2."""
    x = np.linspace(-80, 80, 40_001)
    logarithm = -(1 + w) * (x - m) ** 2 / (2 * s) + w * (x - n) ** 2 / (2 * t)
    weights = np.exp(logarithm - logarithm.max())
    return [float(weights @ x**k) for k in range(3)]


@proves("ST-E1")
def proofs(digits):
    r"""$(1 + w)/s_r = w/s_s$ in the variance of the auxiliary model."""
    return {
        "s_r = 1, w = 1.3": certify_root(
            lambda t, w: (1 + w) * t - w, "1/10", "1", parameters=["1.3"], digits=digits
        )
    }
