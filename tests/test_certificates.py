"""Proofs contain the truth, false claims have none, and documents stand on their own."""

import copy
import dataclasses
import json
import pathlib
import random
import subprocess
import sys
from fractions import Fraction

import cases
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import genloop as gl
from genloop import certificates
from genloop.certificates import balls, read_map, thresholds, trace
from genloop.checker import maps

flint = pytest.importorskip("flint")
DIGITS = 50


@pytest.fixture(autouse=True)
def fifty_digits():
    """The truth of this file, without a change of mpmath's global precision for other tests."""
    with mpmath.workdps(DIGITS):
        yield


def to_mpmath(number):
    return mpmath.mpf(number.numerator) / number.denominator


def contains(ball, value, slack=1e-45):
    """Whether a ball holds a number that is known to 50 digits."""
    with flint.ctx.workprec(400):
        text = mpmath.nstr(value, DIGITS + 5)
        return ball.overlaps(flint.arb(text) + flint.arb(0, slack * (1 + abs(float(value)))))


# name: (JAX, mpmath, lower, upper)
FUNCTIONS = {
    "neg": (lambda x: -x, lambda x: -x, -3, 3),
    "abs": (jnp.abs, abs, -3, 3),
    "sign": (lambda x: jnp.sign(x) * x, abs, -3, 3),
    "square": (jnp.square, lambda x: x * x, -3, 3),
    "integer power": (lambda x: x**7, lambda x: x**7, -2, 2),
    "negative power": (lambda x: x**-3, lambda x: x**-3, 0.5, 2),
    "power": (lambda x: x**1.7, lambda x: x ** mpmath.mpf(1.7), 0.1, 3),
    "power of a number": (lambda x: 1.3**x, lambda x: mpmath.mpf(1.3) ** x, -3, 3),
    "sqrt": (jnp.sqrt, mpmath.sqrt, 0.01, 9),
    "rsqrt": (jax.lax.rsqrt, lambda x: 1 / mpmath.sqrt(x), 0.01, 9),
    "cbrt": (jnp.cbrt, mpmath.cbrt, 0.01, 9),
    "exp": (jnp.exp, mpmath.exp, -5, 5),
    "exp2": (jnp.exp2, lambda x: mpmath.mpf(2) ** x, -5, 5),
    "expm1": (jnp.expm1, mpmath.expm1, -1, 1),
    "log": (jnp.log, mpmath.log, 0.01, 9),
    "log1p": (jnp.log1p, mpmath.log1p, -0.9, 2),
    "logistic": (jax.nn.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x)), -9, 9),
    "sin": (jnp.sin, mpmath.sin, -5, 5),
    "cos": (jnp.cos, mpmath.cos, -5, 5),
    "tan": (jnp.tan, mpmath.tan, -1.5, 1.5),
    "asin": (jnp.arcsin, mpmath.asin, -0.9, 0.9),
    "acos": (jnp.arccos, mpmath.acos, -0.9, 0.9),
    "atan": (jnp.arctan, mpmath.atan, -5, 5),
    "atan2": (lambda x: jnp.arctan2(x, x - 2), lambda x: mpmath.atan2(x, x - 2), -5, 5),
    "sinh": (jnp.sinh, mpmath.sinh, -5, 5),
    "cosh": (jnp.cosh, mpmath.cosh, -5, 5),
    "tanh": (jnp.tanh, mpmath.tanh, -5, 5),
    "asinh": (jnp.arcsinh, mpmath.asinh, -5, 5),
    "acosh": (jnp.arccosh, mpmath.acosh, 1.1, 5),
    "atanh": (jnp.arctanh, mpmath.atanh, -0.9, 0.9),
    "erf": (jax.lax.erf, mpmath.erf, -3, 3),
    "erfc": (jax.lax.erfc, mpmath.erfc, -3, 3),
    "erf_inv": (jax.lax.erf_inv, mpmath.erfinv, -0.9, 0.9),
    "lgamma": (jax.lax.lgamma, mpmath.loggamma, 0.1, 9),
    "digamma": (jax.lax.digamma, mpmath.digamma, 0.1, 9),
    "polygamma": (
        lambda x: jax.scipy.special.polygamma(2, x),
        lambda x: mpmath.psi(2, x),
        0.1,
        9,
    ),
    "floor": (lambda x: x * jnp.floor(x), lambda x: x * mpmath.floor(x), -5, 5),
    "ceil": (lambda x: x * jnp.ceil(x), lambda x: x * mpmath.ceil(x), -5, 5),
    "round": (lambda x: x * jnp.round(x), lambda x: x * mpmath.nint(x), -5, 5),
    "max and min": (
        lambda x: jnp.maximum(x, 0.3) * jnp.minimum(x, 0.7),
        lambda x: max(x, mpmath.mpf(0.3)) * min(x, mpmath.mpf(0.7)), -1, 2,
    ),
    "clip": (lambda x: jnp.clip(x, 0.25, 0.75) + x, lambda x: min(max(x, 0.25), 0.75) + x, -1, 2),
    "where": (
        lambda x: jnp.where(x > 0.5, x * x, 1 - x), lambda x: x * x if x > 0.5 else 1 - x, 0, 1,
    ),
    "quotient": (lambda x: (1 + x) / (3 - x), lambda x: (1 + x) / (3 - x), -2, 2),
    "stop_gradient": (lambda x: x * jax.lax.stop_gradient(x), lambda x: x * x, -2, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_balls_contain_every_function_and_its_derivative(name):
    function, truth, lower, upper = FUNCTIONS[name]
    generator = random.Random(name)
    for _ in range(4):
        x = generator.uniform(lower, upper)
        program = trace(function, x)
        with flint.ctx.workprec(220):
            (value,), ((slope,),), smooth = balls.linearize(program, [flint.arb(x)], [0])
            (again,) = maps.run(program.json(), [maps.Jet(1, flint.arb(x), {0: flint.arb(1)})])
            assert smooth and contains(value, truth(mpmath.mpf(x)))
            assert contains(again.value, truth(mpmath.mpf(x)))
            wide = balls.outputs(program, [flint.arb(x, 1e-9)])[0]
            for nearby in (x - 5e-10, x + 5e-10):
                assert contains(wide, truth(mpmath.mpf(nearby)))
            # Forward differentiation against a difference quotient of 50 digits.
            with mpmath.workdps(90):
                expected = mpmath.diff(truth, mpmath.mpf(x), h=mpmath.mpf(10) ** -25)
            assert contains(slope, expected, slack=1e-20)
            assert contains(again.parts.get(0, flint.arb(0)), expected, slack=1e-20)


def _matrix(x):
    return jnp.outer(x, x) + jnp.diag(1 + x)


def _newton(x):
    """Square roots by a loop that stops when they are good."""
    unfinished = lambda state: jnp.abs(state[0] ** 2 - x).max() > 1e-9
    return jax.lax.while_loop(unfinished, lambda s: ((s[0] + x / s[0]) / 2, s[1] + 1), (x, 0))[0]


def _scanned(x):
    step = lambda carry, row: (0.5 * carry + row, carry * row)
    last, rows = jax.lax.scan(step, x[0], x, reverse=True)
    return rows + last


ARRAYS = {
    "scan": _scanned,
    "while": _newton,
    "fori": lambda x: jax.lax.fori_loop(0, 5, lambda i, y: y * x + i, x),
    "cond": lambda x: jax.lax.cond(x[0] > x[1], lambda y: 2 * y, lambda y: y**2, x),
    "stack": lambda x: jnp.tile(sum(jnp.unstack(jnp.stack([x, x[::-1]], axis=1))), 2),
    "statistics": lambda x: jnp.stack([jnp.median(x), x.std(), jnp.hypot(x[0], x[1]), x[1] % 0.3]),
    "interpolation": lambda x: jnp.interp(x, jnp.array([0.0, 0.5, 1.0]), x[:3]),
    "sort": lambda x: jnp.sort(x)[::-1] * x,
    "argsort": lambda x: x[jnp.argsort(-x)] * jnp.arange(4.0),
    "argmax": lambda x: x * jnp.argmax(x) - jnp.argmin(x),
    "cumsum": lambda x: jnp.cumsum(x) * jnp.cumsum(x[::-1])[::-1],
    "cumprod": jnp.cumprod,
    "cummax": jax.lax.cummax,
    "gather": lambda x: x[jnp.array([3, 1, 1, 0])] * x,
    "scatter": lambda x: x.at[jnp.array([0, 2])].set(x[1]).at[1].add(x[3]).at[:2].multiply(3.0),
    "dynamic slice": lambda x: jax.lax.dynamic_update_slice(
        x, jax.lax.dynamic_slice(x, (1,), (2,)), (2,)
    ),
    "pad and concatenate": lambda x: jnp.pad(jnp.concatenate([x[:1], x[2:]]), (1, 2)),
    "einsum": lambda x: jnp.einsum("ij,j,kj->ik", _matrix(x), x, _matrix(x)).reshape(-1),
    "products": lambda x: x.prod() * x.max() - x.min() * x,
    "logsumexp": lambda x: jax.scipy.special.logsumexp(x) - jax.nn.softmax(x),
    "normal law": lambda x: jax.scipy.stats.norm.cdf(x) + jax.scipy.stats.norm.logpdf(x),
    "cholesky": lambda x: jnp.linalg.cholesky(_matrix(x)).reshape(-1),
    "triangular solve": lambda x: jax.scipy.linalg.solve_triangular(
        jnp.linalg.cholesky(_matrix(x)), x, trans=1, lower=True
    ),
    "solve": lambda x: jnp.linalg.solve(_matrix(x), x),
    "inverse": lambda x: jnp.linalg.inv(_matrix(x)[::-1]).reshape(-1),
    "determinant": lambda x: jnp.linalg.det(_matrix(x)) * x,
    "qr": lambda x: jnp.concatenate([y.reshape(-1) for y in jnp.linalg.qr(_matrix(x)[:, :3])]),
    "custom derivative": lambda x: jax.nn.relu(x) + jax.nn.silu(x),
    "vmap of a loop": lambda x: jax.vmap(
        lambda y: jax.lax.fori_loop(0, 3, lambda i, z: z * y, y)
    )(x),
    "jacobian": lambda x: jax.jacfwd(lambda y: jnp.tanh(_matrix(y) @ y))(x).reshape(-1),
    "gradient": lambda x: jax.grad(lambda y: (jnp.linalg.cholesky(_matrix(y)) ** 2 @ y).sum())(x),
}  # fmt: skip


@pytest.mark.parametrize("name", ARRAYS)
def test_programs_of_array_functions_are_the_functions(name):
    function, x = ARRAYS[name], np.array([0.31, 0.87, 0.55, 0.42])
    program = trace(function, x)
    for shift in (0.0, 1e-3):
        point = x * (1 + shift)
        with flint.ctx.workprec(128):
            found = [float(y.mid()) for y in balls.outputs(program, map(flint.arb, point.tolist()))]
        np.testing.assert_allclose(found, np.ravel(jax.jit(function)(point)), rtol=1e-9)


MASK = np.array([True, True, False, True])
# Maps that jump or have kinks, ties and ends: programs of one side must not speak of the other.
JUMPING = {
    "argsort of equal ones": lambda x: x[jnp.argsort(jnp.round(x))] * jnp.arange(4.0),
    "argmax of steps": lambda x: x * jnp.argmax(jnp.floor(3 * x)),
    "the largest two": lambda x: jax.lax.top_k(x, 2)[0] * jax.lax.top_k(-x, 2)[1],
    "steps": lambda x: x * jnp.floor(7 * x) - jnp.ceil(-5 * x) + jnp.trunc(-4 * x) + jnp.rint(x),
    "halves": lambda x: x * jax.lax.round(jnp.array([0.5, 1.5, -0.5, 2.5])) + jax.lax.round(3 * x),
    "remainders": lambda x: x % 0.3 + jnp.fmod(-x, 0.2) + (-x) % 0.25,
    "whole numbers": lambda x: x * (10 * x).astype(int) + x.astype(bool),
    "clamps": lambda x: jax.lax.clamp(0.3, x, 0.6) + jnp.clip(x, x[0], x[1]),
    "cumulative whole numbers": lambda x: (
        x * jnp.cumprod(jnp.arange(1, 5)) + jax.lax.cummax(jnp.array([1, 3, 2, 5]))
    ),
    "places outside": lambda x: (
        x.at[jnp.array([1, 7])].add(x[:2]).at[9].set(1.0)
        * jnp.array([-3, -1, 2, 4]).at[jnp.array([0, 5, 2, 1])].get(mode="fill", fill_value=7)
        + x.at[jnp.array([0, 5, -9, 1])].get(mode="clip")
    ),
    "equal places": lambda x: (
        x.at[jnp.array([1, 1, 2])].add(x[:3]).at[jnp.array([3, 3])].max(x[:2])
    ),
    "a slice that moves": lambda x: jax.lax.dynamic_slice(x, ((5 * x[0]).astype(int),), (2,)),
    "steps of a loop": lambda x: (
        x * jax.lax.while_loop(lambda s: s[0] > 0.01, lambda s: (s[0] / 2, s[1] + 1), (x[0], 0))[1]
    ),
    "loops side by side": lambda x: jax.vmap(
        lambda y: jax.lax.while_loop(lambda s: s < 2.0, lambda s: s * 1.5, y)
    )(x),
    "switch": lambda x: jax.lax.switch((4 * x[0]).astype(int), [lambda y: y, jnp.exp, jnp.sin], x),
    "no number": lambda x: jnp.where(jnp.isfinite(jnp.log(x - 0.2)), x, 2 * x),
    "zero times no number": lambda x: jnp.diag(1.0 * MASK) @ jnp.log(x - 0.2),
    "signs of a factor": lambda x: jnp.concatenate(
        [y.reshape(-1) for y in jnp.linalg.qr(_matrix(x) - 1.3)]
    ),
    "a scale that may be negative": lambda x: (
        (x / jnp.max(x - 0.5)) ** x[0] / ((x / jnp.max(x - 0.5)) ** x[0]).sum()
    ),
    "masked softmax": lambda x: jax.nn.softmax(jnp.where(MASK, x, -jnp.inf)),
}  # fmt: skip


@pytest.mark.parametrize("name", JUMPING)
def test_where_the_guards_hold_the_program_is_the_map(name):
    function, x = JUMPING[name], np.array([0.31, 0.87, 0.55, 0.42])
    generator, compiled, agreed = np.random.default_rng(1), jax.jit(function), 0
    program = trace(function, x)
    for size in (0.0, 0.01, 0.1, 0.1, 0.3, 0.3):
        point = x + size * generator.normal(size=4)
        try:
            with flint.ctx.workprec(128):
                found = balls.outputs(program, map(flint.arb, point.tolist()))
        except certificates.CannotCertify:
            continue
        agreed += 1
        expected = np.ravel(compiled(point))
        np.testing.assert_allclose([float(y.mid()) for y in found], expected, rtol=1e-9, atol=1e-12)
    assert agreed


UNREADABLE = {
    "digits that are rounded away": (lambda x: jax.lax.reduce_precision(x, 8, 7), "fewer digits"),
    "an eighth of the bits": (lambda x: 1.0 * x.astype(jnp.float8_e5m2), "single precision"),
    "whether there is a number": (lambda x: jnp.isnan(jnp.sqrt(x - 1)) * x, "not finite"),
    "zero times no number": (lambda x: jnp.array([0.0]) @ jnp.log(x - 1)[None], "not finite"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_function_of_real_numbers_is_not_read(name):
    function, reason = UNREADABLE[name]
    with pytest.raises(certificates.CannotCertify, match=reason):
        trace(function, np.array(0.3))


def deterministic(partner):
    """One generation of every stage, by name."""
    mix = gl.Mix(partner, 0.3)
    return {
        "cold": gl.Temper(0.8) >> mix,
        "hot": gl.Temper(1.7) >> gl.Draw(20) >> gl.Mix(partner, 0.3, samples=5) >> gl.Unbias(12),
        "renewed": gl.Renew(gl.Temper(0.8) >> mix, 0.3),
        "function": gl.TemperatureFunction(lambda p: p + 2 * p**3),
        "likeliest": gl.TopK(2),
        "nucleus": gl.Nucleus(0.7),
        "min-p": gl.MinP(0.5),
    }


# Their tempering is a sum whose end is decided by rounding.
SUMMED = gl.Poisson, gl.Binomial, gl.NegativeBinomial


# Cases in which a probability is exactly on the edge of what is kept.
@pytest.mark.parametrize("name", cases.MODELS)
def test_every_stage_can_be_read_on_every_model(name):
    model = cases.MODELS[name]
    for label, stage in deterministic(cases.PARTNERS[name]).items():
        if label == "nucleus" and isinstance(model, gl.Gaussian):
            with pytest.raises(certificates.CannotCertify, match="primitive igamma"):
                read_map(stage, model)
        elif label in ("cold", "hot", "renewed") and isinstance(model, SUMMED):
            with pytest.raises(certificates.CannotCertify, match="cannot be decided"):
                read_map(stage, model)
        elif label in ("function", "likeliest", "nucleus", "min-p") and not isinstance(
            model, gl.Categorical
        ):
            with pytest.raises(ValueError, match="has no outcomes"):
                read_map(stage, model)
        else:
            same_as_the_map(stage, model)


def same_as_the_map(stage, model):
    """The program of one generation has the values of the stage."""
    problem = read_map(stage, model)
    with flint.ctx.workprec(128):
        inputs = [*map(flint.arb, problem.state), *problem.balls()]
        found = [float(y.mid()) for y in balls.outputs(problem.program, inputs)]
    with jax.enable_x64(True):
        image = stage(jax.tree.map(lambda leaf: np.asarray(leaf, dtype=np.float64), model))
        expected = np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(image)])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


# The laws of chi-square that a nucleus of a Gaussian needs have no balls yet.
READABLE = [name for name in cases.LOOPS if not name.startswith("a nucleus")]


@pytest.mark.parametrize("name", [*READABLE, *cases.TEMPERED])
def test_every_loop_can_be_read(name):
    loop, model = cases.LOOPS.get(name) or (cases.TEMPERED[name], cases.SKEWED)
    problem = read_map(loop, model)
    with flint.ctx.workprec(128):
        inputs = [*map(flint.arb, problem.state), *problem.balls()]
        found = [float(x.mid()) for x in balls.outputs(problem.program, inputs)]
    with gl.x64():
        image = loop(jax.tree.map(lambda leaf: np.asarray(leaf, dtype=np.float64), model))
        expected = np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(image)])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_what_cannot_be_read_or_decided_is_said():
    even = lambda x: jnp.linalg.eigh(_matrix(x))[0]
    assert gl.certify(even, np.ones(3)).reason == "cannot certify: primitive eigh"
    noisy = lambda x: x + jax.random.normal(jax.random.key(0))
    assert "cannot certify" in gl.certify(noisy, 0.3).reason
    jumping = lambda x: jnp.where(x > 0.5, 0.5, x)
    assert "cannot be decided" in gl.certify(jumping, 0.5).reason
    assert "not finite" in gl.certify(lambda x: jnp.log(x), 0.0).reason
    certificate = gl.certify(even, np.ones(3))
    assert not certificate.proved and certificate.status == "NOT PROVED"
    with pytest.raises(ValueError, match="nothing to save"):
        certificate.save("never.json")


REFUSED = {
    "no digits": (lambda: gl.certify(jnp.cos, 0.7, digits=0), "between 1 and 4,000"),
    "too many": (lambda: gl.certify(jnp.cos, 0.7, digits=5000), "between 1 and 4,000"),
    "half a digit": (lambda: gl.certify(jnp.cos, 0.7, digits=2.5), "whole number"),
    "text": (lambda: gl.certify(lambda t: jnp.cos, 0.7, parameters="0.5"), "list or a mapping"),
    "nothing": (lambda: gl.certify(lambda t: jnp.cos, 0.7, parameters=[None]), "exact number"),
    "no number": (lambda: gl.certify(jnp.cos, np.nan), "finite ones"),
    "no state": (lambda: gl.certify(jnp.cos, np.zeros(0)), "at least one"),
    "two values": (
        lambda: certificates.certify_root(lambda p: jnp.stack([p, p]), 0, 1),
        "2 results",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_arguments_get_one_line(name):
    call, reason = REFUSED[name]
    with pytest.raises(ValueError, match=reason):
        call()


def test_what_is_proved_is_what_was_given():
    assert gl.certify(jnp.cos, 0.7).proved and gl.certify(jnp.cos, 0.739085, within=1e-6).proved
    assert "within 1e-06" in gl.certify(jnp.cos, 0.7, within=1e-6).reason
    logistic = lambda r: lambda x: r * x * (1 - x)
    flip = gl.continuation.bifurcation_point("flip", logistic, 0.66, 3.1)
    assert gl.certify(flip, logistic).proved
    moved = dataclasses.replace(flip, parameter=flip.parameter + 0.01)
    assert "0.01 away" in gl.certify(moved, logistic).reason
    renamed = lambda s: {"a": s["y"] / 2 + 1, "z": s["x"] / 4}
    assert "form of the state" in gl.certify(renamed, {"x": 1.0, "y": 1.0}).reason
    turned = lambda s: s.T / 2 + 1
    assert "form of the state" in gl.certify(turned, np.ones((2, 3))).reason


def test_a_spectral_radius_of_zero_and_very_many_digits():
    for constant in (lambda x: 0 * x + 0.3, lambda x: jnp.stack([x[1] / 2 + 1, 2.0 + 0 * x[0]])):
        found = gl.certify(constant, np.full(np.shape(constant(np.ones(2))), 0.3))
        assert found.stable and 0 in found.spectral_radius
    family = lambda t, r: gl.Temper(t) >> gl.Mix(gl.Categorical(r), 0.3)
    known = ["0.8", ["0.5", "0.3", "0.2"]]
    found = gl.certify(family, gl.Categorical.uniform(3), parameters=known, digits=600)
    assert found.proved and Fraction(found.state[0].radius) < Fraction(1, 10**600)


def test_without_the_library_the_remedy_is_named(monkeypatch):
    # Whoever imports `flint` from there has done so before it is taken away.
    assert thresholds.flint is balls.flint
    monkeypatch.setattr(balls, "flint", None)
    with pytest.raises(certificates.balls.InputError, match="pip install python-flint"):
        gl.certify(jnp.cos, 0.7)
    with pytest.raises(ImportError, match="python-flint"):
        monkeypatch.setattr(maps, "flint", None)
        maps.verdict({})


def temperature_loop(temperature, real_fraction, real):
    return gl.Temper(temperature) >> gl.Mix(gl.Categorical(real), real_fraction)


@pytest.fixture(scope="module")
def healthy():
    real = gl.Categorical.of([5.0, 3.0, 2.0])
    loop = gl.Temper(0.8) >> gl.Mix(real, 0.3)
    return gl.certify(loop, real, decimals=True)


def test_a_loop_is_stable_and_its_numbers_are_exact_decimals(healthy):
    assert healthy.proved and healthy.stable
    assert ["0.8", "0.8"] in healthy.document["parameters"]
    state = [Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)]
    p = [to_mpmath(e.lower / 2 + e.upper / 2) for e in healthy.state]
    powers = [x ** mpmath.mpf("1.25") for x in p]
    for x, power, real in zip(p, powers, state, strict=True):
        image = 7 * power / mpmath.fsum(powers) / 10 + 3 * to_mpmath(real) / 10
        assert abs(image - x) < 1e-48
    assert healthy.spectral_radius.bounds[0] < healthy.spectral_radius.bounds[1] < 1
    assert sum(e.upper - e.lower for e in healthy.state) < Fraction(1, 10**60)


def test_uniform_data_are_stable_above_the_pitchfork_and_unstable_below():
    """Multiple eigenvalues (1 - a)/T, and a maximum that all entries share."""
    for outcomes, fraction, stable in ((2, "0.21", True), (5, "0.19", False), (5, "0.21", True)):
        parameters = "0.8", fraction, [f"1/{outcomes}"] * outcomes
        start = gl.Categorical.uniform(outcomes)
        certificate = gl.certify(temperature_loop, start, parameters=parameters)
        assert certificate.proved and certificate.stable is stable
        assert (1 - Fraction(fraction)) / Fraction("0.8") in certificate.spectral_radius
    critical = gl.certify(temperature_loop, start, parameters=("0.8", "0.2", ["1/5"] * 5))
    assert not critical.proved and critical.document is None


def test_a_scale_that_cancels_is_left_out():
    """Gaussians divide by their largest entry, softmax subtracts it; both have ties here."""
    one = gl.Gaussian.of(0.5, 2.0)
    certificate = gl.certify(gl.Temper(0.8) >> gl.Mix(one, 0.3), one)
    assert certificate.proved and Fraction(0.7) in certificate.spectral_radius
    logits = lambda x: 0.5 * jax.nn.log_softmax(x) - jax.nn.logsumexp(0.3 * x)
    certificate = gl.certify(logits, -jnp.ones(3))
    assert certificate.proved and certificate.stable
    kinked = gl.certify(lambda x: 0.5 * jnp.abs(x), 0.0)
    assert not kinked.proved and "kink" in kinked.reason and "exactly one" in kinked.claim


def test_defective_and_complex_multipliers():
    block = lambda x: jnp.array([[0.9, 1.0], [0.0, 0.9]]) @ x
    certificate = gl.certify(block, np.array([1e-3, 0.0]), decimals=True)
    assert certificate.stable and Fraction(0.9) in certificate.spectral_radius
    for size in ("0.99", "1.01"):
        turn = lambda radius: lambda x: radius * jnp.array([[0.6, -0.8], [0.8, 0.6]]) @ x
        certificate = gl.certify(turn, np.zeros(2) + 1e-3, parameters=(size,))
        assert certificate.stable is (float(size) < 1)


def test_every_parameter_of_an_interval():
    box = (
        certificates.Interval("0.799", "0.801"),
        certificates.Interval("0.299", "0.301"),
        ["2/3", "1/3"],
    )
    start = gl.Categorical(np.array([0.78, 0.22]))
    certificate = gl.certify(temperature_loop, start, parameters=box)
    assert certificate.proved and certificate.stable
    assert "For all parameters in their intervals" in certificate.claim
    lower, upper = certificate.spectral_radius.bounds
    for temperature in (0.799, 0.801):
        assert lower <= radius_of([2 / 3, 1 / 3], temperature, 0.3) <= upper


def radius_of(real, temperature, fraction):
    """The spectral radius at the end of an orbit, in plain NumPy."""
    state = np.array(iterated(real, temperature, fraction))
    s = state ** (1 / temperature)
    s /= s.sum()
    slope = (1 - fraction) / temperature * (np.diag(s) - np.outer(s, s)) / state
    return np.abs(np.linalg.eigvals(slope)).max()


@pytest.mark.parametrize("outcomes", [2, 10, pytest.param(100, marks=pytest.mark.slow)])
def test_existence_and_stability_at_every_size(outcomes):
    real = gl.Categorical.of(1 / np.arange(1.0, outcomes + 1))
    certificate = gl.certify(gl.Temper(0.8) >> gl.Mix(real, 0.3), real)
    assert certificate.proved and certificate.stable
    lower, upper = certificate.spectral_radius.bounds
    assert lower - 1e-12 < radius_of(real.probabilities, 0.8, 0.3) < upper + 1e-12
    state = [float(enclosure) for enclosure in certificate.state]
    np.testing.assert_allclose(state, iterated(real.probabilities, 0.8, 0.3), rtol=1e-12)


def test_gaussian_and_chain_loops_are_covered():
    gaussian = gl.Gaussian.of([0.0, 1.0], [[1.0, 0.2], [0.2, 2.0]])
    certificate = gl.certify(gl.Temper(0.8) >> gl.Mix(gaussian, 0.3), gaussian)
    assert certificate.stable and Fraction(0.7) in certificate.spectral_radius
    chain = gl.MarkovChain.of(np.array([[4.0, 2.0], [2.0, 3.0]]))
    certificate = gl.certify(gl.Temper(0.9) >> gl.Mix(chain, 0.5), chain)
    assert certificate.proved and certificate.stable


def test_a_fold_to_two_hundred_digits():
    start = gl.Categorical(np.array([0.3, 0.7]))
    known = "1/10", ["0.55", "0.45"]
    options = {"parameters": known, "digits": 200}
    certificate = certificates.certify_bifurcation("fold", temperature_loop, start, 0.86, **options)
    assert certificate.proved
    with mpmath.workdps(220):
        # U-9: x and T at which the branch turns.
        def equations(x, temperature):
            s = 1 / (1 + (1 / x - 1) ** (1 / temperature))
            slope = 9 * s * (1 - s) / (temperature * x * (1 - x)) / 10
            return [mpmath.mpf(55) / 1000 + 9 * s / 10 - x, slope - 1]

        x, temperature = mpmath.findroot(equations, (0.327, 0.8626), tol=1e-210)
        for value, enclosure in ((temperature, certificate.parameter), (x, certificate.state[0])):
            assert abs(value - to_mpmath(Fraction(enclosure.centre))) < mpmath.mpf(10) ** -200
            assert enclosure.upper - enclosure.lower < Fraction(1, 10**200)


def test_flips_and_symmetric_branch_points():
    logistic = lambda r: lambda x: r * x * (1 - x)
    flip = certificates.certify_bifurcation("flip", logistic, 0.66, 3.1)
    assert flip.proved and 3 in flip.parameter and Fraction(2, 3) in flip.state[0]
    for outcomes in (2, 5):
        known = "1/10", [f"1/{outcomes}"] * outcomes
        options = {"parameters": known, "digits": 40}
        start = gl.Categorical.uniform(outcomes)
        point = certificates.certify_bifurcation(
            "branch point", temperature_loop, start, 0.89, **options
        )
        assert point.proved and Fraction(9, 10) in point.parameter
    missing = certificates.certify_bifurcation("Neimark-Sacker", logistic, 0.66, 3.1)
    assert "has no proof" in missing.reason


@pytest.mark.slow
def test_a_bifurcation_of_the_engine_is_certified_by_name():
    family = lambda temperature: temperature_loop(temperature, 0.1, np.array([0.55, 0.45]))
    point = gl.continuation.bifurcation_point(
        "fold", family, gl.Categorical(np.array([0.3, 0.7])), 0.86
    )
    assert gl.certify(point, family).proved


def test_a_threshold_of_the_engine_is_certified_by_name():
    cube = lambda x: x**3
    threshold = gl.find_threshold(cube, 0.0, 2.0, level=2.0)
    root = gl.certify(threshold, cube, level=2, digits=40)
    assert root.proved and "only root between" in root.claim
    assert abs(to_mpmath(Fraction(root.parameter.centre)) ** 3 - 2) < 1e-39
    assert not gl.certify(gl.analysis.Threshold.absent("no fold", "does not apply"), cube).proved


def test_roots_are_alone_or_a_change_of_sign():
    one = certificates.certify_root(
        lambda x, c: jnp.cos(x) - c * x, 0, 10, parameters=("1",), digits=40
    )
    assert "it is the only root between 0 and 10" in one.claim
    several = certificates.certify_root(jnp.sin, "0.5", 10, digits=20)
    assert several.proved and "only root" not in several.claim
    for root in (1, 0.3):
        cubic = certificates.certify_root(lambda x, root=root: (x - root) ** 3, 0, "2.5")
        assert "change of sign" in cubic.claim and root in cubic.parameter
    assert "same sign" in certificates.certify_root(lambda x: x**2 + 1, -1, 1).reason
    with pytest.raises(ValueError, match="must go up"):
        certificates.certify_root(jnp.sin, 2, 1)


def resigned(document, **changes):
    """A forged document with a consistent claim and digest."""
    forged = copy.deepcopy(dict(document)) | changes
    forged["claim"] = maps.words(forged)
    forged["sha256"] = maps.digest(forged)
    return forged


def test_planted_false_claims_are_not_proved(healthy):
    document = healthy.document
    assert maps.check(document) == healthy.claim
    unstable = gl.certify(
        temperature_loop, gl.Categorical.uniform(2), parameters=("0.8", "0.1", ["1/2", "1/2"])
    ).document
    bounds = unstable["spectral_radius"]
    shifted = [str(Fraction(c) + Fraction(1, 10**9)) for c in document["centre"]]
    root = certificates.certify_root(lambda x: x**2 - 2, 0, 2).document
    later = [str(Fraction(root["centre"][0]) + Fraction(1, 10**9))]
    forgeries = {
        "do not decide": resigned(unstable, stable=True),
        "do not hold": resigned(
            unstable, spectral_radius=bounds | {"lower": "0.9", "upper": "0.99"}, stable=True
        ),
        "Krawczyk": resigned(document, centre=shifted),
        "Krawczyk's": resigned(root, centre=later, cuts=None),
        "only one": resigned(root, cuts=["-2", "2"]),
        "not between": resigned(root, cuts=["0", "1"]),
        "only a fixed point": resigned(root, spectral_radius=bounds, stable=False),
        "other kind": document | {"schema": "genloop/certificate/2"},
    }
    for words, forged in forgeries.items():
        accepted, reason = maps.verdict(forged)
        assert not accepted and (words in reason or words in ("other kind", "only one")), reason
    tight = resigned(document, radius=["1e-90"] * 3)
    assert not maps.verdict(tight)[0]


@pytest.fixture(scope="module")
def genuine(healthy):
    """Documents that the checker accepts, one of every kind."""
    logistic, width = (lambda r: lambda x: r * x * (1 - x)), certificates.Interval("0.9", "1.1")
    square = lambda x, c: x**2 - c
    found = {
        "state": healthy,
        "cosine": gl.certify(lambda x: 0.5 * jnp.cos(x), 0.4),
        "kink": gl.certify(lambda x: 0.5 * jnp.abs(x), 0.0),
        "flip": certificates.certify_bifurcation("flip", logistic, 0.66, 3.1),
        "root": certificates.certify_root(lambda x: x**2 - 2, 0, 2),
        "roots": certificates.certify_root(square, 0, 2, parameters=(width,)),
        "sign change": certificates.certify_root(lambda x: (x - 1) ** 3, 0, "2.5", digits=20),
    }
    documents = {name: certificate.document for name, certificate in found.items()}
    assert all(maps.verdict(document)[0] for document in documents.values())
    return documents


def claimed(lower, upper, squarings=0, stable=True):
    """Bounds of a spectral radius, and what they would decide."""
    bounds = {"lower": lower, "upper": upper, "squarings": squarings, "bits": 64}
    return {"spectral_radius": bounds, "stable": stable}


def programmed(*instructions, **changes):
    """A program of one number, the last one unless it is said otherwise."""
    parts = {"inputs": 1, "outputs": [len(instructions)], "guards": []}
    return {"program": parts | {"instructions": list(map(list, instructions))} | changes}


HALF = ("abs", 0), ("const", "0.5"), ("mul", 1, 2)
WIDE = {"centre": ["0"], "radius": ["2"], "outer": None, "spectral_radius": None, "stable": None}
# name: (document, false or senseless changes); digest and words of the forgeries are right.
FORGERIES = {
    "a negative upper bound": ("state", claimed("0", "-2", 1)),
    "half a squaring": ("cosine", claimed("0", "0.1", -1)),
    "bounds that are floats": ("cosine", claimed(0.1, 0.3)),
    "bounds in the wrong order": ("cosine", claimed("0.9", "0.1")),
    "a stability of one": ("cosine", claimed("0", "2", stable=1)),
    "an instability of zero": ("cosine", claimed("0", "2", stable=0.0)),
    "a kink behind a result from the end": (
        "kink", programmed(*HALF, outputs=[-1]) | claimed("0", "0.6"),
    ),
    "a kink": ("kink", programmed(*HALF) | claimed("0", "0.6")),
    "the only root, of a fixed point": ("state", {"cuts": ["-100", "100"]}),
    "a vector shown as the state": ("flip", {"blocks": [[0], [0], [0]]}),
    "part of a state": ("state", {"blocks": [[0]]}),
    "a negative radius": ("sign change", {"radius": ["-0.5"]}),
    "a radius of zero": ("root", {"radius": ["0"]}),
    "the only one of two roots": ("root", {"cuts": ["-2", "-1/2", "1/2", "2"]}),
    "negative digits": ("root", {"digits": -3}),
    "true digits": ("root", {"digits": True}),
    "a precision that is a float": ("root", {"bits": 64.5}),
    "a root that leaves its bounds": ("roots", {"cuts": ["0.99", "1.01"]}),
    "one end": ("root", {"cuts": ["1.4"]}),
    "a root of two numbers": ("root", {"size": 2}),
    "an undefined number": ("cosine", programmed(("const", "inf"), ("cos", 1)) | WIDE),
    "half a derivative": ("cosine", programmed(("polygamma", 0, 0.5), ("abs", 1)) | WIDE),
    "a register from the end": ("cosine", programmed(("cos", -1)) | WIDE),
    "a parameter that is not there": ("cosine", programmed(("cos", 0), inputs=2) | WIDE),
    "a guard from the end": ("cosine", programmed(("cos", 0), guards=[[">", -1]]) | WIDE),
    "an interval that goes down": ("roots", {"parameters": [["0", "0"], ["1.1", "0.9"]]}),
    "a vector of another length": ("flip", {"border": ["1", "1", "1"]}),
    "no slope": ("roots", {"slope": []}),
    "an outer box of no width": ("cosine", {"outer": ["0"]}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_with_a_right_digest_is_rejected(name, genuine):
    kind, changes = FORGERIES[name]
    assert not maps.verdict(resigned(genuine[kind], **changes))[0]


def test_numbers_are_shown_with_their_whole_radius():
    for centre, radius, digits in (("0.4", "0.9", 5), ("-1234.5", "77", 3), ("2.675", "1e-9", 2)):
        value, _, error = maps.shown(centre, radius, digits).split()
        gap = abs(Fraction(value) - Fraction(centre)) + Fraction(radius)
        assert gap <= Fraction(error) <= 100 * max(Fraction(radius), Fraction(1, 10**digits))


def test_a_threshold_that_is_shifted_is_not_proved():
    start = gl.Categorical(np.array([0.3, 0.7]))
    known = "1/10", ["0.55", "0.45"]
    fold = certificates.certify_bifurcation("fold", temperature_loop, start, 0.86, parameters=known)
    centre = list(fold.document["centre"])
    centre[-1] = str(Fraction(centre[-1]) + Fraction(1, 10**9))
    assert not maps.verdict(resigned(fold.document, centre=centre))[0]
    wider = ["1e-12"] * len(centre)
    assert not maps.verdict(resigned(fold.document, centre=centre, radius=wider))[0]
    assert not maps.verdict(resigned(fold.document, kind="flip"))[0]
    assert not maps.verdict(resigned(fold.document, kind="branch_point", blocks=[[0, 1]]))[0]


def test_any_changed_digit_is_rejected(healthy):
    text = json.dumps(healthy.document)
    generator = random.Random(5)
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    for place in generator.sample(places, 60):
        digit = str((int(text[place]) + 1) % 10)
        try:
            content = json.loads(text[:place] + digit + text[place + 1 :])
        except ValueError:
            continue
        found = maps.certificates(content)
        assert not any(maps.verdict(document)[0] for document in found)


def random_certificates(count):
    """Loops of random parameters against 50 digits of another arithmetic."""
    generator = random.Random(11)
    draw = lambda low, high: Fraction(round(generator.uniform(low, high), 6)).limit_denominator(
        10**6
    )
    for outcomes in (2, 3):
        start = gl.Categorical.uniform(outcomes)
        equal = [f"1/{outcomes}"] * outcomes
        problem = read_map(temperature_loop, start, ("0.8", "0.3", equal))
        for _ in range(count):
            temperature, fraction = draw(0.5, 1.6), draw(0.2, 0.9)
            weights = [generator.randint(1, 99) for _ in range(outcomes)]
            real = [Fraction(w, sum(weights)) for w in weights]
            texts = [str(v) for v in (temperature, fraction, *real)]
            state = iterated([float(r) for r in real], float(temperature), float(fraction))
            changed = dataclasses.replace(
                problem, state=tuple(state), parameters=tuple((t, t) for t in texts)
            )
            yield temperature, fraction, real, changed


def iterated(real, temperature, fraction):
    state, real = np.array(real), np.array(real)
    for _ in range(2000):
        power = state ** (1 / temperature)
        state = fraction * real + (1 - fraction) * power / power.sum()
    return state.tolist()


@pytest.mark.parametrize("count", [15, pytest.param(550, marks=pytest.mark.slow)])
def test_random_certificates_agree_with_fifty_digits(count):
    proved = 0
    for temperature, fraction, real, problem in random_certificates(count):
        try:
            certificate = certificates.prove_fixed_point(problem, digits=30)
        except certificates.CannotCertify:
            continue
        proved += certificate.proved
        t, a = to_mpmath(temperature), to_mpmath(fraction)
        state = [to_mpmath(Fraction(e.centre)) for e in certificate.state]
        # Newton's method from there, in other arithmetic, moves nothing.
        for _ in range(2):
            powers = [x ** (1 / t) for x in state]
            s = [p / mpmath.fsum(powers) for p in powers]
            size = range(len(state))
            slope = mpmath.matrix(len(state))
            for i in size:
                for j in size:
                    slope[i, j] = (1 - a) / t * s[i] * ((i == j) - s[j]) / state[j]
            rest = mpmath.matrix(
                [a * to_mpmath(r) + (1 - a) * y - x for r, y, x in zip(real, s, state, strict=True)]
            )
            moved = mpmath.lu_solve(mpmath.eye(len(state)) - slope, rest)
            state = [x + d for x, d in zip(state, moved, strict=True)]
        for x, enclosure in zip(state, certificate.state, strict=True):
            gap = abs(x - to_mpmath(Fraction(enclosure.centre)))
            assert gap <= to_mpmath(Fraction(enclosure.radius)) + mpmath.mpf(10) ** -48
        radius = max(abs(mu) for mu in mpmath.eig(slope, left=False, right=False))
        lower, upper = certificate.spectral_radius.lower, certificate.spectral_radius.upper
        assert to_mpmath(lower) - 1e-40 <= radius <= to_mpmath(upper) + 1e-40
        assert certificate.stable is None or certificate.stable is bool(radius < 1)
    assert proved >= 2 * count - 2


def test_the_command_accepts_and_rejects(tmp_path, healthy):
    from genloop.cli.run import run

    good, bad, empty = (tmp_path / name for name in ("good.json", "bad.json", "empty.json"))
    healthy.save(good)
    bad.write_text(good.read_text().replace("0.8", "0.9"))
    empty.write_text("{}")
    assert [run(["certify-check", str(path)]) for path in (good, bad, empty)] == [0, 1, 2]
    assert run(["certify-check", str(tmp_path / "none.json")]) == 4
    both = tmp_path / "both.json"
    both.write_text(json.dumps({"result": [json.loads(good.read_text()), {"x": 1}]}))
    assert run(["certify-check", str(both)]) == 0


NOT_REPLAYED = {
    "a missing file": (None, "E408", 4),
    "other text": (b"token,count", "E261", 2),
    "no text": (b"\xff\xfe\xfa", "E261", 2),
    "no certificate": (b"{}", "E262", 2),
    "a long document": (b" " * 2000, "E263", 2),
}


@pytest.mark.parametrize("what", NOT_REPLAYED)
def test_what_cannot_be_checked_has_a_code_of_its_own(what, tmp_path, capsys, monkeypatch):
    from genloop.cli.commands import certify_check
    from genloop.cli.run import run

    content, code, outcome = NOT_REPLAYED[what]
    monkeypatch.setattr(certify_check, "_LONGEST", 1000)
    path = tmp_path / "proof.json"
    if content is not None:
        path.write_bytes(content)
    assert run(["certify-check", str(path)]) == outcome
    assert capsys.readouterr().err.startswith(f"{code} ")


def test_the_checker_stands_alone(tmp_path, healthy):
    """One file, python-flint, and nothing that is ours or JAX's; also where it lies."""
    path, program = tmp_path / "certificate.json", tmp_path / "checker.py"
    healthy.save(path)
    program.write_text(pathlib.Path(maps.__file__).read_text())
    code = (
        "import runpy, sys\n"
        "sys.modules.update(dict.fromkeys(('jax', 'numpy', 'genloop')))\n"
        f"sys.argv = ['checker.py', {str(path)!r}]\n"
        f"runpy.run_path({str(program)!r}, run_name='__main__')"
    )
    for command in (["-c", code], [maps.__file__, str(path)]):
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout.startswith("ACCEPTED"), done.stderr


def test_the_command_starts_without_jax(tmp_path, healthy):
    path = tmp_path / "certificate.json"
    healthy.save(path)
    code = (
        "import sys\n"
        "from genloop.cli.run import run\n"
        f"code = run(['certify-check', {str(path)!r}])\n"
        "sys.exit(code or 10 * ('jax' in sys.modules or 'numpy' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
