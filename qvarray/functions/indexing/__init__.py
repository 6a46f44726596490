"""Rules of NumPy's indexing routines. Importing this registers them."""

from . import choosing, index_arrays, inserting, selecting
