"""Rules of NumPy's sorting, searching and set routines. Importing this registers them."""

from . import search, sets, sort

__all__ = ["search", "sets", "sort"]
