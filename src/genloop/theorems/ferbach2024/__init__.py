"""Theorems of curated data: what is chosen, and where choosing again and again leads."""
