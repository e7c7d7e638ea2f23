"""Proofs of the thresholds of the temperature loop by ball arithmetic."""
