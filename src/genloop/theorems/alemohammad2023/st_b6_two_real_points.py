"""ST-B6: Two fresh real points in every generation bound the second moments of the variance."""

from fractions import Fraction

import numpy as np
from numpy.polynomial import hermite_e

from ...analysis import orbits
from ...certificates import certify_root
from ...laws import PooledMoments
from ...loops.gaussian import SquareRecursion, equations
from ...models import Gaussian
from ...papers.alemohammad2023 import fresh_data
from ...stages import Draw, Mix, Temper
from ...verification import bound, closed_form, exact_law, monte_carlo, proves, scaled, theorem
from .. import _observables
from . import _second_level
from ._instances import SAMPLES


def _composed(dimension, samples, real_samples, temperature, unbiased):
    """The recursion in any dimension, composed from the stages of the loop."""
    real = Gaussian.of(np.zeros(dimension), np.eye(dimension))
    sizes = {"samples": samples, "real_samples": real_samples}
    if unbiased:
        loop = fresh_data(real, **sizes, temperature=temperature)
    else:
        mix = Mix(real, real_samples / (samples + real_samples), samples=real_samples)
        loop = Temper(temperature) >> Draw(samples) >> mix
    return SquareRecursion.of(loop, real)


_SQUARE = {
    "source": lambda *sizes: _composed(*sizes).source,
    "squares": lambda *sizes: _composed(*sizes).matrix,
    "many": lambda m: 4 * m * (2 * m - 3) * (3 * m - 1),
    "matrix": lambda *sizes: PooledMoments(*sizes).fourth_moment_matrix,
    "one": lambda n: -(8 * n**4 + 6 * n**3 + 5 * n**2 + 11 * n + 6) / (n * (n + 1) ** 6),
    "two": lambda n: (
        8
        * (n**2 + 2 * n + 2)
        * (5 * n**4 + 13 * n**3 + 21 * n**2 + 20 * n + 4)
        / ((n + 1) ** 3 * (n + 2) ** 6)
    ),
}


@theorem(
    spec="ST-B6",
    paper="alemohammad2023",
    status="derived",
    hypotheses=(
        "Gaussian models fitted to n_s of their samples and n_r fresh real points",
        "unbiased covariance and temperature 1",
        "real data symmetric about their mean, with finite fourth moments",
    ),
    claim=_SQUARE,
    mutants={
        "one real point suffices": _SQUARE | {"one": lambda n: abs(_SQUARE["one"](n))},
        "determinant for one point 1 % large": scaled(_SQUARE, 1.01, "one"),
        "determinant for two points 1 % large": scaled(_SQUARE, 1.01, "two"),
        "matrix 1 % large": scaled(_SQUARE, 1.01, "matrix"),
        "squares 1 % large": scaled(_SQUARE, 1.01, "squares"),
        "source 1 % large": scaled(_SQUARE, 1.01, "source"),
        "squares of the unbiased fit": _SQUARE
        | {"squares": lambda *sizes: _composed(*sizes[:-1], True).matrix},
        "determinant for many samples 1 % large": scaled(_SQUARE, 1.01, "many"),
        "five halves of a real point are needed": _SQUARE
        | {"many": lambda m: 4 * m * (2 * m - 5) * (3 * m - 1)},
        "chi-square moments with n_s degrees of freedom": _SQUARE
        | {"matrix": lambda n, m: PooledMoments(n + 1, m).fourth_moment_matrix},
    },
)
def two_real_points(claim, trial):
    r"""Two fresh real points in every generation bound the second moments of the variance.

    One does not: they stay bounded if and only if $n_r \ge 2$. The quadratic moments $(\delta^4,
    \delta^2 \sigma^2, \sigma^4)$ of a fixed direction follow an affine recursion with a matrix $P
    \ge 0$; at $n_r = 1$, $\det(I - P) = -\frac{8 n^4 + 6 n^3 + 5 n^2 + 11 n + 6}{n (n+1)^6} < 0$
    and at $n_r = 2$, $\det(I - P) = \frac{8 (n^2 + 2n + 2)(5 n^4 + 13 n^3 + 21 n^2 + 20 n +
    4)}{(n+1)^3 (n+2)^6} > 0$, $n = n_s$. For $n_s \to \infty$, $n_s^3 \det(I - P) \to
    4 n_r (2 n_r - 3)(3 n_r - 1)$: the limit is $\frac32$ points. In any dimension seven
    expected squares obey an affine recursion that is composed from the stages.
    """
    for samples in (2, 3, 7, 50):
        one, two = (PooledMoments(samples, m) for m in (1, 2))
        found = [np.linalg.det(np.eye(3) - law.fourth_moment_matrix) for law in (one, two)]
        claimed = [claim["one"](samples), claim["two"](samples)]
        yield exact_law(f"determinants, n_s = {samples}", claimed, found, tolerance=1e-6)
        yield bound(f"n_r = 1 diverges, n_s = {samples}", 1.0, one.fourth_moment_radius)
        yield bound(f"n_r = 2 does not, n_s = {samples}", two.fourth_moment_radius, 1.0)
        yield bound(f"signs, n_s = {samples}", [claimed[0], 0], [0, claimed[1]])
        for real_samples in (1, 5):
            matrix = claim["matrix"](samples, real_samples)
            exact = _quadratic_moments(samples, real_samples)
            what = f"matrix by quadrature, {samples} + {real_samples}"
            yield closed_form(what, matrix, exact, scale=1.0)
    for sizes in ((2, 8, 2, 0.9, True), (3, 5, 3, 1.2, False), (20, 50, 30, 0.7, True)):
        matrix, source = _second_level.recursion(*sizes)
        what = f"d = {sizes[0]}, {sizes[1]} + {sizes[2]}, T = {sizes[3]}"
        squares = claim["squares"](*sizes)
        yield closed_form(f"squares by explicit matrices, {what}", squares, matrix, scale=1.0)
        yield closed_form(f"their source, {what}", claim["source"](*sizes), source, tolerance=1e-9)
    radii = [
        np.abs(np.linalg.eigvals(claim["squares"](d, 30, 6, 1.1, True)[2:, 2:])).max()
        for d in (1, 2, 5, 20)
    ]
    one = PooledMoments(30, 6, 1.1).fourth_moment_radius
    yield closed_form("the radius in 1, 2, 5 and 20 dimensions", radii, one)
    many, heat = Fraction(10**15), Fraction(1)
    for points in (Fraction(1), Fraction(3, 2), Fraction(2), Fraction(7)):
        determinant = equations.pooled_square(heat, many, points, many + points - 1)
        what = f"determinant for many samples, n_r = {float(points)}"
        claimed, found = float(claim["many"](points)), float(many**3 * determinant)
        yield exact_law(what, claimed, found, scale=1.0, tolerance=1e-6)
    expected = np.linalg.matrix_power(claim["squares"](*_PLANE), 2) @ _start()
    source = claim["source"](*_PLANE)
    expected += claim["squares"](*_PLANE) @ source + source
    found = trial.once("plane", lambda: _two_generations(trial))
    yield monte_carlo("seven squares at t = 2", expected, found)
    for samples in (3, 1000):
        radii = [PooledMoments(samples, m).fourth_moment_radius for m in range(2, 40)]
        yield bound(f"more real points help, n_s = {samples}", radii[1:], radii[:-1])


_PLANE = (2, 12, 8, 0.8, True)
_FROM = Gaussian.of([0.5, 0.0], [[0.5, 0.2], [0.2, 2.0]])


def _start():
    return _second_level.numbers(np.asarray(_FROM.mean), np.asarray(_FROM.covariance))


def _two_generations(trial):
    """The seven numbers of runs of two generations, shape (replicates, 7)."""
    real = Gaussian.of([0.0, 0.0], np.eye(2))
    path = orbits(
        fresh_data(real, samples=12, real_samples=8, temperature=0.8).step,
        trial.key(),
        _FROM,
        generations=2,
        replicates=trial.replicates,
        observe=_observables.mean_and_factor,
    )
    mean, factor = (np.asarray(leaf)[:, -1] for leaf in path)
    spread = factor @ factor.mT
    error, trace = (mean**2).sum(-1), np.trace(spread, axis1=-2, axis2=-1)
    along = np.einsum("ri,rij,rj->r", mean, spread, mean)
    numbers = error, trace, error**2, error * trace, along, trace**2, (spread**2).sum((-2, -1))
    return np.stack(numbers, axis=-1)


def _quadratic_moments(samples, real_samples):
    """The matrix from expectations at three states, by quadrature that is exact for polynomials.

    The real points sit at their mean: their noise does not enter the quadratic part.
    """
    pool = samples + real_samples
    z, weights = hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    square = (samples - 1, samples**2 - 1)
    states = np.array([[1.0, 0.0], [1.0, 1.0], [0.5, 1.0]])
    before, after = [], []
    for error, deviation in states:
        before.append([error**4, error**2 * deviation**2, deviation**4])
        mean = error + deviation * z / np.sqrt(samples)
        between = samples * real_samples / pool * mean**2
        new_error = samples / pool * mean
        scatter = deviation**2 * square[0] + between
        scatter_square = deviation**4 * square[1] + 2 * deviation**2 * square[0] * between
        scatter_square = scatter_square + between**2
        new = [new_error**4, new_error**2 * scatter / (pool - 1), scatter_square / (pool - 1) ** 2]
        after.append([weights @ number for number in new])
    return np.linalg.solve(np.array(before), np.array(after)).T


@proves("ST-B6")
def proofs(digits):
    r"""$\det(I - P) = 0$ in the number of fresh real points at $T = 1$, and in the temperature."""
    points = lambda m, n: equations.pooled_square(1, n, m, n + m - 1)
    temperature = lambda t, n, m: equations.pooled_square(t, n, m, n + m - 1)
    samples = str(SAMPLES)
    return {
        f"n_s = {SAMPLES}, T = 1, real points": certify_root(
            points, "1", "2", parameters=[samples], digits=digits
        ),
        f"n_s = {SAMPLES}, n_r = 2, temperature": certify_root(
            temperature, "1", "3/2", parameters=[samples, "2"], digits=digits
        ),
    }
