"""ST-E2: the probability flow."""

import diffrax
import jax.numpy as jnp
import numpy as np

from ...loops.guidance import flow_weight
from ...models import Gaussian
from ...verification import closed_form, scaled, theorem

_FLOW = {
    "variance": lambda s, t, w: s * (s / t) ** w,
    "mean": lambda m, n, s, t, w: m + (m - n) * flow_weight(np.log(s / t), w),
    "model": lambda model, other, w: model.guide_by_flow(other, w),
}


@theorem(
    spec="ST-E2",
    paper="alemohammad2024",
    status="derived",
    hypotheses=(
        "Gaussian models, with noise of variance t from infinity to zero (variance exploding)",
        "the flow starts from N(0, t) for t to infinity",
    ),
    claim=_FLOW,
    mutants={
        "the variance of the guided density": _FLOW
        | {"variance": lambda s, t, w: 1 / ((1 + w) / s - w / t)},
        "variance 1 % large": scaled(_FLOW, 1.01, "variance"),
        "the means are extrapolated by w": _FLOW | {"mean": lambda m, n, s, t, w: m + (m - n) * w},
        "mean 1 % large": scaled(_FLOW, 1.01, "mean"),
        "half the strength in several dimensions": _FLOW
        | {"model": lambda model, other, w: model.guide_by_flow(other, w / 2)},
    },
)
def probability_flow(claim, trial):
    r"""The probability flow of the guided score is geometric, and another model than its density.

    In one dimension it ends at the variance $s_r (s_r/s_s)^w$, always proper, and the mean
    $F(0) \int_0^\infty \frac1{2 F(t)} [\frac{(1+w) m_r}{s_r + t} - \frac{w m_s}{s_s + t}]\,dt = m_r
    + (m_r - m_s)\,w \rho^{(1+w)/2}\,{}_2F_1(\tfrac12, \tfrac{1+w}2; \tfrac32; 1 - \rho)$, with
    $F(t) = (s_r + t)^{(1+w)/2} (s_s + t)^{-w/2}$ and $\rho = s_r/s_s$. With covariances that
    commute so does every direction; otherwise a linear equation, of which this is the solution.
    """
    for m, n, s, t, w in (
        (0.5, 0.2, 1.0, 0.8, 1.3),
        (1.0, -2.0, 0.3, 2.0, 0.4),
        (0, 1, 4, 1, -0.6),
    ):
        what = f"s_r = {s}, s_s = {t}, w = {w}"
        variance, mean = claim["variance"](s, t, w), float(claim["mean"](m, n, s, t, w))
        path = trial.once(f"path {what}", lambda x=(m, n, s, t, w): _followed(*_one(*x)))
        yield closed_form(f"variance by diffrax, {what}", variance, path[1][0, 0], tolerance=1e-9)
        yield closed_form(f"mean by diffrax, {what}", mean, path[0][0], tolerance=1e-9)
        quadrature = _mean_by_quadrature(m, n, s, t, w)
        yield closed_form(f"mean by quadrature, {what}", mean, quadrature, tolerance=1e-9)
        series = m + (m - n) * _hypergeometric(s / t, w)
        yield closed_form(f"mean by Gauss' function, {what}", mean, series, tolerance=1e-11)
    w, (model, other) = 1.3, _planes()
    path = trial.once("path in the plane", lambda: _followed(model, other, w))
    found = claim["model"](model, other, w)
    yield closed_form("covariance in the plane", found.covariance, path[1], tolerance=1e-9)
    yield closed_form("mean in the plane", found.mean, path[0], tolerance=1e-9)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    one, two, gap = np.array([1.0, 5.0]), np.array([0.8, 7.0]), np.array([0.3, -1.0])
    make = lambda mean, variances: Gaussian.of(turn @ mean, turn @ np.diag(variances) @ turn.T)
    found = claim["model"](make(gap, one), make(0 * gap, two), w)
    each = [claim["mean"](g, 0.0, s, t, w) for g, s, t in zip(gap, one, two, strict=True)]
    what = "directions of covariances that commute, "
    yield closed_form(f"{what}means", turn @ np.array(each), found.mean)
    spread = turn @ np.diag(claim["variance"](one, two, w)) @ turn.T
    yield closed_form(f"{what}covariance", spread, found.covariance)


def _planes():
    return (
        Gaussian.of([0.5, -1.0], [[1.0, 0.3], [0.3, 2.0]]),
        Gaussian.of([0.2, 0.0], [[0.8, -0.1], [-0.1, 1.1]]),
    )


def _one(m, n, s, t, w):
    return Gaussian.of(m, s), Gaussian.of(n, t), w


def _followed(model, other, w):
    """Mean and covariance at the end of the flow, by diffrax in log t from 10^26 down.

    In units of what pure noise has, so that all numbers stay near one.
    """
    size = model.dimension
    identity = jnp.eye(size)

    def field(place, state, args):
        time, (mean, spread) = jnp.exp(-place), state
        own = jnp.linalg.inv(model.covariance + time * identity)
        worse = jnp.linalg.inv(other.covariance + time * identity)
        pull = ((1 + w) * own - w * worse) / 2
        root, share = jnp.sqrt(1 + time), time / (1 + time)
        target = ((1 + w) * own @ model.mean - w * worse @ other.mean) / 2
        moved = -time * (pull @ mean - target / root) + share * mean / 2
        scaled_pull = -time * pull + share * identity / 2
        return moved, scaled_pull @ spread + spread @ scaled_pull.T

    found = diffrax.diffeqsolve(
        diffrax.ODETerm(field),
        diffrax.Dopri8(),
        -60.0,
        40.0,
        0.01,
        (jnp.zeros(size), identity),
        stepsize_controller=diffrax.PIDController(rtol=1e-12, atol=1e-14),
        max_steps=10_000,
    )
    mean, spread = (np.asarray(leaf[-1]) for leaf in found.ys)
    return mean, spread


def _mean_by_quadrature(m, n, s, t, w):
    """The integral of the statement, by the trapezoidal rule in log t."""
    place = np.linspace(-40, 75, 4001)
    time = np.exp(place)
    logarithm = lambda u: (1 + w) / 2 * np.log(s + u) - w / 2 * np.log(t + u)
    pull = (1 + w) * m / (s + time) - w * n / (t + time)
    values = pull / 2 * np.exp(logarithm(0.0) - logarithm(time)) * time
    return float(values.sum() * (place[1] - place[0]))


def _hypergeometric(ratio, w):
    from scipy import special

    return w * ratio ** ((1 + w) / 2) * special.hyp2f1(0.5, (1 + w) / 2, 1.5, 1 - ratio)
