"""Loops, numbers and false claims that several theorems share."""

import equinox as eqx

generation = eqx.filter_jit(lambda loop, model: loop(model))
