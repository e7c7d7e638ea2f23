"""A phase diagram of 512 x 512 points with the spectral radius at each."""

import numpy as np
from timing import Row, compare

import genloop as gl

SIDE = 512


def diagram(real):
    """Fixed point, branch and spectral radius of the temperature loop on the whole grid."""
    measure = gl.papers.marchi2024.Phase(real)
    axes = {
        "temperature": np.linspace(0.3, 1.5, SIDE),
        "real_fraction": np.linspace(0.01, 0.99, SIDE),
    }
    return gl.phase_diagram(measure, **axes)


def rows() -> list[Row]:
    """Two and ten outcomes, after compilation."""
    table = []
    for outcomes in (2, 10):
        real = gl.Categorical.of(np.arange(1.0, outcomes + 1))
        found = diagram(real)
        unresolved = int((found.residual > 1e-12).sum())
        task = f"phase diagram {SIDE} x {SIDE}, K = {outcomes} ({unresolved} points unresolved)"
        contenders = {"genloop": lambda real=real: diagram(real).spectral_radius.values}
        table += compare(task, contenders, work=1, unit="s")
    return table
