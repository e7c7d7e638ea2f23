"""Tables of numbers as Gaussian distributions and as points, from CSV, NumPy arrays and Parquet."""

from .table import points as points, table as table
