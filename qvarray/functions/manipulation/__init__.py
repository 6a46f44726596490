"""Rules of NumPy's array manipulation routines. Importing this registers them."""

from . import attributes, axes_and_shapes, joining, tiling, xor_shift

__all__ = ["attributes", "axes_and_shapes", "joining", "tiling", "xor_shift"]
