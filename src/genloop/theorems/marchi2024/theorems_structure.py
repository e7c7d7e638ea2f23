"""Theorems on every temperature loop: tempering, its potential, its spectrum, its sensitivities."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import flow
from ...loops.temperature import structure
from ...loops.temperature.recipes import loop
from ...models import Categorical
from ...stages import Temper
from ...verification import bound, closed_form, scaled, theorem
from ._instances import OUTCOMES, evaluate, instances, on_instances

PAPER = "marchi2024"


def _generation(state, **parameters):
    return loop(**parameters)(state)


def _image(trial, outcomes):
    """The states of the instances one generation later."""
    return trial.once(f"image {outcomes}", lambda: on_instances(_generation, instances(outcomes)))


@theorem(
    spec="HD-1",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, a = 0", "infinite data", "any initial distribution, zeros included"),
    claim=structure.escort_schedule,
    mutants={
        "temperatures add up": lambda model, temperatures: model.temper(
            1 + (temperatures - 1).sum()
        ),
        "one generation late": lambda model, temperatures: model.temper(jnp.prod(temperatures[1:])),
        "1 % colder": lambda model, temperatures: model.temper(0.99 * jnp.prod(temperatures)),
    },
)
def semigroup(claim, trial):
    r"""Tempering is a semigroup, $S_T \circ S_{T'} = S_{T T'}$.

    Without real data $p_t = S_{T_1 \cdots T_t}(p_0)$ exactly: for $T > 1$ it tends to the uniform
    distribution on the support of $p_0$, for $T < 1$ to the uniform one on its most probable
    outcomes, and a schedule with $\prod T_s \to T_\infty$ ends at $S_{T_\infty}(p_0)$.
    """
    # The product of the fading temperatures is e, though none of them is one.
    varied = np.append([0.6, 1.7, 0.9, 0.8], np.ones(36))
    schedules = np.repeat([varied, np.exp(0.5 ** np.arange(1, 41))], 32, axis=0)
    for outcomes in OUTCOMES:
        states = np.tile(instances(outcomes).state.probabilities, (2, 1))
        pairs = (Categorical.of(states), schedules)
        expected = evaluate(claim, *pairs).probabilities
        iterated = trial.once(f"{outcomes}", lambda pairs=pairs: evaluate(_iterate, *pairs))
        what = f"{outcomes} outcomes"
        yield closed_form(f"every schedule, {what}", expected, iterated.probabilities)
        limit = states[32:] ** np.exp(-1)
        limit /= limit.sum(axis=-1, keepdims=True)
        yield closed_form(f"a schedule that fades, {what}", expected[32:], limit)
    models = Categorical.of([[4, 4, 1, 2, 0], [4, 4, 1, 2, 0]])
    expected = evaluate(claim, models, np.repeat([[1.2], [0.8]], 300, axis=1)).probabilities
    limits = np.array([[1, 1, 1, 1, 0], [2, 2, 0, 0, 0]]) / 4
    yield closed_form("300 generations at T = 1.2 and at T = 0.8", expected, limits, scale=1.0)


def _iterate(model, schedule):
    step = lambda model, temperature: (Temper(temperature)(model), None)
    return jax.lax.scan(step, model, schedule)[0]


_RATES = {
    "distance": structure.distance_after,
    "heating": structure.heating_time,
    "cooling": structure.cooling_time,
}


@theorem(
    spec="HD-2",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, a = 0", "infinite data", "distributions with one common support"),
    claim=_RATES,
    mutants={
        "the distance shrinks by 1/T^2": _RATES
        | {"distance": lambda d, t, *, temperature: d / temperature ** (2 * t)},
        "the distance 1 % large": scaled(_RATES, 1.01, "distance"),
        "heating 1 % slower": scaled(_RATES, 1.01, "heating"),
        "cooling 1 % slower": scaled(_RATES, 1.01, "cooling"),
        "cooling from probabilities, not from their logits": _RATES
        | {"cooling": lambda p, e, *, temperature: jnp.log(e / p) / -jnp.log(temperature)},
    },
)
def exact_rates(claim, trial):
    r"""Tempering divides the Hilbert distance of two distributions by exactly $T$.

    $d_H(S_T x, S_T y) = d_H(x, y)/T$; hence the distance falls (for $T > 1$) from $d_0$ to $\eta$
    in $\ln(d_0/\eta)/\ln T$ generations, and of two outcomes the likelier one grows (for $T < 1$)
    from $p_0$ to $p$ in $\ln[\operatorname{logit} p/\operatorname{logit} p_0]/\ln(1/T)$.
    """
    for outcomes in OUTCOMES:
        cases = instances(outcomes)
        pairs = (cases.state, cases.real, cases.temperature)
        start, later = trial.once(f"distances {outcomes}", lambda p=pairs: evaluate(_distances, *p))
        expected = claim["distance"](start, 3, temperature=pairs[2])
        yield closed_form(f"distance after 3 generations, {outcomes} outcomes", expected, later)
    heat, goal, start = np.array([1.1, 3.0]), np.array([0.01, 0.2]), np.full(2, np.log(2.5))
    time = np.asarray(claim["heating"](start, goal, temperature=heat))
    final = np.array([[0.5, 0.3, 0.2]]) ** (heat**-time)[:, None]
    reached = np.log(final[:, 0] / final[:, 2])
    yield closed_form("distance to uniform at the heating time", reached, goal)
    cold, goal, start = np.array([0.99, 0.6]), np.array([0.999, 0.9]), np.array([0.5001, 0.7])
    time = np.asarray(claim["cooling"](start, goal, temperature=cold))
    odds = (start / (1 - start)) ** (cold**-time)
    yield closed_form("probability at the cooling time", odds / (1 + odds), goal)


def _distances(left, right, temperature):
    """Hilbert distance of two models now and three generations later."""
    later = [model for model in (left, right)]
    for _ in range(3):
        later = [Temper(temperature)(model) for model in later]
    return structure.hilbert_distance(left, right), structure.hilbert_distance(*later)


@theorem(
    spec="HD-3",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, a = 0", "any distribution, any temperature"),
    claim=structure.entropy_slope,
    mutants={
        "1 % steep": scaled(structure.entropy_slope, 1.01),
        "without the factor b": lambda model, *, temperature: (
            temperature * structure.entropy_slope(model, temperature=temperature)
        ),
        "the variance under p instead of S(p)": lambda model, *, temperature: (
            structure.entropy_slope(model, temperature=1.0) / temperature
        ),
    },
)
def entropy(claim, trial):
    r"""Entropy rises when a distribution is heated and falls when it is cooled.

    $\frac{\mathrm d}{\mathrm d b} H(S_{1/b}(p)) = -b \operatorname{Var}_S(\log p) \le 0$.
    """
    differentiated = jax.value_and_grad(lambda b, model: model.temper(1 / b).entropy())
    for outcomes in OUTCOMES:
        cases = instances(outcomes)
        points = (1 / cases.temperature, cases.state)
        heated, slope = trial.once(f"{outcomes}", lambda p=points: evaluate(differentiated, *p))
        expected = evaluate(_positional(claim), cases.state, cases.temperature)
        yield closed_form(f"slope, {outcomes} outcomes", expected, slope, tolerance=1e-9)
        x = cases.state.probabilities
        rise = (heated + (x * np.log(x)).sum(axis=-1)) * np.sign(cases.temperature - 1)
        yield bound(f"heat raises it, cold lowers it, {outcomes} outcomes", 0.0, rise)


def _positional(claim):
    return lambda model, temperature: claim(model, temperature=temperature)


_POTENTIAL = {"potential": structure.potential, "rate": structure.ascent_rate}


def _renyi(model, *, temperature, real_fraction, real):
    """The potential without the factor T - 1 of the Renyi entropy."""
    cooled = structure.potential(model, temperature=temperature, real_fraction=0.0, real=real)
    pull = structure.potential(model, temperature=temperature, real_fraction=1.0, real=real)
    return real_fraction * pull + (1 - real_fraction) * cooled / (temperature - 1)


@theorem(
    spec="HD-4",
    paper=PAPER,
    status="derived",
    hypotheses=("infinite data", "an interior state, any real distribution and temperature"),
    claim=_POTENTIAL,
    mutants={
        "the Renyi entropy without its factor T - 1": _POTENTIAL | {"potential": _renyi},
        "real fraction and synthetic share exchanged": _POTENTIAL
        | {
            "potential": lambda model, *, real_fraction, **rest: structure.potential(
                model, real_fraction=1 - real_fraction, **rest
            )
        },
        "the potential 1 % high": scaled(_POTENTIAL, 1.01, "potential"),
        "the rate 1 % high": scaled(_POTENTIAL, 1.01, "rate"),
    },
)
def gradient_structure(claim, trial):
    r"""The mean-field flow climbs a potential along its Fisher-Rao gradient.

    With $U(x) = a \sum_i r_i \log x_i + (1 - a)\,T \log \sum_j x_j^{1/T}$ the loop is
    $F_i(x) = x_i\,\partial_i U(x)$ and $\sum_i x_i\,\partial_i U = 1$, so along $\dot x = F(x) - x$
    $\dot U = \sum_i x_i (\partial_i U - 1)^2$, and fixed points are critical points of $U$. The
    second term is $(1 - a)(T - 1)$ times the Renyi entropy of order $1/T$.
    """
    for outcomes in OUTCOMES:
        cases = instances(outcomes)
        slope, x = _gradient(claim["potential"]), cases.state.probabilities
        gradient = on_instances(slope, cases).probabilities
        image = _image(trial, outcomes).probabilities
        yield closed_form(f"x dU = F, {outcomes} outcomes", x * gradient, image)
        along = (gradient * (image - x)).sum(axis=-1)
        rate = on_instances(claim["rate"], cases)
        yield closed_form(f"dU/dt, {outcomes} outcomes", rate, along, tolerance=1e-9)
    few = jax.tree.map(lambda leaf: leaf[4::9], instances(12))
    states, gained = trial.once("flow", lambda: on_instances(_climb, few))
    heights = on_instances(_along(claim["potential"]), few._replace(state=states))
    risen = heights - heights[:, :1]
    yield closed_form("gain along the flow", risen, gained, tolerance=1e-8, scale=1.0)


@functools.cache
def _gradient(potential):
    return lambda state, **p: jax.grad(lambda s: potential(s, **p))(state)


@functools.cache
def _along(potential):
    return lambda path, **p: jax.vmap(lambda state: potential(state, **p))(path)


def _climb(start, **parameters):
    """States along the flow and the integral of the ascent rate, which joins as a coordinate."""
    rate = lambda state: structure.ascent_rate(state, **parameters)
    extended = lambda pair: (loop(**parameters)(pair[0]), pair[1] + rate(pair[0]))
    return flow(extended, (start, jnp.zeros(())), jnp.array([0.0, 0.5, 2.0, 6.0]))


@theorem(
    spec="HD-5",
    paper=PAPER,
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
        moved = state.mix(_generation(state, **parameters), share)
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
            moved = state.mix(_generation(state, **parameters), share)
            return moved, (gain, structure.potential(state, **parameters))

        return jax.lax.scan(generation, start, shares)[1]

    gains, heights = on_instances(orbit, cases)
    return gains.T, heights.T, shares
