"""ST-A8: Two peaks: stable for every weight until a pitchfork, far beyond the general bound."""

import jax.numpy as jnp
import numpy as np
from scipy import integrate

from ...analysis import bifurcation_point, multipliers
from ...certificates import certify_bifurcation, certify_root
from ...loops.retraining import cauchy
from ...stages import Mix, Refit
from ...verification import closed_form, exact_law, proves, scaled, theorem
from ._two_peaks import TwoPeaks, family, real_points

_PEAKS = {
    "divergence": cauchy.divergence,
    "centres": cauchy.critical_centres,
    "curvature": cauchy.real_curvature,
    "multiplier": cauchy.centre_multiplier,
    "smoothness": lambda: cauchy.SMOOTHNESS,
    "transport": cauchy.transport_distance,
    "weight": cauchy.sufficient_weight,
    "pitchfork": lambda: 2.0,
}


@theorem(
    spec="ST-A8",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "the model Cauchy(theta, 1), real data Cauchy about a and -a with equal shares",
        "infinite data and exact maximum likelihood in every generation",
    ),
    claim=_PEAKS,
    mutants={
        "the divergence of a normal law": _PEAKS | {"divergence": lambda x, y: (x - y) ** 2 / 2},
        "the centres are the peaks": _PEAKS | {"centres": lambda a: jnp.array([-a, 0.0, a])},
        "stable below a weight of one half": _PEAKS | {"weight": lambda a: 0.5},
        "the ratio of curvatures is one": _PEAKS | {"multiplier": lambda a, w: w / (1 + w)},
        "divergence 1 % large": scaled(_PEAKS, 1.01, "divergence"),
        "centres 1 % out": scaled(_PEAKS, 1.01, "centres"),
        "curvature 1 % large": scaled(_PEAKS, 1.01, "curvature"),
        "multiplier 1 % large": scaled(_PEAKS, 1.01, "multiplier"),
        "smoothness 1 % large": scaled(_PEAKS, 1.01, "smoothness"),
        "transport 1 % large": scaled(_PEAKS, 1.01, "transport"),
        "weight 1 % large": scaled(_PEAKS, 1.01, "weight"),
        "pitchfork 1 % late": scaled(_PEAKS, 1.01, "pitchfork"),
    },
)
def two_peaks(claim, trial):
    r"""Two peaks: stable for every weight until a pitchfork, far beyond the general bound.

    Retraining maximises $\ell(\theta') - w \log(1 + \frac{(\theta - \theta')^2}4)$. The centre 0 is
    a fixed point with the multiplier $\frac w{w - 2 A}$, $A = -\frac{2 (4 - a^2)}{(4 + a^2)^2}$,
    below one for $a < 2$ and every $w$; at $a = 2$ the maxima $\pm\sqrt{a^2 - 4}$ branch off. ST-A4
    with $L = \frac{3 + 2\sqrt2}2$ and $\epsilon = \frac2\pi [a \arctan a - \frac12 \log(1 + a^2)]$
    proves stability only for $w < \frac12/(1 - L \epsilon/A)$, which is 0.1138 at $a = 1$.
    """
    for centre, other in ((0.0, 2.0), (1.0, -4.0)):
        found = trial.once(f"KL {centre}", lambda x=centre, y=other: _divergence(x, y))
        claimed = claim["divergence"](centre, other)
        yield exact_law(f"divergence of {other} from {centre}", claimed, found, tolerance=1e-8)
    for distance, weight in ((1.0, 0.3), (1.0, 5.0), (1.9, 20.0), (3.0, 2.0)):
        what = f"a = {distance}, w = {weight}"
        exact = TwoPeaks(0.5, distance).multiplier(0.0, weight)
        claimed = claim["multiplier"](distance, weight)
        yield closed_form(f"{what}, the numerical maximiser", claimed, exact)
    found = trial.once("engine", lambda: _by_the_engine(1.0, 0.3))
    what = "a = 1, w = 0.3, by the stages Mix and Refit"
    yield closed_form(what, claim["multiplier"](1.0, 0.3), found, tolerance=1e-8)
    for distance in (0.5, 1.0, 1.7):
        what = f"a = {distance}"
        pieces = trial.once(what, lambda a=distance: _constants(a))
        transport, steepness, smoothness = pieces
        for name, value in (("curvature", -steepness), ("transport", transport)):
            claimed = claim[name](distance)
            yield exact_law(f"{what}, {name} by quadrature", claimed, value, tolerance=1e-8)
        whole = 0.5 / (1 + smoothness * transport / steepness)
        claimed = claim["weight"](distance)
        yield exact_law(f"{what}, the general bound", claimed, whole, tolerance=1e-8)
        yield closed_form("smoothness by a search", claim["smoothness"](), smoothness)
    for distance in (2.1, 3.0, 6.0):
        exact = TwoPeaks(0.5, distance).critical()
        claimed = claim["centres"](distance)
        what = f"critical points by roots of a polynomial, a = {distance}"
        yield closed_form(what, claimed, exact, tolerance=1e-9, scale=1.0)
    found = trial.once("pitchfork", _pitchfork)
    yield closed_form("the pitchfork by the engine", claim["pitchfork"](), found)


def _by_the_engine(distance, weight):
    """The multiplier at the centre, of a family given by its log-density alone."""
    loop = Mix(real_points(0.5, distance), 1 / (1 + weight)) >> Refit()
    return multipliers(loop, family(0.0))[0]


def _density(x):
    return 1 / (np.pi * (1 + x**2))


def _divergence(centre, other):
    ratio = lambda x: np.log((1 + (x - other) ** 2) / (1 + (x - centre) ** 2))
    return integrate.quad(lambda x: _density(x - centre) * ratio(x), -np.inf, np.inf)[0]


def _constants(distance):
    r"""$\epsilon$, $\alpha$ and $L$ from the densities alone."""
    below = lambda x: 0.5 + np.arctan(x) / np.pi
    gap = lambda x: below(x) - (below(x - distance) + below(x + distance)) / 2
    half = integrate.quad(gap, 0, np.inf, epsabs=1e-13)[0]
    bend = lambda x: 2 * (1 - x**2) / (1 + x**2) ** 2
    real = lambda x: _density(x - distance) * bend(x)
    steepness = integrate.quad(real, -np.inf, np.inf, epsabs=1e-13)[0]
    x = np.linspace(0.3, 0.5, 200_001)
    return 2 * half, steepness, np.abs(4 * x * (x**2 - 3) / (1 + x**2) ** 3).max()


def _ascent(half_distance):
    """Retraining by one gradient step: the same fixed points, and an explicit map.

    On the distances to both peaks, which an exchange of the peaks exchanges.
    """

    def moved(own, other):
        pull = other / (4 + other**2) - own / (4 + own**2)
        return half_distance + (own - other) / 2 + pull

    def step(distances):
        left, right = distances
        return jnp.stack([moved(left, right), moved(right, left)])

    return step


def _pitchfork():
    point = bifurcation_point("branch point", _ascent, jnp.array([2.1, 2.1]), 2.1)
    return float(point.parameter)


@proves("ST-A8")
def proofs(digits):
    r"""The pitchfork, of retraining by one gradient step, and $A = 0$."""
    start = jnp.array([2.0, 2.0])
    return {
        "the pitchfork": certify_bifurcation("branch point", _ascent, start, 2.0, digits=digits),
        "the curvature is zero": certify_root(cauchy.real_curvature, "1", "3", digits=digits),
    }
