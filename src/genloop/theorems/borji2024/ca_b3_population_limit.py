"""CA-B3: With infinitely many samples a kernel density loop makes every density Gaussian."""

import numpy as np

from ...loops import kernel_density as kernel
from ...verification import bound, closed_form, scaled, theorem

_CLAIM = {
    "after": kernel.population_after,
    "shape": kernel.shape_factor,
    "merge": kernel.merge_time,
    "slope": kernel.divergence_slope,
}
_SCOTT = kernel.scott_factor(1000)
_KERNELS = ({"factor": _SCOTT}, {"bandwidth": 0.5})


def _added(mixture, generations, factor=0.0, bandwidth=0.0):
    """As if the relative kernel stayed as wide as at first."""
    return mixture.smooth(generations * (factor**2 * mixture.variance + bandwidth**2))


@theorem(
    spec="CA-B3",
    paper="borji2024",
    status="derived",
    hypotheses=(
        "infinitely many samples and a Gaussian kernel",
        "a fixed factor f of the spread, or a fixed bandwidth h",
    ),
    claim=_CLAIM,
    mutants={
        "a relative kernel that does not grow": _CLAIM | {"after": _added},
        "one generation late": _CLAIM
        | {"after": lambda p, t, **o: kernel.population_after(p, t - 1, **o)},
        "cumulants of one order more": _CLAIM
        | {"shape": lambda r, t, **o: kernel.shape_factor(r + 1, t, **o)},
        "modes merge at the distance of their deviation": _CLAIM
        | {"merge": lambda m, s, **o: kernel.merge_time(m / 2, s, **o)},
        "slope of the variance": scaled(_CLAIM, 2.0, "slope"),
        "shape 1 % large": scaled(_CLAIM, 1.01, "shape"),
        "merge 1 % late": scaled(_CLAIM, 1.01, "merge"),
        "slope 1 % large": scaled(_CLAIM, 1.01, "slope"),
    },
)
def population_limit(claim, trial):
    r"""With infinitely many samples a kernel density loop makes every density Gaussian.

    $p_t = p_0 * N(0, \tau_t^2)$ with $\tau_t^2 = V_0 [(1 + f^2)^t - 1]$ or $t h^2$; standardised
    cumulants fall by $(V_0/V_t)^{r/2}$, which is $(1 + f^2)^{-r t/2}$ or $(1 + t h^2/V_0)^{-r/2}$,
    and Gaussians are the only fixed shapes. $\mathrm{KL}(p_0 \| p_t) - [\frac12 \log 2 \pi V_t +
    \frac{V_0}{2 V_t} - H(p_0)] \to 0$: in the end it grows by $\frac12 \log (1 + f^2)$ a
    generation. Two equal modes at $\pm \mu$ with deviation $s$ are one from $t = \log \frac{2
    \mu^2}{\mu^2 + s^2}/\log(1 + f^2)$, or $(\mu^2 - s^2)/h^2$, on.
    """
    start = kernel.reference_mixture()
    places = np.linspace(-6.0, 8.0, 9)
    for widths in _KERNELS:
        for time in (1, 3, 12):
            after = claim["after"](start, time, **widths)
            what = f"{widths}, t = {time}"
            exact = trial.once(what, lambda t=time, w=widths: _convolved(start, places, t, w))
            yield closed_form(f"by convolution, {what}", after.density(places), exact)
            for order in (3, 4):
                found = _standardised(after, order) / _standardised(start, order)
                left = claim["shape"](order, time, **widths, variance=start.variance)
                yield closed_form(f"cumulant {order}, {what}", left, found)
        modes = kernel.KernelMixture.of([(0.5, -2.0, 0.5), (0.5, 2.0, 0.5)])
        merged = claim["merge"](2.0, 0.5, **widths)
        at = lambda time, w=widths, m=modes: kernel.population_after(m, time, **w)
        curvature = (at(merged).deviations ** 2)[0]
        yield closed_form(f"modes merge where s^2 + tau^2 = mu^2, {widths}", curvature, 4.0)
        counts = [at(merged * share).modes().size for share in (0.99, 1.01)]
        yield closed_form(f"modes before and after, {widths}", counts, [2, 1])
    late = [kernel.population_after(start, t, factor=_SCOTT) for t in (300, 301)]
    found = [kernel.kullback_leibler(start, density).value for density in late]
    what = "slope of the divergence by quadrature"
    yield closed_form(what, claim["slope"](_SCOTT), found[1] - found[0], tolerance=1e-6)
    spread, surprise = late[0].variance, kernel.entropy(start).value
    gaussian = np.log(2 * np.pi * spread) / 2 + start.variance / (2 * spread) - surprise
    yield closed_form("its asymptote", gaussian, found[0], tolerance=1e-8)
    counts = [kernel.population_after(start, t, factor=_SCOTT).modes().size for t in range(1, 31)]
    yield bound("smoothing makes no modes", counts[1:], counts[:-1])


def _standardised(density, order):
    cumulants = density.cumulants()
    return cumulants[order - 1] / cumulants[1] ** (order / 2)


def _convolved(start, places, generations, widths):
    """The density by quadrature, the kernels of all generations added up one by one."""
    spread, added = start.variance, 0.0
    for _ in range(generations):
        new = widths.get("factor", 0.0) ** 2 * spread + widths.get("bandwidth", 0.0) ** 2
        spread, added = spread + new, added + new
    kernel_at = lambda gap: np.exp(-(gap**2) / (2 * added)) / np.sqrt(2 * np.pi * added)
    edges = np.union1d(start.edges(), np.linspace(-8.0, 9.0, 60))
    product = lambda x: lambda y: start.density(y) * kernel_at(x - y)
    return np.array([kernel.integrate(product(x), edges).value for x in places])
