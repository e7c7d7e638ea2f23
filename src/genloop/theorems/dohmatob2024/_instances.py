"""Loops, numbers and false claims that several theorems share."""

EXPONENTS = (1.2, 1.5, 2.5)
