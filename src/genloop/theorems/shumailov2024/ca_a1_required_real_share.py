"""CA-A1: How much real data the process of newest model, older data and real data needs."""

import numpy as np

from ...certificates import certify_root
from ...loops.gaussian import equations, mixture_process
from ...models import Gaussian
from ...papers.shumailov2024 import process_loop
from ...verification import closed_form, monte_carlo, proves, scaled, theorem

_PROCESS = {
    "step": mixture_process.process_step,
    "limit": mixture_process.process_limit,
    "fraction": mixture_process.process_real_fraction,
}
_DESIGNS = ((100, 0.1, 7 / 9), (100, 0.1, 1.0), (3, 0.4, 0.5), (2, 0.9, 0.2))


def _alike(variance, mean_error, *, samples, real_fraction, share=1.0):
    """The newest model as if its mean were that of the older data."""
    later = mixture_process.process_step(
        variance, mean_error, samples=samples, real_fraction=real_fraction, share=share
    )
    newest = share * (1 - real_fraction)
    return later[0] - newest * (1 - newest) / samples * variance, later[1]


@theorem(
    spec="CA-A1",
    paper="shumailov2024",
    status="derived",
    hypotheses=(
        "p' = alpha p_theta + beta p + gamma p_0, theta fitted to M independent samples of p",
        "the fit keeps the mean and the unbiased variance; any distributions otherwise",
        "finite variances",
    ),
    claim=_PROCESS,
    mutants={
        "no variance between newest and older data": _PROCESS | {"step": _alike},
        "limit without older data": _PROCESS
        | {"limit": lambda m, a, s: mixture_process.process_limit(m, a, 1.0)},
        "real fraction 1/M": _PROCESS | {"fraction": lambda m, s: 1 / m},
        "real fraction of many samples": _PROCESS
        | {"fraction": lambda m, s: s * (2 - s) / (2 * m)},
        "step 1 % large": scaled(_PROCESS, 1.01, "step"),
        "limit 1 % large": scaled(_PROCESS, 1.01, "limit"),
        "real fraction 1 % large": scaled(_PROCESS, 1.01, "fraction"),
    },
)
def required_real_share(claim, trial):
    r"""How much real data the process of newest model, older data and real data needs.

    With $a = 1 - \gamma = \alpha + \beta$, $V = E \operatorname{Var} p_t$ and $D = E(\mu_t -
    \mu_0)^2$: $V' = (a + \frac{\alpha (1 - \alpha)}M) V + a \gamma D + \gamma \sigma_0^2$ and
    $D' = a^2 D + \frac{\alpha^2}M V$. They stay bounded if and only if $M \gamma (2 - \gamma) >
    \alpha (1 - \alpha)(2 - \gamma) + (1 - \gamma) \alpha^2$ and $\gamma > 0$; for $\alpha = s a$
    if $\gamma > \gamma_c = 2 s (2 - s)/[2 B + s + \sqrt{(2 B + s)^2 - 4 B s (2 - s)}]$, $B = M + s
    (1 - s)$, which is $1 + \frac{1 - \sqrt{1 + 4 M^2}}{2 M}$ without older data.
    """
    real = Gaussian.of(0.0, 1.0)
    for samples, fraction, share in _DESIGNS:
        what = f"M = {samples}, gamma = {fraction}, s = {share:.3g}"
        design = {"samples": samples, "real_fraction": fraction, "share": share}
        after = process_loop(real, **design).moments(Gaussian.of(0.7, 3.0).moments())
        found = (after.covariance[0, 0], after.error(real.mean)[0, 0])
        claimed = claim["step"](3.0, 0.49, **design)
        yield closed_form(f"composed moments, {what}", claimed, found, tolerance=1e-12)
        matrix, source = _affine(claim["step"], design)
        limit = np.linalg.solve(np.eye(2) - matrix, source)
        yield closed_form(f"limit, {what}", claim["limit"](samples, fraction, share), limit)
    for samples, share in ((2, 1.0), (10, 1.0), (100, 1.0), (5, 0.3), (1000, 0.9)):
        what = f"critical real fraction, M = {samples}, s = {share}"
        exact = trial.once(what, lambda m=samples, s=share: _by_halving(m, s))
        yield closed_form(what, claim["fraction"](samples, share), exact)
    variances, errors = trial.once("runs", lambda: _runs(trial))
    state = (1.0, 0.0)
    for generation in range(variances.shape[1]):
        state = claim["step"](*state, samples=4, real_fraction=0.2, share=0.75)
        for name, number, draws in zip("VD", state, (variances, errors), strict=True):
            what = f"{name} of generation {generation + 1}, uniform models, exponential data"
            yield monte_carlo(what, number, draws[:, generation], resolution=0.2)


def _affine(step, design):
    """Matrix and source of a step that is affine in the two moments."""
    source = np.ravel(step(0.0, 0.0, **design))
    columns = [np.ravel(step(*unit, **design)) - source for unit in np.eye(2)]
    return np.stack(columns, axis=1), source


def _by_halving(samples, share):
    """The real fraction at which the moments stop growing, from how components mix."""
    lower, upper = 0.0, 1.0
    for _ in range(60):
        middle = (lower + upper) / 2
        rest = 1 - middle
        # By hand, from what mixing does to two means that share their past.
        newest = share * rest
        matrix = [
            [rest + (newest * (rest - newest) + newest * middle) / samples, rest * middle],
            [newest**2 / samples, rest**2],
        ]
        radius = np.abs(np.linalg.eigvals(np.array(matrix))).max()
        lower, upper = (middle, upper) if radius > 1 else (lower, middle)
    return lower


def _runs(trial, generations=3):
    """Sample by sample, the data as a list of components; nothing is Gaussian here."""
    generator = np.random.default_rng([trial.seed, 1])
    runs, newest, older, real = min(trial.replicates, 2**16), 0.6, 0.2, 0.2
    weights, fits, path = [1.0], [None], []
    for _ in range(generations):
        which = generator.choice(len(weights), size=(runs, 4), p=weights)
        points = generator.exponential(size=(runs, 4)) - 1
        for k, fit in enumerate(fits):
            if fit is not None:
                mean, variance = (x[:, None] for x in fit)
                own = mean + np.sqrt(12 * variance) * (generator.random((runs, 4)) - 0.5)
                points = np.where(which == k, own, points)
        fits = [None, *fits[1:], (points.mean(axis=1), points.var(axis=1, ddof=1))]
        weights = [older * weights[0] + real, *(older * w for w in weights[1:]), newest]
        path.append(_mixture_moments(weights, fits, runs))
    variances, errors = zip(*path, strict=True)
    return np.stack(variances, axis=1), np.stack(errors, axis=1)


def _mixture_moments(weights, fits, runs):
    """Variance of a mixture of fits and standard real data, and the square of its mean."""
    known = [(np.zeros(runs), np.ones(runs)) if fit is None else fit for fit in fits]
    mean = sum(w * m for w, (m, _) in zip(weights, known, strict=True))
    square = sum(w * (v + m**2) for w, (m, v) in zip(weights, known, strict=True))
    return square - mean**2, mean**2


@proves("CA-A1")
def proofs(digits):
    r"""The critical real fraction for 100 samples, with and without older data."""
    return {
        f"M = 100, s = {share}, real fraction": certify_root(
            equations.process_share, "0", "1", parameters=["100", share], digits=digits
        )
        for share in ("1", "0.5")
    }
