"""Rules of NumPy's input and output. Importing this registers them."""

from . import text_and_files

__all__ = ["text_and_files"]
