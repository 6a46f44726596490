"""Virtual memory for NumPy arrays.

A `VirtualQArray` looks like an `ndarray` of up to 2**63 - 1 elements and stores only the
eigenvalues and active indices that describe it in an orthonormal basis.
"""

from . import fft, gates, linalg, namespace, plot
from . import functions as _functions  # noqa: F401  registers the rules
from . import ufuncs as _ufuncs  # noqa: F401
from .array import VirtualQArray
from .bases import Basis, blocked
from .bounds import ErrorBounds, error_bound, error_bounds
from .creation import array, from_coordinates, from_eigenvalues, operator
from .encoding import encode
from .errors import MaterializationError, MissingExtraError, UnknownBasisError
from .files import load, save
from .functions.convolving import circular_convolve, dyadic_convolve
from .functions.shifting import xor_shift
from .functions.similarity import cosine_similarity, structural_similarity
from .functions.transforms import dct, fwht, idct, ifwht
from .gates import apply_evolving_and_or, reverse_evolving_and_or
from .namespace import *  # noqa: F403
from .operators import (
    circulant,
    convolution,
    derivative,
    dyadic,
    haar_filter,
    identity,
    laplacian,
    toeplitz,
)
from .options import options
from .warming import warmup

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
__all__ += namespace.__all__
