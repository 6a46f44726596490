"""Rules of NumPy's functions, a file for each chapter of its reference.

Importing this registers them.
"""

from . import fallback, linalg, logic, products, statistics

__all__ = ["fallback", "linalg", "logic", "products", "statistics"]
