"""Rules of NumPy's data type routines. Importing this registers them."""

from . import dtypes

__all__ = ["dtypes"]
