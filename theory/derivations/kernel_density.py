"""Kernel density loops: moments, real data, modes and pools [CA-B2] [CA-B5] [ST-F5].

Cumulants of the fit from the definitions of k-statistics, fixed points by elimination, the limit of
characteristic functions by its series.
"""

import functools

import sympy as sp

from genloop.loops import kernel_density as kernel

n, k2, k3, k4, f, h, b = sp.symbols("n k_2 k_3 k_4 f h b", positive=True)
pool, q, c, source, v, d = sp.symbols("N q c s V D", positive=True)
p, u, x, s, mu, t, m = sp.symbols("p u x s mu t m", positive=True)


def of_the_fit():
    """Cumulants of m + b (x_I - m + kernel) in terms of the k-statistics of the points."""
    second, fourth = sp.symbols("m_2 m_4")
    biased = sp.solve(
        [
            k2 - n * second / (n - 1),
            k4 - n**2 * ((n + 1) * fourth - 3 * (n - 1) * second**2)
            / ((n - 1) * (n - 2) * (n - 3)),
        ],
        [second, fourth],
        dict=True,
    )[0]  # fmt: skip
    spread = b**2 * (biased[second] + f**2 * k2 + h**2)
    return spread, b**4 * sp.simplify(biased[fourth] - 3 * biased[second] ** 2)


@functools.cache
def derive():
    """Expected k-statistics, limits with real data, the threshold, the limit of smoothing."""
    spread, fourth = of_the_fit()
    square = fourth / n + spread**2 * (1 + 2 / (n - 1))
    within = q * c * v + source
    limit = sp.solve(
        [within + q * (1 - q) * pool / (pool - 1) * d - v, q**2 * d + within / pool - d],
        [v, d],
        dict=True,
    )[0]
    root = [one for one in sp.solve(sp.denom(sp.together(limit[v] / source)), q) if one != 1]
    kernel_of = sp.exp(-(h**2) * u**2 / 2)
    log = sp.series(sp.log(p * kernel_of / (1 - (1 - p) * kernel_of)), u, 0, 5).removeO()
    sides = sp.exp(-((x - mu) ** 2) / (2 * s)) + sp.exp(-((x + mu) ** 2) / (2 * s))
    flat = sp.simplify(sp.diff(sides, x, 2).subs(x, 0) * sp.exp(mu**2 / (2 * s)))
    new = v + h**2
    between = t * m * m / ((t * m + m) ** 2) * new / m
    return {
        "second": spread,
        "fourth": fourth,
        "square": sp.simplify(square),
        "limit": sp.simplify(limit[v]),
        "limit of the error": sp.simplify(limit[d]),
        "first root": root[0],
        "last root": root[-1],
        "variance": sp.simplify(-2 * log.coeff(u, 2)),
        "fourth cumulant": sp.simplify(24 * log.coeff(u, 4)),
        "merged": sp.solve(flat, s)[0],
        "pool": sp.simplify(v * t / (t + 1) + (1 - 1 / m) * new / (t + 1) + between),
    }


def compare():
    """Against the closed forms, at exact numbers."""
    found = derive()
    at = {n: 7, k2: sp.Rational(3, 2), k4: sp.Rational(-1, 3), f: sp.Rational(2, 5),
          h: sp.Rational(3, 10), b: sp.Rational(9, 10)}  # fmt: skip
    matrix = kernel.fourth_moment_matrix(7, 0.4, 0.3, 0.9)
    state = [-1 / 3, 9 / 4, 3 / 2, 1.0]
    exact = [float(found[name].subs(at)) for name in ("fourth", "square", "second")]
    yield "k-statistics", exact, (matrix @ state)[:3]
    for size, share, width in ((1000, "1/10", "1/5"), (10, "2/5", "1/2")):
        growth = 1 - sp.Rational(1, size) + sp.Rational(width) ** 2
        own = {pool: size, q: 1 - sp.Rational(share), c: growth, source: sp.Rational(share)}
        exact = [float(found[name].subs(own)) for name in ("limit", "limit of the error")]
        numbers = float(sp.Rational(share)), size, float(sp.Rational(width))
        yield "limits", exact, kernel.stationary_moments(*numbers)
        roots = [float(found[name].subs(own)) for name in ("first root", "last root")]
        (critical,) = {1 - one for one in roots if 0 < one < 1}
        yield "real fraction", critical, kernel.required_real_fraction(size, numbers[2])
    numbers = {h: sp.Rational(1, 2), p: sp.Rational(1, 10)}
    exact = [float(found[name].subs(numbers)) for name in ("variance", "fourth cumulant")]
    yield "cumulants of the limit", exact, kernel.limit_cumulants(0.5, 0.1)[[0, 2]]
    width = float(found["merged"].subs(mu, 2)) - 0.25
    yield "merge time", width / 0.09, kernel.merge_time(2.0, 0.5, bandwidth=0.3)
    start = kernel.pooled_variance(3, 4, 0.5)
    exact = found["pool"].subs({t: 3, m: 4, h: sp.Rational(1, 2)}).subs(v, start)
    yield "pool", float(exact), kernel.pooled_variance(4, 4, 0.5)
