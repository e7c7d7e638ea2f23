"""Chains of tokens: texts, their fits, and the loop of the chain."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import genloop as gl
from genloop import data
from genloop.loops import chain
from genloop.models.stationary import long_run_law
from genloop.operators import MatrixFree

ROWS = np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.7, 0.1, 0.2]])
REAL = gl.MarkovChain.of_transition(ROWS)


def simulated(rng, real, *, temperature, real_fraction, samples, generations):
    """The pairs after some generations of texts that are written token by token."""
    pairs = real
    for _ in range(generations):
        weights = pairs ** (1 / temperature)
        rows = weights / np.where(weights.sum(1) > 0, weights.sum(1), 1)[:, None]
        # The law that the chain approaches from the contexts it has: no linear algebra.
        lazy = np.linalg.matrix_power((rows + np.eye(len(rows))) / 2, 2**10)
        law = pairs.sum(axis=1) @ lazy
        text = [rng.choice(len(rows), p=law / law.sum())]
        for _ in range(samples - 1):
            text.append(rng.choice(len(rows), p=rows[text[-1]]))
        counts = np.zeros_like(real)
        for here, there in zip(text, text[1:] + text[:1], strict=True):
            counts[here, there] += 1
        pairs = (1 - real_fraction) * counts / samples + real_fraction * real
    return pairs


@pytest.mark.slow
@pytest.mark.parametrize("real_fraction", [0.0, 0.3])
def test_texts_agree_with_a_simulation_token_by_token(real_fraction):
    options = {"temperature": 0.7, "real_fraction": real_fraction, "samples": 9}
    rng, pairs = np.random.default_rng(3), np.asarray(REAL.pairs)
    own = np.array([simulated(rng, pairs, generations=3, **options) for _ in range(800)])
    loop = chain.sampled_loop(real=REAL, **options)
    ours = gl.orbits(loop.step, jr.key(1), REAL, generations=3, replicates=30_000)
    assert bool(ours.valid().all())
    # Squares as well: without real data the classes of contexts fall apart.
    for power in (1, 2):
        left, right = own**power, np.asarray(ours.pairs[:, -1]) ** power
        error = np.sqrt(left.var(axis=0) / len(left) + right.var(axis=0) / len(right))
        assert (np.abs(left.mean(axis=0) - right.mean(axis=0)) <= 5 * error + 1e-12).all()


def test_the_long_run_law_of_every_kind_of_chain():
    swap, rest = [[0.0, 1.0], [1.0, 0.0]], np.zeros((2, 2))
    transition = jnp.array(
        np.block([[np.array(swap), rest], [rest, np.array([[0.3, 0.7], [1, 0]])]])
    )
    start = jnp.array([0.1, 0.5, 0.1, 0.3])
    law = long_run_law(transition, start, transition > 0)
    np.testing.assert_allclose(law, [0.3, 0.3, 0.4 / 1.7, 0.4 * 0.7 / 1.7], rtol=1e-14)
    # The same context, never visited, has no share.
    absent = transition.at[0].set(0.0).at[:, 0].set(0.0).at[1, 1].set(1.0)
    law = long_run_law(absent, start.at[0].set(0.0), absent > 0)
    np.testing.assert_allclose(law[:2], [0, 0.5 / 0.9], rtol=1e-14)
    # Nearly two classes: exact to rounding, where a linear system loses all digits.
    tiny = 1e-200
    joined = transition.at[0, 2].set(tiny).at[0, 1].set(1 - tiny).at[2, 0].set(3 * tiny)
    law = long_run_law(joined, start, joined > 0)
    np.testing.assert_allclose(law[0] / law[2], 3.0, rtol=1e-12)
    # Parted by underflow, or met only in passing: no number.
    assert not jnp.isfinite(long_run_law(transition, start, joined > 0)).any()
    passing = jnp.array([[0.5, 0.5], [0.0, 1.0]])
    assert not jnp.isfinite(long_run_law(passing, jnp.ones(2), passing > 0)).all()


def test_the_derivative_is_that_of_finite_differences():
    along = np.array([[1.0, -1, 0], [-1, 0, 1], [0, 1, -1]]) * 1e-6
    temper = lambda pairs: gl.MarkovChain(pairs).temper(0.6).pairs
    slope = jax.jvp(temper, (jnp.asarray(REAL.pairs),), (jnp.asarray(along),))[1]
    pairs = np.asarray(REAL.pairs)
    difference = (temper(jnp.asarray(pairs + along)) - temper(jnp.asarray(pairs - along))) / 2
    np.testing.assert_allclose(slope, difference, rtol=0, atol=1e-14)


@pytest.mark.slow
def test_the_fixed_point_and_its_radius_without_a_matrix():
    loop = chain.loop(temperature=0.6, real_fraction=0.4, real=REAL)
    found = gl.fixed_point(loop, REAL)
    assert bool(found.stable) and float(found.residual) < 1e-14
    flat = jnp.asarray(found.state.pairs).ravel()
    image = lambda x: loop(gl.MarkovChain(x.reshape(3, 3))).pairs.ravel()
    free = MatrixFree(image, flat).spectral_radius()
    np.testing.assert_allclose(free, found.spectral_radius, rtol=1e-10)


@pytest.mark.slow
def test_a_threshold_of_a_walk_is_that_of_its_contexts():
    even = gl.MarkovChain.of_transition([[1, 1, 0], [0, 1, 1], [1, 1, 1]])
    radius = lambda a: gl.spectral_radius(
        chain.loop(temperature=0.7, real_fraction=a, real=even), even
    )
    np.testing.assert_allclose(gl.threshold(radius, 0.1, 0.9), 0.3, rtol=1e-9)


def test_fluctuations_of_texts_at_temperature_one():
    loop = gl.Draw(500) >> gl.Mix(REAL, 0.2)
    found = gl.fluctuations(loop, REAL)
    expected = 0.64 / 500 * REAL.statistic_covariance().dense() / (1 - 0.64)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-9, atol=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("first, second", [(1, 1), (2, 2), (0, 1), (1, 2)])
def test_continuation_finds_the_folds_of_pairs_in_a_reversible_text(first, second):
    pairs = np.random.default_rng(3).dirichlet(2 * np.ones(9)).reshape(3, 3)
    real = gl.MarkovChain.of(pairs + pairs.T)
    for temperature in (0.5, 0.7):
        options = {"temperature": temperature, "first": first, "second": second}
        claimed = chain.collapse_threshold(real, **options).value
        found = chain.recovery_threshold(real, **options).value
        np.testing.assert_allclose(found, claimed, rtol=1e-12)


def test_pairs_that_win_without_a_jump_or_never_have_no_threshold():
    real = gl.MarkovChain.of([[6.0, 1.0], [1.0, 2.0]])
    options = {"first": 0, "second": 0}
    assert "no fold" in chain.collapse_threshold(real, temperature=0.5, **options).reason
    assert "one or more" in chain.collapse_threshold(real, temperature=1.2, **options).reason
    cycle = gl.MarkovChain.of([[0.0, 1.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="never occurs"):
        chain.collapse_threshold(cycle, temperature=0.5, **options)


def test_bigrams_are_counted_around_the_end_of_the_text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("The cat. The dog! The CAT sat")
    real = data.bigrams(path, outcomes=3)
    assert real.labels == ("the", "cat", "(rest)") and real.origin.size == 7
    np.testing.assert_allclose(7 * real.pairs, [[0, 2, 1], [1, 0, 1], [2, 0, 0]], atol=1e-14)
    letters = data.bigrams(path, outcomes=4, unit="character")
    text = "the cat the dog the cat sat"
    assert letters.labels == (" ", "t", "a", "(rest)") and letters.origin.size == len(text)
    np.testing.assert_allclose(len(text) * letters.contexts, [6, 6, 3, 12], atol=1e-12)
    np.testing.assert_allclose(len(text) * letters.pairs[1], [2, 1, 0, 3], atol=1e-12)
    assert data.bigrams(path, outcomes=3).sha256 == data.tokens(path).sha256
    demo = data.bigrams("demo", outcomes=5)
    assert bool(demo.valid()) and demo.labels[0] == data.demo().labels[0]


@pytest.mark.parametrize(
    "text, options, code",
    [
        ("one two one", {"outcomes": 3}, "E251"),
        ("one two one", {"outcomes": 1}, "E252"),
        ("one two one", {"outcomes": 2.5}, "E252"),
        ("one two one", {"outcomes": 2, "unit": "word"}, "E253"),
        ("... !", {"outcomes": 2}, "E205"),
        ("", {"outcomes": 2}, "E204"),
    ],
)
def test_texts_that_cannot_be_used_are_refused(tmp_path, text, options, code):
    path = tmp_path / "text.txt"
    path.write_text(text)
    with pytest.raises(data.InputError) as caught:
        data.bigrams(path, **options)
    assert caught.value.code == code and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "build, words",
    [
        (lambda: gl.MarkovChain.of([[1.0, 2.0]]), "square"),
        (lambda: gl.MarkovChain.of([[1.0, 2.0], [0.0, 1.0]]), "join the end"),
        (lambda: gl.MarkovChain.of([[1.0, -2.0], [-2.0, 1.0]]), "negative"),
        (lambda: gl.MarkovChain.of([[0.0, 0.0], [0.0, 0.0]]), "all zero"),
        (lambda: gl.MarkovChain([[0.5, 0.5], [0.5, 0.5]]), "sum to 2"),
        (lambda: gl.MarkovChain.of_transition([[1.0, 0.0], [0.5, 0.5]]), "do not lead"),
        (lambda: gl.MarkovChain.of_transition([[0.0, 0.0], [0.5, 0.5]]), "not all zero"),
        (lambda: gl.MarkovChain.of_text([0, 1, 5], outcomes=3), "0 to 2"),
        (lambda: gl.MarkovChain.of_text([], outcomes=3), "at least one token"),
        (lambda: REAL.mix(gl.MarkovChain.of(np.ones((2, 2))), 0.5), "cannot mix 3"),
        (lambda: REAL.moments(), "do not close"),
        (lambda: gl.TopK(2)(REAL), "outcomes"),
    ],
)
def test_misuse_is_an_error_in_one_sentence(build, words):
    with pytest.raises(ValueError) as caught:
        build()
    assert words in str(caught.value) and "\n" not in str(caught.value)
