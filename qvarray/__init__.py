# ruff: noqa: A004  the array API standard's own names
"""Virtual memory for NumPy arrays.

A `VirtualQArray` looks like an `ndarray` of up to 2**63 - 1 elements and stores only the
eigenvalues and active indices that describe it in an orthonormal basis.
"""

# fmt: off
# isort: off
from typing import TYPE_CHECKING as _TYPE_CHECKING

from . import fft, gates, linalg, plot
from . import functions as _functions  # noqa: F401  registers the rules
from . import ufuncs as _ufuncs  # noqa: F401
from .accuracy.recording import ErrorBounds, error_bound, error_bounds
from .array.virtual_array import VirtualQArray
from .array_api.constants import e, inf, nan, newaxis, pi
from .array_api.creation import (
    arange, asarray, empty, empty_like, eye, from_dlpack, full, full_like, linspace, meshgrid, ones,
    ones_like, tril, triu, zeros, zeros_like,
)
from .array_api.dtypes import (
    bool, complex64, complex128, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32,
    uint64,
)
from .array_api.elementwise import (
    abs, acos, acosh, add, asin, asinh, atan, atan2, atanh, bitwise_and, bitwise_invert,
    bitwise_left_shift, bitwise_or, bitwise_right_shift, bitwise_xor, ceil, clip, conj, copysign,
    cos, cosh, divide, equal, exp, expm1, floor, floor_divide, greater, greater_equal, hypot, imag,
    isfinite, isinf, isnan, less, less_equal, log, log10, log1p, log2, logaddexp, logical_and,
    logical_not, logical_or, logical_xor, maximum, minimum, multiply, negative, nextafter,
    not_equal, positive, pow, real, reciprocal, remainder, round, sign, signbit, sin, sinh, sqrt,
    square, subtract, tan, tanh, trunc,
)
from .array_api.inspection import (
    __array_api_version__, __array_namespace_info__, astype, broadcast_shapes, can_cast, finfo,
    iinfo, isdtype, result_type,
)
from .array_api.linear_algebra import matmul, matrix_transpose, tensordot, vecdot
from .array_api.manipulation import (
    broadcast_arrays, broadcast_to, concat, expand_dims, flip, moveaxis, permute_dims, repeat,
    reshape, roll, squeeze, stack, tile, unstack,
)
from .array_api.numpy_names import found_in_numpy as _found_in_numpy
from .array_api.numpy_names import names_in_numpy as _names_in_numpy
from .array_api.searching import (
    argmax, argmin, count_nonzero, nonzero, searchsorted, take, take_along_axis, where,
)
from .array_api.sets import isin, unique_all, unique_counts, unique_inverse, unique_values
from .array_api.sorting import argsort, sort
from .array_api.statistics import (
    cumulative_prod, cumulative_sum, max, mean, min, prod, std, sum, var,
)
from .array_api.utility import all, any, diff
from .bases import Basis, blocked
from .creation.arrays import array, from_coordinates, from_eigenvalues, operator
from .creation.labels import Labelled
from .creation.operators import (
    circulant, convolution, derivative, dyadic, haar_filter, identity, laplacian, toeplitz,
)
from .runtime.caches import clear_caches
from .encoding.encode import encode
from .errors import (
    DenseWarning,
    LongWalkWarning,
    MaterializationError,
    MissingExtraError,
    TimeLimitError,
    UnknownBasisError,
)
from .functions.fft.walsh_cosine import dct, fwht, idct, ifwht
from .functions.manipulation.rearranging import xor_shift
from .functions.math.convolution import circular_convolve, dyadic_convolve
from .functions.sorting.topk import topk
from .functions.statistics.similarity import (
    DistanceEstimate,
    cosine_similarity,
    estimate_distance,
    structural_similarity,
)
from .gates import apply_evolving_and_or, reverse_evolving_and_or
from .interop.coordinate_files import read_coordinates
from .interop.dask_bounds import compute_with_bound
from .interop.pandas import from_pandas, to_pandas
from .interop.pydata_sparse import from_sparse, to_sparse
from .interop.scipy_sparse import from_scipy, to_scipy
from .interop.zarr_arrays import open_zarr, to_zarr
from .io.container import load, save
from .options import options
from .tools.warmup import warmup

__version__ = "0.1.0"

# Everything that is public, and nothing else: type checkers read this list.
__all__ = [
    "Basis", "DenseWarning", "DistanceEstimate", "ErrorBounds", "Labelled", "LongWalkWarning",
    "MaterializationError", "MissingExtraError", "TimeLimitError", "UnknownBasisError",
    "VirtualQArray", "__array_api_version__", "__array_namespace_info__", "__version__", "abs",
    "acos", "acosh", "add", "all", "any", "apply_evolving_and_or", "arange", "argmax", "argmin",
    "argsort", "array", "asarray", "asin", "asinh", "astype", "atan", "atan2", "atanh",
    "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift",
    "bitwise_xor", "blocked", "bool", "broadcast_arrays", "broadcast_shapes", "broadcast_to",
    "can_cast", "ceil", "circulant", "circular_convolve", "clear_caches", "clip", "complex64",
    "complex128", "compute_with_bound",
    "concat", "conj", "convolution", "copysign", "cos", "cosh", "cosine_similarity",
    "count_nonzero", "cumulative_prod", "cumulative_sum", "dct", "derivative", "diff", "divide",
    "dyadic", "dyadic_convolve", "e", "empty", "empty_like", "encode", "equal", "error_bound",
    "error_bounds", "estimate_distance", "exp", "expand_dims", "expm1", "eye", "fft", "finfo",
    "flip", "float32",
    "float64", "floor", "floor_divide", "from_coordinates", "from_dlpack", "from_eigenvalues",
    "from_pandas", "from_scipy", "from_sparse",
    "full", "full_like", "fwht", "gates", "greater", "greater_equal", "haar_filter", "hypot",
    "idct", "identity", "ifwht", "iinfo", "imag", "inf", "int8", "int16", "int32", "int64",
    "isdtype", "isfinite", "isin", "isinf", "isnan", "laplacian", "less", "less_equal", "linalg",
    "linspace", "load", "log", "log1p", "log2", "log10", "logaddexp", "logical_and", "logical_not",
    "logical_or", "logical_xor", "matmul", "matrix_transpose", "max", "maximum", "mean", "meshgrid",
    "min", "minimum", "moveaxis", "multiply", "nan", "negative", "newaxis", "nextafter", "nonzero",
    "not_equal", "ones", "ones_like", "open_zarr", "operator", "options", "permute_dims", "pi",
    "plot",
    "positive", "pow", "prod", "read_coordinates", "real", "reciprocal", "remainder", "repeat",
    "reshape",
    "result_type", "reverse_evolving_and_or", "roll", "round", "save", "searchsorted", "sign",
    "signbit", "sin", "sinh", "sort", "sqrt", "square", "squeeze", "stack", "std",
    "structural_similarity", "subtract", "sum", "take", "take_along_axis", "tan", "tanh",
    "tensordot", "tile", "to_pandas", "to_scipy", "to_sparse", "to_zarr", "toeplitz", "topk",
    "tril", "triu", "trunc",
    "uint8", "uint16", "uint32", "uint64", "unique_all", "unique_counts", "unique_inverse",
    "unique_values", "unstack", "var", "vecdot", "warmup", "where", "xor_shift", "zeros",
    "zeros_like",
]
# fmt: on

if _TYPE_CHECKING:
    from .array_api.numpy_names import *  # noqa: F403
else:
    globals()["__getattr__"] = _found_in_numpy  # type checkers would take any name for one


def __dir__() -> list[str]:
    return sorted({*__all__, *_names_in_numpy()})
