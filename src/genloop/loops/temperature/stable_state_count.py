"""The number of stable states of a temperature loop, over a whole grid of parameters."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ...arguments import check_lists, check_one
from ...bisection import last_where
from ...models import Categorical
from ...models.model import positive_temperature, share_of_real_data
from ...printing import host, plural, readable
from . import winners
from .branches import ProbabilityClasses, branch_point
from .chebyshev import ChebyshevSeries
from .folds import balance_peak, place_balance

_TERMS = 96


@readable
class StableStateCount(eqx.Module):
    r"""The number of stable states of the temperature loop at many parameters.

    A measure for `genloop.phase_diagram` with the one field `stable_states`. Every outcome that is
    not the single most probable one can win at real fractions below its fold, and folds are ordered
    like the real probabilities [HD-9]: so the folds are computed once for each temperature and then
    only counted. At $T = 1$, $a = 0$ every state is fixed and the number is 0. Raises `ValueError`
    for a real probability of zero and for parameters out of range; under a trace the number is then
    -1.

    ```python
    count = gl.loops.temperature.StableStateCount(gl.Categorical.of([5, 3, 2]))
    count(temperature=jnp.array([0.5]), real_fraction=jnp.array([0.1]))["stable_states"]  # [3]
    ```
    """

    classes: ProbabilityClasses
    batched = True

    def _heading(self) -> str:
        return f"StableStateCount of {plural(int(host(self.classes.counts).sum()), 'outcome')}"

    def _printed(self):
        return {}

    def __init__(self, real: Categorical):
        check_one("real", real, Categorical)
        self.classes = ProbabilityClasses.of(real)

    def __call__(
        self, *, temperature: Float[Array, " n"], real_fraction: Float[Array, " n"]
    ) -> dict[str, Int[Array, " n"]]:
        temperature = jnp.asarray(positive_temperature(temperature))
        fraction = jnp.asarray(share_of_real_data(real_fraction))
        check_lists(temperature=temperature, real_fraction=fraction)
        distinct = jnp.unique(temperature, size=temperature.size, fill_value=jnp.inf)

        def one_temperature(index, found):
            here = distinct[index]
            return jnp.where(temperature == here, _number(self.classes, here, fraction), found)

        start = jnp.where((temperature == 1) & (fraction == 0), 0, 1)
        number = jax.lax.fori_loop(0, (distinct < 1).sum(), one_temperature, start)
        known = ~jnp.isnan(temperature + fraction)
        return {"stable_states": jnp.where(known, number, -1)}


def _number(
    classes: ProbabilityClasses, temperature: Float[Array, ""], fraction: Float[Array, " n"]
) -> Int[Array, " n"]:
    """Stable states at many real fractions, below temperature one."""
    counts = jnp.asarray(classes.counts, int)
    single = counts[0] == 1
    # Folds fall with the real probability: the possible winners are the first ones.
    folds = rival_folds(classes, temperature)
    possible = jnp.searchsorted(-folds, -fraction)
    rivals = jnp.append(0, jnp.cumsum(counts.at[0].multiply(jnp.where(single, 0, 1))))
    number = jnp.where(fraction == 0, rivals[-1], rivals[possible])
    lower, upper = mode_fold_interval(classes, temperature)
    twice = (lower < fraction) & (fraction < upper)
    middle = jnp.log(temperature) - jnp.log1p(-temperature)
    ties_part = branch_point(classes, temperature, 0, middle).real_fraction
    return number + jnp.where(single, 1 + twice, fraction > ties_part)


def rival_folds(classes: ProbabilityClasses, temperature) -> Float[Array, " l"]:
    r"""The real fraction below which each outcome can win, by classes ($T < 1$).

    Infinite for a single most probable outcome, whose branch is another one.
    """
    values, counts = jnp.asarray(classes.values), jnp.asarray(classes.counts)
    single = counts[0] == 1
    largest = jnp.where(single, values[min(1, values.size - 1)], values[0])
    ends = jnp.stack([largest, values[-1]])
    ends = jax.lax.map(lambda value: winners.fold_position(classes, temperature, value), ends)

    def table(position):
        here = winners.lower_roots(classes, temperature, position)
        response = winners.response_of(here.roots, here.log_slope, temperature)
        return jnp.stack([here.rest, (counts[1:] * response[1:]).sum(-1)], -1) / here.scale

    below, above = ends[1] + 1e-6, ends[0] - 1e-6
    series = ChebyshevSeries.of(table, above, below, terms=_TERMS, width=values.size)

    def state(position):
        scale, root, log_slope = winners.mode_root(classes, temperature, position)
        size, response = series(position)
        size = scale * size + counts[0] * root
        response = scale * response + counts[0] * winners.response_of(root, log_slope, temperature)
        return (
            scale,
            size,
            response,
            winners.winner_roots(scale, jnp.minimum(values, largest), temperature),
        )

    def unstable(position):
        _, _, response, roots = state(position)
        return winners.relative_difference(response, roots.response)

    at = [jnp.full_like(values, end) for end in (below, above)]
    scale, size, _, roots = state(winners.crossing(unstable, *at))
    folds = scale / (size + roots.gap)
    return folds.at[0].set(jnp.where(single, jnp.inf, folds[0]))


def mode_fold_interval(
    classes: ProbabilityClasses, temperature
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    r"""The real fractions between which the branch of the most probable outcome folds over itself.

    From its minimum to its maximum; an empty interval where it has none ($T < 1$).
    """
    if classes.values.size == 1:
        return jnp.nan, jnp.nan
    first, start, peak, end = balance_peak(classes, temperature)
    rises = lambda place: place_balance(classes, temperature, first, place) > 0

    def edge(side):
        place = last_where(rises, peak, side)
        value = branch_point(classes, temperature, 0, first + jnp.exp(place)).real_fraction
        return jnp.where(rises(peak), value, jnp.nan)

    lower, upper = jax.lax.map(edge, jnp.stack([start, end]))
    return lower, upper
