"""Proofs of fixed points and folds, beside the replay of their documents."""

import numpy as np
from timing import Row, compare

import genloop as gl
from genloop import certificates
from genloop.checker import maps

OUTCOMES = (2, 10, 100)
REAL = ["0.55", "0.45"]


def loop(temperature, real_fraction, real):
    """The temperature loop."""
    return gl.Temper(temperature) >> gl.Mix(gl.Categorical(real), real_fraction)


def fixed_point(outcomes):
    """A function that proves existence, uniqueness and stability of the state of Zipf's law."""
    real = gl.Categorical.of(1 / np.arange(1.0, outcomes + 1))
    map = loop(0.8, 0.3, real.probabilities)
    found = gl.fixed_point(map, real).state
    return lambda: gl.certify(map, found)


def fold(digits):
    """The fold temperature of two outcomes."""
    start = gl.Categorical(np.array([0.3, 0.7]))
    family = lambda temperature, *known: loop(temperature, *known)
    parameters = "1/10", REAL
    return certificates.certify_bifurcation(
        "fold", family, start, 0.86, parameters=parameters, digits=digits
    )


def rows() -> list[Row]:
    """Cost of a proof, which includes one replay, and of a replay."""
    tasks = {
        f"fixed point and stability proved, K = {outcomes}": fixed_point(outcomes)
        for outcomes in OUTCOMES
    } | {
        f"fold proved to {digits} digits, K = 2": lambda digits=digits: fold(digits)
        for digits in (15, 144)
    }
    found = []
    for task, prove in tasks.items():
        document = prove().document
        replay = lambda document=document: maps.check(document)
        found += compare(task, {"genloop": prove, "replay alone": replay}, work=1, unit="s")
    return found
