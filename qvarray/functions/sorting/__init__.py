"""Rules of NumPy's sorting, searching, counting and set routines. Importing this registers them."""

from . import extreme_positions, search, sets, sort, topk
