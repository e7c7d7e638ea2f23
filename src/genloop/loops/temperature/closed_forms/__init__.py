"""Closed forms of the temperature loop: uniform real data, two outcomes, many, and limits."""
