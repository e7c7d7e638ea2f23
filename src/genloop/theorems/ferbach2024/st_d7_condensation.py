"""ST-D7: With continuous rewards a curated loop condenses on the best point below a threshold."""

import math

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import polygamma
from scipy import integrate, stats

from ...bisection import zero_between
from ...certificates import certify_root
from ...loops import curation
from ...models import Categorical, Gaussian, QuadraticReward
from ...stages import Mix, Tilt
from ...verification import closed_form, proves, scaled, theorem

_CLAIM = {
    "beta": curation.beta_condensation_fraction,
    "gaussian": curation.gaussian_condensation_fraction,
    "any": curation.condensation_fraction_of,
    "mass": curation.condensed_mass,
}


@theorem(
    spec="ST-D7",
    paper="ferbach2024",
    status="derived",
    hypotheses=(
        "infinitely many candidates and infinite data, no parametric fit",
        "a reward with a largest value that real data reach with probability 0",
    ),
    claim=_CLAIM,
    mutants={
        "beta threshold 1 % high": scaled(_CLAIM, 1.01, "beta"),
        "Gaussian threshold 1 % high": scaled(_CLAIM, 1.01, "gaussian"),
        "any Gaussian 1 % high": scaled(_CLAIM, 1.01, "any"),
        "one less than the exponent": _CLAIM | {"beta": lambda e: e / (e + 2)},
        "zeta of the width": _CLAIM
        | {"gaussian": lambda d, w: curation.gaussian_condensation_fraction(d, math.sqrt(w))},
        "all but real data condenses": _CLAIM | {"mass": lambda a, c: (1 - a) * (a < c)},
    },
)
def condensation(claim, trial):
    r"""A curated loop with continuous rewards condenses below a real fraction.

    With $u = e^{r - r_*}$ under the real law $\rho$ and $Z$ the largest growth, $p_* = a \rho\,Z/(Z
    - q u)$ is a density if $a \ge a_c = 1/\mathbb{E}_\rho[1/(1 - u)]$; below, $Z = q$ and the mass
    $1 - a/a_c$ is an atom on the best point. $a_c = \theta/(\theta + 1)$ for $u$ with density
    $(\theta + 1)(1 - u)^\theta$, $1/(\tau^d \zeta(\frac d2, \tau^2))$ for $N(0, I_d)$ and $r =
    -|x|^2/(2 \tau^2)$, and 0 for $d \le 2$.
    """
    for exponent in (0.5, 1.0, 3.0):
        mean = integrate.quad(lambda x, e=exponent: (e + 1) * x ** (e - 1), 0, 1)[0]
        what = f"mean of 1/(1 - u) by quadrature, exponent {exponent}"
        yield closed_form(what, claim["beta"](exponent), 1 / mean, tolerance=1e-8)
    for exponent, share in ((1.0, 0.2), (2.0, 0.4), (2.0, 0.8)):
        law, rewards, real = trial.once(
            f"grid {exponent} {share}", lambda e=exponent, a=share: _fixed_law(e, a)
        )
        again = (Tilt(rewards) >> Mix(real, share))(Categorical.of(law)).probabilities
        yield closed_form(f"a fixed point, exponent {exponent}, a = {share}", law, again, scale=1.0)
        top = law[rewards > math.log1p(-1e-4)].sum()
        claimed = claim["mass"](share, claim["beta"](exponent))
        what = f"mass of the best 0.01 % on a grid, exponent {exponent}, a = {share}"
        yield closed_form(what, claimed, top, tolerance=1e-3, scale=1.0)
    yield closed_form("6/pi^2 for N(0, I_4)", claim["gaussian"](4, 1.0), 6 / math.pi**2)
    yield closed_form("never in the plane", claim["gaussian"](2, 1.0), 0.0, scale=1.0)
    for dimension, width, distance in ((3, 0.7, 0.0), (4, 1.0, 0.0), (5, 2.0, 1.5), (3, 10.0, 2.0)):
        inverse = 1 / trial.once(
            f"quadrature {dimension} {width} {distance}",
            lambda d=dimension, w=width, e=distance: _mean_inverse(d, w, e),
        )
        what = f"d = {dimension}, width {width}"
        if distance == 0:
            found = claim["gaussian"](dimension, width)
            yield closed_form(f"by quadrature, {what}", found, inverse, tolerance=1e-7)
        real = Gaussian.of([3.0] * dimension, 4 * np.eye(dimension))
        centre = [3.0 + 2 * distance, *[3.0] * (dimension - 1)]
        found = claim["any"](real, QuadraticReward(jnp.array(centre), 2 * width))
        yield closed_form(f"a scaled one, {what}, off {distance}", found, inverse, tolerance=1e-7)


def _fixed_law(exponent, share):
    """The fixed law on cells of 1 - u, the rewards there, and the real law."""
    edges = np.concatenate([[0.0], np.geomspace(1e-7, 1.0, 4001)])
    real = np.diff(edges ** (exponent + 1))
    gaps = (edges[1:] + edges[:-1]) / 2
    u, rest = 1 - gaps, 1 - share
    # The growth is the largest odds and so little more that their sum would hide it.
    above = lambda x: rest * (gaps - gaps.min()) + math.exp(x)
    excess = lambda x: (share * real * u / above(x)).sum() - 1
    x = zero_between(excess, -80.0, 5.0)
    law = share * real * (rest * u.max() + math.exp(x)) / above(x)
    return law, np.log(u), Categorical.of(real)


def _mean_inverse(dimension, width, distance):
    r"""$\mathbb{E}[1/(1 - u)]$ over the square of the distance from the best point."""
    own = stats.ncx2(dimension, distance**2) if distance else stats.chi2(dimension)
    value = lambda s: own.pdf(s * s) * 2 * s / -math.expm1(-s * s / (2 * width**2))
    return integrate.quad(value, 0, math.sqrt(own.isf(1e-14)), epsabs=0, epsrel=1e-10, limit=200)[0]


@proves("ST-D7")
def proofs(digits):
    r"""$a\,\tau^d \zeta(\frac d2, \tau^2) = 1$ for $d = 4$ and $6$, by polygamma functions."""
    four = lambda a, t: a * t**4 * polygamma(1, t**2) - 1
    six = lambda a, t: -a * t**6 * polygamma(2, t**2) / 2 - 1
    return {
        "N(0, I_4), width 1": certify_root(four, "0", "1", parameters=["1"], digits=digits),
        "N(0, I_4), width 2": certify_root(four, "0", "1", parameters=["2"], digits=digits),
        "N(0, I_6), width 1": certify_root(six, "0", "1", parameters=["1"], digits=digits),
        "N(0, I_4), the width for which half real data suffice": certify_root(
            lambda t: four(0.5, t), "1", "2", digits=digits
        ),
    }
