"""What the rules share: arguments as spectra, and results written to outputs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..array.views import settled
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, Scalar, Shape
from ..ops.basis_change import sparse

__all__ = [
    "Casting",
    "DType",
    "Device",
    "Like",
    "Mode",
    "Operand",
    "Order",
    "Out",
    "any_np",
    "array_of",
    "as_arrays",
    "blank",
    "bound_of",
    "delivered",
    "dense_of",
    "given",
    "is_numeric",
    "normalize_axis",
    "sparse_array",
    "spectrum_of",
    "standard_of",
]

#: An argument that NumPy converts to an array.
Operand: TypeAlias = ArrayLike | VirtualQArray
#: The argument ``out=``.
Out: TypeAlias = VirtualQArray | Array | None
#: Other arguments of NumPy's functions, by their names.
Like: TypeAlias = ArrayLike | None
DType: TypeAlias = DTypeLike | None
Casting: TypeAlias = Literal["no", "equiv", "safe", "same_kind", "unsafe"]
Device: TypeAlias = Literal["cpu"] | None
Mode: TypeAlias = Literal["raise", "wrap", "clip"]
Order: TypeAlias = Literal["C", "F", "A", "K"] | None

#: NumPy without its annotations, which know no arrays of ours.
any_np: Any = np

normalize_axis = np.lib.array_utils.normalize_axis_index


def given(**kwargs: Any) -> dict[str, Any]:
    """The arguments that were passed: those that are not ``np._NoValue``."""
    return {name: value for name, value in kwargs.items() if value is not np._NoValue}


def spectrum_of(obj: Any) -> Spectrum:
    """An array-like as a Spectrum, in the basis it has. O(k), or O(N) for an ndarray.

    Raises
    ------
    TypeError
        Where the elements are neither numbers nor bool.
    MaterializationError
        For an expression that is over the memory budget.
    """
    if isinstance(obj, VirtualQArray):
        return obj.spectrum
    array = np.asarray(obj)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"elements must be numbers or bool, got dtype {array.dtype!r}")
    return sparse(array.astype(array.dtype.newbyteorder("="), copy=False))


def standard_of(obj: Any) -> Spectrum:
    """An array-like as a Spectrum in the standard basis. O(k) if it is in that basis."""
    return settled(spectrum_of(obj))


def array_of(obj: Operand) -> VirtualQArray:
    """Return an array-like as a VirtualQArray: one that is one as it is."""
    return obj if isinstance(obj, VirtualQArray) else VirtualQArray(spectrum_of(obj))


def as_arrays(objs: Iterable[Operand]) -> list[Any]:
    """Return array-likes as arrays, ours or NumPy's."""
    return [obj if isinstance(obj, VirtualQArray) else np.asarray(obj) for obj in objs]


def is_numeric(obj: Operand) -> bool:
    """Tell whether an array-like has elements that can be stored."""
    return isinstance(obj, VirtualQArray) or np.asarray(obj).dtype.kind in "biufc"


def dense_of(obj: Any) -> Any:
    """Return an array of ours as an ndarray, and anything else as it is."""
    return obj.todense() if isinstance(obj, VirtualQArray) else obj


def sparse_array(
    shape: Shape,
    values: Array,
    indices: Array,
    fill_value: Scalar = 0,
    error: ErrorBound | None = None,
) -> VirtualQArray:
    """Return an array in the standard basis from its active elements, in order. O(k)."""
    fill, bases = values.dtype.type(fill_value), (STANDARD,) * len(shape)
    return VirtualQArray(compact(shape, values.dtype, bases, values, indices, fill, error=error))


def blank(shape: Shape, dtype: DTypeLike = np.int8) -> Array:
    """Return zeros of which one is stored: for NumPy's checks of shapes, not to be written."""
    return np.ndarray(shape, dtype, np.zeros(1, dtype), strides=(0,) * len(shape))


def bound_of(*spectra: Spectrum) -> ErrorBound | None:
    """Return the bound of what is known to be exact only where all of its arguments are."""
    return None if all(one.error is None for one in spectra) else ErrorBound.unknown()


def delivered(result: Any, out: Any, casting: Any = "same_kind") -> Any:
    """`result`, or `out` with it written there, if that is an array.

    Raises
    ------
    TypeError
        Where `out` is no array, or cannot hold the dtype of the result.
    ValueError
        Where the shapes differ.
    """
    if out is None:
        return result
    if not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("return arrays must be of ArrayType")
    if np.shape(result) != out.shape:
        raise ValueError(
            f"output array has shape {out.shape}, but the result has shape {np.shape(result)}"
        )
    written: Any = out
    np.copyto(written, result, casting=casting)
    return out
