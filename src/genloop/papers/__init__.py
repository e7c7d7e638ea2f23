"""One module for each paper: its loops, its closed forms, its theorems."""

from . import (
    alemohammad2023 as alemohammad2023,
    bertrand2023 as bertrand2023,
    marchi2024 as marchi2024,
    marchi2026 as marchi2026,
    shumailov2024 as shumailov2024,
)
