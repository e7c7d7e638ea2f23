"""Theorems on kernel density estimates that are fitted to their own samples."""
