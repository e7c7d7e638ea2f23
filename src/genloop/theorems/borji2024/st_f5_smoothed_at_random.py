"""ST-F5: With real data and a fixed bandwidth the limit is the real density, smoothed."""

import numpy as np

from ...certificates import certify_root
from ...loops import kernel_density as kernel
from ...loops.kernel_density import equations
from ...verification import bound, closed_form, monte_carlo, proves, scaled, theorem

_CLAIM = {
    "limit": kernel.smoothed_limit,
    "rate": kernel.smoothing_rate,
    "cumulants": kernel.limit_cumulants,
    "fraction": kernel.real_fraction_for_inflation,
}


@theorem(
    spec="ST-F5",
    paper="borji2024",
    status="derived",
    hypotheses=("infinitely many samples, a real share p, a Gaussian kernel of bandwidth h",),
    claim=_CLAIM,
    mutants={
        "the last smoothing forgotten": _CLAIM
        | {
            "limit": lambda u, h, p, x=1.0: (
                kernel.smoothed_limit(u, h, p, x) * np.exp((h * u) ** 2 / 2)
            )
        },
        "every frequency at the rate q": _CLAIM | {"rate": lambda u, h, p: 1 - p},
        "a Gaussian limit": _CLAIM
        | {"cumulants": lambda h, p: kernel.limit_cumulants(h, p) * [1.0, 1.0, 0.0]},
        "limit 1 % high": scaled(_CLAIM, 1.01, "limit"),
        "rate 1 % high": scaled(_CLAIM, 1.01, "rate"),
        "cumulants 1 % high": scaled(_CLAIM, 1.01, "cumulants"),
        "fraction 1 % high": scaled(_CLAIM, 1.01, "fraction"),
    },
)
def smoothed_at_random(claim, trial):
    r"""With real data and a fixed bandwidth the limit is the real density, smoothed.

    $\varphi' = k(h u) [p \varphi_0 + q \varphi]$ has the fixed point $\varphi_* = \frac{p\,k}{1 -
    q k} \varphi_0$, reached at each frequency as $(q k)^t \le q^t$: the real data plus $h
    \sqrt{J}\,z$ with $P(J = j) = p q^{j-1}$. It has $\frac{h^2}p$ more variance and $\frac{3 q
    h^4}{p^2}$ more fourth cumulant, so it is no Gaussian; the variance is at most $(1 + \tau)
    \sigma_0^2$ if and only if $p \ge \frac{h^2}{\tau \sigma_0^2}$.
    """
    frequency = np.array([0.2, 1.0, 3.0])
    for bandwidth, share in ((0.5, 0.1), (0.2, 0.5), (1.5, 0.01)):
        what = f"h = {bandwidth}, p = {share}"
        kept = np.exp(-((bandwidth * frequency) ** 2) / 2)
        real = np.sinc(frequency / np.pi)  # A uniform distribution on (-1, 1).
        limit = claim["limit"](frequency, bandwidth, share, real)
        path = [real]
        for _ in range(3000):
            path.append(kept * (share * real + (1 - share) * path[-1]))
        yield closed_form(f"iterated, {what}", limit, path[-1])
        errors = np.array(path[:4]) - path[-1]
        yield closed_form(
            f"rate, {what}", claim["rate"](frequency, bandwidth, share), errors[1] / errors[0]
        )
        times = np.arange(1, 6000)
        law = share * (1 - share) ** (times - 1)
        moments = [law @ (bandwidth**2 * times), 0.0, 3 * law @ (bandwidth**2 * times) ** 2]
        exact = [moments[0], 0.0, moments[2] - 3 * moments[0] ** 2]
        found = claim["cumulants"](bandwidth, share)
        yield closed_form(f"cumulants of the geometric law, {what}", found, exact, tolerance=1e-8)
    for tolerance, bandwidth, spread in ((0.5, 0.25, 1.0), (0.1, 0.2, 3.0)):
        least = claim["fraction"](tolerance, bandwidth, spread)
        inflated = kernel.limit_cumulants(bandwidth, least)[0]
        yield closed_form(f"inflation by {tolerance}", inflated / spread, tolerance)
    yield bound(
        "no fraction is enough for a wide kernel", 1e9, min(1e10, claim["fraction"](0.1, 1.0))
    )
    squares = trial.once("points", lambda: _points(trial))
    yield monte_carlo(
        "variance of a loop of mixtures", 1 / 3 + claim["cumulants"](0.5, 0.3)[0], squares
    )


def _points(trial, generations=40):
    """Squares of points of a loop with so many points that each is drawn from a population."""
    rng = np.random.default_rng([trial.seed, 8])
    data = rng.uniform(-1, 1, trial.replicates)
    for _ in range(generations):
        # Independent copies: each point has its own line of ancestors.
        real = rng.random(data.size) < 0.3
        data = np.where(real, rng.uniform(-1, 1, data.size), data)
        data = data + 0.5 * rng.standard_normal(data.size)
    return data**2


@proves("ST-F5")
def proofs(digits):
    """The real fraction at which the limit has half as much variance again."""
    known = {"parameters": ["1/2", "1/4"], "digits": digits}
    return {"tolerance 1/2, h = 1/4": certify_root(equations.inflation, "0", "1", **known)}
