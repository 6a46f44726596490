"""Rules of NumPy's indexing routines. Importing this registers them."""

from . import index_grids, multi_index, put, take

__all__ = ["index_grids", "multi_index", "put", "take"]
