"""Loops, numbers and false claims that several theorems share."""

import equinox as eqx
import numpy as np

generation = eqx.filter_jit(lambda loop, model: loop(model))

REAL_CURVATURE = -np.array([[5.0, 2.0], [2.0, 1.0]])
SAMPLED_CURVATURE = -np.array([[9.0, -2.0], [-2.0, 1.0]])
"""With weight one the derivative of retraining has a norm above one, its multipliers below."""
