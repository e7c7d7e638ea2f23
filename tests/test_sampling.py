"""The samplers against mathematics: identities, mpmath, and moments of more than 10^7 draws.

Monte Carlo bounds hold for all comparisons of a run together with a false alarm of 1e-6.
"""

import functools
import math

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import special, stats

from genloop.sampling import (
    bartlett,
    binomial,
    chi,
    gamma,
    multinomial,
    normal,
    poisson,
    standard_fit,
)
from genloop.sampling.binomial import _log_probability
from genloop.sampling.chi import quantile
from genloop.sampling.elementary import cosine, log, radius, sine, uniform
from genloop.sampling.poisson import _log_probability as _log_poisson
from genloop.sampling.words import words

KEY = jax.random.key(20240607)
COMPARISONS = 1000
LIMIT = stats.norm.isf(1e-6 / 2 / COMPARISONS)
DRAWS = 10_000_000
MANY_DRAWS = 100_000_000
CHUNK = 2**16


def deviations(draw, statistics, expected, draws, *, chunk=CHUNK):
    """Standardised errors of mean `statistics` of `draw(key, chunk)`, the error bars estimated."""
    steps = -(-draws // chunk)

    @jax.jit
    def totals(key):
        def accumulate(total, step):
            values = statistics(draw(jax.random.fold_in(key, step), chunk))
            moments = [jnp.stack([v.mean(axis=0), (v * v).mean(axis=0)]) for v in values]
            return total + jnp.stack(moments, axis=1) / steps, None

        start = jnp.zeros((2, *np.shape(expected)))
        return jax.lax.scan(accumulate, start, jnp.arange(steps))[0]

    mean, square = np.asarray(totals(KEY))
    return (mean - expected) / np.sqrt((square - mean**2) / (steps * chunk))


def assert_unbiased(draw, statistics, expected, draws=DRAWS, **options):
    errors = deviations(draw, statistics, np.asarray(expected, dtype=float), draws, **options)
    assert np.isfinite(errors).all() and np.abs(errors).max() < LIMIT, errors


def sample(draw, draws, chunk):
    """`draws` independent results of `draw(key, chunk)` as one NumPy array."""
    keys = jax.vmap(functools.partial(jax.random.fold_in, KEY))(jnp.arange(-(-draws // chunk)))
    chunks = jax.jit(lambda keys: jax.lax.map(lambda key: draw(key, chunk), keys))(keys)
    return np.concatenate(np.asarray(chunks))


def assert_means(values, expected):
    """Each column of `values` has the expected mean, judged by its own spread."""
    errors = (values.mean(axis=0) - expected) / (values.std(axis=0) / math.sqrt(len(values)))
    assert np.isfinite(errors).all() and np.abs(errors).max() < LIMIT, errors


# ---------------------------------------------------------------- words and elementary functions


def test_words_are_those_of_threefry():
    np.testing.assert_array_equal(words(KEY, 3, (5, 7))[0], jax.random.bits(KEY, (5, 7), "uint64"))
    np.testing.assert_array_equal(words(KEY, 1, (5,), first=2)[0], words(KEY, 3, (5,))[2])
    # The known answers published with the cipher: key, counter, result.
    for key, stream, count, answer in [
        ((0, 0), 0, 1, 0x6B20015999BA4EFE),
        ((0x13198A2E, 0x03707344), 0x243F6A88, 5, None),
    ]:
        raw = jnp.array(key, jnp.uint32)
        computed = words(raw, 1, (count,), first=stream)[0, -1]
        expected = threefry(key, (stream, count - 1))
        assert int(computed) == expected and answer in (None, expected)
    assert threefry((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3)) == 0xC4923A9C483DF7A0


def threefry(key, counter):
    """Threefry-2x32 in Python integers."""
    schedule = [*key, key[0] ^ key[1] ^ 0x1BD11BDA]
    left, right = (counter[0] + key[0]) % 2**32, (counter[1] + key[1]) % 2**32
    for number in range(20):
        rotation = (13, 15, 26, 6, 17, 29, 16, 24)[number % 8]
        left = (left + right) % 2**32
        right = left ^ ((right << rotation | right >> (32 - rotation)) % 2**32)
        if number % 4 == 3:
            left = (left + schedule[(number // 4 + 1) % 3]) % 2**32
            right = (right + schedule[(number // 4 + 2) % 3] + number // 4 + 1) % 2**32
    return left << 32 | right


def test_words_of_other_keys():
    np.testing.assert_array_equal(
        words(jax.random.PRNGKey(5), 2, (6,)), words(jax.random.key(5), 2, (6,))
    )
    other = jax.random.key(5, impl="rbg")
    expected = jax.random.bits(jax.random.fold_in(other, 1), (6,), "uint64")
    np.testing.assert_array_equal(words(other, 2, (6,))[1], expected)


def test_logarithm_to_rounding():
    near = 2.0 ** -np.arange(1.0, 53.0)
    x = np.concatenate(
        [near, 1 - near, np.random.default_rng(0).uniform(size=200), [1e-300, 1e300]]
    )
    exact = np.array([float(mpmath.log(mpmath.mpf(float(value)))) for value in x])
    x = np.append(x, 1.0)
    np.testing.assert_allclose(jax.jit(log)(x), [*exact, 0.0], rtol=1e-15)


def test_cosine_and_sine_to_rounding():
    word = jax.random.bits(KEY, (200,), "uint64")
    turns = [2 * mpmath.pi * mpmath.mpf(float(value)) for value in uniform(word)]
    np.testing.assert_allclose(
        jax.jit(cosine)(word), [float(mpmath.cos(turn)) for turn in turns], atol=1e-15
    )
    np.testing.assert_allclose(
        jax.jit(sine)(word), [float(mpmath.sin(turn)) for turn in turns], atol=1e-15
    )


def test_the_most_extreme_words_give_finite_numbers():
    extreme = jnp.array([0, 1, 2**12, 2**63, 2**64 - 2**12, 2**64 - 1], jnp.uint64)
    lengths, angles = np.asarray(jax.jit(radius)(extreme)), np.asarray(jax.jit(cosine)(extreme))
    assert lengths.min() == 0.0 and 8.4 < lengths.max() < 8.5
    assert np.isfinite(lengths).all() and (np.abs(angles) <= 1.0).all()
    assert np.asarray(uniform(extreme)).max() < 1.0


# ------------------------------------------------------------------------------------- normal


def normal_statistics(z):
    tails = [(z > bound).astype(float) for bound in (3, 4, -3, -4)]
    cosines, sines = z.reshape(-1, 2, 256)[:, 0].ravel(), z.reshape(-1, 2, 256)[:, 1].ravel()
    neighbours = jnp.roll(z, 1)
    doubled = lambda values: jnp.concatenate([values, values])
    cross = [
        doubled(cosines * sines),
        doubled(cosines**2 * sines**2),
        z**2 * neighbours,
        z * neighbours,
    ]
    return [z, z**2, z**3, z**4, z**6, jnp.abs(z), *tails, *cross]


NORMAL_MOMENTS = [0, 1, 0, 3, 15, math.sqrt(2 / math.pi)]
NORMAL_MOMENTS += [*stats.norm.sf([3, 4, -3, -4]), 0, 1, 0, 0]


def draw_normals(key, count):
    return normal(key, (count,))


def test_normal_moments_tails_and_independence():
    assert_unbiased(draw_normals, normal_statistics, NORMAL_MOMENTS)


def test_normal_distribution_function():
    assert stats.kstest(np.asarray(normal(KEY, (1_000_000,))), "norm").pvalue > 1e-9


@pytest.mark.slow
def test_normal_far_tails():
    far = lambda z: [(jnp.abs(z) > bound).astype(float) for bound in (3, 4, 5)]
    assert_unbiased(draw_normals, far, 2 * stats.norm.sf([3, 4, 5]), MANY_DRAWS)
    assert_unbiased(draw_normals, normal_statistics, NORMAL_MOMENTS, MANY_DRAWS)


def test_normal_in_single_precision_is_that_of_jax():
    expected = jax.random.normal(KEY, (5,), jnp.float32)
    np.testing.assert_array_equal(normal(KEY, (5,), jnp.float32), expected)


def test_without_double_precision_normals_are_those_of_jax_and_counts_are_refused():
    with jax.enable_x64(False):
        assert normal(KEY, (3,)).dtype == chi(KEY, 99, (3,)).dtype == jnp.float32
        with pytest.raises(ValueError, match="need double precision"):
            multinomial(KEY, 10, jnp.array([0.5, 0.5]))


def test_normal_under_transformations():
    keys = jax.random.split(KEY, 4)
    batched = jax.vmap(lambda key: normal(key, (300,)))(keys)
    np.testing.assert_allclose(batched[2], normal(keys[2], (300,)), rtol=1e-14)
    scanned = jax.lax.scan(lambda carry, key: (carry, normal(key, (300,))), 0.0, keys)[1]
    np.testing.assert_allclose(scanned, batched, rtol=1e-14)
    assert normal(KEY).shape == () and normal(KEY, (0, 3)).shape == (0, 3)


SAMPLERS = {
    "normal vectors": lambda rows: normal(KEY, (rows, 3)),
    "chi, three degrees": lambda rows: chi(KEY, 3, (rows,)),
    "chi, 99 degrees": lambda rows: chi(KEY, 99, (rows,)),
    "Wishart": lambda rows: bartlett(KEY, 3, 9, (rows,)),
    "multinomial by inversion, in chunks": lambda rows: multinomial(
        KEY, 2**11, np.full((rows, 150), 1 / 150)
    ),
    "multinomial by splits": lambda rows: multinomial(KEY, 1000, np.full((rows, 3), 1 / 3)),
}


@pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=SAMPLERS)
def test_more_rows_begin_with_the_same_rows(sampler):
    np.testing.assert_allclose(sampler(5), np.asarray(sampler(600))[:5], rtol=1e-14)


def test_more_normals_begin_with_the_same_normals():
    longest = np.asarray(draw_normals(KEY, 1500))
    for count in (1, 257):
        np.testing.assert_allclose(draw_normals(KEY, count), longest[:count], rtol=1e-14)


# ---------------------------------------------------------------------------------------- chi


def exact_quantile(degrees, z):
    """The chi number at the level of `z`, by Newton steps in 40 digits."""
    with mpmath.workdps(40):
        half, level = mpmath.mpf(degrees) / 2, mpmath.ncdf(-abs(mpmath.mpf(z)))
        below = z < 0
        x = mpmath.mpf(float(quantile(degrees, jnp.float64(z)))) ** 2 / 2
        for _ in range(5):
            limits = (0, x) if below else (x, mpmath.inf)
            excess = mpmath.gammainc(half, *limits, regularized=True) - level
            density = mpmath.exp((half - 1) * mpmath.log(x) - x - mpmath.loggamma(half))
            x -= (1 if below else -1) * excess / density
        return float(mpmath.sqrt(2 * x))


@pytest.mark.parametrize("degrees", [8, 9, 19, 99, 999, 9999, 10**5, 10**6])
def test_chi_is_the_quantile_of_a_normal(degrees):
    points = [-8.4, -5.5, -1.3, 0.2, 2.9, 8.4] if degrees < 10**4 else [-3.0, 0.5, 6.0]
    exact = [exact_quantile(degrees, z) for z in points]
    np.testing.assert_allclose(quantile(degrees, jnp.asarray(points)), exact, rtol=5e-12)


TAILS = np.array([1e-4, 1e-2, 0.5, 0.99, 0.9999])


def chi_case(degrees):
    """Moments, log moments and tails of chi numbers, and their expectations."""
    bounds = stats.chi.ppf(TAILS, degrees)

    def statistics(x):
        logarithm = jnp.log(x * x)
        below = [(x < bound).astype(float) for bound in bounds]
        return [x, x**2, x**4, x**6, logarithm, logarithm**2, *below]

    mean = math.sqrt(2) * float(special.poch(degrees / 2, 0.5))
    product = lambda count: math.prod(degrees + 2 * k for k in range(count))
    mean_log = float(special.digamma(degrees / 2)) + math.log(2)
    square_log = mean_log**2 + float(special.polygamma(1, degrees / 2))
    return statistics, [mean, product(1), product(2), product(3), mean_log, square_log, *TAILS]


def draw_chis(degrees):
    return lambda key, count: chi(key, degrees, (count,))


@pytest.mark.parametrize("degrees", [1, 2, 7, 8, 99])
def test_chi_moments_log_moments_and_tails(degrees):
    assert_unbiased(draw_chis(degrees), *chi_case(degrees))


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 6, 7, 8, 9, 19, 99, 999, 9999, 10**6])
def test_chi_of_many_draws(degrees):
    assert_unbiased(draw_chis(degrees), *chi_case(degrees), MANY_DRAWS)


def test_chi_refuses_no_degrees():
    with pytest.raises(ValueError, match="degrees must be a whole number of at least 1"):
        chi(KEY, 0)


# ------------------------------------------------------------------------------------- Wishart

WISHARTS = [(3, 2, 200_000), (4, 12, 100_000)]


@pytest.mark.parametrize(("dimension", "degrees", "draws"), WISHARTS)
def test_wishart_mean_covariance_and_rank(dimension, degrees, draws):
    factor = sample(lambda key, count: bartlett(key, dimension, degrees, (count,)), draws, 2**12)
    assert (factor == np.tril(factor)).all() and (factor[:, :, degrees:] == 0).all()
    matrix = factor @ factor.swapaxes(1, 2)
    assert (np.linalg.matrix_rank(matrix[:20]) == min(dimension, degrees)).all()

    rows, columns = np.triu_indices(dimension)
    entries = matrix[:, rows, columns] - degrees * (rows == columns)
    assert_means(entries, 0.0)
    first, second = np.triu_indices(len(rows))
    covariance = np.where(first == second, degrees * (1.0 + (rows == columns)[first]), 0.0)
    assert_means(entries[:, first] * entries[:, second], covariance)
    squares = (matrix**2).sum(axis=(1, 2))[:, None]
    assert_means(squares, degrees * dimension * (degrees + dimension + 1))

    rank = min(dimension, degrees)
    halves = (degrees - np.arange(rank)) / 2
    diagonal = factor[:, np.arange(rank), np.arange(rank)]
    assert_means(2 * np.log(diagonal), special.digamma(halves) + math.log(2))


@pytest.mark.parametrize(("dimension", "samples"), [(1, 2), (1, 100), (2, 12)])
def test_fit_to_normal_samples(dimension, samples):
    both = lambda key, count: jnp.concatenate(
        [
            (fit := standard_fit(key, dimension, samples, (count,)))[0][:, :, None],
            jnp.tril(fit[1]),
        ],
        axis=2,
    )
    drawn = sample(both, 200_000, 2**12)
    mean, factor = drawn[:, :, 0], drawn[:, :, 1:]
    variances = (factor**2).sum(axis=2)
    degrees = samples - 1
    assert_means(mean, 0.0)
    assert_means(samples * mean**2, 1.0)
    assert_means(samples * variances, degrees)
    assert_means((samples * variances - degrees) ** 2, 2 * degrees)
    assert_means(mean**2 * (samples * variances - degrees), 0.0)
    np.testing.assert_allclose(
        standard_fit(KEY, dimension, samples, (3,))[1],
        np.asarray(standard_fit(KEY, dimension, samples, (300,))[1])[:3],
        rtol=1e-13,
    )


def test_fit_to_one_sample_has_no_spread():
    mean, factor = standard_fit(KEY, 2, 1, (5,))
    assert mean.shape == (5, 2) and (np.asarray(factor) == 0).all()
    with pytest.raises(ValueError, match="must be a whole number of at least 1"):
        standard_fit(KEY, 2, 0)


def test_wishart_of_one_dimension_is_chi():
    np.testing.assert_array_equal(bartlett(KEY, 1, 9, (5,))[:, 0, 0], chi(KEY, 9, (5,)))


@pytest.mark.parametrize(("dimension", "degrees"), [(0, 3), (3, 0)])
def test_wishart_refuses_nothing(dimension, degrees):
    with pytest.raises(ValueError, match="at least 1"):
        bartlett(KEY, dimension, degrees)


# ------------------------------------------------------------------------------------ binomial

# Where the Stirling tail of jax.random.binomial is wrong, then both sides of the change of method.
BINOMIALS = [(1000, 0.011), (100, 0.11), (50, 0.25)]
BINOMIALS += [(30, 0.1), (25, 0.9), (10**5, 0.4), (10**9, 1e-3), (10**6, 1 - 1e-6)]


def binomial_case(samples, probability):
    """Central powers of binomial numbers, a list entry a power, and their expectations."""
    samples, probability = np.asarray(samples, dtype=float), np.asarray(probability)
    variance = samples * probability * (1 - probability)
    fourth = 3 * variance**2 + variance * (1 - 6 * probability * (1 - probability))
    expected = [0 * variance, variance, variance * (1 - 2 * probability), fourth]
    centred = lambda x: x - (samples * probability)[None]
    return lambda x: [centred(x) ** power for power in (1, 2, 3, 4)], np.stack(expected)


def draw_binomials(sampler, samples, probability):
    rows = lambda values, count: jnp.tile(jnp.asarray(values, dtype=float), (count, 1))
    return lambda key, count: sampler(key, rows(samples, count), rows(probability, count))


@pytest.mark.slow
def test_binomial_central_moments_and_frequencies():
    samples, probability = zip(*BINOMIALS, strict=True)
    drawn = sample(draw_binomials(binomial, samples, probability), 400_000, 2**11)
    statistics, expected = binomial_case(samples, probability)
    for values, expectation in zip(statistics(drawn), expected, strict=True):
        assert_means(np.asarray(values), expectation)
    for (samples, probability), column in zip(BINOMIALS[:5], drawn.T, strict=False):
        observed = np.bincount(column.astype(int), minlength=samples + 1)
        law = stats.binom.pmf(np.arange(samples + 1), samples, probability)
        assert_frequencies(observed, len(column) * law)


@pytest.mark.slow
def test_binomial_central_moments_where_a_biased_sampler_fails():
    samples, probability = zip(*BINOMIALS[:3], strict=True)
    draw = draw_binomials(binomial, samples, probability)
    assert_unbiased(draw, *binomial_case(samples, probability), MANY_DRAWS, chunk=2**11)
    biased = draw_binomials(jax.random.binomial, samples[:1], probability[:1])
    case = binomial_case(samples[:1], probability[:1])
    errors = deviations(biased, *case, MANY_DRAWS, chunk=2**11)
    assert np.abs(errors[0]).max() > LIMIT


def assert_frequencies(observed, expected):
    """Pearson's test, the rare outcomes together."""
    frequent = expected > 10
    rest = np.array([observed[~frequent].sum(), expected[~frequent].sum()])
    observed, expected = observed[frequent], expected[frequent]
    if rest[1] > 0:
        observed, expected = np.append(observed, rest[0]), np.append(expected, rest[1])
    assert stats.chisquare(observed, expected).pvalue > 1e-6 / COMPARISONS


@pytest.mark.parametrize("samples", [30, 1000, 10**6, 10**9])
@pytest.mark.parametrize("probability", [0.011, 0.4])
def test_binomial_acceptance_uses_the_exact_probability(samples, probability):
    mean, deviation = samples * probability, math.sqrt(samples * probability * (1 - probability))
    spread = np.unique(np.clip(np.round(mean + deviation * np.linspace(-6, 6, 13)), 0, samples))
    with mpmath.workdps(50):
        chance = mpmath.mpf(probability)
        exact = lambda k: (
            -mpmath.loggamma(k + 1)
            - mpmath.loggamma(samples - k + 1)
            + k * mpmath.log(chance)
            + (samples - k) * mpmath.log(1 - chance)
        )
        relative = [float(exact(int(k)) - exact(int(spread[0]))) for k in spread]
    computed = np.asarray(jax.jit(_log_probability)(float(samples), probability, spread))
    np.testing.assert_allclose(
        computed - computed[0], relative, atol=1e-10 * max(1, deviation / 100)
    )


def test_binomial_edges():
    samples = jnp.array([0.0, 10.0, 1e9, 10.0, 1e9, 0.0, 5.0])
    probability = jnp.array([0.3, 0.0, 0.0, 1.0, 1.0, 1.0, jnp.nan])
    expected = [0, 0, 0, 10, 1e9, 0, np.nan]
    np.testing.assert_array_equal(binomial(KEY, samples, probability), expected)
    tiny = binomial(KEY, 10**9, jnp.full(1000, 1e-300))
    assert (tiny == 0).all()


# --------------------------------------------------------------------------------- multinomial

MULTINOMIALS = {
    "few outcomes": (30, [0.1, 0.4, 0.0, 0.25, 0.25]),
    "many samples": (1000, [0.1, 0.4, 0.0, 0.2, 0.3]),
    "many outcomes": (60, [0.0, *np.linspace(1, 2, 38) / 57, 0.0]),
}


@pytest.mark.slow
@pytest.mark.parametrize(("samples", "probabilities"), MULTINOMIALS.values(), ids=MULTINOMIALS)
def test_multinomial_total_mean_and_covariance(samples, probabilities):
    p = np.asarray(probabilities)
    rows = lambda count: jnp.tile(jnp.asarray(p), (count, 1))
    counts = sample(lambda key, count: multinomial(key, samples, rows(count)), 50_000, 2**11)
    assert (counts.sum(axis=1) == samples).all() and (counts >= 0).all()
    assert (counts == np.round(counts)).all() and (counts[:, p == 0] == 0).all()

    centred, p = (counts - samples * p)[:, p > 0], p[p > 0]
    assert_means(centred, 0.0)
    first, second = np.triu_indices(len(p))
    covariance = samples * (np.diag(p) - np.outer(p, p))
    assert_means(centred[:, first] * centred[:, second], covariance[first, second])


@pytest.mark.slow
def test_multinomial_frequencies_of_many_outcomes():
    weights = 1 / np.arange(1, 2001)
    weights[::7] = 0
    p = weights / weights.sum()
    counts = np.asarray(multinomial(KEY, 10**6, np.tile(p, (20, 1)))).sum(axis=0)
    assert counts[p == 0].sum() == 0
    assert_frequencies(counts, 20e6 * p)


def test_multinomial_of_certain_outcomes():
    p = np.eye(3)[[1, 0, 2, 2, 0]]
    np.testing.assert_array_equal(multinomial(KEY, 1000, p), 1000 * p)
    np.testing.assert_array_equal(multinomial(KEY, 10, p), 10 * p)


def test_multinomial_batches_and_transformations():
    p = np.array([[0.2, 0.8], [0.6, 0.4], [1.0, 0.0]])
    keys = jax.random.split(KEY, 3)
    mapped = jax.vmap(lambda key, p: multinomial(key, 10, p))(keys, p)
    np.testing.assert_array_equal(mapped[1], multinomial(keys[1], 10, p[1]))
    assert multinomial(KEY, 0, p[:, None, :]).shape == (3, 1, 2)
    with pytest.raises(ValueError, match="samples must be a whole number"):
        multinomial(KEY, -1, p)


def test_multinomial_of_no_distribution_is_nan():
    weights = np.array([[1.0, 2.0], [1.0, np.nan], [1.0, -1.0], [0.0, 0.0], [np.inf, 1.0]])
    counts = np.asarray(multinomial(KEY, 10, weights))
    assert counts[0].sum() == 10 and np.isnan(counts[1:]).all()


def test_the_most_extreme_uniform_stays_off_an_empty_last_outcome():
    largest = uniform(jnp.uint64(2**64 - 1))
    for total in np.random.default_rng(0).uniform(0.5, 2.0, size=1000):
        assert largest * total < total


# --------------------------------------------------------------------------- Poisson and gamma


@pytest.mark.parametrize("rate", [0.3, 9.99, 10.0, 37.5, 4000.0])
def test_poisson_frequencies(rate):
    drawn = np.asarray(poisson(KEY, jnp.full(400_000, rate))).astype(int)
    law = stats.poisson.pmf(np.arange(drawn.max() + 1), rate)
    law[-1] += stats.poisson.sf(drawn.max(), rate)
    assert_frequencies(np.bincount(drawn), len(drawn) * law)


@pytest.mark.parametrize("rate", [12.0, 1e6, 1e9])
def test_poisson_acceptance_uses_the_exact_probability(rate):
    counts = np.unique(np.maximum(np.round(rate + rate**0.5 * np.linspace(-6, 6, 13)), 0))
    with mpmath.workdps(50):
        exact = [k * mpmath.log(rate) - rate - mpmath.loggamma(k + 1) for k in map(int, counts)]
    found = _log_poisson(jnp.asarray(rate), jnp.asarray(counts))
    np.testing.assert_allclose(found, np.array(exact, dtype=float), rtol=1e-12, atol=1e-15 * rate)


@pytest.mark.parametrize("shape", [0.05, 0.999, 1.0, 2.5, 300.0, 1e6])
def test_gamma_distribution_function(shape):
    drawn = np.asarray(gamma(KEY, jnp.full(400_000, shape)))
    assert stats.kstest(drawn, stats.gamma(shape).cdf).pvalue > 1e-6


@pytest.mark.slow
def test_poisson_and_gamma_at_the_edge_and_beyond():
    beyond = jnp.array([0.0, -1.0, jnp.inf, jnp.nan])
    np.testing.assert_array_equal(poisson(KEY, beyond), [0.0, np.nan, np.nan, np.nan])
    assert np.isnan(gamma(KEY, beyond)).all()
    for sampler in (poisson, gamma):
        first = sampler(KEY, jnp.full(5, 20.0))
        np.testing.assert_allclose(first, sampler(KEY, jnp.full(600, 20.0))[:5], rtol=1e-14)
