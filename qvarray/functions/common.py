"""What the rules share: arguments as arrays and spectra, and results written to outputs."""

from __future__ import annotations

from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy._globals import _NoValueType
from numpy.typing import ArrayLike

from ..array.densify import is_lossy
from ..array.views import settled
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.error_bound import ErrorBound
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.basis_change import sparse

__all__ = [
    "UNSET",
    "Operand",
    "Output",
    "Unset",
    "array_of",
    "axes_of",
    "delivered",
    "flattened",
    "given",
    "inherited_error",
    "into",
    "spectrum_of",
    "standard_of",
    "wrapped",
    "written",
]

#: What NumPy's functions take for an array.
Operand: TypeAlias = ArrayLike | VirtualQArray
#: What they write to.
Output: TypeAlias = VirtualQArray | Array | None
#: The type of the default of arguments that may be left out.
Unset: TypeAlias = _NoValueType

UNSET = np._NoValue


def given(**kwargs: Any) -> dict[str, Any]:
    """Return the arguments that were passed: those that are not ``np._NoValue``."""
    return {name: value for name, value in kwargs.items() if value is not UNSET}


def into(out: Output) -> dict[str, Any]:
    """Return the argument `out` of a function, if there is an output."""
    return {} if out is None else {"out": out}


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """Return the axes that an argument names, as numbers from 0; None stands for all."""
    if axis is None:
        return tuple(range(ndim))
    return np.lib.array_utils.normalize_axis_tuple(axis, ndim)


def array_of(obj: Any) -> VirtualQArray:
    """Return an array-like as a VirtualQArray; one that is one as it is."""
    return obj if isinstance(obj, VirtualQArray) else VirtualQArray(spectrum_of(obj))


def flattened(a: VirtualQArray) -> VirtualQArray:
    """Return all elements along one axis. O(k) in the standard basis."""
    if a.ndim == 1:
        return a
    return VirtualQArray(standard_of(a).replace(shape=(prod(a.shape),), bases=(STANDARD,)))


def inherited_error(*arrays: Any) -> ErrorBound | None:
    """Return the bound of what is computed from some arrays: unknown if one is not exact."""
    return ErrorBound.unknown() if is_lossy(arrays) else None


def wrapped(out: Any, *arrays: Any) -> Any:
    """Return an ndarray that was computed from some arrays as one of ours; a scalar as it is."""
    if not isinstance(out, np.ndarray):
        return out
    spectrum, error = sparse(out), inherited_error(*arrays)
    return VirtualQArray(spectrum if error is None else spectrum.replace(error=error))


def spectrum_of(obj: Any) -> Spectrum:
    """Return an array-like as a Spectrum, in the basis it has. O(k), or O(N) for an ndarray.

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
    """Return an array-like as a Spectrum in the standard basis. O(k) if it is in that basis."""
    return settled(spectrum_of(obj))


def delivered(result: Any, out: Any, casting: Any = "same_kind") -> Any:
    """Return `result`, or `out` with it written there, if that is an array.

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


def written(result: Any, out: Any) -> Any:
    """Return `result`, or an output of any dtype with it written there."""
    if out is None or result is out:
        return result
    if not isinstance(result, VirtualQArray):
        result = np.asarray(result)
    return delivered(result.astype(out.dtype, copy=False), out)
