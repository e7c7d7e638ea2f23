"""Bifurcations with known answers; the engine never needs a model of ours to be tested.

The values in `AUTO` were computed once by AUTO-07p (IPS = -1), an independent program.
"""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import genloop as gl
from genloop import continuation, numeric
from genloop.analysis.continuation import Status
from genloop.analysis.jacobian import Flattened
from genloop.operators import Dense, DiagonalPlusLowRank, MatrixFree, compose

FOLD, BRANCH_POINT, FLIP, NEIMARK_SACKER, PITCHFORK_TIP = list(continuation.BifurcationKind)[1:]
SKEWED = gl.Categorical.of([0.55, 0.45])
FOLD_TEMPERATURE = 0.86261803137917589713


def temperature_loop(real, real_fraction, temperature):
    return gl.Temper(temperature) >> gl.Mix(real, real_fraction)


def logistic(rate):
    return lambda x: rate * x * (1 - x)


def delayed_logistic(rate):
    return lambda s: {"now": rate * s["now"] * (1 - s["before"]), "before": s["now"]}


def henon(a, b=0.3):
    return lambda s: jnp.stack([a - s[0] ** 2 + b * s[1], s[0]])


# name: (family, state, lower, upper, options of the branch, [(kind, parameter, criticality)])
CASES = {
    "the zero of the logistic map": (
        logistic, jnp.array(0.0), 0.5, 1.5, {}, [(BRANCH_POINT, 1.0, "transcritical")],
    ),
    "the logistic map": (
        logistic, jnp.array(0.5), 2.0, 3.7, {}, [(FLIP, 3.0, "supercritical")],
    ),
    "cycles of period two of the logistic map": (
        logistic, jnp.array(0.51304), 3.1, 3.7, {"start": 3.2, "period": 2},
        [(FLIP, 1 + 6**0.5, "supercritical")],
    ),
    "the delayed logistic map": (
        delayed_logistic, {"now": jnp.array(0.3), "before": jnp.array(0.3)}, 1.5, 2.5, {},
        [(NEIMARK_SACKER, 2.0, "supercritical")],
    ),
    "the Henon map": (
        henon, jnp.array([0.4, 0.4]), -0.5, 1.0, {"start": 0.5, "direction": -1},
        [(FLIP, 0.3675, "supercritical"), (FOLD, -0.1225, "generic")],
    ),
    "the collapsed state of two outcomes": (
        functools.partial(temperature_loop, SKEWED, 0.1),
        gl.Categorical(jnp.array([0.2, 0.8])), 0.5, 1.2, {}, [(FOLD, FOLD_TEMPERATURE, "generic")],
    ),
    "two equal outcomes": (
        functools.partial(temperature_loop, gl.Categorical.uniform(2), 0.1),
        gl.Categorical.uniform(2), 0.5, 1.2, {}, [(BRANCH_POINT, 0.9, "supercritical")],
    ),
    "the winner of two equal outcomes": (
        functools.partial(temperature_loop, gl.Categorical.uniform(2), 0.1),
        gl.Categorical(jnp.array([0.9, 0.1])), 0.5, 1.2, {},
        [(PITCHFORK_TIP, 0.9, "supercritical")],
    ),
    "three equal outcomes": (
        functools.partial(temperature_loop, gl.Categorical.uniform(3), 0.1),
        gl.Categorical.uniform(3), 0.5, 1.2, {}, [(BRANCH_POINT, 0.9, "symmetric")],
    ),
    "four equal outcomes": (
        functools.partial(temperature_loop, gl.Categorical.uniform(4), 0.1),
        gl.Categorical.uniform(4), 0.5, 1.2, {}, [(BRANCH_POINT, 0.9, "symmetric")],
    ),
}  # fmt: skip


KERNELS = {"three equal outcomes": 2, "four equal outcomes": 3}

AUTO = {
    "the zero of the logistic map": 1.0,
    "the logistic map": 2.9999999997,
    "the delayed logistic map": 2.0000000002,
    "two equal outcomes": 0.90000000012,
    "the collapsed state of two outcomes": 0.86261803138,
}

# Every case compiles its own programs.
SLOW = {
    "cycles of period two of the logistic map",
    "the Henon map",
    "two equal outcomes",
    "the winner of two equal outcomes",
    "four equal outcomes",
    "the collapsed state of two outcomes",
}
MARKED = [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in CASES]


@pytest.mark.parametrize("name", MARKED)
def test_a_branch_has_the_bifurcations_that_are_known(name):
    family, state, lower, upper, options, expected = CASES[name]
    branch = gl.branch(family, state, lower, upper, **options)
    points = branch.points()
    assert [int(kind) for kind in points.events.kind] == [kind for kind, _, _ in expected]
    assert set(np.asarray(branch.status)) == {Status.BOUND}
    found = gl.bifurcations(family, branch)
    for point, rough, (_, parameter, criticality) in zip(
        found, points.events.parameter, expected, strict=True
    ):
        np.testing.assert_allclose(rough, parameter, rtol=1e-7)
        np.testing.assert_allclose(point.parameter, parameter, rtol=1e-13)
        np.testing.assert_allclose(point.parameter, AUTO.get(name, parameter), rtol=3e-10)
        assert bool(point.converged) and float(point.residual) < 1e-13
        assert point.multiplicity == KERNELS.get(name, 1)
        assert continuation.normal_form(family, point).criticality == criticality
    # Both ends lie on the bounds, to the last digit.
    for row in (0, -1):
        at_start = np.isclose(points.parameter[row], options.get("start", np.nan))
        assert at_start or float(points.parameter[row]) in (lower, upper)


def test_the_angle_and_the_amplitude_of_a_neimark_sacker_point_are_those_of_the_orbit():
    state = {"now": jnp.array(0.49), "before": jnp.array(0.5)}
    point = continuation.bifurcation_point(NEIMARK_SACKER, delayed_logistic, state, 2.01, angle=1.0)
    np.testing.assert_allclose(point.angle, np.pi / 3, rtol=1e-13)
    form = continuation.normal_form(delayed_logistic, point)
    # |mu| = sqrt(rate - 1) on the branch, so the invariant circle has |xi|^2 = (|mu| - 1) / -d.
    excess = 1e-4
    orbit = np.empty(60_000)
    orbit[:2] = 0.5 + 0.01
    for t in range(2, orbit.size):
        orbit[t] = (2 + excess) * orbit[t - 1] * (1 - orbit[t - 2])
    rest = 1 - 1 / (2 + excess)
    deviation = np.stack([orbit[2:], orbit[1:-1]])[:, -4000:] - rest
    v, w = np.asarray(point.right)[:, 0], np.asarray(point.left)[:, 0]
    order = [1, 0]  # the leaves of the state are sorted: `before`, `now`
    v, w = (u[order] for u in (v, w))
    w = w / (w @ (v / np.linalg.norm(v)))
    size = np.abs(w @ deviation) ** 2
    expected = (np.sqrt(1 + excess) - 1) / -float(form.cubic)
    np.testing.assert_allclose(size.mean(), expected, rtol=0.02)


def fold_temperature(real_fraction):
    family = functools.partial(temperature_loop, SKEWED, real_fraction)
    return continuation.bifurcation_point(FOLD, family, gl.Categorical(jnp.array([0.3, 0.7])), 0.85)


def explicit_fold(fraction, fold=FOLD_TEMPERATURE):
    """U-9, K = 2: at a fold 1 - a = T x (1 - x) / (s (1 - s)) and x = a q + (1 - a) s."""
    from scipy.optimize import fsolve

    def equations(unknowns):
        x, temperature = unknowns
        s = 1 / (1 + (1 / x - 1) ** (1 / temperature))
        multiplier = (1 - fraction) * s * (1 - s) / (temperature * x * (1 - x))
        return fraction * 0.55 + (1 - fraction) * s - x, multiplier - 1

    return fsolve(equations, [0.3, fold], xtol=1e-12)[1]


@pytest.mark.slow
def test_folds_are_exact_under_jit_vmap_and_grad():
    values = jnp.linspace(0.06, 0.14, 9)
    solve = jax.jit(jax.vmap(jax.value_and_grad(lambda a: fold_temperature(a).parameter)))
    folds, slopes = solve(values)
    np.testing.assert_allclose(folds, [explicit_fold(a) for a in values], rtol=1e-11)
    np.testing.assert_allclose(folds[4], FOLD_TEMPERATURE, rtol=1e-14)
    np.testing.assert_allclose(slopes[4], -1.345722603296, rtol=1e-12)


# kind: (family of a further parameter c, state, bifurcation at c, its derivative, options)
FURTHER = {
    "transcritical": (
        BRANCH_POINT, lambda c: lambda r: logistic(c * r), jnp.array(0.0),
        lambda c: 1 / c, lambda c: -1 / c**2, {},
    ),
    "flip": (
        FLIP, lambda c: lambda r: logistic(c * r), jnp.array(0.66),
        lambda c: 3 / c, lambda c: -3 / c**2, {},
    ),
    "Neimark-Sacker": (
        NEIMARK_SACKER, lambda c: lambda r: delayed_logistic(c * r),
        {"now": jnp.array(0.49), "before": jnp.array(0.5)},
        lambda c: 2 / c, lambda c: -2 / c**2, {"angle": 1.0},
    ),
    "double flip": (
        FLIP, lambda c: lambda r: logistic(c * r), jnp.array([0.66, 0.66]),
        lambda c: 3 / c, lambda c: -3 / c**2, {"multiplicity": 2},
    ),
    "symmetric": (
        BRANCH_POINT,
        lambda c: functools.partial(temperature_loop, gl.Categorical.uniform(3), 0.1 * c),
        gl.Categorical.uniform(3), lambda c: 1 - 0.1 * c, lambda c: -0.1 + 0 * c,
        {"multiplicity": 2},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", FURTHER)
def test_every_kind_is_exact_under_jit_vmap_and_grad(name):
    kind, family, state, at, slope, options = FURTHER[name]
    values = jnp.array([0.9, 1.0, 1.2])

    def parameter(c):
        guess = 1.01 * jax.lax.stop_gradient(at(c))
        return continuation.bifurcation_point(kind, family(c), state, guess, **options).parameter

    found, slopes = jax.jit(jax.vmap(jax.value_and_grad(parameter)))(values)
    np.testing.assert_allclose(found, at(values), rtol=1e-12)
    np.testing.assert_allclose(slopes, slope(values), rtol=1e-10)


def test_second_derivatives_of_a_fold_are_exact():
    # x -> p + c x^2 folds at p = 1 / (4 c).
    def fold(c):
        family = lambda p: lambda x: p + c * x**2
        return continuation.bifurcation_point(FOLD, family, jnp.array(0.4), 0.2).parameter

    first, second = jax.jit(lambda c: (jax.grad(fold)(c), jax.grad(jax.grad(fold))(c)))(0.7)
    np.testing.assert_allclose([first, second], [-1 / 4 / 0.49, 1 / 2 / 0.343], rtol=1e-12)


def test_whole_branches_with_their_events_run_in_one_batch():
    values = jnp.linspace(0.06, 0.14, 5)
    start = gl.Categorical(jnp.array([0.2, 0.8]))

    @jax.jit
    @jax.vmap
    def events(real_fraction):
        family = functools.partial(temperature_loop, SKEWED, real_fraction)
        return gl.branch(family, start, 0.5, 1.2, capacity=2, steps=60).events

    found = events(values)
    assert (found.kind == jnp.array([[FOLD, 0]])).all()
    expected = [explicit_fold(a) for a in values]
    np.testing.assert_allclose(found.parameter[:, 0], expected, rtol=1e-10)


def test_a_closed_branch_is_closed_and_its_folds_are_two():
    family = lambda p: lambda x: x + 0.3 * (1 - x**2 - p**2)
    branch = gl.branch(family, jnp.array(0.9), -2.0, 2.0, start=0.1, direction=1)
    assert int(branch.status[0]) == Status.CLOSED
    np.testing.assert_allclose(np.sort(branch.points().events.parameter), [-1, 1], rtol=1e-9)


def hysteresis(unit, p):
    return lambda x: x + 0.3 * (unit * p + x - x * (x / unit) ** 2)


@pytest.mark.parametrize("unit", [1e-5, pytest.param(1e4, marks=pytest.mark.slow)])
def test_the_unit_of_the_state_does_not_matter(unit):
    family = jax.tree_util.Partial(hysteresis, jnp.asarray(unit))
    branch = gl.branch(family, jnp.asarray(-1.5 * unit), -2.0, 2.0).points()
    fold = 2 / 27**0.5
    assert [int(kind) for kind in branch.events.kind] == [FOLD, FOLD]
    np.testing.assert_allclose(branch.events.parameter, [fold, -fold], rtol=1e-8)


def crossing_pair(second):
    """Two independent coordinates; the second loses or gains its stability at `second`."""
    return lambda p: lambda s: jnp.stack([p * s[0] - s[0] ** 2, second(p, s[1])])


def test_two_bifurcations_in_one_step_are_told_apart():
    family = crossing_pair(lambda p, y: -(2.001 - p) * y + y**3)
    branch = gl.branch(family, jnp.zeros(2), 0.513, 1.5, capacity=1)
    assert "1 events had no room" in str(branch)
    branch = gl.branch(family, jnp.zeros(2), 0.513, 1.5).points()
    assert [int(kind) for kind in branch.events.kind] == [BRANCH_POINT, FLIP]
    np.testing.assert_allclose(branch.events.parameter, [1.0, 1.001], rtol=1e-8)


def test_what_is_no_bifurcation_of_its_kind_is_not_converged():
    # Multipliers 1.1 and 0.9 are one on average.
    family = crossing_pair(lambda p, y: (p - 0.2) * y - y**2)
    point = continuation.bifurcation_point(BRANCH_POINT, family, jnp.zeros(2), 1.1, multiplicity=2)
    assert not bool(point.converged)
    # A flip is the end of a Neimark-Sacker curve, not a point of it.
    point = continuation.bifurcation_point(
        "Neimark-Sacker", logistic, jnp.array(0.66), 2.99, angle=3.0
    )
    assert not bool(point.converged)


def test_no_fixed_point_and_bad_input_are_told_apart():
    nowhere = gl.branch(lambda p: lambda x: x + 1 + p * x**2, jnp.array(0.3), 0.0, 1.0)
    assert int(nowhere.status[0]) == Status.NOWHERE and not bool(nowhere.valid.any())
    assert "no regular solution was found near the start" in str(nowhere)
    missed = continuation.bifurcation_point(FOLD, logistic, jnp.array(0.4), 2.0)
    assert not bool(missed.converged)
    with pytest.raises(ValueError, match="lower must be below upper"):
        gl.branch(logistic, jnp.array(0.5), 2.0, 1.0)
    with pytest.raises(ValueError, match="start must lie between"):
        gl.branch(logistic, jnp.array(0.5), 2.0, 3.0, start=4.0)
    with pytest.raises(ValueError, match="choose from 'fold'"):
        continuation.bifurcation_point("folding", logistic, jnp.array(0.5), 2.0)
    with pytest.raises(ValueError, match="float64"):
        gl.branch(logistic, jnp.float32(0.5), 1.0, 2.0)
    with pytest.raises(ValueError, match="angle"):
        continuation.bifurcation_point(NEIMARK_SACKER, logistic, jnp.array(0.5), 2.0)


@pytest.mark.slow
def test_all_branches_leave_a_symmetric_branch_point():
    # 2^3 - 2 half-branches leave the centre: three winners and three losers, with a fold each.
    family, state, _, _, _, _ = CASES["three equal outcomes"]
    diagram = continuation.bifurcation_diagram(family, state, 0.6, 1.1, start=1.05, depth=1)
    assert len(diagram.branches) == 7
    folds = [p for p in diagram.bifurcations if p.kind is FOLD]
    assert len(folds) == 3 and len(diagram.bifurcations) == 4
    from genloop.loops.temperature.closed_forms import uniform

    for point in folds:
        fold = uniform.fold(temperature=point.parameter, outcomes=3.0, winners=1.0)
        np.testing.assert_allclose(fold.real_fraction, 0.1, rtol=1e-12)


@pytest.mark.slow
def test_the_cascade_of_the_logistic_map_is_followed_through_its_periods():
    diagram = continuation.bifurcation_diagram(
        logistic, jnp.array(0.0), 0.5, 3.6, depth=2, longest_period=2
    )
    labels = [(p.kind.label, p.period) for p in diagram.bifurcations]
    assert labels == [("BP", 1), ("PD", 1), ("PD", 2)]
    assert "3 branches" in str(diagram)


@pytest.mark.slow
def test_fold_curves_agree_with_closed_forms():
    family = lambda temperature, fraction: temperature_loop(SKEWED, fraction, temperature)
    curve = continuation.bifurcation_curve(
        family, fold_temperature(0.1), 0.1, (0.2, 0.01), (1.0, 0.9), steps=60
    ).points()
    # U-9: the fold set parametrised by the state gives back the real distribution.
    x, temperature = curve.state.probabilities[:, 0], curve.first
    s = 1 / (1 + (1 / x - 1) ** (1 / temperature))
    fraction = 1 - temperature * x * (1 - x) / (s * (1 - s))
    np.testing.assert_allclose(fraction, curve.second, atol=1e-10)
    np.testing.assert_allclose(x - (1 - fraction) * s, fraction * 0.55, atol=1e-10)
    assert curve.first.size > 20 and float(curve.first.min()) == 0.2


@pytest.mark.slow
def test_the_fold_curve_of_equal_outcomes_is_that_of_the_closed_form():
    from genloop.loops.temperature.closed_forms import uniform

    real = gl.Categorical.uniform(3)
    family = lambda temperature, fraction: temperature_loop(real, fraction, temperature)
    start = gl.Categorical(jnp.array([0.47, 0.265, 0.265]))
    point = continuation.bifurcation_point(FOLD, lambda t: family(t, 0.1), start, 0.904)
    curve = continuation.bifurcation_curve(
        family, point, 0.1, (0.2, 0.01), (1.0, 0.9), steps=60
    ).points()
    fold = jax.jit(jax.vmap(lambda t: uniform.fold(temperature=t, outcomes=3.0, winners=1.0)))
    np.testing.assert_allclose(fold(curve.first).real_fraction, curve.second, atol=1e-10)


def degenerate_maps():
    cubic = lambda p, q: lambda x: x + p + q * x - x**3
    quintic = lambda p, q: lambda x: -(1 + p) * x + q * x**3 - x**5
    return {
        "cusp": (FOLD, cubic, 0.577, -0.38, 1.0, continuation.Degeneracy.CUSP),
        "generalised flip": (
            FLIP,
            quintic,
            0.0,
            0.01,
            0.5,
            continuation.Degeneracy.GENERALIZED_FLIP,
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cusp", "generalised flip"])
def test_points_of_codimension_two_are_found_on_their_curves(name):
    kind, family, state, parameter, second, degeneracy = degenerate_maps()[name]
    point = continuation.bifurcation_point(
        kind, lambda p: family(p, second), jnp.array(state), parameter
    )
    curve = continuation.bifurcation_curve(
        family, point, second, (-1.0, -0.5), (1.0, 1.5), steps=100
    )
    found = curve.points().degenerate
    assert [int(k) for k in found.kind] == [degeneracy]
    np.testing.assert_allclose([found.first[0], found.second[0]], 0.0, atol=1e-9)


def operators():
    """The derivative of one loop as each kind of operator."""
    state = gl.Categorical.of(np.random.default_rng(1).dirichlet(np.ones(7)))
    real = gl.Categorical.of(np.random.default_rng(2).dirichlet(np.ones(7)))
    loop = gl.Temper(0.6) >> gl.Mix(real, 0.3)
    again = loop >> gl.Temper(1.4)
    flat, unravel = jax.flatten_util.ravel_pytree(state)
    free = lambda function: MatrixFree(Flattened(lambda model: function(model), unravel), flat)
    return {
        "diagonal minus rank one": (loop.jacobian(state), free(loop)),
        "product of two tempers": (again.jacobian(state), free(again)),
    }


@eqx.filter_jit
def answers(operator):
    """Everything the engine asks a derivative."""
    rng = np.random.default_rng(3)
    border = tuple(jnp.asarray(rng.normal(size=s)) for s in ((7, 2), (2, 7), (2, 2)))
    right_side = tuple(jnp.asarray(rng.normal(size=s)) for s in ((7, 3), (2, 3)))
    vector = right_side[0][:, 0]
    return {
        "matrix": operator.dense(),
        "product": operator.apply(vector),
        "transposed product": operator.transpose().apply(vector),
        "Newton step": operator.newton_step(vector),
        "bordered, fold": operator.bordered_solve(border, right_side, shift=1.0),
        "bordered, flip": operator.bordered_solve(border, right_side, shift=-1.0),
        "unstable counts": operator.unstable_counts(),
        "radius": operator.spectral_radius(),
    }


@pytest.mark.parametrize("name", operators())
def test_every_operator_answers_as_its_matrix_does(name):
    structured, free = operators()[name]
    # The matrix is differentiated without knowledge of any structure.
    expected = jax.tree.leaves(answers(Dense(free.dense())))
    # One operator without structure is enough: it does not see which loop it is.
    for operator in (structured, free)[: 2 if name == "diagonal minus rank one" else 1]:
        for ours, theirs in zip(jax.tree.leaves(answers(operator)), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_the_chain_rule_keeps_low_rank():
    left, right = (
        DiagonalPlusLowRank(*(jnp.asarray(rng.normal(size=s)) for s in ((5,), (5, r), (5, r))))
        for rng, r in ((np.random.default_rng(4), 1), (np.random.default_rng(5), 2))
    )
    product = compose(left, right)
    assert product.left.shape == (5, 3)
    np.testing.assert_allclose(product.dense(), left.dense() @ right.dense(), rtol=1e-12)


@pytest.mark.slow
def test_thousands_of_outcomes_fold_where_the_explicit_branch_does():
    from genloop.loops.temperature import branches

    real = gl.Categorical.of(1 / np.arange(1.0, 3001.0))
    family = functools.partial(temperature_loop, real, 0.1)
    won = 0.1 * np.asarray(real.probabilities)
    won[10] += 0.9
    traced = gl.branch(family, gl.Categorical(won), 0.8, 1.1, steps=80).points()
    assert [int(kind) for kind in traced.events.kind] == [FOLD]
    state = gl.Categorical(traced.events.point[0])
    point = continuation.bifurcation_point(FOLD, family, state, traced.events.parameter[0])
    # At the fold the explicit parametrisation of the branch is stationary in the real fraction.
    classes = branches.ProbabilityClasses.of(real)
    x = float(point.state.probabilities[10])
    share = 1 - 0.1 * float(real.probabilities[10]) / x
    logit = np.log(share) - np.log1p(-share)
    at = branches.branch_point(classes, point.parameter, 10, jnp.asarray(logit))
    np.testing.assert_allclose(at.real_fraction, 0.1, rtol=1e-9)
    slope = branches.branch_slope(classes, point.parameter, 10, jnp.asarray(logit))
    assert abs(float(slope)) < 1e-6


def test_of_no_rows_there_are_no_values_of_their_shapes():
    rows = np.zeros((0, 3)), np.zeros(0, int)
    found = numeric.one_by_one(lambda row: {"sum": row[0].sum() + row[1], "row": row[0]}, rows)
    assert found["sum"].shape == (0,) and found["row"].shape == (0, 3)
