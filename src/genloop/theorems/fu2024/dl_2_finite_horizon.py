"""DL-2: A diffusion of finite horizon forgets even if it never stops early."""

import jax
import numpy as np
from scipy import integrate

from ...loops import error_propagation
from ...models import Gaussian
from ...stages import Diffuse
from ...verification import bound, closed_form, scaled, theorem

_FORMULAS = {
    "variance": error_propagation.diffused_variance,
    "multiplier": error_propagation.diffusion_multiplier,
}
_TIMES = ((0.1, 1.0), (0.0, 0.7), (0.3, 2.0))


@theorem(
    spec="DL-2",
    paper="fu2024",
    status="derived",
    hypotheses=(
        "Gaussian data, exact score",
        "the reverse diffusion starts from the standard normal at time T and stops at delta < T",
    ),
    claim=_FORMULAS,
    mutants={
        "as if the horizon were infinite": _FORMULAS
        | {
            "variance": lambda v, *, stop, horizon: np.exp(-2 * stop) * v - np.expm1(-2 * stop),
            "multiplier": lambda *, stop, horizon: np.exp(-2 * stop),
        },
        "the probability flow": _FORMULAS
        | {"variance": lambda v, *, stop, horizon: _noisy(v, stop) / _noisy(v, horizon)},
        "the variance 1 % high": scaled(_FORMULAS, 1.01, "variance"),
        "the multiplier 1 % high": scaled(_FORMULAS, 1.01, "multiplier"),
    },
)
def finite_horizon(claim, trial):
    r"""A diffusion of finite horizon forgets even if it never stops early.

    A Gaussian of variance $v$ is learned with the variance $v_\delta + e^{-2T} g^2 (1 - v)$, $v_s =
    e^{-2s} v + 1 - e^{-2s}$, $g = e^{\delta - T} v_\delta/v_T$, strictly between $v$ and one. Hence
    without real data all variances tend to one, each generation by the factor $e^{-2\delta} -
    e^{-4T + 2\delta}$ in the end; for $\delta = 0$ it is $1 - e^{-4T}$.
    """
    for stop, horizon in _TIMES:
        times = {"stop": stop, "horizon": horizon}
        for variance in (0.05, 1.0, 9.0):
            what = f"v = {variance}, delta = {stop}, T = {horizon}"
            value = claim["variance"](variance, **times)
            exact = trial.once(what, lambda v=variance, t=times: _reversed(0.8, v, **t))
            yield closed_form(f"reverse diffusion, {what}", value, exact[1], tolerance=1e-9)
            with jax.enable_x64(True):
                learned = Diffuse(stop, horizon)(Gaussian.of(0.8, variance))
            yield closed_form(f"stage, {what}", value, float(learned.covariance[0, 0]))
            yield closed_form(f"mean, {what}", float(learned.mean[0]), exact[0], tolerance=1e-9)
            yield bound(f"nearer to one, {what}", abs(value - 1), abs(variance - 1) + 1e-15)
        with jax.enable_x64(True):
            slope = trial.once(f"slope {times}", lambda t=times: _slope(**t))
        yield closed_form(f"multiplier, {stop}, {horizon}", claim["multiplier"](**times), slope)


def _noisy(variance, time):
    return np.exp(-2 * time) * variance - np.expm1(-2 * time)


def _reversed(mean, variance, *, stop, horizon):
    """Mean and variance of the reverse diffusion, by the differential equations of both."""

    def velocity(passed, state):
        time = horizon - passed
        pull = 1 - 2 / _noisy(variance, time)
        return [
            pull * state[0] + 2 * np.exp(-time) * mean / _noisy(variance, time),
            2 * pull * state[1] + 2,
        ]

    span, exact = (0, horizon - stop), {"rtol": 1e-12, "atol": 1e-13, "method": "DOP853"}
    return integrate.solve_ivp(velocity, span, [0.0, 1.0], **exact).y[:, -1]


def _slope(**times):
    """The derivative of the stage's variance at one."""
    variance = lambda v: Diffuse(**times)(Gaussian.of(0.0, v)).covariance[0, 0]
    return float(jax.grad(variance)(1.0))
