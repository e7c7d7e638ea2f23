"""What the engine does not know it does not claim: multiple roots, failed searches, tiny units."""

import json

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import genloop as gl
from genloop.analysis import find_threshold
from genloop.cli.run import run
from genloop.papers import marchi2024

STARTS = [jnp.array(x) for x in (0.0, 2.0, 0.9, 1.3)]

MULTIPLE = {
    "double root": lambda x: x + (x - 1) ** 2,
    "double root from the other side": lambda x: x - 2 * (x - 1) ** 2,
    "triple root": lambda x: x - (x - 1) ** 3,
    "fourfold root": lambda x: x + (x - 1) ** 4,
    "fivefold root": lambda x: x - (x - 1) ** 5,
    "transcendental double root": lambda x: x + jnp.expm1(x - 1) - (x - 1),
}


@pytest.mark.parametrize("name", MULTIPLE)
def test_a_multiple_root_is_one_point_and_neither_stable_nor_unstable(name):
    (point,) = gl.fixed_points(MULTIPLE[name], STARTS)
    assert abs(float(point.state) - 1) < 5e-3
    assert point.stability == "undecided" and "spectral radius" in point.reason
    assert not bool(point.stable) and not bool(point.unstable)


@pytest.mark.parametrize("function", [jnp.sin, jnp.expm1])
def test_a_multiple_root_at_zero_is_one_undecided_point(function):
    (point,) = gl.fixed_points(function, [jnp.array(x) for x in (0.0, 0.1, -0.3)])
    assert abs(float(point.state)) < 1e-4 and point.stability == "undecided"


def test_a_multiple_root_in_two_dimensions_is_one_undecided_point():
    function = lambda x: jnp.array([x[0] + x[1] ** 2, 0.5 * x[1] + (x[0] - 1) ** 2])
    (point,) = gl.fixed_points(function, [jnp.array([x, 0.1]) for x in (0.0, 2.0)])
    assert point.stability == "undecided"


@pytest.mark.parametrize("apart", [1e-3, 1e-4])
def test_two_close_roots_are_two_points_with_their_stability(apart):
    points = gl.fixed_points(lambda x: x + (x - 1) * (x - 1 - apart), STARTS)
    np.testing.assert_allclose([float(p.state) for p in points], [1, 1 + apart], atol=1e-8)
    assert [p.stability for p in points] == ["stable", "unstable"]


def test_multipliers_of_one_by_symmetry_are_undecided_and_those_near_one_are_not():
    uniform = gl.Categorical.uniform(5)
    words = {}
    for share in (0.2, 0.2 + 1e-6, 0.2 - 1e-6):
        start = gl.Categorical.of(jnp.array([1.0, 1, 1, 1, 1]))
        points = gl.fixed_points(gl.Temper(0.8) >> gl.Mix(uniform, share), [start])
        flat = [p for p in points if float(p.state.probabilities.max()) < 0.2 + 1e-6]
        words[share] = [p.stability for p in flat]
    assert list(words.values()) == [["undecided"], ["stable"], ["unstable"]]


def saddle(shift):
    """No fixed point for positive shifts, two for negative ones."""
    return gl.fixed_point(lambda x: x + shift + x**2, jnp.array(-0.5))


def test_a_failed_search_gives_no_number_and_no_derivative():
    point = saddle(0.3)
    assert point.stability == "not found" and "residual" in point.reason
    for value in (point.state, point.spectral_radius, point.uncertainty, point.multipliers):
        assert np.isnan(np.asarray(value)).all()
    for read in (lambda p: saddle(p).spectral_radius, lambda p: saddle(p).state):
        assert np.isnan(jax.grad(read)(0.3)) and np.isfinite(jax.grad(read)(-0.1))
    field = gl.phase_diagram(lambda shift: {"state": saddle(shift).state}, shift=[-0.1, 0.3])
    np.testing.assert_array_equal(np.isnan(field.state.values), [False, True])


ESCAPES = {
    "exponential": lambda x: x + jnp.exp(-x),
    "reciprocal": lambda x: x + 1 / x,
    "hyperbola": lambda x: jnp.sqrt(x**2 + 1),
    "beside a contraction": lambda x: (
        jnp.array([0.5, 1]) * x + jnp.array([0.1, 0.1 * jnp.exp(-x[1])])
    ),
    "steep": lambda x: jnp.exp(30 * x),
}
"""Maps that come nearer and nearer to a fixed point, or from a huge image, and have none."""


@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_to_infinity_is_not_a_fixed_point(name):
    start = jnp.ones(2) if name.startswith("beside") else jnp.array(1.0)
    point = gl.fixed_point(ESCAPES[name], start)
    assert point.stability == "not found" and np.isnan(point.spectral_radius)


def test_a_point_of_a_continuum_is_found_and_undecided():
    keep = jnp.array([[0.9, 0.2], [0.1, 0.8]])
    for function in (lambda x: keep @ x, lambda x: x * (1 + 0.3 * (1 - jnp.sum(x**2)))):
        point = gl.fixed_point(function, jnp.array([1.0, 0.5]))
        assert point.stability == "undecided" and np.isfinite(point.spectral_radius)


def test_a_threshold_of_what_is_not_known_is_a_reason():
    radius = lambda shift: saddle(shift).spectral_radius
    for ends in ((-0.3, 0.5), (0.1, 0.5)):
        found = find_threshold(radius, *ends, level=0.6)
        assert found.value is None and "NaN" in found.reason
        with pytest.raises(ValueError, match="no value"):
            gl.threshold(radius, *ends, level=0.6)
    hole = lambda p: jnp.where((p > 0.4) & (p < 0.6), jnp.nan, 2 * p)
    assert "NaN" in find_threshold(hole, 0.0, 1.0).reason
    with pytest.raises(ValueError, match="inside the interval"):
        gl.threshold(hole, 0.0, 1.0)


@jax.jit
def healthy(real, temperature, share):
    return gl.fixed_point(gl.Temper(temperature) >> gl.Mix(real, share), real)


def test_the_state_of_a_tiny_probability_is_the_one_that_is_proved_to_be_alone():
    real = gl.Categorical.of([1, 1e-14])
    for points in (
        [healthy(real, 1.35, 0.001)],
        gl.fixed_points(
            gl.Temper(1.35) >> gl.Mix(real, 0.001),
            [real, gl.Categorical.uniform(2), gl.Categorical.of([1, 1e-9])],
        ),
    ):
        (point,) = points
        assert float(point.state.probabilities[1]) == pytest.approx(0.498077, abs=5e-7)
        assert float(point.spectral_radius) == pytest.approx(0.740, abs=5e-4)


def relative_residual(real, temperature, share, state):
    """The largest relative residual of a state, in 50 digits."""
    with mpmath.workdps(50):
        real, state = ([mpmath.mpf(float(x)) for x in np.asarray(v)] for v in (real, state))
        weights = [x ** (1 / mpmath.mpf(float(temperature))) for x in state]
        share, total = mpmath.mpf(float(share)), sum(weights)
        images = [share * r + (1 - share) * w / total for r, w in zip(real, weights, strict=True)]
        return float(max(abs(f - x) / f for f, x in zip(images, state, strict=True)))


def _cases(count, seed):
    generator = np.random.default_rng(seed)
    for _ in range(count):
        outcomes = int(generator.choice([2, 3, 6]))
        tiny = 10 ** generator.uniform(*generator.choice([(-20, -3), (-300, -20)]))
        real = generator.dirichlet(np.ones(outcomes))
        real[: generator.integers(1, outcomes)] *= tiny
        temperature = np.exp(generator.uniform(np.log(0.3), np.log(3)))
        yield real / real.sum(), temperature, 10 ** generator.uniform(-6, 0)


def check_tiny(count, seed):
    """Nothing wrong is called converged, and little is not found."""
    missing = 0
    for real, temperature, share in _cases(count, seed):
        point = healthy(gl.Categorical(real), temperature, share)
        if not bool(point.converged):
            missing += 1
            continue
        error = relative_residual(real, temperature, share, point.state.probabilities)
        assert error < 5e-12, (real, temperature, share)
        if temperature > 1:
            assert point.stability == "stable", (real, temperature, share)
    assert missing <= count // 500


@pytest.mark.slow
def test_states_of_tiny_probabilities_are_solutions_in_fifty_digits():
    check_tiny(200, 1)


@pytest.mark.slow
def test_thousands_of_states_of_tiny_probabilities_are_solutions():
    check_tiny(6000, 2)


def test_the_residual_is_in_the_units_of_the_state():
    for unit in (1e-14, 1.0, 1e12):
        point = gl.fixed_point(lambda x, u=unit: 0.5 * x + u, jnp.array(0.0))
        assert bool(point.converged)
        np.testing.assert_allclose(float(point.state), 2 * unit, rtol=1e-12)
        curved = gl.fixed_point(lambda x, u=unit: u * jnp.cos(x / u), jnp.array(0.5 * unit))
        np.testing.assert_allclose(float(curved.state), 0.7390851332151607 * unit, rtol=1e-12)
    wide = gl.Gaussian.of([0.0, 0.0], [[1.0, 0.0], [0.0, 1e-24]])
    moved = gl.Gaussian.of([1.0, 1e-13], [[2.0, 0.0], [0.0, 3e-24]])
    point = gl.fixed_point(gl.Temper(0.8) >> gl.Mix(moved, 0.3), wide)
    np.testing.assert_allclose(point.state.mean, moved.mean, rtol=1e-11)
    expected = 0.3 * 3e-24 / (1 - 0.7 * 0.8)
    np.testing.assert_allclose(float(point.state.covariance[1, 1]), expected, rtol=1e-11)


UNDECIDED = {
    "fixed-points": "fixed-points --uniform 5 -T 0.8 -a 0.2",
    "threshold": "threshold --uniform 5 -T 0.8 -a 0.2",
    "accumulate": "accumulate --uniform 5 -T 0.8 -a 0.2 --samples 100",
    "diagram": "diagram --uniform 5 -T 0.8:0.9:2 -a 0.2:0.3:2",
}


def _verdict(name, result):
    """The verdict on the uniform state, and the reason."""
    if name == "diagram":
        return result["fields"]["stable"][0][0], "one"
    if name == "fixed-points":
        one = result["fixed_points"][-1]
    else:
        one = result["at" if name == "threshold" else "end"]
    return one["stable"], one["reason"]


@pytest.mark.parametrize("name", UNDECIDED)
def test_no_command_calls_stable_or_unstable_what_is_undecided(name, capsys):
    assert run([*UNDECIDED[name].split(), "--json"]) in (0, 1)
    known, reason = _verdict(name, json.loads(capsys.readouterr().out)["result"])
    assert known is None and "one" in reason
    if name == "diagram":
        return
    run(UNDECIDED[name].split())
    assert "undecided" in capsys.readouterr().out


def test_a_phase_diagram_claims_no_stability_at_a_multiplier_of_one():
    real, share = gl.Categorical.uniform(5), np.array([0.2 - 1e-7, 0.2, 0.2 + 1e-7])
    found = gl.phase_diagram(marchi2024.Phase(real), temperature=0.8, real_fraction=share)
    assert found.stable.values.tolist() == [[False, False, True]]
    assert found.unstable.values.tolist() == [[True, False, False]]


def test_rows_of_a_branch_with_a_multiplier_on_the_circle_are_undecided():
    turn = lambda p: lambda x: jnp.array([[jnp.cos(p), -jnp.sin(p)], [jnp.sin(p), jnp.cos(p)]]) @ x
    centre = gl.branch(turn, jnp.zeros(2), 0.5, 1.0, steps=40).points()
    assert centre.undecided.all() and not centre.stable.any() and not centre.unstable.any()
    crossing = lambda p: lambda x: (1 + p) * x - x**3
    rows = gl.branch(crossing, jnp.array(0.0), -0.1, 0.1, steps=60).points()
    assert (rows.stable == (rows.parameter < -1e-10)).all()


def test_a_branch_that_is_nowhere_decided_says_so():
    from genloop.answers.diagrams import BranchDiagram, Drawn, TracedBranch
    from genloop.answers.real_data import described
    from genloop.cli.words.branches import lines

    about, rows = described(gl.Categorical.uniform(2)), (0.1, 0.5, 0.9)
    known = (None, None, False)
    branch = TracedBranch("b", None, 1, rows, rows, known, (0, 0, 0), rows, True, "the end")
    fixed, drawn = {"temperature": 1.0}, Drawn(1, 1)
    asked = "Temper(1.0) >> Mix(real, real_fraction)", "real_fraction", fixed, (0.0, 1.0)
    said = lines(BranchDiagram(about, *asked, "largest_probability", drawn, (branch,), ()))
    assert "branch b: not known to be stable anywhere, undecided from 0.1 to 0.5." in said


def test_fluctuations_about_an_undecided_point_are_not_a_number():
    covariance = lambda x: jnp.eye(2)
    for turn, wanted in ((0.5, np.isfinite), (1.0, np.isnan), (1.5, np.isinf)):
        found = gl.fluctuations(lambda x, t=turn: t * x[::-1], jnp.zeros(2), covariance=covariance)
        assert wanted(found.correlation_time) and wanted(np.diag(found.covariance)).all()


def rotated_block(value):
    """A triple defective multiplier, hidden by a rotation: rounding alone moves it by 1e-5."""
    rotation = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    return rotation @ (value * np.eye(3) + np.eye(3, k=1)) @ rotation.T


def test_a_defective_multiplier_of_one_is_undecided():
    block = jnp.asarray(rotated_block(1.0))
    known = gl.fixed_point(lambda x: block @ x, jnp.zeros(3))
    assert bool(known.converged) and not bool(known.stable) and not bool(known.unstable)
    assert bool(gl.fixed_point(lambda x: 0.5 * block @ x, jnp.zeros(3)).stable)


def test_a_derivative_that_is_not_a_number_decides_nothing():
    found = gl.fixed_point(lambda x: 0.5 * x * jnp.linalg.norm(x), jnp.array([0.1, 0.2]))
    assert not bool(found.stable) and not bool(found.unstable)
    assert "not a number" in found.reason
