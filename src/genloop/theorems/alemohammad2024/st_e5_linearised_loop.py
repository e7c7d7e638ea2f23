"""ST-E5: extrapolation in the neighbourhood of the real parameters."""

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import multipliers, spectral_radius, threshold
from ...certificates import certify_root
from ...loops import guidance
from ...models import Normal
from ...stages import Guide, Mix
from ...verification import closed_form, proves, scaled, theorem

_LINEAR = {
    "multiplier": guidance.linearised_multiplier,
    "threshold": guidance.linearised_threshold,
}


def _real():
    return Normal.of(0.5, variance=2.0)


@theorem(
    spec="ST-E5",
    paper="alemohammad2024",
    status="derived",
    hypotheses=(
        "parameters in which guidance extrapolates and real data mix linearly",
        "an auxiliary map S with S(x) = x at the real parameters x",
    ),
    claim=_LINEAR,
    mutants={
        "the auxiliary adds what it keeps": _LINEAR
        | {"multiplier": lambda w, a, k: (1 - a) * (1 + w * (1 + k))},
        "multiplier 1 % large": scaled(_LINEAR, 1.01, "multiplier"),
        "threshold 1 % high": scaled(_LINEAR, 1.01, "threshold"),
        "the threshold forgets the synthetic share": _LINEAR
        | {"threshold": lambda a, k: a / (1 - k)},
    },
)
def linearised_loop(claim, trial):
    r"""Extrapolation away from an auxiliary map multiplies deviations by $q\,[1 + w (1 - \kappa)]$.

    $\theta' = (1 + w)\,\theta_r - w\,S(\theta_r)$ with $\theta_r = a \theta_0 + q \theta$ has the
    derivative $q\,[(1 + w) I - w\,DS]$; for the eigenvalue $\kappa$ of $DS$ it is stable iff $w <
    \frac a{q (1 - \kappa)}$ where $\kappa < 1$. What the auxiliary map forgets is what guidance
    amplifies.
    """
    rng = np.random.default_rng([trial.seed, 5])
    for size, share, strength in ((1, 0.5, 1.0), (4, 0.2, 3.0)):
        root = rng.normal(size=(size, size))
        kept = rng.uniform(0.2, 1.1, size)
        matrix = root @ np.diag(kept) @ np.linalg.inv(root)
        run = lambda x, s=matrix, a=share, w=strength: _extrapolated(x, s, a, w)
        found = np.sort(np.real(multipliers(run, jnp.zeros(size))))
        claimed = np.sort(claim["multiplier"](strength, share, kept))
        yield closed_form(f"multipliers, size {size}", claimed, found, tolerance=1e-9)
    for share, kept in ((0.1, 0.8), (0.4, 0.5)):
        run = _stages(1.7, share, kept)
        found = np.real(multipliers(run, _real()))
        what = f"normal numbers, a = {share}, kept {kept}"
        yield closed_form(what, claim["multiplier"](1.7, share, kept), found)
        edge = trial.once(f"edge {what}", lambda a=share, k=kept: _edge(a, k))
        yield closed_form(f"edge by the engine, {what}", claim["threshold"](share, kept), edge)


def _extrapolated(x, matrix, share, strength):
    base = (1 - share) * x
    return (1 + strength) * base - strength * matrix @ base


def _stages(strength, share, kept):
    """The loop of normal numbers whose auxiliary model forgets a share of their deviation."""
    return Mix(_real(), share) >> Guide(strength, Mix(_real(), 1 - kept))


def _edge(share, kept):
    radius = jax.jit(lambda w: spectral_radius(_stages(w, share, kept), _real()))
    return float(threshold(radius, 0.0, 10.0))


@proves("ST-E5")
def proofs(digits):
    r"""$q\,[1 + w (1 - \kappa)] = 1$ in the strength."""
    level = lambda w, a, k: (1 - a) * (1 + w * (1 - k)) - 1
    return {
        "a = 0.1, kept 0.8": certify_root(level, "0", "2", parameters=["0.1", "0.8"], digits=digits)
    }
