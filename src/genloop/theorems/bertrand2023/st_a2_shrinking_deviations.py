"""ST-A2: Without real data the standard deviations shrink, in several dimensions faster."""

import numpy as np

from ...laws import LogVariance
from ...loops.gaussian import mean_standard_deviation, plane_deviation_factor
from ...models import Gaussian
from ...papers.alemohammad2023 import fully_synthetic
from ...verification import bound, exact_law, monte_carlo, scaled, theorem
from .._quadrature import chi_square_mean

_DEVIATIONS = {"line": mean_standard_deviation, "plane": plane_deviation_factor}


@theorem(
    spec="ST-A2",
    paper="bertrand2023",
    status="reconstructed",
    hypotheses=(
        "Gaussian models, fitted to n samples of the generation before and to nothing else",
        "the unbiased covariance, divided by n - 1",
    ),
    claim=_DEVIATIONS,
    mutants={
        "the fit is maximum likelihood": _DEVIATIONS
        | {"line": lambda t, n: mean_standard_deviation(t, n, unbiased=False)},
        "one generation less": _DEVIATIONS
        | {"line": lambda t, n: mean_standard_deviation(t - 1, n)},
        "the plane as the line": _DEVIATIONS
        | {"plane": lambda n: float(mean_standard_deviation(1, n))},
        "the line 1 % fast": scaled(_DEVIATIONS, 0.99, "line"),
        "the plane 1 % slow": scaled(_DEVIATIONS, 1.01, "plane"),
    },
)
def shrinking_deviations(claim, trial):
    r"""Without real data the standard deviations shrink, in several dimensions faster.

    $E\,\Sigma_t^{1/2} \preceq c_4(n)^t\,\Sigma_0^{1/2}$ with $c_4(n) = \sqrt{\frac 2{n - 1}}
    \frac{\Gamma(n/2)}{\Gamma((n - 1)/2)} < 1$: equality in one dimension, and less in several. From
    $\Sigma_0 = \sigma^2 I$ in the plane $E\,\Sigma_1^{1/2} = \sigma I\,\frac{\Gamma(m +
    1/2)}{\sqrt{2 m}\,\Gamma(m)}\,{}_2F_1(-\frac12, m - 1; m; -1)$, $m = n - 1$.
    """
    for samples, generations in ((2, 1), (5, 4), (50, 30)):
        claimed, law = claim["line"](generations, samples), LogVariance(samples, generations)
        what = f"the law of the line, n = {samples}, t = {generations}"
        yield exact_law(what, claimed, law.moment(0.5), tolerance=1e-9)
        step = chi_square_mean(np.sqrt, samples - 1)
        what = f"the line by quadrature, n = {samples}"
        yield exact_law(what, claim["line"](1, samples), step, tolerance=1e-9)
    for samples in (7, 12):
        for ratio in (1.0, 30.0):
            label = f"plane {samples} {ratio}"
            found = trial.once(label, lambda n=samples, r=ratio: _plane(n, r))
            if ratio == 1:
                what = f"the plane by quadrature, n = {samples}"
                yield exact_law(what, claim["plane"](samples), found, tolerance=1e-9)
            upper = claim["line"](1, samples) * np.sqrt([1.0, ratio])
            what = f"less than on the line, n = {samples}, variances 1 and {ratio:g}"
            yield bound(what, found, upper)
    line = trial.once("line", lambda: _realised(trial, Gaussian.of(0.0, 4.0), 3))
    yield monte_carlo("the line, n = 5, t = 3", 2 * claim["line"](3, 5), line)
    plane = trial.once("plane", lambda: _realised(trial, Gaussian.of(np.zeros(2), np.eye(2)), 1))
    yield monte_carlo("the plane, n = 5", claim["plane"](5), plane)


def _plane(samples, ratio):
    r"""The diagonal of $E\,\Sigma_1^{1/2}$ from variances 1 and `ratio`, by Bartlett's factors.

    $\sqrt X = (X + \sqrt{\det X} I)/\sqrt{\operatorname{tr} X + 2 \sqrt{\det X}}$ for two
    dimensions.
    """
    degrees = samples - 1
    first, first_weights = _chi_square(degrees)
    second, second_weights = _chi_square(degrees - 1)
    normal = np.linspace(-9, 9, 81)
    cross = np.exp(-(normal**2) / 2)
    a, b, z = np.meshgrid(first, second, normal**2, indexing="ij", sparse=True)
    one, two = a / degrees, ratio * (b + z) / degrees
    root = np.sqrt(ratio * a * b) / degrees
    scale = np.sqrt(one + two + 2 * root)
    weights = np.einsum("i,j,k->ijk", first_weights, second_weights, cross / cross.sum())
    return np.array([np.sum(weights * (entry + root) / scale) for entry in (one, two)])


def _chi_square(degrees, points=121):
    """Nodes and weights of the trapezoidal rule in the logarithm."""
    reach = np.sqrt(320 / degrees)
    u = np.linspace(-80 / degrees - reach, np.log1p(80 / degrees) + reach, points)
    weights = np.exp(degrees / 2 * (u - np.expm1(u)))
    return degrees * np.exp(u), weights / weights.sum()


def _realised(trial, start, generations):
    """The mean standard deviation of independent runs, the trace of the root over $d$."""
    loop, models = fully_synthetic(samples=5), start.broadcast((trial.replicates,))
    for generation in range(generations):
        models = loop.step(trial.key(10 * start.dimension + generation), models)
    # The singular values of a factor are the standard deviations.
    return np.linalg.svd(np.asarray(models.factor), compute_uv=False).mean(axis=-1)
