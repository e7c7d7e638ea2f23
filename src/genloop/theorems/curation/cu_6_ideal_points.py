"""CU-6: Ideal points: their compromise takes everything exactly if they are sub-Gaussian."""

import numpy as np
from scipy import optimize

from ...certificates import certify_root
from ...loops.curation import plural
from ...verification import bound, closed_form, proves, scaled, theorem

_CLAIM = {
    "distance": plural.splitting_distance,
    "position": plural.split_position,
    "excess": plural.compromise_excess,
    "population": lambda spread, width: spread - width**2,
}


@theorem(
    spec="CU-6",
    paper="curation",
    status="derived",
    hypotheses=(
        "rewards -|x - c|^2/(2 tau^2) of points of a line, infinitely many candidates and data",
        "no real data, a start with a positive density",
    ),
    claim=_CLAIM,
    mutants={
        "the compromise splits where it is not a local maximum": _CLAIM
        | {"distance": lambda q, *, width=1.0: width / np.sqrt(q * (1 - q))},
        "distance 1 % long": scaled(_CLAIM, 1.01, "distance"),
        "the ideals survive": _CLAIM | {"position": lambda c, *, width=1.0: c},
        "position 1 % out": scaled(_CLAIM, 1.01, "position"),
        "excess 1 % high": scaled(_CLAIM, 1.01, "excess"),
        "the outcomes spread like the ideals": _CLAIM | {"population": lambda v, w: v},
        "the width is subtracted, not its square": _CLAIM | {"population": lambda v, w: v - w},
        "population 1 % wide": scaled(_CLAIM, 1.01, "population"),
    },
)
def ideal_points(claim, trial):
    r"""Ideal points: their compromise takes everything exactly if they are sub-Gaussian.

    Groups have the ideals $c_g$. All at $\bar c = \sum_g q_g c_g$ is the limit if and only if
    $\sum_g q_g e^{z (c_g - \bar c)} \le e^{\tau^2 z^2/2}$ for every $z$. Two groups split above the
    distance $D = \tau \sqrt{2 \log\frac{1 - q}q/(1 - 2 q)}$ ($2 \tau$ for equal groups): for $q \ne
    \frac12$ while the compromise is still a strict local maximum of the gains. Equal groups at $\pm
    c$ then end at $\pm m$, $m = c \tanh\frac{c m}{\tau^2} < c$. If ideals are normal with variance
    $V > \tau^2$ among curators, outcomes end normal with $V - \tau^2$.
    """
    for q in (0.5, 0.3, 0.1, 0.02):
        found = trial.once(f"distance {q}", lambda share=q: _splitting(share))
        claimed = claim["distance"](q, width=1.5) / 1.5
        yield closed_form(f"distance by a search, q = {q}", claimed, found, tolerance=1e-7)
        local = 1 / np.sqrt(q * (1 - q))
        yield bound(f"it splits before the local threshold, q = {q}", found, local, tolerance=1e-9)
        points = np.linspace(-2.0, 3.0, 11)
        ideals, shares = np.array([2.0, -1.0]), np.array([q, 1 - q])
        exact = np.log(_gains_at(points, shares @ ideals, ideals, shares, 0.8))
        claimed = claim["excess"](points, ideals, shares, width=0.8)
        yield closed_form(f"gains at the compromise, q = {q}", claimed, exact, scale=1.0)
    for half in (1.1, 1.5, 3.0):
        found = trial.once(f"position {half}", lambda c=half: _best_pair(c))
        claimed = claim["position"](0.7 * half, width=0.7) / 0.7
        yield closed_form(f"position by the welfare, c = {half}", claimed, found, tolerance=1e-7)
        step = 0.05
        grid = np.arange(-80, 81) * step
        rewards = -((grid - half * np.array([[-1.0], [1.0]])) ** 2) / 2
        top = trial.once(f"grid {half}", lambda r=rewards: plural.limit(r, [0.5, 0.5]))
        away = np.abs(np.abs(grid[top > 1e-6]) - claim["position"](half)).max()
        yield bound(f"survivors on a grid, c = {half}", away, step)
    for spread, width in ((3.0, 1.0), (1.0, 0.6)):
        points = np.linspace(-2.0, 2.0, 9)
        gains = _population_gains(points, spread, claim["population"](spread, width), width)
        yield closed_form(f"normal ideals: no gain anywhere, V = {spread}", gains, np.ones(9))


def _gains_at(points, state, ideals, shares, width):
    """The gains where all have one point, by odds of each group."""
    odds = lambda x: np.exp(-((np.asarray(x)[..., None] - ideals) ** 2) / (2 * width**2))
    return (odds(points) / odds(state)) @ shares


def _splitting(share):
    """The least distance at which some point gains on the compromise."""
    points = np.linspace(-6.0, 6.0, 4001)
    points = points[np.abs(points) > 0.02]

    def most(distance):
        ideals, shares = np.array([distance, 0.0]), np.array([share, 1 - share])
        mean = share * distance
        gains = lambda z: np.log(_gains_at(mean + z, mean, ideals, shares, 1.0)) / z**2
        at = points[gains(points).argmax()]
        near = optimize.minimize_scalar(
            lambda z: -gains(z), bounds=(at - 0.01, at + 0.01), options={"xatol": 1e-12}
        )
        return -near.fun

    if share == 0.5:
        # The point that gains first is next to the compromise: the limit of the quotient.
        return optimize.brentq(lambda d: (d / 2) ** 2 - 1, 1.0, 3.0)
    return optimize.brentq(most, 1.0, 1 / np.sqrt(share * (1 - share)), xtol=1e-12)


def _best_pair(half):
    """The symmetric pair of points of the highest welfare, from its logarithm."""
    rewards = lambda m: -((np.array([-m, m]) - half * np.array([[-1.0], [1.0]])) ** 2) / 2
    level = lambda m: -plural.welfare([0.5, 0.5], rewards(m), [0.5, 0.5])
    slope = lambda m: level(m + 1e-5) - level(m - 1e-5)
    return optimize.brentq(slope, 0.3 * half, 1.1 * half, xtol=1e-12)


def _population_gains(points, spread, outcomes, width):
    r"""The gains of points for normal ideals and normal outcomes, by Gauss-Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    ideals, weights = np.sqrt(spread) * nodes, weights / weights.sum()
    total = outcomes + width**2
    means = width / np.sqrt(total) * np.exp(-(ideals**2) / (2 * total))
    odds = np.exp(-((points[:, None] - ideals) ** 2) / (2 * width**2))
    return (odds / means) @ weights


@proves("CU-6")
def proofs(digits):
    r"""Where a tenth splits off, and where equal groups end."""
    import jax.numpy as jnp

    def tangent(distance, q):
        # At the point that gains first, z = 2 log((1 - q)/q)/D.
        odds = jnp.log((1 - q) / q)
        grown = q * jnp.exp(2 * odds * (1 - q)) + (1 - q) * jnp.exp(-2 * odds * q)
        return jnp.log(grown) - 2 * odds**2 / distance**2

    position = lambda m, c: c * jnp.tanh(c * m) - m
    return {
        "q = 0.1, distance": certify_root(tangent, "1", "4", parameters=["0.1"], digits=digits),
        "c = 1.5, position": certify_root(position, "1", "2", parameters=["1.5"], digits=digits),
    }
