"""Rules of NumPy's functions, a file for each chapter of its reference.

Importing this registers them.
"""

from . import attributes, fallback, linalg, logic, products, statistics

__all__ = ["attributes", "fallback", "linalg", "logic", "products", "statistics"]
