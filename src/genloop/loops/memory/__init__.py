"""Loops that remember: data that accumulate, windows of generations, data that fade."""

from .comparison import (
    Comparison as Comparison,
    Workflow as Workflow,
    comparison as comparison,
)
