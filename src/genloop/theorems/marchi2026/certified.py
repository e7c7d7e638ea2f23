"""Certificates of the human data that each bound asks for: `genloop verify --certify`."""

from fractions import Fraction

import jax.numpy as jnp

from ...certificates import certify_root
from ...loops.temperature.proofs.thresholds import ExactLoop, certify_contraction, certify_unique
from ...verification import certificates

_OUTCOMES, _TEMPERATURE, _SMALLEST, _SETTLED, _ERROR = 10, "0.8", "0.05", "0.9", "0.01"


def _least_odds(condition, digits, *, parameters, most="1000"):
    return certify_root(condition, "0", most, parameters=parameters, digits=digits)


@certificates("FR-1")
def positive_floor(digits):
    r"""$\mu \delta = \eta$: above it the training error leaves every outcome alive."""
    condition = lambda mu, delta, eta: mu * delta - eta
    found = _least_odds(condition, digits, parameters=[_SMALLEST, _ERROR])
    return {f"least probability {_SMALLEST}, error {_ERROR}": found}


@certificates("FR-4")
def fisher_rao_condition(digits):
    r"""Equality in both conditions of the theorem, at uniform data ($\delta = \theta_e = 1/K$)."""
    settled = lambda mu, t, k, n: t * mu * k / n - (1 + n * k)
    error = lambda mu, t, k, n, eta: mu / n - eta - 2 * n / (t * k)
    known = [_TEMPERATURE, _SETTLED, str(_OUTCOMES)]
    of = f"uniform, K = {_OUTCOMES}, T = {_TEMPERATURE}"
    return {
        f"{of}, first condition": _least_odds(settled, digits, parameters=known),
        f"{of}, second condition": _least_odds(error, digits, parameters=[*known, _ERROR]),
    }


@certificates("FR-5")
def euclidean_condition(digits):
    r"""$z T = 1$ and the sharper $z T = \frac12$, $z = \kappa (\mu \delta - \eta)$."""
    strength = lambda mu, t, k, delta, eta: k * (mu * delta - eta) * t
    known, of = [_TEMPERATURE, _SETTLED, _SMALLEST, _ERROR], f"T = {_TEMPERATURE}"
    sharper = lambda mu, *known: strength(mu, *known) - 0.5
    published = lambda mu, *known: strength(mu, *known) - 1
    return {
        f"{of}, published": _least_odds(published, digits, parameters=known),
        f"{of}, sharper": _least_odds(sharper, digits, parameters=known),
    }


def _universal(mu, t, outcomes):
    r"""$2 e (\Lambda - b) \Lambda^e - (K - 2)$ at $\Lambda = 1 + \mu$ [HD-11]."""
    return 2 * t / (1 - t) * (1 + mu - 1 / t) * jnp.exp(t / (1 - t) * jnp.log1p(mu)) - outcomes + 2


@certificates("FR-6")
def bounds_in_order(digits):
    """The bounds for Zipf's law: the last fold and contraction as real fractions, then odds."""
    weights = [Fraction(1, rank) for rank in range(1, _OUTCOMES + 1)]
    loop, of = ExactLoop.of(weights, _TEMPERATURE), f"Zipf's law, K = {_OUTCOMES}"
    smallest = str(loop.levels[-1][0])
    return {
        f"{of}, last fold, real fraction": certify_unique(loop, digits=digits),
        f"{of}, any real data": _any_real_data(digits),
        f"{of}, contraction, real fraction": certify_contraction(loop, digits=digits),
        f"{of}, Gharesifard and Tabuada": _least_odds(
            lambda mu, t, delta: mu * t * delta - 1, digits, parameters=[_TEMPERATURE, smallest]
        ),
    }


@certificates("FR-7")
def universal_odds(digits):
    r"""$\mu = \Lambda - 1$: above it the relative entropy to the equilibrium decays."""
    return {f"K = {_OUTCOMES}, T = {_TEMPERATURE}": _any_real_data(digits)}


def _any_real_data(digits):
    known = [_TEMPERATURE, str(_OUTCOMES)]
    # The function increases from Lambda = b on.
    start = str(1 / Fraction(_TEMPERATURE) - 1)
    return certify_root(_universal, start, "10", parameters=known, digits=digits)
