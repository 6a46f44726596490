# ruff: noqa: A001  the standard's own names
"""Statistical functions."""

from __future__ import annotations

from .wrapping import of

__all__ = [
    "cumulative_prod",
    "cumulative_sum",
    "max",
    "mean",
    "min",
    "prod",
    "std",
    "sum",
    "var",
]

cumulative_prod = of("cumulative_prod")
cumulative_sum = of("cumulative_sum")
max = of("max")
mean = of("mean")
min = of("min")
prod = of("prod")
std = of("std")
sum = of("sum")
var = of("var")
