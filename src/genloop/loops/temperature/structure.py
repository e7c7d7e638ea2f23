r"""Identities for every real distribution $r$, number of outcomes and temperature.

The loop is $F(x) = a\,r + (1 - a)\,S_T(x)$ with $S_T(x)_i = x_i^b/\sum_j x_j^b$, $b = 1/T$. States
are `Categorical` with leading batch axes; results drop the axis of the outcomes unless stated.
"""

import jax.numpy as jnp
from jax.lax import stop_gradient
from jax.scipy.special import xlogy
from jaxtyping import Array, Bool, Float

from ...analysis import linearize
from ...models import Categorical
from .recipes import loop


def escort_schedule(model: Categorical, temperatures: Float[Array, " t"]) -> Categorical:
    r"""The model after generations at $T_1, \dots, T_t$ without real data [HD-1].

    $S_{T_t} \circ \dots \circ S_{T_1} = S_{T_1 \cdots T_t}$.
    """
    # A product that overflowed would give outcomes of probability zero their share.
    total = jnp.clip(jnp.log(jnp.asarray(temperatures)).sum(), -690.0, 690.0)
    return model.temper(jnp.exp(total))


def hilbert_distance(left: Categorical, right: Categorical) -> Float[Array, "*batch"]:
    r"""$d_H(x, y) = \max_i \log(x_i/y_i) - \min_i \log(x_i/y_i)$ over the common support [HD-2].

    Infinite where the supports differ.
    """
    x, y = left.probabilities, right.probabilities
    absent = (x == 0) & (y == 0)
    ratio = jnp.log(jnp.where(absent, 1.0, x)) - jnp.log(jnp.where(absent, 1.0, y))
    largest = jnp.where(absent, -jnp.inf, ratio).max(axis=-1)
    return largest - jnp.where(absent, jnp.inf, ratio).min(axis=-1)


def distance_after(distance, generations, *, temperature) -> Float[Array, ""]:
    r"""$d_H(x_t, y_t) = T^{-t}\,d_H(x_0, y_0)$ without real data [HD-2]."""
    return distance / jnp.asarray(temperature) ** generations


def heating_time(distance, goal, *, temperature) -> Float[Array, ""]:
    r"""Generations until the Hilbert distance falls from $d_0$ to $\eta$: $\ln(d_0/\eta)/\ln T$.

    The distance of two models shrinks by exactly $1/T$ a generation without real data [HD-2].
    """
    return jnp.log(distance / goal) / jnp.log(temperature)


def cooling_time(probability, goal, *, temperature) -> Float[Array, ""]:
    r"""Generations until the likelier of two outcomes grows from $p_0$ to $p$, $T < 1$ [HD-2].

    $t = \ln[\operatorname{logit} p/\operatorname{logit} p_0]/\ln(1/T)$.
    """
    logit = lambda p: jnp.log(p / (1 - p))
    return jnp.log(logit(goal) / logit(probability)) / -jnp.log(temperature)


def entropy_slope(model: Categorical, *, temperature) -> Float[Array, "*batch"]:
    r"""$\mathrm d H(S_{1/b}(p))/\mathrm d b = -b \operatorname{Var}_S(\log p)$ in nats [HD-3].

    The variance is over outcomes drawn from $S_{1/b}(p)$, so the entropy rises with $T$.
    """
    weights = model.temper(temperature).probabilities
    seen = model.probabilities > 0
    logarithm = jnp.log(jnp.where(seen, model.probabilities, 1.0))
    mean = (weights * logarithm).sum(axis=-1, keepdims=True)
    return -((weights * (logarithm - mean) ** 2).sum(axis=-1) / temperature)


def potential(
    model: Categorical, *, temperature, real_fraction, real: Categorical
) -> Float[Array, "*batch"]:
    r"""$U(x) = a \sum_i r_i \log x_i + (1 - a)\,T \log \sum_j x_j^{1/T}$ [HD-4].

    $x_i\,\partial_i U = F_i(x)$: the mean-field flow $\dot x = F(x) - x$ climbs $U$ along its
    Fisher-Rao gradient, and its fixed points are the critical points of $U$.
    """
    x = model.probabilities
    # The sum is homogeneous: the scale drops out of the value and of all derivatives.
    scale = stop_gradient(x.max(axis=-1, keepdims=True))
    power_sum = ((x / scale) ** (1 / jnp.asarray(temperature))).sum(axis=-1)
    norm = jnp.log(scale[..., 0]) + temperature * jnp.log(power_sum)
    r = real.broadcast(model.batch_shape).probabilities
    return real_fraction * xlogy(r, x).sum(axis=-1) + (1 - real_fraction) * norm


def drift(
    model: Categorical, *, temperature, real_fraction, real: Categorical
) -> Float[Array, "*batch k"]:
    r"""The mean-field drift $F(x) - x$ of a dataset that keeps its generations [HD-4]."""
    learned = loop(temperature=temperature, real_fraction=real_fraction, real=real)(model)
    return learned.probabilities - model.probabilities


def ascent_rate(
    model: Categorical, *, temperature, real_fraction, real: Categorical
) -> Float[Array, "*batch"]:
    r"""$\mathrm d U/\mathrm d t = \sum_i (F_i(x) - x_i)^2/x_i$ along the flow [HD-4]."""
    change = drift(model, temperature=temperature, real_fraction=real_fraction, real=real)
    return (change**2 / model.probabilities).sum(axis=-1)


def potential_gain(
    model: Categorical, share, *, temperature, real_fraction, real: Categorical
) -> Float[Array, "*batch"]:
    r"""$\gamma\,\mathrm{KL}(F(x) \| x)$: the least gain of $U$ [HD-5].

    In a step $x \to (1 - \gamma)\,x + \gamma F(x)$ of any workflow; `share` is $\gamma \in [0, 1]$:
    1 replaces the data every generation, $n/(\ell_0 + n t)$ accumulates it, a constant keeps a
    window.
    """
    learned = loop(temperature=temperature, real_fraction=real_fraction, real=real)(model)
    new, old = learned.probabilities, model.probabilities
    return share * (xlogy(new, new) - xlogy(new, old)).sum(axis=-1)


def secular_equation(
    model: Categorical, multiplier, *, temperature, real_fraction
) -> Float[Array, "*batch"]:
    r"""$\sum_i s_i/(d_i - \mu)$, zero exactly at the tangent multipliers of the loop [HD-6].

    $s = S_T(x)$ and $d_i = (1 - a)\,b\,s_i/x_i$ at any interior state $x$; a multiplier $\mu$ lies
    in every gap between neighbouring $d_i$. Divided by the sum of its absolute terms.
    """
    poles, tempered = _poles(model, temperature, real_fraction)
    terms = tempered / (poles - jnp.asarray(multiplier)[..., None])
    return terms.sum(axis=-1) / jnp.abs(terms).sum(axis=-1)


def multiplier_bound(model: Categorical, *, temperature, real_fraction) -> Float[Array, "*batch"]:
    r"""$(1 - a)\,b\,u_1 u_2 \ge \mu_{\max}$ with the two largest of $u_i = s_i/x_i$ [HD-6]."""
    poles, _ = _poles(model, temperature, real_fraction)
    largest = jnp.sort(poles, axis=-1)[..., -2:]
    return largest.prod(axis=-1) * temperature / (1 - real_fraction)


def winner_balance(
    model: Categorical, *, temperature, real_fraction
) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
    r"""The number of winners, and $\sum_j s_j/(d_j - 1)$ over its absolute terms [HD-8].

    An outcome wins where $d_i = (1 - a)\,b\,s_i/x_i > 1$. With one winner the sum is
    $\frac{s_i}{d_i - 1} - \sum_{j \ne i} \frac{s_j}{1 - d_j}$: what holds the winner less what the
    losers lose.
    """
    poles, tempered = _poles(model, temperature, real_fraction)
    terms = tempered / (poles - 1)
    return (poles > 1).sum(axis=-1), terms.sum(axis=-1) / jnp.abs(terms).sum(axis=-1)


def attracts(model: Categorical, *, temperature, real_fraction) -> Bool[Array, "*batch"]:
    r"""Whether all multipliers of the loop at a state are below one [HD-8].

    They are where nobody wins, and where one outcome wins with a positive `winner_balance`; in
    $O(K)$ operations and without an eigenvalue.
    """
    options = {"temperature": temperature, "real_fraction": real_fraction}
    winners, balance = winner_balance(model, **options)
    return (winners == 0) | ((winners == 1) & (balance > 0))


def curvature_bound(
    model: Categorical, direction: Float[Array, "*batch k"], *, real_fraction, real: Categorical
) -> Float[Array, "*batch"]:
    r"""$-a \sum_i r_i v_i^2/x_i^2 \ge v \cdot \nabla^2 U(x)\,v$ for $T \ge 1$ [HD-7].

    `direction` is a tangent vector $v$, $\sum_i v_i = 0$; at $T = 1$ the bound is attained.
    """
    r = real.broadcast(model.batch_shape).probabilities
    return -real_fraction * (r * (direction / model.probabilities) ** 2).sum(axis=-1)


def real_fraction_sensitivity(
    state: Categorical, *, temperature, real_fraction, real: Categorical
) -> Float[Array, " k"]:
    r"""$\mathrm d x^*/\mathrm d a = (I - DF)^{-1} (r - S_T(x^*))$ at a fixed point [HD-12 (v)]."""
    here = loop(temperature=temperature, real_fraction=real_fraction, real=real)
    change = real.probabilities - state.temper(temperature).probabilities
    return linearize(here, state).newton_step(change)


def temperature_sensitivity(
    state: Categorical, *, temperature, real_fraction, real: Categorical
) -> Float[Array, " k"]:
    r"""$\mathrm d x^*/\mathrm d T = (I - DF)^{-1} (1 - a)\,\partial_T S_T(x^*)$ [HD-12 (v)].

    $\partial_T S_T(x)_i = -T^{-2} s_i (\log x_i - \sum_j s_j \log x_j)$ at an interior point.
    """
    here = loop(temperature=temperature, real_fraction=real_fraction, real=real)
    tempered = state.temper(temperature).probabilities
    logarithm = jnp.log(state.probabilities)
    change = -tempered * (logarithm - (tempered * logarithm).sum()) / temperature**2
    return linearize(here, state).newton_step((1 - real_fraction) * change)


def _poles(
    model: Categorical, temperature: float | Array, real_fraction: float | Array
) -> tuple[Float[Array, "*batch k"], Float[Array, "*batch k"]]:
    """The diagonal $d$ of the derivative of the loop and the tempered model $s$."""
    tempered = model.temper(temperature).probabilities
    return (1 - real_fraction) * tempered / model.probabilities / temperature, tempered
