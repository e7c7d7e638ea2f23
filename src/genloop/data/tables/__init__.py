"""Tables of numbers as Gaussian distributions, from CSV, NumPy arrays and Parquet."""

from .table import table as table
