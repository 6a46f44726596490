"""Searching and indexing functions."""

from __future__ import annotations

from .wrapping import of

__all__ = [
    "argmax",
    "argmin",
    "count_nonzero",
    "nonzero",
    "searchsorted",
    "take",
    "take_along_axis",
    "where",
]

argmax = of("argmax")
argmin = of("argmin")
count_nonzero = of("count_nonzero")
nonzero = of("nonzero")
searchsorted = of("searchsorted", arrays=2)
take = of("take")
take_along_axis = of("take_along_axis")
where = of("where", arrays=3)
