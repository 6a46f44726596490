"""Rules of NumPy's logic functions. Importing this registers them."""

from . import comparison, contents, truth
