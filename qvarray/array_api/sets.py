"""Set functions."""

from __future__ import annotations

from .wrapping import of

__all__ = [
    "isin",
    "unique_all",
    "unique_counts",
    "unique_inverse",
    "unique_values",
]

isin = of("isin", arrays=2)
unique_all = of("unique_all")
unique_counts = of("unique_counts")
unique_inverse = of("unique_inverse")
unique_values = of("unique_values")
