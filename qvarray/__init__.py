"""Virtual memory for NumPy arrays.

A `VirtualQArray` looks like an `ndarray` of up to 2**63 - 1 elements and stores only the
eigenvalues and active indices that describe it in an orthonormal basis.
"""

from . import array_api, fft, gates, linalg, plot
from . import functions as _functions  # noqa: F401  registers the rules
from . import ufuncs as _ufuncs  # noqa: F401
from .accuracy.recording import ErrorBounds, error_bound, error_bounds
from .array.virtual_array import VirtualQArray
from .array_api import *  # noqa: F403
from .bases import Basis, blocked
from .creation.arrays import array, from_coordinates, from_eigenvalues, operator
from .creation.operators import (
    circulant,
    convolution,
    derivative,
    dyadic,
    haar_filter,
    identity,
    laplacian,
    toeplitz,
)
from .encoding.encode import encode
from .errors import MaterializationError, MissingExtraError, UnknownBasisError
from .functions.fft.walsh_cosine import dct, fwht, idct, ifwht
from .functions.manipulation.rearranging import xor_shift
from .functions.math.convolution import circular_convolve, dyadic_convolve
from .functions.statistics.similarity import cosine_similarity, structural_similarity
from .gates import apply_evolving_and_or, reverse_evolving_and_or
from .io.container import load, save
from .options import options
from .tools.warmup import warmup

__version__ = "0.1.0"

__all__ = [
    "Basis",
    "ErrorBounds",
    "MaterializationError",
    "MissingExtraError",
    "UnknownBasisError",
    "VirtualQArray",
    "apply_evolving_and_or",
    "array",
    "blocked",
    "circulant",
    "circular_convolve",
    "convolution",
    "cosine_similarity",
    "dct",
    "derivative",
    "dyadic",
    "dyadic_convolve",
    "encode",
    "error_bound",
    "error_bounds",
    "fft",
    "from_coordinates",
    "from_eigenvalues",
    "fwht",
    "gates",
    "haar_filter",
    "idct",
    "identity",
    "ifwht",
    "laplacian",
    "linalg",
    "load",
    "operator",
    "options",
    "plot",
    "reverse_evolving_and_or",
    "save",
    "structural_similarity",
    "toeplitz",
    "warmup",
    "xor_shift",
]
__all__ += array_api.__all__
