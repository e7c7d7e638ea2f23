"""U-3: The multipliers of two-level states; only one winner beyond the fold is stable."""

import jax.numpy as jnp
import numpy as np

from ....certificates import certify_root
from ....loops.temperature.closed_forms import uniform
from ....verification import bound, closed_form, proves, theorem
from .._instances import derivatives, evaluate
from ._instances import SIZE, cases_of, first_form, fold_by_sinh, two_level_states


def _changed(**factors):
    """The multipliers with some of them off by a factor."""

    def levels(*arguments, **parameters):
        state = uniform.two_levels(*arguments, **parameters)
        return state._replace(**{name: getattr(state, name) * f for name, f in factors.items()})

    return levels


def _without_masses(*arguments, **parameters):
    state = uniform.two_levels(*arguments, **parameters)
    return state._replace(between=state.among_winners * state.among_losers)


@theorem(
    spec="U-3",
    paper="marchi2024",
    status="derived",
    hypotheses=("uniform real data", "T < 1", "a two-level fixed point with m winners"),
    claim=uniform.two_levels,
    mutants={
        "among winners 1 % low": _changed(among_winners=0.99),
        "among losers 1 % high": _changed(among_losers=1.01),
        "between the levels 1 % high": _changed(between=1.01),
        "between the levels without their masses": _without_masses,
    },
)
def two_level_multipliers(claim, trial):
    r"""The multipliers of two-level states; only one winner beyond the fold is stable.

    $\mu_w = b \rho^{b-1} \frac{\rho - 1}{\rho^b - 1} > 1$ among winners ($m - 1$ times), $\mu_l =
    b\,\frac{\rho - 1}{\rho^b - 1} < 1$ among losers ($K - m - 1$ times), and once $\mu_b = \mu_w
    \frac{m \rho + K - m}{m \rho^b + K - m}$, which is one exactly at the fold. At the uniform state
    all are $(1 - a)/T$.
    """
    axes = np.meshgrid([0.2, 0.5, 0.8, 0.95], [0.3, 1.0, 2.5, 4.0], [1.0, 4.0])
    temperature, delta, winners = (axis.ravel() for axis in axes)
    fractions = first_form(np.exp(delta), temperature, SIZE, winners)
    cold = np.array([0.1, 0.4, 0.7, 0.99])
    top = trial.once("folds", lambda: [fold_by_sinh(t, SIZE)[1] for t in cold])
    points = [*delta, *top], [*temperature, *cold], [*winners, *np.ones(4)]
    one = lambda d, t, m: claim(d, temperature=t, outcomes=SIZE, winners=m)
    every = evaluate(one, *map(np.array, points))
    state = type(every)(*(field[:32] for field in every))
    cases = cases_of(temperature, fractions, two_level_states(delta, winners, SIZE))
    dense = trial.once("dense", lambda: np.sort(np.linalg.eigvals(derivatives(cases)[0]).real))
    rows = np.stack([state.among_winners, state.among_losers, state.between, winners], axis=-1)
    claimed = [_repeated(*row) for row in rows]
    yield closed_form("all multipliers", np.sort(claimed), dense, tolerance=1e-11, scale=1.0)
    yield bound("winners compete", 1.0, state.among_winners)
    yield bound("losers agree", state.among_losers, 1.0)
    yield closed_form("one at the fold", every.between[32:], 1.0)
    level = cases._replace(state=cases.real)
    flat = trial.once("uniform", lambda: np.linalg.eigvals(derivatives(level)[0]).real.max(axis=-1))
    yield closed_form("uniform state", (1 - fractions) / temperature, flat)


def _repeated(among_winners, among_losers, between, winners):
    """All K multipliers with their multiplicities, the structural zero included."""
    count = int(winners)
    return [among_winners] * (count - 1) + [among_losers] * (SIZE - count - 1) + [between, 0.0]


@proves("U-3")
def proofs(digits):
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
