"""Rules of NumPy's input and output. Importing this registers them."""

from . import files, formatting

__all__ = ["files", "formatting"]
