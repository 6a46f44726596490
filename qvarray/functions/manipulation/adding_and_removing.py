"""Adding and removing elements: append, insert, delete, resize, trim_zeros."""

from __future__ import annotations

import operator
from typing import Any, TypeAlias

import numpy as np

from ...array.inheritance import is_lossy, without_bound
from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.runs import distinct
from ...core.spectrum import Spectrum, constant
from ...core.values import Array, Axis, Shape, ShapeLike, zero_of
from ...ops import join, repetition
from ...ops.broadcast import move_axis
from ...ops.linear import cast, native
from ..common import Operand, as_arrays, assigned_to, is_numeric, normalize_axis, spectrum_of
from .joining import concatenate, with_ndim

#: Where elements are put in or left out.
Index: TypeAlias = slice | Operand


@function_rule(Tier.STRUCTURAL, np.append)
def append(arr: Operand, values: Operand, axis: int | None = None) -> Any:
    """Put an array behind another along an axis, or both flat. O(k)."""
    return concatenate(as_arrays((arr, values)), axis)


def _along(arr: Operand, axis: int | None) -> tuple[Spectrum, int]:
    """Return an array and one of its axes; the flat array where that is None."""
    spectrum = spectrum_of(arr)
    if axis is None:
        return join.flat(spectrum), 0
    return spectrum, normalize_axis(axis, len(spectrum.shape))


#: What a position to insert at takes: its order among the others, and where all is moved to.
_BYTES_OF_POSITION = 64
_FEWER = "insert at fewer positions"


def _inserted_positions(obj: Index, n: int) -> Array | None:
    """Return the indices that insert is given; None where NumPy is to look at them."""
    if isinstance(obj, slice):
        wanted = range(*obj.indices(n))
        require_budget(len(wanted) * _BYTES_OF_POSITION, _FEWER)
        return np.arange(wanted.start, wanted.stop, wanted.step, dtype=np.intp)
    require_budget(np.size(obj) * _BYTES_OF_POSITION, _FEWER)
    indices = np.array(obj)
    if indices.dtype == bool:
        if obj.ndim != 1:  # type: ignore[union-attr]  # NumPy takes no list for a mask
            raise ValueError("boolean array argument obj to insert must be one dimensional")
        return np.flatnonzero(indices)
    if indices.ndim > 1:
        raise ValueError("index array argument obj to insert must be one dimensional or scalar")
    if indices.size == 0 and not isinstance(obj, (np.ndarray, VirtualQArray)):
        return indices.astype(np.intp)
    return indices.astype(np.intp) if indices.dtype.kind in "iu" else None


def _block_of(values: Operand, shape: Shape, dtype: np.dtype[Any]) -> Spectrum:
    """Return what is assigned to a part of that shape, as an array of it."""
    has_dtype = isinstance(values, (VirtualQArray, np.ndarray, np.generic))
    array: Any = values if has_dtype else np.asarray(values, dtype=dtype)
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
    spectrum = assigned_to(spectrum, shape)
    return spectrum if spectrum.dtype == dtype else constant(zero_of(dtype), shape, dtype)


def _at_one_index(values: Operand, dtype: np.dtype[Any], ndim: int, axis: int | None) -> Any:
    """Return what is inserted at one index, with that many axes, the first moved to `axis`."""
    x = values if isinstance(values, VirtualQArray) else np.asarray(values, dtype=dtype)
    x = with_ndim(VirtualQArray(cast(spectrum_of(x), dtype, "unsafe")), ndim)
    return x if axis is None else VirtualQArray(move_axis(x.spectrum, 0, axis))


@function_rule(Tier.STRUCTURAL, np.insert)
def insert(arr: Operand, obj: Index, values: Operand, axis: int | None = None) -> Any:
    """Put values in along an axis. O(k) and what is put in."""
    if not (is_numeric(arr) and is_numeric(values)):
        return NotImplemented
    spectrum, along = _along(arr, axis)
    shape, dtype = spectrum.shape, spectrum.dtype
    n, ndim = shape[along], len(shape)
    indices = _inserted_positions(obj, n)
    if indices is None or np.ndim(values) > ndim:
        return NotImplemented
    if indices.size == 1:
        index = int(indices.reshape(()))
        if not -n <= index <= n:
            raise IndexError(f"index {obj} is out of bounds for axis {along} with size {n}")
        # What goes to one position has its first axis there: as a[:, 0, :] = values.
        values = _at_one_index(values, dtype, ndim, None if indices.ndim else along)
        count = np.shape(values)[along]
        require_budget(count * _BYTES_OF_POSITION, _FEWER)
        positions = np.arange(count) + (index + n if index < 0 else index)
    else:
        count = indices.size
        positions = np.where(indices < 0, indices + n, indices)
        order = positions.argsort(kind="stable")
        positions[order] += np.arange(count)
        if count and int(positions.min()) < 0:
            return NotImplemented  # NumPy wraps these once more
        if count and int(positions.max()) >= n + count:
            raise IndexError(
                f"index {int(positions.max())} is out of bounds for axis {along} with size "
                f"{n + count}"
            )
    put = _block_of(values, (*shape[:along], count, *shape[along + 1 :]), dtype)
    return VirtualQArray(join.insert(spectrum, along, positions, put))


def _removed_positions(obj: Index, n: int) -> Array | range:
    """Return the positions that are left out, sorted and unique."""
    if isinstance(obj, slice):
        positions = range(*obj.indices(n))
        return positions if positions.step > 0 else positions[::-1]
    if isinstance(obj, VirtualQArray) and obj.dtype == bool and obj.shape == (n,):
        mask = obj.spectrum
        if not mask.fill_value and mask.active_indices is not None:
            # Only what is active can be True.
            return mask.active_indices[mask.eigenvalues].astype(np.int64)
    require_budget(np.size(obj) * _BYTES_OF_POSITION, "leave out fewer positions at a time")
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
    return distinct(np.where(indices < 0, indices + n, indices).astype(np.int64).ravel())


@function_rule(Tier.STRUCTURAL, np.delete)
def delete(arr: Operand, obj: Index, axis: int | None = None) -> Any:
    """Leave out some positions along an axis. O(k)."""
    if not is_numeric(arr):
        return NotImplemented
    spectrum, along = _along(arr, axis)
    positions = _removed_positions(obj, spectrum.shape[along])
    return VirtualQArray(join.delete(spectrum, along, positions))


@function_rule(Tier.STRUCTURAL, np.resize)
def resize(a: VirtualQArray, new_shape: ShapeLike) -> VirtualQArray:
    """Repeat the elements in C order in another shape. O(k) for each time."""
    given: Any = (new_shape,) if isinstance(new_shape, (int, np.integer)) else new_shape
    shape = tuple(operator.index(n) for n in given)
    if any(n < 0 for n in shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    spectrum = a.spectrum
    if a.size and 0 not in shape:
        spectrum = native(spectrum)  # as what is joined
    return VirtualQArray(repetition.resized(spectrum, shape))


def _lines_of_zeros(spectrum: Spectrum, axis: int) -> Array:
    """Return the positions along an axis with zeros only, sorted, where the fill value is not 0."""
    zeros = ~spectrum.eigenvalues.astype(bool)
    along, counts = np.unique(spectrum.coordinates()[axis][zeros], return_counts=True)
    return along[counts == spectrum.size // spectrum.shape[axis]]


def _first_missing(positions: Array, n: int) -> int:
    """Return the first of 0, 1, ..., n that is not in a sorted list.

    Examples
    --------
    >>> _first_missing(np.array([0, 1, 4]), 5)
    2
    """
    ahead = np.flatnonzero(positions != np.arange(positions.size))
    return int(ahead[0]) if ahead.size else min(positions.size, n)


def _bounding_box(spectrum: Spectrum) -> list[tuple[int, int]]:
    """Return the smallest box that has all elements that are not zero; empty for zeros only."""
    if spectrum.active_indices is None or not spectrum.fill_value:
        other = spectrum.eigenvalues.astype(bool)
        active = spectrum.replace(
            eigenvalues=spectrum.eigenvalues[other], active_indices=spectrum.indices()[other]
        )
        if not active.nactive:
            return [(0, 0)] * len(spectrum.shape)
        return [(int(along.min()), int(along.max()) + 1) for along in active.coordinates()]
    box = []
    for axis, n in enumerate(spectrum.shape):
        zeros = _lines_of_zeros(spectrum, axis)
        first = _first_missing(zeros, n)
        last = n - _first_missing(n - 1 - zeros[::-1], n)
        box.append((first, last) if first < n else (0, 0))
    return box


@function_rule(Tier.CLOSED, np.trim_zeros)
def trim_zeros(filt: VirtualQArray, trim: str = "fb", axis: Axis = None) -> VirtualQArray:
    """Return the part within the first and last elements that are not zero. O(k)."""
    trim = trim.lower()
    if trim not in {"fb", "bf", "f", "b"}:
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    ndim = filt.ndim
    if not has(Behaviour.TRIM_ZEROS_OF_AXES):
        if ndim == 0:
            return NotImplemented
        axis = None if ndim == 1 or axis is None else operator.index(axis)  # type: ignore[arg-type]
    every = tuple(range(ndim))
    axes = every if axis is None else np.lib.array_utils.normalize_axis_tuple(axis, ndim, "axis")
    if not axes:
        return filt
    key = []
    for i, (first, last) in enumerate(_bounding_box(join.localised(filt.spectrum, every))):
        start = first if "f" in trim or first == last else None
        stop = last if "b" in trim or first == last else None
        key.append(slice(start, stop) if i in axes else slice(None))
    part: VirtualQArray = filt[tuple(key)]
    # Where the zeros are depends on elements that may be off.
    return VirtualQArray(without_bound(part.source)) if is_lossy(filt) else part
