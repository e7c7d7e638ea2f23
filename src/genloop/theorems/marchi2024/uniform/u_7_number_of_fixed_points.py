r"""U-7: The loop has $1 + \sum_{m=1}^{K-1} \binom Km\,n_m(a)$ fixed points."""

import math

import jax.numpy as jnp
import numpy as np

from ....certificates import certify_bifurcation
from ....loops.temperature.closed_forms import many_outcomes, uniform
from ....verification import closed_form, proves, theorem
from .. import _enumeration

_KNOWN = (
    (0.5, 4, 0.505, 9),
    (0.5, 5, 0.505, 31),
    (0.5, 6, 0.505, 43),
    (0.5, 6, 0.52, 13),
    (0.5, 3, 0.505, 7),
    # Half a per cent beside 1 - T and beside the fold of two winners, 6/(6 + 2 sqrt 8).
    (0.5, 6, 0.4975, 63),
    (0.5, 6, 0.5025, 43),
    (0.5, 6, 0.5121, 43),
    (0.5, 6, 0.5173, 13),
)


def _choices(temperature, real_fraction, outcomes, weight, *, fold=1.0, local=1.0):
    """The sum over the numbers of winners, with any weight and with thresholds off by a factor."""
    total = 0
    for m in range(1, outcomes):
        top = uniform.fold(temperature=temperature, outcomes=outcomes, winners=m).real_fraction
        many = 2 * (2 * m < outcomes and real_fraction < fold * top)
        ratios = 1 if real_fraction < local * (1 - temperature) else many
        total += weight(outcomes, m) * int(ratios)
    return total


def _counted(**factors):
    """The number of fixed points with thresholds off by a factor."""
    return lambda *, temperature, real_fraction, outcomes: (
        1 + _choices(temperature, real_fraction, outcomes, math.comb, **factors)
    )


@theorem(
    spec="U-7",
    paper="marchi2024",
    status="derived",
    hypotheses=("uniform real data", "0 < a <= 1", "infinite data"),
    claim=many_outcomes.fixed_point_count,
    mutants={
        "one state for each number of winners": lambda *, temperature, real_fraction, outcomes: (
            1 + _choices(temperature, real_fraction, outcomes, lambda k, m: 1)
        ),
        "without the uniform state": lambda **p: many_outcomes.fixed_point_count(**p) - 1,
        "the folds 1 % high": _counted(fold=1.01),
        "the folds 1 % low": _counted(fold=0.99),
        "1 - T 1 % high": _counted(local=1.01),
        "1 - T 1 % low": _counted(local=0.99),
        "the folds of one winner only": lambda *, temperature, real_fraction, outcomes: (
            1 + _choices(temperature, real_fraction, outcomes, lambda k, m: k * (m == 1))
        ),
    },
)
def number_of_fixed_points(claim, trial):
    r"""The loop has $1 + \sum_{m=1}^{K-1} \binom Km\,n_m(a)$ fixed points.

    $n_m$ is the number of ratios $\rho > 1$ at which the branch of $m$ winners has the real
    fraction $a > 0$: one for $a < 1 - T$ (in all $2^K - 1$ fixed points), two for $1 - T < a <
    a_\mathrm{fold}(m)$, which needs $2m < K$, none above.
    """
    for temperature, outcomes, fraction, count in _KNOWN:
        found = claim(temperature=temperature, real_fraction=fraction, outcomes=outcomes)
        yield closed_form(f"K = {outcomes}, a = {fraction}", found, count)
    for temperature, outcomes in ((0.5, 4), (0.8, 3), (0.7, 5), (0.5, 6)):
        for fraction in ((1 - temperature) * 0.7, (1 - temperature) * 1.01, 0.9):
            options = {"temperature": temperature, "real_fraction": fraction}
            what = f"T = {temperature}, K = {outcomes}, a = {fraction:.3g}"
            real = np.full(outcomes, 1 / outcomes)
            search = lambda r=real, o=options: len(_enumeration.fixed_points(r, **o))
            yield closed_form(what, claim(outcomes=outcomes, **options), trial.once(what, search))


@proves("U-7")
def proofs(digits):
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
