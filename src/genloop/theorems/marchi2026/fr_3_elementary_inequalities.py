"""FR-3: Fisher-Rao, Hellinger, entropy and logarithms: five published inequalities, sharpened."""

import numpy as np

from ...loops.perturbed_flow import formulas
from ...verification import bound, scaled, theorem

_TINY = 1e-9


_TEMPERATURES = (0.3, 0.9, 2.0)


def _product(state, equilibrium, temperature):
    r"""$\eta_{FR} \|L\|^2$."""
    gain = formulas.sensitivity(equilibrium, temperature=temperature)
    return gain * formulas.log_distance(state, equilibrium)


def _product_sharp(state, equilibrium, temperature):
    r"""$\frac1{4 T} (\frac1{\theta_{(1)}} + \frac1{\theta_{(2)}}) \|L\|^2$, the two least."""
    least = np.sort(equilibrium, axis=-1)[..., :2]
    gain = (1 / least).sum(axis=-1) / (4 * temperature)
    return gain * formulas.log_distance(state, equilibrium)


def _norm_low(state, equilibrium):
    share = np.min(state, axis=-1) / (2 * np.max(equilibrium, axis=-1))
    return share * formulas.log_distance(state, equilibrium)


def _norm_high(state, equilibrium):
    share = 1 / (2 * np.min(equilibrium, axis=-1))
    return share * formulas.log_distance(state, equilibrium)


def _weighted(choose):
    r"""$\frac12 \sum_i \mathrm{choose}(\theta_i, \theta_{e,i}) L_i^2$."""
    return lambda state, equilibrium: (
        (choose(state, equilibrium) * np.log(state / equilibrium) ** 2).sum(axis=-1) / 2
    )


_CLAIM = {
    "low": lambda hellinger: np.sqrt(2) * hellinger,
    "high": lambda hellinger: np.pi / np.sqrt(2) * hellinger,
    "high, sharp": lambda hellinger: np.pi / 2 * hellinger,
    "entropy": lambda entropy: np.pi / 2 * np.sqrt(entropy),
    "entropy, sharp": lambda entropy: np.arccos(np.exp(-entropy / 2)),
    "scalar low": lambda r: np.minimum(r, 1) * np.log(r) ** 2 / 2,
    "scalar high": lambda r: np.maximum(r, 1) * np.log(r) ** 2 / 2,
    "product": _product,
    "product, sharp": _product_sharp,
    "norm low": _norm_low,
    "norm high": _norm_high,
    "norm high, halved": lambda state, equilibrium: _norm_high(state, equilibrium) / 2,
    "norm low, sharp": _weighted(np.minimum),
    "norm high, sharp": _weighted(np.maximum),
}


@theorem(
    spec="FR-3",
    paper="marchi2026",
    status="published",
    hypotheses=("two interior distributions", "any temperature"),
    claim=_CLAIM,
    mutants={
        "sqrt(2) H raised by 1 %": scaled(_CLAIM, 1.01, "low"),
        "pi/sqrt(2) H cut to 1 % below the sharp pi/2": scaled(_CLAIM, 0.99 / np.sqrt(2), "high"),
        "pi/2 H cut by 1 %": scaled(_CLAIM, 0.99, "high, sharp"),
        "pi/2 sqrt(KL) cut to 1 % below the sharp 1": scaled(_CLAIM, 0.99 * 2 / np.pi, "entropy"),
        "arccos exp(-KL/2) cut by 1 %": scaled(_CLAIM, 0.99, "entropy, sharp"),
        "the lower scalar bound raised by 1 %": scaled(_CLAIM, 1.01, "scalar low"),
        "the upper scalar bound cut by 1 %": scaled(_CLAIM, 0.99, "scalar high"),
        "eta_FR cut to 1 % below its sharp half": scaled(_CLAIM, 0.99 / 2, "product"),
        "the sharper eta_FR cut by 1 %": scaled(_CLAIM, 0.99, "product, sharp"),
        "the lower norm bound raised by 1 %": scaled(_CLAIM, 1.01, "norm low"),
        "the upper norm bound cut to 1 % below its sharp half": (
            scaled(_CLAIM, 0.99 / 2, "norm high")
        ),
        "the halved upper norm bound cut by 1 %": scaled(_CLAIM, 0.99, "norm high, halved"),
        "the sharper lower norm bound raised by 1 %": scaled(_CLAIM, 1.01, "norm low, sharp"),
        "the sharper upper norm bound cut by 1 %": scaled(_CLAIM, 0.99, "norm high, sharp"),
    },
)
def elementary_inequalities(claim, trial):
    r"""Fisher-Rao, Hellinger, entropy and logarithms: five published inequalities, sharpened.

    $\sqrt 2 H \le d_{FR} \le \frac\pi{\sqrt 2} H$ (the left constant is sharp, the right one is
    not: $\frac\pi2$ is). $d_{FR} \le \frac\pi2 \sqrt{\mathrm{KL}}$ (not sharp: $\arccos
    e^{-\mathrm{KL}/2} \le \sqrt{\mathrm{KL}}$ are). $\frac12 \min(r, 1) \log^2 r \le r \log r - (r
    - 1) \le \frac12 \max(r, 1) \log^2 r$ (sharp). $\langle L, S_T(\theta) - S_T(\theta_e) \rangle
    \le \|L\|^2/(T \min \theta_e)$ (not sharp: half of it is, for two outcomes; and $\frac14
    (\frac1{\theta_{(1)}} + \frac1{\theta_{(2)}})$ of the two least in place of the inverse of the
    least will do). $\frac{\min \theta}{2 \max \theta_e} \|L\|^2 \le \mathrm{KL} \le \frac1{2 \min
    \theta_e} \|L\|^2$ (the left constant is sharp, the right one is not: half of it is, for two
    outcomes; sharper: $\frac12 \sum_i \min(\theta_i, \theta_{e,i}) L_i^2$ and with the maximum).
    """
    ratio = np.exp(np.append(np.linspace(-6, 6, 400), [0.004, -0.004]))
    exact = ratio * np.log(ratio) - (ratio - 1)
    yield _at_most("scalar, lower", claim["scalar low"](ratio), exact)
    yield _at_most("scalar, upper", exact, claim["scalar high"](ratio))
    for outcomes in (2, 5):
        left, right = _pairs(outcomes)
        what = f"K = {outcomes}"
        hellinger = formulas.hellinger_distance(left, right)
        distance = formulas.fisher_rao_distance(left, right)
        entropy = formulas.relative_entropy(left, right)
        yield _at_most(f"Hellinger, lower, {what}", claim["low"](hellinger), distance)
        for name in ("high", "high, sharp"):
            yield _at_most(f"Hellinger, {name}, {what}", distance, claim[name](hellinger))
        for name in ("entropy", "entropy, sharp"):
            yield _at_most(f"{name}, {what}", distance, claim[name](entropy))
        for name in ("norm low", "norm low, sharp"):
            yield _at_most(f"{name}, {what}", claim[name](left, right), entropy)
        for name in ("norm high", "norm high, halved", "norm high, sharp"):
            yield _at_most(f"{name}, {what}", entropy, claim[name](left, right))
        for temperature in _TEMPERATURES:
            temperatures = np.full(len(left), temperature)
            product = formulas.tempered_product(left, right, temperature=temperatures)
            for name in ("product", "product, sharp"):
                upper = claim[name](left, right, temperature)
                yield _at_most(f"{name}, {what}, T = {temperature}", product, upper)


def _at_most(what, lower, upper):
    """The bound as a ratio, so that pairs of every size count alike."""
    return bound(what, lower / upper, 1.0, tolerance=1e-7)


def _pairs(outcomes, count=1000):
    """Random pairs, close ones at the centre, almost disjoint ones, and restrictions of a state.

    Some restrictions leave only rare outcomes out.
    """
    generator = np.random.default_rng(outcomes)
    spread = generator.choice([0.3, 1.0, 5.0], size=(count, 1))
    right = generator.gamma(spread, size=(count, outcomes)) + 1e-4
    left = right * np.exp(generator.normal(size=(count, outcomes)))
    even = np.ones((count, outcomes))
    close = even * np.exp(1e-3 * generator.normal(size=(count, outcomes)))
    likely = np.where(np.arange(outcomes) == 0, 1.0, 1e-3 / outcomes) * even
    first = np.where(np.arange(outcomes) == 0, 1.0, _TINY)
    kept = np.where(np.arange(outcomes) == 0, 1.0, _TINY**2) * even
    pairs = [
        (left, right),
        (close, even),
        (first * even, first[::-1] * even),
        (kept * right, right),
        (kept * likely, likely),
    ]
    joined = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return tuple(x / x.sum(axis=-1, keepdims=True) for x in joined)
