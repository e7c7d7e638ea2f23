"""Certificates of multipliers and truncated loops at their thresholds: `verify --certify`."""

from fractions import Fraction

import jax.numpy as jnp
import numpy as np

from ...certificates import certify_bifurcation, certify_fixed_point, certify_root
from ...loops.temperature.proofs.thresholds import ExactLoop, certify_local
from ...verification import certificates

_REAL, _LEAST = ["1/2", "3/10", "1/5"], "3/25"


@certificates("HD-6")
def multiplier_one(digits):
    """A fold of the loop's own program, where the largest multiplier is one."""

    def family(a, real, temperature):
        def generation(x):
            powers = x ** (1 / temperature)
            return a * real + (1 - a) * powers / powers.sum()

        return generation

    known = {"real": _REAL, "temperature": "0.8"}
    start = np.array([0.2643, 0.6166, 0.1191])
    return {
        "(5, 3, 2), T = 0.8, fold of outcome 2": certify_bifurcation(
            "fold", family, start, 0.1367, parameters=known, digits=digits
        )
    }


@certificates("HD-13")
def hot_or_cold(digits):
    r"""$u g'(u)/g(u) = 1$ for $g = x^2/(c + x^2)$: how many equal outcomes are stable."""
    excess = lambda u, c: 2 * c / (c + u**2) - 1
    return {
        "c = 0.1, uniform state of 1/u outcomes": certify_root(
            excess, "0", "1", parameters=["0.1"], digits=digits
        )
    }


@certificates("U-3")
def two_level_multiplier(digits):
    r"""$\mu_b = 1$ in $\rho$, and $(1 - a)/T = 1$ at the uniform state."""

    def between(rho, b, outcomes, winners):
        power = jnp.exp(b * jnp.log(rho))
        winning = b * power / rho * (rho - 1) / (power - 1)
        others = outcomes - winners
        return winning * (winners * rho + others) / (winners * power + others) - 1

    return {
        "K = 10, T = 0.8, one winner, ratio at the fold": certify_root(
            between, "2", "10", parameters=["5/4", "10", "1"], digits=digits
        ),
        "T = 0.8, uniform state": certify_root(
            lambda a, t: (1 - a) / t - 1, "0", "1", parameters=["0.8"], digits=digits
        ),
    }


@certificates("U-7")
def numbers_of_fixed_points(digits):
    r"""$a_\mathrm{fold}(m)$ for one and two winners, between which the number changes."""

    def family(a, b, outcomes, winners):
        def generation(x):
            other = (1 - winners * x) / (outcomes - winners)
            won, lost = jnp.exp(b * jnp.log(x)), jnp.exp(b * jnp.log(other))
            return a / outcomes + (1 - a) * won / (winners * won + (outcomes - winners) * lost)

        return generation

    starts = {1: (0.3787, 0.2536), 2: (0.2187, 0.2052)}
    return {
        f"K = 6, T = 0.8, {winners} winning": certify_bifurcation(
            "fold",
            family,
            np.array([state]),
            a,
            parameters=["5/4", "6", str(winners)],
            digits=digits,
        )
        for winners, (state, a) in starts.items()
    }


@certificates("FS-4")
def diverging_fluctuations(digits):
    """Where the fluctuations about the uniform state diverge: its multiplier is one."""
    return {"uniform, K = 4, T = 0.8": certify_local(ExactLoop.uniform(4, "0.8"), digits=digits)}


@certificates("AC-3")
def remembered_noise(digits):
    r"""$\mu = \frac12$, where the regime of the noise changes, at the uniform state."""
    excess = lambda a, t: (1 - a) / t - 0.5
    return {
        f"uniform, T = {t}": certify_root(excess, "0", "1", parameters=[t], digits=digits)
        for t in ("1", "0.8")
    }


@certificates("AC-5")
def windows(digits):
    r"""Both ends $-w < \mu < 1$ of the stable range of a window, and that of fading data."""
    named = {}
    for multiplier in ("-2.999", "-3.001", "0.999", "1.001"):
        named[f"w = 3, multiplier {multiplier}"] = certify_fixed_point(
            _window, np.zeros(3), parameters=[multiplier], digits=digits
        )
    named["fading by 0.4, lower end"] = certify_root(
        lambda mu, share: 2 - share * (1 - mu), "-10", "1", parameters=["0.4"], digits=digits
    )
    return named


def _window(multiplier):
    """The deviations of the last generations, to which the next one is added."""
    return lambda y: jnp.concatenate([multiplier * jnp.mean(y, keepdims=True), y[:-1]])


@certificates("TR-2")
def kept_support(digits):
    r"""$\min p = 1 - c$: above this mass a nucleus keeps four outcomes of Zipf's law."""
    return {
        "Zipf's law, 4 outcomes, mass": certify_root(
            lambda c, least: least - (1 - c), "1/2", "1", parameters=[_LEAST], digits=digits
        )
    }


@certificates("TR-3")
def truncated_fixed_points(digits):
    """At which real fractions top-2 and a nucleus keep a set of (6, 5, 4, 3, 2)/20."""
    top = lambda a, least, mass, best: least * (a * mass + 1 - a) - a * mass * best
    mass = lambda a, total: a * total + 1 - a
    real = [Fraction(w, 20) for w in (6, 5, 4, 3, 2)]
    return {
        "top-2 keeps the last two up to": certify_root(
            top, "1/10", "1", parameters=["1/10", str(real[3] + real[4]), "3/10"], digits=digits
        ),
        "a nucleus of 0.8 keeps the first three up to": certify_root(
            lambda a, total, c: mass(a, total) - c,
            "0",
            "1",
            parameters=[str(sum(real[:3])), "0.8"],
            digits=digits,
        ),
        "a nucleus of 0.8 keeps the first four from": certify_root(
            lambda a, total, before, c: mass(a, total) * before - c * total,
            "0",
            "1",
            parameters=[str(sum(real[:4])), str(sum(real[:3])), "0.8"],
            digits=digits,
        ),
    }
