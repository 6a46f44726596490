"""Rules of NumPy's mathematical functions. Importing this registers them."""

from . import convolution, cumulative, elementwise, reductions
