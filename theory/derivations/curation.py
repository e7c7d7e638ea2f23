"""Two classes among few candidates, and very many candidates with real data [ST-D5] [ST-D6]."""

import functools

import numpy as np
import sympy as sp

from genloop import Categorical
from genloop.loops import curation

p, y, Z = sp.symbols("p y Z", positive=True)
a, rho, k = sp.symbols("a rho k", positive=True)


def share(among):
    """What is chosen among so many, by the number of good candidates."""
    terms = (
        sp.binomial(among, j) * p**j * (1 - p) ** (among - j) * j * y / (j * y + among - j)
        for j in range(among + 1)
    )
    return sp.simplify(sum(terms))


@functools.cache
def derive():
    """The map, its slopes at the ends, the threshold, the fixed point of two candidates."""
    three = share(3)
    rare, common = (sp.simplify(sp.diff(three, p).subs(p, end)) for end in (0, 1))
    (threshold,) = sp.solve((1 - a) * rare - 1, a)
    # tanh of half the gap.
    two = sp.simplify(share(2).subs(y, (1 + k) / (1 - k)))
    assert sp.expand(two - p - k * p * (1 - p)) == 0
    image = a * rho + (1 - a) * two
    end = max(sp.solve(image - p, p), key=lambda x: x.subs({a: 0.5, rho: 0.3, k: 0.5}))
    shares, odds = sp.Rational(2, 5), (1, y)
    weights = (1 - shares, shares)
    root = sum(a * w * o / (Z - (1 - a) * o) for w, o in zip(weights, odds, strict=True)) - 1
    growth = max(sp.solve(root, Z), key=lambda z: z.subs({a: 0.3, y: 3.0}))
    return {
        "share": three,
        "rare": rare,
        "common": common,
        "threshold": threshold,
        "end": end,
        "multiplier": sp.simplify(sp.diff(image, p).subs(p, end)),
        "growth": growth,
    }


def compare():
    """Against the closed forms."""
    found, gap = derive(), 0.8
    value = lambda name, **at: float(
        found[name].subs({sp.Symbol(key, positive=True): number for key, number in at.items()})
    )
    known, odds = {"gap": gap, "among": 3}, float(np.exp(gap))
    yield "share", value("share", p=0.3, y=odds), curation.chosen_share(0.3, **known)
    yield "rare", value("rare", y=odds), curation.rare_multiplier(**known)
    yield "common", value("common", y=odds), curation.common_multiplier(**known)
    yield "threshold", value("threshold", y=odds), curation.invasion_threshold(**known)
    at = {"a": 0.4, "rho": 0.1, "k": float(np.tanh(gap / 2))}
    two = {"gap": gap, "among": 2, "real_fraction": 0.4}
    yield "fixed point", value("end", **at), curation.curated_share(0.1, **two)
    yield "multiplier", value("multiplier", **at), curation.curated_multiplier(0.1, **two)
    real = Categorical.of([3, 2])
    limit = curation.curated_limit(real, [0.0, gap], real_fraction=0.4)
    yield "growth", value("growth", a=0.4, y=odds), odds * limit.growth
