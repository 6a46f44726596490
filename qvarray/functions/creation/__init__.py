"""Rules of NumPy's array creation routines. Importing this registers them."""

from . import diagonals, filled

__all__ = ["diagonals", "filled"]
