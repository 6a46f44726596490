"""Arrays joined, inserted and removed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import joining
from ..arithmetic import cast
from ..array import VirtualQArray
from ..bases import STANDARD, WALSH, Basis
from ..coverage import Tier, function_rule
from ..dense import call_dense
from ..numpy_versions import Behaviour, has
from ..paging import require_budget
from ..spectrum import Array, Spectrum, compact, constant, numeric_dtype, require_size
from ..structure import broadcast_to, move_axis, permute_axes
from ..transform import coefficient_dtype
from ..ufuncs.outer import outer
from .common import delivered, spectrum_of

__all__ = ["as_operands", "is_numeric", "with_ndim"]

_normalize_axis = np.lib.array_utils.normalize_axis_index


def is_numeric(obj: Any) -> bool:
    """Whether an array-like has elements that can be stored."""
    return isinstance(obj, VirtualQArray) or np.asarray(obj).dtype.kind in "biufc"


def as_operands(objs: Any) -> list[Any]:
    """Array-likes as arrays, ours or NumPy's."""
    return [obj if isinstance(obj, VirtualQArray) else np.asarray(obj) for obj in objs]


def with_ndim(obj: Any, ndim: int) -> VirtualQArray:
    """An array-like with axes of length 1 in front, up to `ndim` axes."""
    spectrum = spectrum_of(obj)
    missing = max(0, ndim - len(spectrum.shape))
    return VirtualQArray(joining.expanded(spectrum, *(0,) * missing) if missing else spectrum)


def _joined_dtype(parts: Sequence[Any], out: Any, dtype: Any, casting: Any) -> np.dtype[Any]:
    """The dtype of joined arrays, with NumPy's checks, from empty arrays of their dtypes."""
    scalars = [obj if type(obj) in (int, float, complex) else None for obj in parts]
    empty = [
        np.empty(0, part.dtype) if scalar is None else scalar
        for part, scalar in zip(as_operands(parts), scalars, strict=True)
    ]
    kwargs: dict[str, Any] = {"dtype": dtype, "casting": casting}
    if out is not None:
        count = sum(scalar is not None for scalar in scalars)
        kwargs["out"] = np.empty(count, out.dtype) if hasattr(out, "dtype") else out
    return np.concatenate(empty, axis=None, **kwargs).dtype


def _check_shapes(shapes: list[tuple[int, ...]], axis: int) -> int:
    """The axis, of arrays that can be joined along it."""
    if not shapes:
        raise ValueError("need at least one array to concatenate")
    ndim = len(shapes[0])
    if ndim == 0:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = _normalize_axis(axis, ndim)
    for i, shape in enumerate(shapes):
        if len(shape) != ndim:
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match "
                f"exactly, but the array at index 0 has {ndim} dimension(s) and the array at "
                f"index {i} has {len(shape)} dimension(s)"
            )
        if (shape[:axis], shape[axis + 1 :]) != (shapes[0][:axis], shapes[0][axis + 1 :]):
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match "
                f"exactly, but the array at index 0 has shape {shapes[0]} and the array at index "
                f"{i} has shape {shape}"
            )
    return axis


def _joined_shape(arrays: Sequence[Any], axis: int | None) -> tuple[int, ...]:
    if axis is None:
        return (sum(np.size(obj) for obj in arrays),)
    shape = np.shape(arrays[0])
    return (*shape[:axis], sum(np.shape(obj)[axis] for obj in arrays), *shape[axis + 1 :])


@function_rule(Tier.STRUCTURAL, np.concatenate)
def concatenate(
    arrays: Any,
    /,
    axis: Any = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: Any = "same_kind",
) -> Any:
    """Arrays one after the other along an axis: indices move. O(k)."""
    arrays = list(arrays)
    if not all(is_numeric(obj) for obj in arrays):
        return call_dense(np.concatenate, (arrays, axis, out), {"dtype": dtype, "casting": casting})
    if axis is not None:
        axis = _check_shapes([np.shape(obj) for obj in arrays], axis)
    elif not arrays:
        raise ValueError("need at least one array to concatenate")
    if isinstance(out, (VirtualQArray, np.ndarray)) and out.shape != _joined_shape(arrays, axis):
        raise ValueError("Output array is the wrong shape")
    common = _joined_dtype(arrays, out, dtype, casting)
    if common.kind not in "biufc":
        return call_dense(np.concatenate, (arrays, axis, out), {"dtype": dtype, "casting": casting})
    common = numeric_dtype(common)
    spectra = [cast(spectrum_of(obj), common, "unsafe") for obj in arrays]
    if axis is None:
        axis, spectra = 0, [joining.flat(one) for one in spectra]
    return delivered(VirtualQArray(joining.concatenate(spectra, axis)), out)


@function_rule(Tier.STRUCTURAL, np.stack)
def stack(
    arrays: Any,
    axis: Any = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: Any = "same_kind",
) -> Any:
    """Arrays of one shape along a new axis. O(k), in any basis."""
    arrays = as_operands(arrays)
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({one.shape for one in arrays}) != 1:
        raise ValueError("all input arrays must have the same shape")
    place = _normalize_axis(axis, arrays[0].ndim + 1)
    if not all(is_numeric(one) for one in arrays):
        return call_dense(np.stack, (arrays, axis, out), {"dtype": dtype, "casting": casting})
    longer = [VirtualQArray(joining.expanded(spectrum_of(one), place)) for one in arrays]
    return concatenate(longer, place, out, dtype=dtype, casting=casting)


def _at_least(tup: Any, ndim: int) -> list[Any] | None:
    """Arrays with axes in front; None where some have no numbers."""
    arrays = as_operands(tup)
    return [with_ndim(one, ndim) for one in arrays] if all(map(is_numeric, arrays)) else None


@function_rule(Tier.STRUCTURAL, np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays along the second axis, 1-D arrays along the first. O(k)."""
    tup = list(tup)
    arrays = _at_least(tup, 1)
    if arrays is None:
        return call_dense(np.hstack, (tup,), {"dtype": dtype, "casting": casting})
    axis = 0 if arrays and arrays[0].ndim == 1 else 1
    return concatenate(arrays, axis, dtype=dtype, casting=casting)


@function_rule(Tier.STRUCTURAL, np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays along the first axis, as rows where they are 1-D. O(k)."""
    tup = list(tup)
    arrays = _at_least(tup, 2)
    if arrays is None:
        return call_dense(np.vstack, (tup,), {"dtype": dtype, "casting": casting})
    return concatenate(arrays, 0, dtype=dtype, casting=casting)


@function_rule(Tier.STRUCTURAL, np.dstack)
def dstack(tup: Any) -> Any:
    """Arrays along the third axis. O(k)."""
    tup = list(tup)
    if not all(map(is_numeric, tup)):
        return call_dense(np.dstack, (tup,), {})
    deep = []
    for obj in tup:
        spectrum = with_ndim(obj, 1).spectrum
        places = {1: (0, 2), 2: (2,)}.get(len(spectrum.shape), ())
        deep.append(VirtualQArray(joining.expanded(spectrum, *places)))
    return concatenate(deep, 2)


@function_rule(Tier.STRUCTURAL, np.column_stack)
def column_stack(tup: Any) -> Any:
    """Arrays along the second axis, as columns where they are 1-D. O(k)."""
    tup = list(tup)
    if not all(map(is_numeric, tup)):
        return call_dense(np.column_stack, (tup,), {})
    columns = []
    for obj in tup:
        spectrum = with_ndim(obj, 1).spectrum
        places = (1,) if len(spectrum.shape) == 1 else ()
        columns.append(VirtualQArray(joining.expanded(spectrum, *places)))
    return concatenate(columns, 1)


def _leaves(arrays: Any, make: Callable[[Any], Any]) -> Any:
    """Nested lists with every array in them changed."""
    if isinstance(arrays, list):
        return [_leaves(one, make) for one in arrays]
    return make(arrays)


def _stand_in(obj: Any) -> Any:
    if isinstance(obj, tuple):
        return obj
    array = obj if isinstance(obj, VirtualQArray) else np.asarray(obj)
    return np.zeros((1,) * array.ndim, array.dtype)


def _block(arrays: Any, ndim: int, depth: int) -> Any:
    if not isinstance(arrays, list):
        return with_ndim(arrays, ndim)
    return concatenate([_block(one, ndim, depth - 1) for one in arrays], -depth)


def _depth(arrays: Any) -> int:
    return 1 + _depth(arrays[0]) if isinstance(arrays, list) else 0


@function_rule(Tier.STRUCTURAL, np.block)
def block(arrays: Any) -> Any:
    """Arrays joined as nested lists of them tell. O(k) for each depth."""
    # Arrays of one element have the depths, dimensions and dtypes that NumPy checks.
    small = np.block(_leaves(arrays, _stand_in))
    if small.dtype.kind not in "biufc":
        return call_dense(np.block, (arrays,), {})
    return _block(arrays, small.ndim, _depth(arrays))


@function_rule(Tier.STRUCTURAL, np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """An array with another behind it along an axis, or both flat. O(k)."""
    arr, values = as_operands((arr, values))
    return concatenate((arr, values), axis)


def _along(arr: Any, axis: Any) -> tuple[Spectrum, int]:
    """An array and one of its axes; the flat array where that is None."""
    spectrum = spectrum_of(arr)
    if axis is None:
        return joining.flat(spectrum), 0
    return spectrum, _normalize_axis(axis, len(spectrum.shape))


def _inserted_positions(obj: Any, n: int) -> Array | None:
    """The indices that insert is asked for; None where NumPy is to look at them."""
    if isinstance(obj, slice):
        wanted = range(*obj.indices(n))
        require_budget(len(wanted) * 32, "insert at fewer positions")
        return np.arange(wanted.start, wanted.stop, wanted.step, dtype=np.intp)
    indices = np.array(obj)
    if indices.dtype == bool:
        if obj.ndim != 1:
            raise ValueError("boolean array argument obj to insert must be one dimensional")
        return np.flatnonzero(indices)
    if indices.ndim > 1:
        raise ValueError("index array argument obj to insert must be one dimensional or scalar")
    if indices.size == 0 and not isinstance(obj, (np.ndarray, VirtualQArray)):
        return indices.astype(np.intp)
    return indices.astype(np.intp) if indices.dtype.kind in "iu" else None


def _block_of(values: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Spectrum:
    """What is assigned to a part of that shape, as an array of it."""
    has_dtype = isinstance(values, (VirtualQArray, np.ndarray, np.generic))
    array = values if has_dtype else np.asarray(values, dtype=dtype)
    if 0 not in shape and not isinstance(array, VirtualQArray):
        array = np.asarray(array, dtype=dtype)
        if array.size == 1 and array.ndim <= len(shape):
            return constant(array.reshape(()), shape)
    spectrum = spectrum_of(array)
    if 0 in shape:
        # There is nothing to assign to: no element is cast, but that it would be may be said.
        np.empty(0, spectrum.dtype).astype(dtype)
    else:
        spectrum = cast(spectrum, dtype, "unsafe")
    while len(spectrum.shape) > len(shape) and spectrum.shape[0] == 1:
        spectrum = joining.localised(spectrum, [0])
        spectrum = spectrum.replace(shape=spectrum.shape[1:], bases=spectrum.bases[1:])
    spectrum = broadcast_to(spectrum, shape)
    return spectrum if spectrum.dtype == dtype else constant(dtype.type(0), shape)


def _single(values: Any, dtype: np.dtype[Any], ndim: int) -> Any:
    """What is inserted at one index, with that many axes."""
    if not isinstance(values, VirtualQArray):
        return np.array(values, dtype=dtype, ndmin=ndim)
    return with_ndim(VirtualQArray(cast(values.spectrum, dtype, "unsafe")), ndim)


def _first_axis_at(values: Any, axis: int) -> Any:
    if not isinstance(values, VirtualQArray):
        return np.moveaxis(values, 0, axis)
    return VirtualQArray(move_axis(values.spectrum, 0, axis))


@function_rule(Tier.STRUCTURAL, np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """An array with values put in along an axis. O(k) and what is put in."""
    wanted = (arr, obj, values, axis)
    if not (is_numeric(arr) and is_numeric(values)):
        return call_dense(np.insert, wanted, {})
    spectrum, axis = _along(arr, axis)
    shape, dtype = spectrum.shape, spectrum.dtype
    n, ndim = shape[axis], len(shape)
    indices = _inserted_positions(obj, n)
    if indices is None or np.ndim(values) > ndim:
        return call_dense(np.insert, wanted, {})
    if indices.size == 1:
        index = int(indices.reshape(()))
        if not -n <= index <= n:
            raise IndexError(f"index {obj} is out of bounds for axis {axis} with size {n}")
        values = _single(values, dtype, ndim)
        if indices.ndim == 0:
            # What goes to one position has its first axis there: as a[:, 0, :] = values.
            values = _first_axis_at(values, axis)
        count = values.shape[axis]
        positions = np.arange(count) + (index + n if index < 0 else index)
    else:
        count = indices.size
        positions = np.where(indices < 0, indices + n, indices)
        order = positions.argsort(kind="stable")
        positions[order] += np.arange(count)
        if count and int(positions.min()) < 0:
            # NumPy wraps these once more.
            return call_dense(np.insert, wanted, {})
        if count and int(positions.max()) >= n + count:
            raise IndexError(
                f"index {int(positions.max())} is out of bounds for axis {axis} with size "
                f"{n + count}"
            )
    put = _block_of(values, (*shape[:axis], count, *shape[axis + 1 :]), dtype)
    return VirtualQArray(joining.insert(spectrum, axis, positions, put))


def _removed(obj: Any, n: int) -> Array | range:
    """Which positions are to be left out, sorted and unique."""
    if isinstance(obj, slice):
        positions = range(*obj.indices(n))
        return positions if positions.step > 0 else positions[::-1]
    indices = np.asarray(obj)
    if indices.size == 0 and not isinstance(obj, (np.ndarray, VirtualQArray)):
        indices = indices.astype(np.intp)
    if indices.dtype == bool:
        if indices.shape != (n,):
            raise ValueError(
                "boolean array argument obj to delete must be one dimensional and match the "
                f"axis length of {n}"
            )
        return np.flatnonzero(indices)
    if indices.dtype.kind not in "iu":
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    bad = (indices < -n) | (indices >= n)
    if bad.any():
        raise IndexError(f"index {indices[bad][0]} is out of bounds for axis with size {n}")
    return np.unique(np.where(indices < 0, indices + n, indices).astype(np.int64))


@function_rule(Tier.STRUCTURAL, np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """An array without some positions along an axis. O(k)."""
    if not is_numeric(arr):
        return call_dense(np.delete, (arr, obj, axis), {})
    spectrum, axis = _along(arr, axis)
    n = spectrum.shape[axis]
    if isinstance(obj, VirtualQArray) and obj.dtype == bool and obj.shape == (n,):
        mask = obj.spectrum
        if not mask.fill_value and mask.active_indices is not None:
            # Only what is active can be True.
            return VirtualQArray(
                joining.delete(
                    spectrum, axis, mask.active_indices[mask.eigenvalues].astype(np.int64)
                )
            )
    return VirtualQArray(joining.delete(spectrum, axis, _removed(obj, n)))


def _kron_bases(a: Spectrum, b: Spectrum) -> tuple[Basis, ...] | None:
    """The bases of a Kronecker product whose coefficients are that of the coefficients'."""
    bases = []
    for one, other in zip(a.bases, b.bases, strict=True):
        if one != other or one not in (STANDARD, WALSH):
            return None
        bases.append(one)
    return tuple(bases)


def _kron_spectral(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """The Kronecker product in the bases of both, if that is closed. O(ka kb)."""
    bases = _kron_bases(a, b) if a.diagonal == b.diagonal else None
    exact = a.error is None and b.error is None
    exact = exact and a.fill_value == 0 and b.fill_value == 0
    if bases is None or not exact or (a.is_standard and b.is_standard):
        return None
    if not (np.isfinite(a.eigenvalues).all() and np.isfinite(b.eigenvalues).all()):
        return None
    dtype = np.multiply(np.empty(0, a.dtype), np.empty(0, b.dtype)).dtype
    shape = tuple(m * n for m, n in zip(a.shape, b.shape, strict=True))
    space = shape[:1] if a.diagonal else shape
    require_size(space)
    require_budget(a.nactive * b.nactive * 32, "multiply arrays of fewer coefficients")
    values = np.multiply.outer(a.eigenvalues, b.eigenvalues).reshape(-1)
    values = values.astype(coefficient_dtype(bases, dtype), copy=False)
    indices = np.zeros((a.nactive, b.nactive), np.int64)
    for i, j, m, n in zip(a.coordinates(), b.coordinates(), space, b.shape, strict=False):
        indices *= m
        indices += i[:, None].astype(np.int64) * n + j
    order = np.argsort(indices, axis=None, kind="stable")
    where = indices.reshape(-1)[order]
    return compact(shape, dtype, bases, values[order], where, dtype.type(0), a.diagonal)


@function_rule(Tier.CLOSED, np.kron)
def kron(a: Any, b: Any) -> Any:
    """The Kronecker product: of the coefficients, in the standard and Walsh bases. O(ka kb)."""
    a, b = as_operands((a, b))
    if a.ndim == 0 or b.ndim == 0:
        return np.multiply(a, b)
    if not (is_numeric(a) and is_numeric(b)):
        return call_dense(np.kron, (a, b), {})
    ndim = max(a.ndim, b.ndim)
    one, other = (with_ndim(x, ndim).spectrum for x in (a, b))
    product: Any = _kron_spectral(one, other)
    if product is None and one.is_standard and other.is_standard:
        product = outer(np.multiply, one, other)
        if product is not None:
            axes = [
                axis
                for pair in zip(range(ndim), range(ndim, 2 * ndim), strict=True)
                for axis in pair
            ]
            shape = tuple(m * n for m, n in zip(one.shape, other.shape, strict=True))
            product = permute_axes(product, axes).replace(shape=shape, bases=(STANDARD,) * ndim)
    if product is not None:
        return VirtualQArray(product)
    dtype = np.result_type(a.dtype, b.dtype)
    require_budget(a.size * b.size * dtype.itemsize, "multiply parts of them")
    return call_dense(np.kron, (a, b), {})


def _lines_of_zeros(spectrum: Spectrum, axis: int) -> Array:
    """The positions along an axis with zeros only, sorted, where inactive elements are not zero."""
    zeros = spectrum.eigenvalues == 0
    along, counts = np.unique(spectrum.coordinates()[axis][zeros], return_counts=True)
    return along[counts == spectrum.size // spectrum.shape[axis]]


def _first_without(positions: Array, n: int) -> int:
    """The first of 0, 1, ..., n that is not in a sorted list."""
    ahead = np.flatnonzero(positions != np.arange(positions.size))
    return int(ahead[0]) if ahead.size else min(positions.size, n)


def _extent(spectrum: Spectrum) -> list[tuple[int, int]]:
    """The smallest box that has all elements that are not zero; empty where there are none."""
    if spectrum.active_indices is None or spectrum.fill_value == 0:
        active = spectrum.replace(
            eigenvalues=spectrum.eigenvalues[spectrum.eigenvalues != 0],
            active_indices=spectrum.indices()[spectrum.eigenvalues != 0],
        )
        if not active.nactive:
            return [(0, 0)] * len(spectrum.shape)
        return [(int(along.min()), int(along.max()) + 1) for along in active.coordinates()]
    box = []
    for axis, n in enumerate(spectrum.shape):
        empty = _lines_of_zeros(spectrum, axis)
        first = _first_without(empty, n)
        last = n - _first_without(n - 1 - empty[::-1], n)
        box.append((first, last) if first < n else (0, 0))
    return box


@function_rule(Tier.CLOSED, np.trim_zeros)
def trim_zeros(filt: Any, trim: Any = "fb", axis: Any = None) -> Any:
    """The part within the first and last elements that are not zero. O(k)."""
    trim = trim.lower()
    if trim not in {"fb", "bf", "f", "b"}:
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    ndim = filt.ndim
    if not has(Behaviour.TRIM_ZEROS_OF_AXES):
        if ndim == 0:
            return call_dense(np.trim_zeros, (filt, trim, axis), {})
        axis = None if ndim == 1 or axis is None else operator.index(axis)
    axes = (
        range(ndim) if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim, "axis")
    )
    if not len(axes):
        return filt
    box = _extent(joining.localised(spectrum_of(filt), range(ndim)))
    key = []
    for place, (first, last) in enumerate(box):
        start = first if "f" in trim or first == last else None
        stop = last if "b" in trim or first == last else None
        key.append(slice(start, stop) if place in axes else slice(None))
    return filt[tuple(key)]
