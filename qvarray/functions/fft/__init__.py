"""Rules of Fourier, Walsh and cosine transforms. Importing this registers them."""

from . import fft, walsh_cosine

__all__ = ["fft", "walsh_cosine"]
