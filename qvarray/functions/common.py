"""What the rules share: arguments as arrays and spectra, and results written to outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy._globals import _NoValueType
from numpy.typing import ArrayLike, DTypeLike

from ..array.densify import call_dense
from ..array.foreign import converted
from ..array.inheritance import is_lossy
from ..array.views import in_standard_basis
from ..array.virtual_array import VirtualQArray
from ..bases import STANDARD
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.fill import map_elements
from ..core.spectrum import Spectrum, compact
from ..core.values import (
    ELEMENT_KINDS,
    Array,
    Casting,
    Scalar,
    Shape,
    element_dtype,
    scalar_of,
    zero_of,
)
from ..ops.basis_change import sparse
from ..ops.broadcast import broadcast_to
from ..ops.reshape import reshape
from ..sources.element_functions import named
from ..ufuncs.elementwise_functions import apply_elementwise

#: What NumPy's functions take for an array.
Operand: TypeAlias = ArrayLike | VirtualQArray
#: What they write to.
Output: TypeAlias = VirtualQArray | Array | None
#: The type of the default of arguments that may be left out.
Unset: TypeAlias = _NoValueType

UNSET = np._NoValue

#: Other arguments of NumPy's functions, by their names.
DType: TypeAlias = DTypeLike | None
Device: TypeAlias = Literal["cpu"] | None
Like: TypeAlias = ArrayLike | None
Mode: TypeAlias = Literal["raise", "wrap", "clip"]

#: NumPy without its annotations, which know no arrays of ours.
any_np: Any = np

normalize_axis = np.lib.array_utils.normalize_axis_index


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


def mapped(x: Operand, function: Callable[[Any], Any], *others: Any) -> Any:
    """Apply a function of single elements: to the entries and the fill value alone, O(k).

    The error of the result is unknown if `x` or one of the `others` is not exact.
    """
    if not isinstance(x, VirtualQArray):
        return wrapped(function(x), *others)
    elements = in_standard_basis(x.spectrum)
    if elements.active_indices is None or not x.shape:
        return wrapped(function(dense_of(x)), x, *others)
    return VirtualQArray(map_elements(function, elements, inherited_error(x, *others)))


def spectrum_of(obj: Any) -> Spectrum:
    """Return an array-like as a Spectrum, in the basis it has. O(k), or O(N) for an ndarray.

    Raises TypeError where the elements are not of a kind that can be stored; MaterializationError
    for an expression that is over the memory budget.
    """
    obj = converted(obj)
    if isinstance(obj, VirtualQArray):
        return obj.spectrum
    array = np.asarray(obj)
    return sparse(array.astype(element_dtype(array.dtype), copy=False))


def standard_of(obj: Any) -> Spectrum:
    """Return an array-like as a Spectrum in the standard basis. O(k) if it is in that basis."""
    return in_standard_basis(spectrum_of(obj))


def delivered(result: Any, out: Any, casting: Any = "same_kind") -> Any:
    """Return `result`, or `out` with it written there, if that is an array.

    Raises TypeError where `out` is no array, or cannot hold the dtype of the result; ValueError
    where the shapes differ.
    """
    if out is None:
        return result
    if not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("return arrays must be of ArrayType")
    if shape_of(result) != out.shape:
        raise ValueError(
            f"output parameter of the wrong dimensions: it has shape {out.shape}, the result "
            f"{np.shape(result)}"
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


def as_arrays(objs: Iterable[Operand]) -> list[Any]:
    """Return array-likes as arrays, ours or NumPy's; the rows of an array of ours."""
    if isinstance(objs, VirtualQArray) and objs.ndim:
        require_budget(objs.shape[0] * BYTES_OF_ROW, "name fewer arrays")
    return [obj if isinstance(obj, VirtualQArray) else np.asarray(obj) for obj in objs]


def is_numeric(obj: Operand) -> bool:
    """Tell whether an array-like has elements that can be stored."""
    return isinstance(obj, VirtualQArray) or np.asarray(obj).dtype.kind in ELEMENT_KINDS


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
    fill, bases = scalar_of(fill_value, values.dtype), (STANDARD,) * len(shape)
    return VirtualQArray(compact(shape, values.dtype, bases, values, indices, fill, error=error))


def blank(shape: Shape, dtype: DTypeLike = np.int8) -> Array:
    """Return zeros of which one is stored: for NumPy's checks of shapes, not to be written."""
    return np.ndarray(shape, dtype, np.zeros(1, dtype), strides=(0,) * len(shape))


def bound_of(*spectra: Spectrum) -> ErrorBound | None:
    """Return the bound of what is known to be exact only where all of its arguments are."""
    return None if all(spectrum.error is None for spectrum in spectra) else ErrorBound.unknown()


#: What an array takes besides its elements, with what is made of it on the way.
BYTES_OF_ROW = 3072


#: What the position of an element and its value take, with their order.
_BYTES_OF_POSITION = 32


def as_positions(indices: Operand) -> Array:
    """Return what is given as indices, as an ndarray of int64.

    Raises TypeError where they cannot be cast to integers safely, as NumPy has it;
    MaterializationError where there are too many to work with.
    """
    require_budget(np.size(indices) * _BYTES_OF_POSITION, "name fewer positions at a time")
    array = dense_of(indices)
    if isinstance(array, np.ndarray):
        return array.astype(np.intp, casting="safe")
    return np.asarray(array, np.intp)


def require_castable(source: np.dtype[Any], target: np.dtype[Any], casting: Casting) -> None:
    """Raise NumPy's TypeError where `casting` forbids to write elements of one dtype to another."""
    if not np.can_cast(source, target, casting):
        raise TypeError(
            f"Cannot cast array data from {source!r} to {target!r} according to the rule "
            f"'{casting}'"
        )


def assigned_to(spectrum: Spectrum, shape: Shape) -> Spectrum:
    """Broadcast an array as assignment does: leading axes of length 1 may be too many."""
    extra = len(spectrum.shape) - len(shape)
    if extra > 0 and all(n == 1 for n in spectrum.shape[:extra]):
        spectrum = reshape(spectrum, spectrum.shape[extra:])
    return broadcast_to(spectrum, shape)


def pointwise(
    function: Callable[..., Any], arrays: Sequence[Any], kwargs: dict[str, Any] | None = None
) -> VirtualQArray:
    return VirtualQArray(apply_elementwise(function, arrays, kwargs))


@named("written", "function", "dtype", "decimals")
def _written(
    *arrays: Any, function: Callable[..., Any], dtype: np.dtype[Any], **kwargs: Any
) -> Any:
    """Return what NumPy writes to an output of some dtype: that has a say in what is computed."""
    shape = np.broadcast_shapes(*(np.shape(array) for array in arrays))
    return function(*arrays, out=np.empty(shape, dtype), **kwargs)


def answered(
    function: Callable[..., Any], arrays: Sequence[Any], kwargs: dict[str, Any], out: Output
) -> Any:
    """Return a function of elements that takes an output."""
    if out is not None:
        if not isinstance(out, (VirtualQArray, np.ndarray)):
            raise TypeError("return arrays must be of ArrayType")
        kwargs = {**kwargs, "function": function, "dtype": out.dtype}
        function = _written
    if has_axes(*arrays):
        return delivered(pointwise(function, arrays, kwargs), out)
    return delivered(call_dense(function, tuple(arrays), kwargs), out)


def shape_of(obj: Operand) -> Shape:
    """Return the shape of an array-like: of an array, not by way of NumPy's function."""
    return obj.shape if isinstance(obj, (VirtualQArray, np.ndarray)) else np.shape(obj)


def has_axes(*arrays: Any) -> bool:
    return any(map(shape_of, arrays))


def require_numbers(*arrays: VirtualQArray | Spectrum | Array) -> None:
    """Raise TypeError for dates, of which NumPy then says itself what becomes of them.

    For rules that compute with numbers and would not notice.
    """
    for array in arrays:
        if array.dtype.kind in "mM":
            raise TypeError(f"elements must be numbers or bool, got dtype {array.dtype}")


def are_nonzero(obj: Operand) -> Any:
    """Return where elements are not 0; dates, where they are not the first. O(k)."""
    x: Any = obj if isinstance(obj, VirtualQArray) else np.asarray(obj)
    if x.dtype.kind == "b":
        return x
    return np.not_equal(x, zero_of(x.dtype) if x.dtype.kind in "mM" else 0)


def are_numbers(*arrays: Any) -> bool:
    dtypes = (
        array.dtype if hasattr(array, "dtype") else np.asarray(array).dtype for array in arrays
    )
    return all(dtype.kind in ELEMENT_KINDS for dtype in dtypes)
