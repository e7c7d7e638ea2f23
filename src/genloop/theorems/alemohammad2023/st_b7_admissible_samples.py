"""ST-B7: How many synthetic samples do no harm beside fresh real ones."""

import numpy as np

from ...certificates import certify_root
from ...loops.gaussian import risks
from ...verification import bound, closed_form, exact_law, proves, scaled, theorem
from ._second_level import recursion

_ADMISSIBLE = {
    "risk": risks.stationary_risk,
    "alone": risks.real_risk,
    "effective": risks.effective_samples,
    "samples": lambda *sizes, **options: risks.admissible_samples(*sizes, **options).value,
    "limit": risks.admissible_limit,
}
_CASES = ((1, 100, 0.7), (2, 30, 0.9), (5, 200, 1.1))
_RISKS = ("wasserstein", "frobenius")


@theorem(
    spec="ST-B7",
    paper="alemohammad2023",
    status="derived",
    hypotheses=(
        "Gaussian models in any dimension, sampled with T times their covariance",
        "pooled with fresh real points of a normal law, unbiased or maximum likelihood",
        "expected squares that stay bounded [ST-B6]",
        "the Wasserstein risk is the second-order expansion about the mean covariance",
    ),
    claim=_ADMISSIBLE,
    mutants={
        "risk 1 % large": scaled(_ADMISSIBLE, 1.01, "risk"),
        "the covariance counts a half": _ADMISSIBLE
        | {"alone": lambda n, dimension, **o: dimension / n + dimension * (dimension + 1) / 2 / n},
        "effective samples 1 % more": scaled(_ADMISSIBLE, 1.01, "effective"),
        "admissible samples 1 % more": scaled(_ADMISSIBLE, 1.01, "samples"),
        "limit 1 % high": scaled(_ADMISSIBLE, 1.01, "limit"),
        "both risks have the limit of Frobenius": _ADMISSIBLE
        | {"limit": lambda t, risk, **o: risks.admissible_limit(t, risk="frobenius", **o)},
        "d in place of d + 1": _ADMISSIBLE
        | {
            "limit": lambda t, dimension, **o: risks.admissible_limit(
                t, dimension=dimension - 1, **o
            )
        },
    },
)
def admissible_samples(claim, trial):
    r"""A loop with biased sampling gains from a bounded number of synthetic samples only.

    Let $Q$ be the risk of the loop in the long run, $E|\delta|^2 + \frac14 E\|\Sigma - I\|_F^2$ or
    the second-order expansion of $E\,W_2^2$. Real points alone have $Q(n) = \frac dn + \frac{d (d +
    1)}{4 (n - 1)}$, so that the loop is worth $n_e = [b + \sqrt{b^2 - 4 Q d}]/(2 Q)$ of them, $b =
    Q + d + \frac{d (d+1)}4$. With $n_r$ real points a generation, synthetic ones do no harm up to a
    number that for $n_r \to \infty$ tends to $n_s^* = \frac{4 (2 - T) + (d + 1)(\frac12 + \frac32 T
    - T^2)}{(1 - T)^2}$ for $W_2^2$, with $2 - T^2$ as the last factor for the Frobenius risk.
    """
    for dimension, real_samples, heat in _CASES:
        options = {"dimension": dimension}
        for risk in _RISKS:
            what = f"{risk}, d = {dimension}, n_r = {real_samples}, T = {heat}"
            alone = claim["alone"](real_samples, risk=risk, **options)
            fit = _measured(risk, dimension, *_alone(dimension, real_samples))
            yield closed_form(f"real points alone, {what}", alone, fit, tolerance=1e-10)
            worth = claim["effective"](fit, **options)
            yield exact_law(f"effective samples, {what}", worth, real_samples, tolerance=1e-10)
            samples = claim["samples"](real_samples, temperature=heat, risk=risk, **options)
            moments = _by_solving(dimension, samples, real_samples, heat)
            found = _measured(risk, dimension, *moments)
            what = f"critical number, {what}"
            yield exact_law(what, found / fit - 1, 0.0, scale=1 / real_samples, tolerance=1e-8)
            more = _measured(risk, dimension, *_by_solving(dimension, 60, real_samples, heat))
            risky = claim["risk"](60, real_samples, temperature=heat, risk=risk, **options)
            yield closed_form(f"risk at 60, {what}", risky, more, tolerance=1e-9)
    for dimension, heat in ((1, 0.7), (3, 0.5), (100, 0.7), (2, 1.1)):
        for risk in _RISKS:
            options = {"dimension": dimension, "risk": risk}
            limit = trial.once(
                f"limit {dimension} {heat} {risk}", lambda h=heat, o=options: _extrapolated(h, o)
            )
            what = f"many real points, {risk}, d = {dimension}, T = {heat}"
            claimed = claim["limit"](heat, **options)
            yield closed_form(what, claimed, limit, tolerance=1e-5)
    for samples in (1, 30, 3000):
        unbiased = claim["risk"](samples, 20, temperature=1.0, dimension=2, risk="frobenius")
        alone = claim["alone"](20, dimension=2, risk="frobenius")
        yield bound(f"unbiased sampling never harms, n_s = {samples}", unbiased, alone)


def _by_solving(dimension, samples, real_samples, temperature):
    """The limit by the pooled fit without stages, as (E|delta|^2, E tr S, E tr S^2)."""
    matrix, source = recursion(dimension, samples, real_samples, temperature, True)
    limit = np.linalg.solve(np.eye(7) - matrix, source)
    return limit[0], limit[1], limit[6]


def _alone(dimension, points):
    """Mean and covariance of real points: a normal mean and a Wishart matrix."""
    degrees = points - 1
    square = dimension * (degrees * (degrees + 1) + degrees * dimension) / degrees**2
    return dimension / points, dimension, square


def _measured(risk, dimension, error, trace, square):
    if risk == "frobenius":
        return error + (square - 2 * trace + dimension) / 4
    mean = trace / dimension
    noise = (square - trace**2 / dimension) / (4 * mean**1.5)
    return error + dimension * (1 - np.sqrt(mean)) ** 2 + noise


def _extrapolated(temperature, options):
    """The limit in powers of one over the number of real points, from three numbers."""
    first = int(200 * (options["dimension"] + 10) / (1 - temperature) ** 2)
    a, b, c = (
        float(risks.admissible_samples(size, temperature=temperature, **options))
        for size in (first, 2 * first, 4 * first)
    )
    return (8 * c - 6 * b + a) / 3


@proves("ST-B7")
def proofs(digits):
    """The number of samples at which the risk is that of the real points alone, T = 0.7."""
    excess = {
        risk: lambda n, m, t, risk=risk: risks.admissible_excess(n, m, t, risk=risk)
        for risk in _RISKS
    }
    box = {"wasserstein": ("50", "60"), "frobenius": ("60", "70")}
    return {
        f"d = 1, n_r = 100, T = 0.7, {risk}": certify_root(
            excess[risk], *box[risk], parameters=["100", "0.7"], digits=digits
        )
        for risk in _RISKS
    }
