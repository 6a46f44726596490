"""Rules of NumPy's ufuncs. Importing this registers them."""

from . import elementwise, products

__all__ = ["elementwise", "products"]
