"""The named thresholds of the temperature loop against reference values and the general engine."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import genloop as gl
from genloop.loops.temperature import branches
from genloop.loops.temperature.closed_forms import uniform
from genloop.loops.temperature.folds import fold_at, mode_turns
from genloop.papers import marchi2024, marchi2026

RANDOM = [
    (np.random.default_rng(seed).dirichlet(np.full(outcomes, 2.0)), temperature)
    for seed, outcomes, temperature in ((0, 3, 0.5), (1, 4, 0.7), (2, 6, 0.8), (3, 5, 0.3))
]

# 25-digit values of the last fold, from an independent extended-system solution.
FOLDS = {
    "K = 10, T = 0.9": (np.ones(10), 0.9, 0.1404913781995097703791),
    "K = 100, T = 0.9": (np.ones(100), 0.9, 0.2498107675042293999301),
    "K = 50000, T = 0.9": (np.ones(50_000), 0.9, 0.55757014647813760719),
    "minority of two, 0.55": ([0.55, 0.45], 0.5, 0.3867951422243253038787),
    "minority of two, 0.9": ([0.9, 0.1], 0.5, 0.1944491616770568931536),
    "runner-up of three": ([0.5, 0.3, 0.2], 0.5, 0.3604705559124463456283),
    "runner-up of Zipf": (1 / np.arange(1, 11), 0.7, 0.2619179033138142347637),
    "the leader's own fold": (np.arange(1, 11.0) ** -0.1, 0.7, 0.42099570522504179322),
}


@pytest.mark.parametrize("name", FOLDS)
def test_the_last_fold_meets_its_reference_value(name):
    weights, temperature, expected = FOLDS[name]
    found = marchi2024.unique_threshold(gl.Categorical.of(weights), temperature=temperature)
    np.testing.assert_allclose(found.value, expected, rtol=1e-12)
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.interval[1] - found.interval[0] < 1e-10 and found.residual < 1e-6


def stable_states(real, temperature, real_fraction):
    """Attractors found by the general engine from the vertices, the data and the centre."""
    loop = marchi2024.loop(temperature=temperature, real_fraction=real_fraction, real=real)
    near_vertices = [real.mix(gl.Categorical.of(row), 0.97) for row in np.eye(real.outcomes)]
    points = gl.fixed_points(loop, [real, *near_vertices], separation=1e-6)
    return [point for point in points if bool(point.stable)]


@pytest.mark.parametrize("weights, temperature", RANDOM)
def test_the_engine_sees_one_attractor_above_the_last_fold_and_more_below(weights, temperature):
    real = gl.Categorical.of(weights)
    fold = marchi2024.unique_threshold(real, temperature=temperature).value
    assert len(stable_states(real, temperature, fold + 1e-4)) == 1
    assert len(stable_states(real, temperature, fold - 1e-4)) > 1


@pytest.mark.parametrize("weights, temperature", [*RANDOM, (RANDOM[0][0], 1.6)])
def test_every_point_of_a_branch_is_a_fixed_point_of_the_loop(weights, temperature):
    real = gl.Categorical.of(weights)
    classes = branches.ProbabilityClasses.of(real)
    order = np.argsort(-weights, kind="stable")
    for logit in (-3.0, 0.0, 2.0):
        point = branches.branch_point(classes, temperature, 0, logit)
        state = np.empty(len(weights))
        state[order] = np.concatenate([point.probabilities[-1:], point.probabilities[1:-1]])
        loop = marchi2024.loop(
            temperature=temperature, real_fraction=point.real_fraction, real=real
        )
        moved = loop(gl.Categorical(jnp.asarray(state))).probabilities
        np.testing.assert_allclose(moved, state, rtol=1e-12)


def test_the_slope_of_a_branch_is_its_derivative():
    classes = branches.ProbabilityClasses.of(gl.Categorical.of([5.0, 3.0, 3.0, 1.0]))
    for index, logit in ((0, -1.0), (0, 2.0), (1, 3.0)):
        log_fraction = lambda x, i=index: jnp.log(
            branches.branch_point(classes, 0.6, i, x).real_fraction
        )
        expected = jax.grad(log_fraction)(logit)
        slope = branches.branch_slope(classes, 0.6, index, logit)
        np.testing.assert_allclose(slope, expected, rtol=1e-10)


@pytest.mark.parametrize("temperature", [0.7, 1.6])
def test_a_branch_has_the_same_points_by_numbers_and_compiled(temperature):
    classes = branches.ProbabilityClasses.of(gl.Categorical.of([5.0, 3.0, 3.0, 1.0]))
    logits = np.linspace(-3, 3, 7)
    together = branches.point_and_slope(classes, temperature, 0, logits)
    compiled = jax.jit(jax.vmap(branches.point_and_slope, in_axes=(None, None, None, 0)))
    expected = compiled(classes, temperature, 0, logits)
    for ours, theirs in zip(jax.tree.leaves(together), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("outcomes, temperature", [(2, 0.6), (1000, 0.9)])
def test_uniform_data_lose_their_stability_at_one_minus_the_temperature(outcomes, temperature):
    real = gl.Categorical.uniform(outcomes)
    local = marchi2024.local_threshold(real, temperature=temperature)
    np.testing.assert_allclose(local.value, 1 - temperature, rtol=1e-12)
    radius = lambda a: gl.spectral_radius(
        marchi2024.loop(temperature=temperature, real_fraction=a, real=real), real
    )
    np.testing.assert_allclose(gl.threshold(radius, 0.0, 1.0), local.value, rtol=1e-11)


def test_a_skewed_distribution_has_no_fold_on_its_own_branch_and_says_so():
    real = gl.Categorical.of(1 / np.arange(1, 11))
    local = marchi2024.local_threshold(real, temperature=0.7)
    assert local.value is None and "no fold on this branch" in local.reason


@pytest.mark.parametrize("temperature", [0.8, 1.4])
def test_fidelity_is_met_above_its_threshold_and_missed_below(temperature):
    real = gl.Categorical.of(1 / np.arange(1, 41))
    named = marchi2024.thresholds(real, temperature=temperature)
    p = np.asarray(real.probabilities)
    distances = {
        "fidelity": (lambda x: 0.5 * np.abs(x - p).sum(), 0.1),
        "fidelity_divergence": (lambda x: (p * np.log(p / x)).sum(), 0.05),
        "fidelity_vocabulary": (
            lambda x: abs(-(x * np.log(x)).sum() + (p * np.log(p)).sum()),
            -np.log(0.9),
        ),
    }
    for name, (distance, goal) in distances.items():
        at = [
            distance(
                np.asarray(
                    marchi2024.healthy_state(
                        real, temperature=temperature, real_fraction=named[name].value + shift
                    ).probabilities
                )
            )
            for shift in (-1e-4, 0.0, 1e-4)
        ]
        assert at[0] > goal > at[2]
        np.testing.assert_allclose(at[1], goal, rtol=1e-9)


def test_thresholds_are_ordered_as_the_theorems_say():
    for weights, temperature in RANDOM:
        named = marchi2024.thresholds(gl.Categorical.of(weights), temperature=temperature)
        values = [named[name].value for name in ("unique", "unique_any", "contraction")]
        assert values == sorted(values)
        bounds = marchi2026.bounds(gl.Categorical.of(weights), temperature=temperature)
        published = [bounds[f"published_{name}"].value for name in ("gharesifard", "fisher_rao")]
        assert values[-1] < published[0] < published[1]


def test_published_bounds_meet_the_table_of_the_comparison():
    # Odds mu = a/(1 - a) for uniform data: fold, universal, Birkhoff, Gharesifard, Fisher-Rao.
    table = {
        (2, 0.5): (1, 1, 1, 4, 16),
        (3, 0.5): (3 / (2 * 2**0.5), 1.5**0.5, 1.5, 6, 36),
        (10, 0.5): (5 / 3, 5**0.5, 5, 20, 400),
    }
    for (outcomes, temperature), expected in table.items():
        real = gl.Categorical.uniform(outcomes)
        named = marchi2024.thresholds(real, temperature=temperature)
        named |= marchi2026.bounds(real, temperature=temperature)
        names = (
            "unique",
            "unique_any",
            "contraction",
            "published_gharesifard",
            "published_fisher_rao",
        )
        odds = [named[name].value / (1 - named[name].value) for name in names]
        np.testing.assert_allclose(odds, expected, rtol=1e-11)


def test_above_temperature_one_only_fidelity_has_a_threshold():
    named = marchi2024.thresholds(gl.Categorical.of([3, 2, 1]), temperature=1.5)
    assert all(named[name].reason for name in ("local", "unique", "unique_any", "contraction"))
    assert 0 < named["fidelity"].value < 1
    at_one = marchi2024.thresholds(gl.Categorical.of([3, 2, 1]), temperature=1.0)
    assert all(threshold.value is None and threshold.reason for threshold in at_one.values())


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(temperature):
    with pytest.raises(ValueError, match="temperature"):
        marchi2024.thresholds(gl.Categorical.of([3, 2]), temperature=temperature)


def test_an_outcome_that_was_never_seen_is_refused():
    with pytest.raises(ValueError, match="remove such outcomes"):
        marchi2024.thresholds(gl.Categorical.of([3, 2, 0]), temperature=0.8)


def test_a_phase_diagram_of_uniform_data_matches_the_closed_form():
    real = gl.Categorical.uniform(10)
    temperature, fraction = np.linspace(0.3, 0.95, 14), np.linspace(0.01, 0.99, 50)
    collapsed = gl.Categorical.of(np.r_[1000.0, np.ones(9)])
    healthy = gl.phase_diagram(
        marchi2024.Phase(real), temperature=temperature, real_fraction=fraction
    )
    fallen = gl.phase_diagram(
        marchi2024.Phase(real, collapsed), temperature=temperature, real_fraction=fraction
    )
    grid_temperature, grid_fraction = np.meshgrid(temperature, fraction, indexing="ij")
    fold = np.array(
        [float(uniform.fold(temperature=t, outcomes=10).real_fraction) for t in temperature]
    )[:, None]
    np.testing.assert_allclose(
        healthy.spectral_radius, (1 - grid_fraction) / grid_temperature, rtol=1e-11
    )
    for diagram in (healthy, fallen):
        assert float(diagram.residual.max()) <= 1e-12
        assert int((diagram.branch == 2).sum()) == 0
    assert bool(((fallen.branch == 1) == (grid_fraction < fold)).all())
    stable = (grid_fraction < fold) | (grid_fraction > 1 - grid_temperature)
    decided = np.abs(grid_fraction - 1 + grid_temperature) > 1e-9
    assert bool((fallen.stable == stable).values[decided].all())


@pytest.mark.slow
def test_a_phase_diagram_agrees_with_the_general_engine():
    real = gl.Categorical.of([6.0, 3.0, 2.0, 1.0])
    axes = {"temperature": np.linspace(0.35, 1.8, 6), "real_fraction": np.linspace(0.03, 0.97, 6)}

    def measure(temperature, real_fraction):
        loop = marchi2024.loop(temperature=temperature, real_fraction=real_fraction, real=real)
        point = gl.fixed_point(loop, real)
        p = point.state.probabilities
        return {
            "spectral_radius": point.spectral_radius,
            "total_variation": 0.5 * jnp.abs(p - real.probabilities).sum(),
        }

    fast = gl.phase_diagram(marchi2024.Phase(real), **axes)
    general = gl.phase_diagram(measure, **axes)
    for name in general:
        np.testing.assert_allclose(fast[name], general[name], rtol=1e-9, atol=1e-13)


@pytest.mark.slow
def test_a_phase_diagram_has_no_hole_at_its_edges():
    real = gl.Categorical.of([50.0, 30.0, 20.0])
    diagram = gl.phase_diagram(
        marchi2024.Phase(real), temperature=[0.02, 0.5, 1.0, 2.0], real_fraction=[0.0, 0.2, 1.0]
    )
    for name in diagram:
        assert np.isfinite(diagram[name].values).all(), name
    assert (diagram.branch[:2, 0] == 1).all() and (diagram.branch[:, 2] == 0).all()
    for temperature in (0.02, 0.5, 2.0):
        for fraction in (0.0, 0.2, 1.0):
            state = marchi2024.healthy_state(real, temperature=temperature, real_fraction=fraction)
            moved = 0.5 * np.abs(np.asarray(state.probabilities) - [0.5, 0.3, 0.2]).sum()
            row = diagram.sel(temperature=temperature, real_fraction=fraction)
            np.testing.assert_allclose(row.total_variation, moved, atol=1e-12)


def test_a_phase_diagram_follows_outcomes_of_any_rarity_above_temperature_one():
    real = gl.Categorical.of([1.0, 1e-30])
    axes = {"temperature": [1.0001, 1.01, 1.05, 1.3], "real_fraction": [1e-4, 1e-3, 0.1, 0.5]}
    diagram = gl.phase_diagram(marchi2024.Phase(real), **axes)
    assert (diagram.branch != 1).all() and not diagram.unstable.any()
    # An orbit too slow for its rounds is not found, however little the state changes by then.
    assert diagram.branch[0, 0] == 2 and np.isnan(diagram.total_variation[0, 0])
    for temperature in axes["temperature"][1:]:
        for fraction in axes["real_fraction"]:
            state = marchi2024.healthy_state(real, temperature=temperature, real_fraction=fraction)
            row = diagram.sel(temperature=temperature, real_fraction=fraction)
            moved = float(state.probabilities[1] - real.probabilities[1])
            assert row.stable and float(row.total_variation) == pytest.approx(moved, rel=1e-11)


def test_thresholds_are_the_same_outside_double_precision():
    weights = [50, 30, 20]
    expected = marchi2024.thresholds(gl.Categorical.of(weights), temperature=0.5)
    with jax.enable_x64(False):
        found = marchi2024.thresholds(gl.Categorical.of(weights), temperature=0.5)
        single = gl.Categorical(jnp.array([0.5, 0.25, 0.25]))
        with pytest.raises(ValueError, match="single precision"):
            marchi2024.thresholds(single, temperature=0.5)
        with pytest.raises(ValueError, match="float64"):
            gl.threshold(lambda x: x, 0.0, 2.0)
    assert {name: t.value for name, t in found.items()} == {
        name: t.value for name, t in expected.items()
    }


def power_law(power):
    return gl.Categorical.of(np.arange(1.0, 11) ** -power)


@pytest.fixture(scope="module")
def cusp():
    """The largest power of ten outcomes whose leader has a pair of folds at temperature 0.7."""
    pair, none = 0.1, 1.0
    with gl.x64():
        turns = lambda power: mode_turns(branches.ProbabilityClasses.of(power_law(power)), 0.7)
        assert not turns(none)
        while none - pair > 2e-15:
            middle = 0.5 * (none + pair)
            pair, none = (middle, none) if turns(middle) else (pair, middle)
    return pair


def test_critical_cells_of_a_phase_diagram_keep_the_uniform_state():
    temperature = np.round(np.linspace(0.02, 0.98, 49), 2)
    phase = marchi2024.Phase(gl.Categorical.uniform(7))
    found = phase(temperature=jnp.asarray(temperature), real_fraction=jnp.asarray(1 - temperature))
    np.testing.assert_allclose(found["spectral_radius"], 1, rtol=1e-12)
    np.testing.assert_allclose(found["total_variation"], 0, atol=1e-14)
    assert not found["stable"].any() and not found["unstable"].any()


def test_a_pair_of_folds_is_found_however_near_to_each_other(cusp):
    with gl.x64():
        found = branches.ProbabilityClasses.of(power_law(cusp))
        (low, first), (high, last) = mode_turns(found, 0.7)
        assert (first, last) == (1, -1) and 0 <= high - low < 1e-5
        folds = [fold_at(found, 0.7, 0, place) for place in (low, high)]
        assert all(fold.residual < 1e-12 for fold in folds)
        # The slope touches zero between them: a grid of the branch would step over both.
        slope = lambda place: float(branches.branch_slope(found, 0.7, 0, place))
        assert slope(low - 0.1) < 0 and slope(low + 0.1) < 0 and abs(slope(low)) < 1e-12


@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-7])
def test_a_coexistence_map_counts_two_states_between_any_pair_of_folds(cusp, distance):
    real = power_law(cusp - distance)
    with gl.x64():
        classes = branches.ProbabilityClasses.of(real)
        low, high = (fold_at(classes, 0.7, 0, at).value for at, _ in mode_turns(classes, 0.7))
    fractions = low + (high - low) * np.array([-0.5, 0.1, 0.5, 0.9, 1.5])
    counted = gl.phase_diagram(
        marchi2024.StableStateCount(real), temperature=0.7, real_fraction=fractions
    ).stable_states
    states = [marchi2024.stable_states(real, temperature=0.7, real_fraction=a) for a in fractions]
    assert counted.values.ravel().tolist() == [found.number for found in states]
    assert counted.values[0, [0, 2, 4]].tolist() == [1, 2, 1]
