"""Rules of NumPy's functions, a folder for each chapter of its reference.

Importing this registers them.
"""

from . import (
    creation,
    dtypes,
    fallback,
    fft,
    indexing,
    io,
    linalg,
    logic,
    manipulation,
    math,
    sorting,
    statistics,
)

__all__ = [
    "creation",
    "dtypes",
    "fallback",
    "fft",
    "indexing",
    "io",
    "linalg",
    "logic",
    "manipulation",
    "math",
    "sorting",
    "statistics",
]
