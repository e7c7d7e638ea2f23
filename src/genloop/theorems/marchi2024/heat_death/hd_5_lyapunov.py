"""HD-5: The potential rises in every workflow: replace, window or accumulate."""

import jax
import numpy as np

from ....loops.temperature import structure
from ....verification import bound, scaled, theorem
from .._instances import OUTCOMES, instances, on_instances
from ._instances import one_generation


@theorem(
    spec="HD-5",
    paper="marchi2024",
    status="derived",
    hypotheses=("infinite data", "an interior state", "any share 0 <= gamma <= 1 of new data"),
    claim=structure.potential_gain,
    mutants={
        "1 % more": scaled(structure.potential_gain, 1.01),
        "not proportional to the share": lambda state, share, **p: structure.potential_gain(
            state, 1.0, **p
        ),
    },
)
def lyapunov(claim, trial):
    r"""The potential rises in every workflow: replace, window or accumulate.

    $U((1 - \gamma) x + \gamma F(x)) - U(x) \ge \gamma\,\mathrm{KL}(F(x) \| x)$, with equality for
    $a = 1$ at $\gamma = 1$. So there are no cycles, and with $\sum_t \gamma_t = \infty$ every orbit
    tends to the set of fixed points: $\min_{s < t} \mathrm{KL}(F(x_s) \| x_s) \le (U(x_t) -
    U(x_0))/\sum_{s < t} \gamma_s$.
    """
    for outcomes in OUTCOMES:
        cases, gains = trial.once(f"gains {outcomes}", lambda k=outcomes: _gains(k))
        for share, gain in gains.items():
            expected = on_instances(claim, cases, np.full(len(gain), share))
            yield bound(f"{outcomes} outcomes, share {share}", expected, gain, tolerance=1e-9)
    gains, heights, shares = trial.once("accumulate", lambda: _accumulate(instances(12)))
    yield bound(
        "orbits of an accumulating dataset climb", heights[:-1], heights[1:], tolerance=1e-12
    )
    allowed = (heights[-1] - heights[0]) / shares.sum()
    yield bound("they come to rest", (gains / shares[:, None]).min(axis=0), allowed)


def _gains(outcomes):
    """Instances, some without synthetic data, and what the potential gains at several shares."""
    cases = instances(outcomes)
    cases = cases._replace(real_fraction=np.where(np.arange(32) < 8, 1.0, cases.real_fraction))

    def gain(state, share, **parameters):
        moved = state.mix(one_generation(state, **parameters), share)
        before = structure.potential(state, **parameters)
        return structure.potential(moved, **parameters) - before

    shares = (0.01, 0.3, 1.0)
    every = lambda state, **p: [gain(state, share, **p) for share in shares]
    return cases, dict(zip(shares, on_instances(every, cases), strict=True))


def _accumulate(cases):
    """Orbits from one generation of data, shares 1/(t + 1): gains as claimed, heights, shares."""
    shares = 1 / np.arange(2.0, 402.0)

    def orbit(start, **parameters):
        def generation(state, share):
            gain = structure.potential_gain(state, share, **parameters)
            moved = state.mix(one_generation(state, **parameters), share)
            return moved, (gain, structure.potential(state, **parameters))

        return jax.lax.scan(generation, start, shares)[1]

    gains, heights = on_instances(orbit, cases)
    return gains.T, heights.T, shares
