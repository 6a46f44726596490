"""Rules of NumPy's logic functions. Importing this registers them."""

from . import comparison, truth

__all__ = ["comparison", "truth"]
