"""Rules of NumPy's ufuncs. Importing this registers them."""

from . import dispatch, matmul
