"""CA-C4: Whether the variance is a convex or a concave function of the mean decides a loop."""

import numpy as np
from scipy import stats

from ...laws import binomial_law
from ...loops import families, memory
from ...models import Dataset, Gamma
from ...stages import Accumulate, Draw, Temper
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .._families import MEMBERS, errors, quadratic, variances

_GENERATIONS = 5
_FORMULAS = {
    "replaced": families.replaced_variance,
    "replaced error": families.replaced_error,
    "kept": memory.kept_variance,
    "kept error": families.kept_error,
    "drift": families.log_mean_drift,
    "spread": families.log_mean_spread,
}


def _shares_without_squares(generations, *, quadratic, samples, size=0.0):
    places = size / samples + np.arange(1, 1 + min(generations, 1000))
    return np.prod(1 + quadratic / (samples * places))


@theorem(
    spec="CA-C4",
    paper="families",
    status="derived",
    hypotheses=(
        "a one-parameter exponential family whose variance is a quadratic function of the mean",
        "maximum likelihood on n samples a generation, without real data",
    ),
    claim=_FORMULAS,
    mutants={
        "replaced with n - 1": _FORMULAS
        | {"replaced": lambda t, quadratic, samples: (1 + quadratic / (samples - 1)) ** t},
        "replaced 1 % large": scaled(_FORMULAS, 1.01, "replaced"),
        "the error grows like a sum": _FORMULAS
        | {"replaced error": lambda t, quadratic, samples: t / samples},
        "shares without squares": _FORMULAS | {"kept": _shares_without_squares},
        "kept with the other sign": _FORMULAS
        | {"kept": lambda t, quadratic, **o: memory.kept_variance(t, quadratic=-quadratic, **o)},
        "kept 1 % large": scaled(_FORMULAS, 1.01, "kept"),
        "the kept error 1 % large": scaled(_FORMULAS, 1.01, "kept error"),
        "the drift 1 % large": scaled(_FORMULAS, 1.01, "drift"),
        "the drift of n - 1 samples": _FORMULAS
        | {
            "drift": lambda shape, samples: families.log_mean_drift(
                shape=shape, samples=samples - 1
            )
        },
        "the spread 1 % large": scaled(_FORMULAS, 1.01, "spread"),
    },
)
def without_real_data(claim, trial):
    r"""Whether the variance is a convex or a concave function of the mean decides a loop.

    With $V(m) = v_0 + v_1 m + v_2 m^2$: $\mathbb{E} V(m_t) = V(m_0) (1 + v_2/n)^t$ where every
    generation replaces the last and $V(m_0) \prod_{s \le t} (1 + \frac{v_2}{n s^2})$ where all data
    are kept, which tends to $V(m_0) \frac{\sinh \pi \sqrt{v_2/n}}{\pi \sqrt{v_2/n}}$ (a sine for
    $v_2 < 0$); in both $\mathbb{E}(m_t - m_0)^2 = [\mathbb{E} V(m_t) - V(m_0)]/v_2$. Replaced data
    collapse almost surely: Poisson and negative binomial laws to zero, binomial laws to one of
    their ends, and $\log m_t$ of a gamma law of shape $r$ is a random walk of drift $\psi(n r) -
    \log(n r) < 0$ and variance $\psi'(n r)$; the mean of a normal law is a random walk.
    """
    times = np.arange(_GENERATIONS + 1)
    for name, model in MEMBERS.items():
        options = {"quadratic": quadratic(model), "samples": 9}
        path = trial.once(name, lambda m=model: _replaced(m, 9))
        what = f"by composed moments, {name}"
        yield closed_form(
            f"replaced, {what}", claim["replaced"](times, **options), variances(path, model)
        )
        yield closed_form(
            f"error, {what}", claim["replaced error"](times, **options), errors(path, model)
        )
        for size in (0, 30):
            path = trial.once(f"{name} {size}", lambda m=model, s=size: _kept(m, 9, s))
            kept = [claim["kept"](t, size=size, **options) for t in times]
            error = [claim["kept error"](t, size=size, **options) for t in times]
            what = f"first {size} points, {name}"
            yield closed_form(f"kept, {what}", kept, variances(path, model))
            yield closed_form(f"kept error, {what}", error, errors(path, model), tolerance=1e-9)
    yield from _limits(claim)
    yield from _chains(claim, trial)
    yield from _draws(claim, trial)


def _replaced(model, samples):
    path = [model.moments()]
    for _ in range(_GENERATIONS):
        path.append(Draw(samples).moments(path[-1]))
    return path


def _kept(model, samples, size):
    """The moments of a pool that begins with as many points, certain ones, or with none."""
    stage, path = Accumulate(Temper(1.0), samples=samples), [model.moments()]
    data = Dataset.of(model, size or samples).moments()
    if not size:
        path.append(model.moments().draw(samples))
        data = type(data)(path[-1], data.size, data.place)
    while len(path) <= _GENERATIONS:
        data = stage.moments(data)
        path.append(data.moments)
    return path


def _limits(claim):
    for second, samples in ((1.0, 10), (0.4, 3), (-1.0, 10), (-0.1, 2)):
        angle = np.pi * np.sqrt(abs(second) / samples)
        limit = (np.sinh if second > 0 else np.sin)(angle) / angle
        claimed = claim["kept"](np.inf, quadratic=second, samples=samples)
        yield closed_form(f"limit of kept data, v2 = {second}, n = {samples}", claimed, limit)
    for samples in (2, 10):
        claimed = claim["kept error"](np.inf, quadratic=0.0, samples=samples)
        yield closed_form(f"v2 = 0, n = {samples}", claimed, np.pi**2 / (6 * samples))


def _chains(claim, trial):
    """Exact laws of counts against the formulas."""
    for keeps in (False, True):
        squares = trial.once(f"binomial {keeps}", lambda k=keeps: _binomial_errors(4, 3, 0.4, k))
        key = "kept error" if keeps else "replaced error"
        claimed = [claim[key](t, quadratic=-1 / 3, samples=4) for t in range(1, 6)]
        yield exact_law(f"{key}, chain of binomial counts", claimed, squares)
    states = np.arange(700)
    for name, law in (
        ("Poisson", lambda total: stats.poisson.pmf(states, total[:, None])),
        (
            "negative binomial",
            lambda total: stats.nbinom.pmf(states, 24, 24 / (24 + total)[:, None]),
        ),
    ):
        squares, lost = trial.once(f"chain {name}", lambda f=law: _count_errors(f, states / 8, 1.5))
        second = 0.0 if name == "Poisson" else 1 / 3
        unit = 1.5 + second * 1.5**2
        claimed = [claim["replaced error"](t, quadratic=second, samples=8) for t in (1, 2, 3, 4)]
        yield exact_law(f"chain of {name} counts", np.multiply(unit, claimed), squares)
        yield bound(f"{name} counts die out one after the other", lost[:-1], lost[1:])


def _binomial_errors(samples, trials, chance, keeps):
    """Squared errors of the mean in units of its variance, by the law of all successes."""
    size = samples * trials
    law, errors = binomial_law(size, chance), []
    for generation in range(1, 6):
        places = np.arange(len(law)) / (len(law) - 1)
        errors.append(trials * law @ (places - chance) ** 2 / (chance * (1 - chance)))
        moved = np.array([binomial_law(size, place) for place in places])
        if not keeps:
            law = law @ moved
            continue
        grown = np.zeros((generation + 1) * size + 1)
        for successes, (weight, row) in enumerate(zip(law, moved, strict=True)):
            grown[successes : successes + size + 1] += weight * row
        law = grown
    return errors


def _count_errors(law_of, means, start):
    """Squared errors of four generations and the probabilities that nothing is left."""
    matrix, errors, lost = law_of(8 * means), [], []
    law = law_of(np.array([8 * start]))[0]
    for _ in range(4):
        errors.append(law @ (means - start) ** 2)
        lost.append(law[0])
        law = law @ matrix
    return errors, lost


def _draws(claim, trial):
    """Logarithms of gamma means by the kernel and by sums."""
    model, samples = Gamma.of(2.0, shape=0.4), 7
    options = {"shape": model.shape, "samples": samples}
    logs = trial.once("logarithms", lambda: _log_changes(model, samples, trial))
    what = "shape 0.4, n = 7"
    drift, spread = claim["drift"](**options), claim["spread"](**options)
    three = f"{what}, three generations"
    yield monte_carlo(f"drift, {three}", 3 * drift, logs, resolution=0.15)
    centred = logs - 3 * families.log_mean_drift(**options)
    yield monte_carlo(f"spread, {three}", 3 * spread, centred**2)
    law = trial.once("sums", lambda: _log_moments(model.shape * samples))
    yield exact_law(f"drift by sums, {what}", drift, law[0], tolerance=1e-8)
    yield exact_law(f"spread by sums, {what}", spread, law[1], tolerance=1e-8)


def _log_changes(model, samples, trial):
    batch = model.broadcast((trial.replicates,))
    for generation in range(3):
        batch = Draw(samples).step(trial.key(generation), batch)
    return np.log(np.asarray(batch.mean)[:, 0] / float(model.mean[0]))


def _log_moments(shape):
    """Mean and variance of the logarithm of a gamma number over its mean, by the trapezoid rule."""
    x = np.linspace(-14, 5, 40001)
    weight = np.exp(shape * (x - np.exp(x)))
    weight /= weight.sum()
    mean = weight @ x
    return mean, weight @ (x - mean) ** 2
