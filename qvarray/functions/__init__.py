"""Rules of NumPy's functions, a folder or a module for each chapter of its reference.

Importing this registers them.
"""

from . import (
    creation,
    dtypes,
    fallback,
    fft,
    functional,
    indexing,
    io,
    linalg,
    logic,
    manipulation,
    math,
    miscellaneous,
    sorting,
    statistics,
)
