"""Rules of NumPy's indexing routines. Importing this registers them."""

from . import index_arrays, inserting, selecting

__all__ = ["index_arrays", "inserting", "selecting"]
