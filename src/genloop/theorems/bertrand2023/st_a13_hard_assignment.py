"""ST-A13: A fit that is not consistent has a biased end, and none without real data."""

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf
from scipy import integrate, stats

from ...analysis import fixed_point, multipliers
from ...certificates import certify_root
from ...loops.retraining import hard_assignment as closed
from ...verification import bound, closed_form, exact_law, monte_carlo, proves, scaled, theorem

_HARD = {
    "mean": closed.assigned_mean,
    "map": closed.refitted_centre,
    "fixed": closed.fixed_centre,
    "multiplier": closed.centre_multiplier,
    "drift": closed.drift,
}


@theorem(
    spec="ST-A13",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "models and real data are equal mixtures of N(m, 1) and N(-m, 1)",
        "a fit assigns every point to the nearer centre: the mean of |x|",
        "infinite data in every generation",
    ),
    claim=_HARD,
    mutants={
        "the fit is consistent": _HARD | {"mean": lambda m: m},
        "no bias": _HARD | {"fixed": lambda m, a: m},
        "the multiplier is the synthetic share": _HARD | {"multiplier": lambda m, a: 1 - a},
        "mean 1 % large": scaled(_HARD, 1.01, "mean"),
        "map 1 % large": scaled(_HARD, 1.01, "map"),
        "fixed point 1 % large": scaled(_HARD, 1.01, "fixed"),
        "multiplier 1 % large": scaled(_HARD, 1.01, "multiplier"),
        "drift 1 % large": scaled(_HARD, 1.01, "drift"),
    },
)
def hard_assignment(claim, trial):
    r"""A fit that is not consistent has a biased end, and none without real data.

    $m' = a\,h(m_0) + q\,h(m)$ with $h(m) = E|x| = m (2 \Phi(m) - 1) + 2 \varphi(m) > m$. For $a >
    0$ every start tends to one $m_* > m_0$, with the multiplier $q (2 \Phi(m_*) - 1) < q$. Without
    real data $m$ rises by $2 [\varphi(m) - m \Phi(-m)] > 0$ in every generation, beyond all bounds.
    """
    for centre in (0.0, 0.7, 3.0):
        exact = integrate.quad(lambda x, m=centre: x * _folded(x, m), 0, 40, epsabs=1e-13)[0]
        what = f"by quadrature, m = {centre}"
        yield exact_law(f"mean of |x| {what}", claim["mean"](centre), exact)
        yield exact_law(f"drift {what}", claim["drift"](centre), exact - centre, tolerance=1e-9)
    points = trial.once("points", lambda: _points(trial, 0.7))
    yield monte_carlo("the mean of |x|, m = 0.7", claim["mean"](0.7), np.abs(points))
    for real, share in ((1.0, 0.5), (0.3, 0.05)):
        run = lambda m, r=real, a=share: a * _by_erf(r) + (1 - a) * _by_erf(m)
        what = f"m_0 = {real}, a = {share}"
        yield closed_form(f"{what}, one generation", claim["map"](0.4, real, share), run(0.4))
        end = trial.once(what, lambda f=run, r=real: fixed_point(f, jnp.asarray(r)))
        claimed = claim["fixed"](real, share)
        yield closed_form(f"{what}, the end by the engine", claimed, end.state, tolerance=1e-9)
        yield bound(f"{what}, above the real centre", real, claimed)
        found = multipliers(run, end.state)[0]
        yield closed_form(f"{what}, the multiplier", claim["multiplier"](claimed, share), found)
        for start in (0.0, 6.0):
            last = trial.once(f"{what} {start}", lambda r=real, a=share, s=start: _orbit(r, a, s))
            name = f"{what}, from {start}"
            yield closed_form(name, claimed, last, tolerance=1e-9)


def _folded(x, centre):
    return stats.norm.pdf(x - centre) + stats.norm.pdf(x + centre)


def _by_erf(m):
    return m * erf(m / jnp.sqrt(2)) + jnp.sqrt(2 / jnp.pi) * jnp.exp(-(m**2) / 2)


def _points(trial, centre):
    rng = np.random.default_rng([trial.seed, 13])
    signs = rng.choice([-1.0, 1.0], trial.replicates)
    return centre * signs + rng.normal(size=trial.replicates)


def _orbit(real, real_fraction, centre):
    mean = lambda m: stats.foldnorm.mean(m)
    pull = real_fraction * mean(real)
    for _ in range(int(40 / real_fraction)):
        centre = pull + (1 - real_fraction) * mean(centre)
    return centre


@proves("ST-A13")
def proofs(digits):
    """The biased end as a root, alone above the real centre."""
    excess = lambda m, real, share: m - share * _by_erf(real) - (1 - share) * _by_erf(m)
    known = {"parameters": ["1", "0.5"], "digits": digits}
    return {"m_0 = 1, a = 0.5": certify_root(excess, "1", "4", **known)}
