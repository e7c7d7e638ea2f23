"""ST-E3: the guided loop of Gaussians."""

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import bifurcations, branch, multipliers, spectral_radius, threshold
from ...certificates import certify_root
from ...loops import guidance
from ...models import Gaussian
from ...papers.alemohammad2024 import loop
from ...verification import bound, closed_form, proves, scaled, theorem

_LOOP = {
    "variance": guidance.guided_variance,
    "temperature": guidance.effective_temperature,
    "critical": guidance.critical_strength,
    "unbiased": guidance.unbiased_strength,
    "fraction": guidance.required_real_fraction,
}


def _real():
    return Gaussian.of(1.5, 2.0)


@theorem(
    spec="ST-E3",
    paper="alemohammad2024",
    status="derived",
    hypotheses=(
        "Gaussian models whose fit has T times the covariance of its data, the auxiliary one too",
        "infinite data, a share a of them real",
    ),
    claim=_LOOP,
    mutants={
        "the flow is unbiased at T as well": _LOOP
        | {"unbiased": lambda t, flow: guidance.unbiased_strength(t)},
        "unbiased 1 % high": scaled(_LOOP, 1.01, "unbiased"),
        "the thresholds of flow and density are one": _LOOP
        | {"critical": lambda t, a, flow: guidance.critical_strength(t, a, flow=True)},
        "critical strength 1 % high": scaled(_LOOP, 1.01, "critical"),
        "variance 1 % large": scaled(_LOOP, 1.01, "variance"),
        "temperature 1 % high": scaled(_LOOP, 1.01, "temperature"),
        "real fraction 1 % large": scaled(_LOOP, 1.01, "fraction"),
        "the base has no bias": _LOOP
        | {"temperature": lambda w, t, flow: guidance.effective_temperature(w, t, flow=flow) / t},
    },
)
def guided_loop(claim, trial):
    r"""A guided loop of Gaussians is stable below a strength, at which its variance is infinite.

    It samples at the temperature $\tau = T^{1-w}$ by the flow and $\tau = \frac{T^2}{(1 + w) T -
    w}$ by the density, ends at $\sigma_*^2 = \sigma_0^2 \frac{a \tau}{1 - q \tau}$ and has the
    multipliers $q \tau$ of the covariance and $q$ of the mean. For $T < 1$ it is stable iff $w <
    w_c$ with $w_c = 1 + \frac{\log q}{\log T}$ by the flow and $\frac{T - q T^2}{1 - T}$ by the
    density; unbiased at $w = 1$ and at $w = T$. In the inverse variance $w_c$ is a transcritical
    bifurcation with the state of infinite variance.
    """
    for heat, share, strength, flow in (
        (0.9, 0.1, 1.5, True),
        (0.9, 0.1, 1.5, False),
        (0.6, 0.5, 0.3, True),
        (1.2, 0.3, 0.5, False),
    ):
        what = f"T = {heat}, a = {share}, w = {strength}, flow = {flow}"
        run = _loop(strength, heat, share, flow)
        end = claim["variance"](strength, heat, share, flow=flow)
        state = Gaussian.of(1.5, 2.0 * end)
        yield closed_form(f"fixed point, {what}", 2.0 * end, run(state).covariance[0, 0])
        heat_of = claim["temperature"](strength, heat, flow=flow)
        exact = np.sort([1 - share, (1 - share) * heat_of])
        found = np.sort(np.real(multipliers(run, state)))
        yield closed_form(f"multipliers, {what}", exact, found)
    for heat, flow in ((0.9, True), (0.9, False), (1.3, False)):
        strength = claim["unbiased"](heat, flow=flow)
        what = f"the real model is fixed, T = {heat}, flow = {flow}"
        after = _loop(strength, heat, 0.0, flow)(_real())
        yield closed_form(what, after.covariance, _real().covariance)
    for heat, share, flow in ((0.9, 0.1, True), (0.9, 0.1, False), (0.5, 0.4, True)):
        what = f"T = {heat}, a = {share}, flow = {flow}"
        claimed = claim["critical"](heat, share, flow=flow)
        found = trial.once(f"critical {what}", lambda x=(heat, share, flow): _critical(*x))
        yield closed_form(f"multiplier one by the engine, {what}", claimed, found, tolerance=1e-12)
        event = trial.once(f"event {what}", lambda x=(heat, share, flow): _event(*x))
        what = f"branches of the inverse variance cross, {what}"
        yield closed_form(what, [claimed, 0, 2], event, scale=1.0, tolerance=1e-12)
        ends = claim["variance"](claimed - 1e-9, heat, share, flow=flow)
        yield bound(f"the variance goes to infinity, {what}", 1e6, ends)
        share_again = claim["fraction"](claimed, heat, flow=flow)
        yield closed_form(f"the same edge in the real fraction, {what}", share, share_again)
    plane = Gaussian.of([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])
    run = loop(plane, strength=1.5, temperature=0.9, real_fraction=0.1, flow=True)
    end = plane.temper(guidance.guided_variance(1.5, 0.9, 0.1, flow=True))
    found = np.sort(np.abs(multipliers(run, end)))[-3:]
    claimed = 0.9 * claim["temperature"](1.5, 0.9, flow=True)
    yield closed_form("every direction of the plane", claimed, found)


def _loop(strength, heat, share, flow):
    return loop(_real(), strength=strength, temperature=heat, real_fraction=share, flow=flow)


def _critical(heat, share, flow):
    """The strength where the multiplier of the map of the variance is one."""

    @jax.jit
    def radius(strength):
        run = _loop(strength, heat, share, flow)
        variance = lambda c: run(Gaussian(_real().mean, jnp.sqrt(c)[None, None])).covariance[0, 0]
        return spectral_radius(variance, jnp.array(1.0))

    return float(threshold(radius, *_interval(heat, flow)))


def _interval(heat, flow):
    """Strengths on both sides of the critical one."""
    return 0.5, 8.0 if flow else 0.9 * heat / (1 - heat)


def _event(heat, share, flow):
    """Strength, inverse variance and kind of the event on the branch of the inverse variance."""

    def family(strength):
        run = _loop(strength, heat, share, flow)
        fixed = _real().covariance[0, 0]

        def step(inverse):
            # The map is affine in the variance: its slope and its value at zero say it all.
            variance = lambda c: run(Gaussian(_real().mean, jnp.sqrt(c)[None, None])).covariance[
                0, 0
            ]
            at, slope = jax.jvp(variance, (fixed,), (jnp.ones_like(fixed),))
            return inverse / ((at - slope * fixed) * inverse + slope)

        return step

    low, high = _interval(heat, flow)
    start = 0.5 / guidance.guided_variance(low, heat, share, flow=flow)
    traced = branch(family, jnp.asarray(start), low, high)
    (found,) = bifurcations(family, traced)
    return [float(found.parameter), float(found.state), int(found.kind)]


@proves("ST-E3")
def proofs(digits):
    r"""$q \tau = 1$ in the strength and in the real fraction, by the flow and by the density."""
    flow = lambda w, t, a: (1 - w) * jnp.log(t) + jnp.log(1 - a)
    density = lambda w, t, a: (1 - a) * t**2 - (1 + w) * t + w
    known, asked = ["0.9", "0.1"], ["0.9", "1.5"]
    options = {"digits": digits}
    return {
        "flow, T = 0.9, a = 0.1, strength": certify_root(
            flow, "0", "8", parameters=known, **options
        ),
        "density, T = 0.9, a = 0.1, strength": certify_root(
            density, "0", "8", parameters=known, **options
        ),
        "flow, T = 0.9, w = 1.5, real fraction": certify_root(
            lambda a, t, w: flow(w, t, a), "0", "1/2", parameters=asked, **options
        ),
        "density, T = 0.9, w = 1.5, real fraction": certify_root(
            lambda a, t, w: density(w, t, a), "0", "1/2", parameters=asked, **options
        ),
    }
