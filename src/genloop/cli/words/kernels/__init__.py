"""Kernel density loops in words."""
