"""Rules of NumPy's array creation routines. Importing this registers them."""

from . import existing_data, from_shape_or_value, matrices, ranges
