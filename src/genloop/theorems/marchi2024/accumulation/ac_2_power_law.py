"""AC-2: power law."""

import mpmath
import numpy as np

from ....loops.memory import accumulation
from ....verification import closed_form, scaled, theorem
from ._instances import altered, orbit

_DECAY = {
    "left": accumulation.remaining_deviation,
    "late": accumulation.late_deviation,
    "half-life": accumulation.half_life,
}


@theorem(
    spec="AC-2",
    paper="marchi2024",
    status="derived",
    hypotheses=("infinite data, the dataset accumulates", "near a fixed point, multiplier mu >= 0"),
    claim=_DECAY,
    mutants={
        "(c/t)^(1 - mu)": _DECAY
        | {"late": lambda m, t, *, size, samples: (size / samples / t) ** (1 - m)},
        "the exponent mu": altered(_DECAY, "left", lambda f, m, t, **o: f(1 - m, t, **o)),
        "c - 1 in place of c": altered(
            _DECAY,
            "left",
            lambda f, m, t, *, size, samples: f(m, t, size=size + samples, samples=samples),
        ),
        "what is left 1 % high": scaled(_DECAY, 1.01, "left"),
        "its limit 1 % high": scaled(_DECAY, 1.01, "late"),
        "the half-life 1 % long": scaled(_DECAY, 1.01, "half-life"),
        "half-life c (2^(1/(1 - mu)) - 1)": _DECAY
        | {"half-life": lambda m, *, size, samples: size / samples * (2 ** (1 / (1 - m)) - 1)},
    },
)
def power_law(claim, trial):
    r"""What decays like $\mu^t$ where data are replaced decays like $t^{\mu - 1}$ where all stay.

    Exactly $\prod_{k \le t} (1 - (1 - \mu) \gamma_k) = \frac{\Gamma(c + \mu + t)\,\Gamma(c +
    1)}{\Gamma(c + \mu)\,\Gamma(c + 1 + t)} \simeq \frac{\Gamma(c + 1)}{\Gamma(c + \mu)}\,t^{-(1 -
    \mu)}$, which is $(c/t)^{1 - \mu}$ only for $c \gg 1$.
    """
    for multiplier, size, samples in ((0.0, 1, 1), (0.625, 30, 20), (0.9, 5, 50), (1.3, 8, 2)):
        data = {"size": size, "samples": samples}
        what = f"mu = {multiplier}, c = {size / samples}"
        steps = accumulation.shares(500, **data)
        product = np.cumprod(1 - (1 - multiplier) * steps)
        times = np.array([1, 7, 60, 500])
        found = np.array([float(claim["left"](multiplier, t, **data)) for t in times])
        yield closed_form(f"product, {what}", found, product[times - 1], tolerance=1e-12)
        late = [float(claim[name](multiplier, 1e12, **data)) for name in ("late", "left")]
        yield closed_form(f"at last, {what}", *late, tolerance=1e-9)
        if multiplier < 1:
            half = claim["left"](multiplier, claim["half-life"](multiplier, **data), **data)
            yield closed_form(f"half-life, {what}", half, 0.5, tolerance=1e-10)
    big = {"size": 10**7, "samples": 10}
    yield closed_form(
        "a large dataset", claim["left"](0.4, 10**8, **big), _power(0.4, 10**8, **big)
    )
    path = trial.once("orbit", lambda: orbit(0.8, 0.5, 16_000))
    found = [claim["left"](0.625, t, size=40, samples=20) for t in (8000, 16_000)]
    seen = path[-1] / path[7999]
    yield closed_form("nonlinear orbit", found[1] / found[0], seen, tolerance=2e-5)


def _power(multiplier, generations, *, size, samples):
    with mpmath.workdps(40):
        c, mu = mpmath.mpf(size) / samples, mpmath.mpf(multiplier)
        gammas = (c + mu + generations, c + 1, c + mu, c + 1 + generations)
        up, one, down, late = map(mpmath.loggamma, gammas)
        return float(mpmath.exp(up + one - down - late))
