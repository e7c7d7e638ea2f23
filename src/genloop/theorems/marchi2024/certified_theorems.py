"""Certificates of the thresholds in theorems, for `genloop verify --certify`."""

from fractions import Fraction

from ...certificates.enclosures import decimal_up
from ...loops.temperature.proofs.thresholds import (
    ExactLoop,
    certify_contraction,
    certify_fold,
    certify_local,
    certify_one_attractor,
    certify_unique,
    certify_unique_any,
)
from ...verification import certificates

_ZIPF = [Fraction(1, rank) for rank in range(1, 11)]


@certificates("HD-7")
def no_threshold(digits):
    """Temperatures above one."""
    loop = ExactLoop.of(_ZIPF, "1.1")
    return {"Zipf's law, 10 outcomes, T = 1.1": certify_unique(loop, digits=digits)}


@certificates("HD-8")
def stability(digits):
    """Where the leaders part, and a healthy branch with folds."""
    nearly_even = [f"{rank}" for rank in (100, 99, 98, 97, 96, 95, 94, 93)]
    return {
        "two leaders, (2, 2, 1), T = 1/2": certify_local(
            ExactLoop.of([2, 2, 1], "1/2"), digits=digits
        ),
        "100 to 93, T = 0.7": certify_local(ExactLoop.of(nearly_even, "0.7"), digits=digits),
    }


@certificates("HD-9")
def folds(digits):
    """All folds of one loop, and that there is one attractor above them."""
    loop = ExactLoop.of(_ZIPF, "0.8")
    named = {
        f"Zipf's law, 10 outcomes, T = 0.8, fold of outcome {level + 1}": certify_fold(
            loop, level, digits=digits
        )
        for level in range(len(loop.levels))
    }
    named["Zipf's law, 10 outcomes, T = 0.8, the last fold"] = last = certify_unique(
        loop, digits=digits
    )
    if last.proved:
        above = decimal_up(last.parameter.upper, digits)
        named["one attractor above it"] = certify_one_attractor(loop, real_fraction=above)
    return named


@certificates("HD-10")
def contraction(digits):
    """The fraction with the contraction constant one."""
    loop = ExactLoop.of(_ZIPF, "0.8")
    return {"Zipf's law, 10 outcomes, T = 0.8": certify_contraction(loop, digits=digits)}


@certificates("HD-11")
def universal(digits):
    """The sharp value for all real distributions."""
    return {
        f"K = {outcomes}, T = {temperature}": certify_unique_any(
            ExactLoop.uniform(outcomes, temperature), digits=digits
        )
        for outcomes, temperature in ((2, "0.8"), (3, "1/2"), (10, "0.8"), (50_000, "0.9"))
    }


@certificates("HD-12(iii)")
def cold_folds(digits):
    """A fold close to temperature zero, whose expansion the theorem gives."""
    return {
        f"(5, 3, 2), T = {t}, fold of outcome 2": certify_fold(
            ExactLoop.of([5, 3, 2], t), 1, digits=digits
        )
        for t in ("0.01", "0.001")
    }


@certificates("U-4")
def uniform(digits):
    """Local and global thresholds of uniform real data."""
    named = {}
    for outcomes, temperature in ((3, "0.8"), (10, "0.8"), (50_000, "0.9")):
        loop, of = ExactLoop.uniform(outcomes, temperature), f"K = {outcomes}, T = {temperature}"
        named[f"{of}, local"] = certify_local(loop, digits=digits)
        named[f"{of}, last fold"] = certify_unique(loop, digits=digits)
    return named


@certificates("U-5")
def uniform_half(digits):
    r"""$9 - 6 \sqrt 2$ for three outcomes."""
    return {
        f"K = {outcomes}, last fold": certify_unique(
            ExactLoop.uniform(outcomes, "1/2"), digits=digits
        )
        for outcomes in (3, 10, 100)
    }


@certificates("U-6")
def many_outcomes(digits):
    """The last folds of many outcomes, and close to temperature one."""
    return {
        f"K = {outcomes}, T = {temperature}, last fold": certify_unique(
            ExactLoop.uniform(outcomes, temperature), digits=digits
        )
        for outcomes, temperature in ((10**6, "1/2"), (10, "0.999"))
    }


@certificates("U-8")
def pitchfork(digits):
    """The pitchfork of two equal outcomes."""
    return {"T = 0.8": certify_local(ExactLoop.of([1, 1], "0.8"), digits=digits)}


@certificates("U-9")
def cusp(digits):
    """Folds of two outcomes on both sides of the tip of the cusp."""
    return {
        f"({first}, {second}), T = 1/2": certify_unique(
            ExactLoop.of([first, second], "1/2"), digits=digits
        )
        for first, second in ((1, 1), (51, 49), (3, 2))
    }
