"""What rounds to fewer digits than doubles have is not read as a statement about real numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import genloop as gl

pytest.importorskip("flint")

LOW = {
    "float16 constants": lambda x: 0.5 * x + (jnp.float16(2048) + jnp.float16(1)),
    "float32 constants": lambda x: 0.5 * x + (jnp.float32(2**24) + jnp.float32(1)),
    "bfloat16 constants": lambda x: 0.5 * x + (jnp.bfloat16(256) + jnp.bfloat16(1)),
    "a product": lambda x: 0.5 * x + jnp.float16(0.1) * jnp.float16(0.1),
    "a quotient": lambda x: 0.5 * x + jnp.float32(1) / jnp.float32(3),
    "a power": lambda x: 0.5 * x + jnp.float32(1.1) ** 7,
    "a function": lambda x: 0.5 * x + jnp.exp(jnp.float32(1)),
    "a sum of an array": lambda x: 0.5 * x + jnp.array([2048, 1, 1], jnp.float16).sum(),
    "a running sum": lambda x: 0.5 * x + jnp.cumsum(jnp.array([2048, 1], jnp.float16))[-1],
    "a product of matrices": lambda x: (
        0.5 * x + jnp.dot(jnp.full(3, 0.1, jnp.float32), jnp.full(3, 0.1, jnp.float32))
    ),
    "doubles summed as singles": lambda x: (
        0.5 * x
        + jax.lax.dot(jnp.full(3, 0.1), jnp.full(3, 0.1), preferred_element_type=jnp.float32)
    ),
    "a loop that carries singles": lambda x: (
        0.5 * x + jax.lax.fori_loop(0, 3, lambda i, c: c * jnp.float32(1.1), jnp.float32(1))
    ),
    "a scan that carries singles": lambda x: (
        0.5 * x
        + jax.lax.scan(lambda c, _: (c + jnp.float32(0.1), c), jnp.float32(0), None, length=3)[0]
    ),
    "a cast of the state": lambda x: 0.5 * x.astype(jnp.float32),
    "a cast to half": lambda x: 0.5 * x.astype(jnp.bfloat16),
}

EXACT = {
    "a whole number that singles round": (
        lambda x: 0.5 * x + jnp.asarray(2**24 + 1).astype(jnp.float32),
        2.0**25,
    ),
    "bytes that run over": (lambda x: 0.5 * x + (jnp.int8(100) + jnp.int8(100)), -112.0),
    "whole quotients": (lambda x: 0.5 * x + jnp.array(7) // jnp.array(2), 6.0),
    "a single that is moved only": (
        lambda x: 0.5 * x + jnp.array([0.1, 0.25], jnp.float32)[::-1].astype(float)[0],
        0.5,
    ),
    "a single of its exact value": (
        lambda x: 0.5 * x + jnp.float32(0.1),
        2 * float(np.float32(0.1)),
    ),
}


@pytest.mark.parametrize("name", LOW)
def test_arithmetic_in_low_precision_is_not_proved(name):
    with gl.x64():
        found = gl.certify(LOW[name], jnp.array(1.0))
    assert not found.proved and "single precision" in found.reason, found


@pytest.mark.parametrize("low", [jnp.float16, jnp.bfloat16, jnp.float32, np.float32])
def test_a_plain_number_takes_the_precision_of_what_it_meets(low):
    with gl.x64():
        function = lambda x: 0.5 * x + low(0.1)
        for state in (1.0, jnp.array(1.0)):
            assert function(state).dtype == low
            found = gl.certify(function, state)
            assert not found.proved and "single precision" in found.reason, found
        assert gl.certify(function, np.float64(1.0)).proved


@pytest.mark.parametrize("name", EXACT)
def test_what_is_proved_is_where_the_code_comes_to_rest(name):
    function, rest = EXACT[name]
    with gl.x64():
        state = jnp.array(0.0)
        for _ in range(80):
            state = function(state).astype(float)
        found = gl.certify(function, state)
    assert float(state) == pytest.approx(rest, rel=1e-15)
    assert found.proved and abs(float(found.state[0]) - rest) <= 1e-15 * abs(rest), found
