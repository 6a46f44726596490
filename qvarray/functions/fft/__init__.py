"""Rules of Fourier, Walsh and cosine transforms. Importing this registers them."""

from . import fft, walsh_cosine
