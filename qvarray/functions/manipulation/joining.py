"""Joining arrays: concatenate, stack, block, vstack, hstack, dstack, column_stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ...array.stored import untyped_np
from ...array.virtual_array import VirtualQArray
from ...core.fill import lost_signs
from ...core.rules import Tier, function_rule
from ...core.source import Source
from ...core.values import ELEMENT_KINDS, Casting, Shape, element_dtype
from ...ops import join
from ...ops.linear import cast
from ..common import (
    DType,
    Operand,
    Output,
    as_arrays,
    delivered,
    is_numeric,
    normalize_axis,
    shape_of,
    spectrum_of,
)

#: Arrays in lists of any depth.
Nested: TypeAlias = Operand | list[Any]


def with_ndim(obj: Operand, ndim: int) -> VirtualQArray:
    """Return an array-like with axes of length 1 in front, up to `ndim` axes. O(1)."""
    spectrum = spectrum_of(obj)
    missing = max(0, ndim - len(spectrum.shape))
    return VirtualQArray(join.expanded(spectrum, *(0,) * missing) if missing else spectrum)


def _joined_dtype(
    parts: Sequence[Operand], out: Output, dtype: DType, casting: Casting
) -> np.dtype[Any]:
    """Return the dtype of joined arrays, with NumPy's checks, from empty ones of their dtypes."""
    if out is None and dtype is None and all(isinstance(obj, VirtualQArray) for obj in parts):
        kinds = {obj.dtype for obj in parts}  # type: ignore[union-attr]
        if len(kinds) == 1:
            return kinds.pop().newbyteorder("=")
    empty = [
        obj if type(obj) in (int, float, complex) else np.empty(0, array.dtype)
        for obj, array in zip(parts, as_arrays(parts), strict=True)
    ]
    kwargs: dict[str, Any] = {"dtype": dtype, "casting": casting}
    if out is not None:
        count = sum(map(np.size, empty))
        kwargs["out"] = np.empty(count, out.dtype) if hasattr(out, "dtype") else out
    return np.concatenate(empty, axis=None, **kwargs).dtype


def _joined_shape(shapes: list[Shape], axis: int) -> Shape:
    """Return the shape of arrays joined along an axis; ValueError for those that do not fit."""
    first = shapes[0]
    ahead, behind = first[:axis], first[axis + 1 :]
    for i, shape in enumerate(shapes):
        if len(shape) != len(first):
            raise ValueError(
                "all the input arrays must have same number of dimensions, but the array at "
                f"index 0 has {len(first)} dimension(s) and the array at index {i} has "
                f"{len(shape)} dimension(s)"
            )
        if (shape[:axis], shape[axis + 1 :]) != (ahead, behind):
            pairs = enumerate(zip(first, shape, strict=True))
            other = next(k for k, (m, n) in pairs if m != n and k != axis)
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match "
                f"exactly, but along dimension {other}, the array at index 0 has size "
                f"{first[other]} and the array at index {i} has size {shape[other]}"
            )
    return (*ahead, sum(shape[axis] for shape in shapes), *behind)


def _whole(arrays: Sequence[Operand], axis: int, dtype: np.dtype[Any]) -> Source | None:
    """Return pieces that follow each other in one array as a part of it; None for others."""
    pieces = [array.source for array in arrays if isinstance(array, VirtualQArray)]
    if len(pieces) < len(arrays) or any(piece.dtype != dtype for piece in pieces):
        return None
    return pieces[0].joined(pieces[1:], axis)


def _merged(rows: VirtualQArray, axis: int) -> VirtualQArray:
    """Return the parts of an array along its first axis, one after the other along an axis. O(k).

    >>> import qvarray as qv
    >>> _merged(qv.arange(6).reshape(3, 1, 2), 1).shape
    (1, 6)
    """
    count, *shape = rows.shape
    shape[axis] *= count
    return untyped_np.moveaxis(rows, 0, axis).reshape(shape)


@function_rule(Tier.STRUCTURAL, np.concatenate)
def concatenate(
    arrays: Sequence[Operand] | VirtualQArray,
    /,
    axis: int | None = 0,
    out: Output = None,
    *,
    dtype: DType = None,
    casting: Casting = "same_kind",
) -> Any:
    """Put arrays one after the other along an axis: indices move. O(k)."""
    if isinstance(arrays, VirtualQArray) and arrays.ndim > 1 and len(arrays):
        along = 0 if axis is None else normalize_axis(axis, arrays.ndim - 1)
        rows = arrays.reshape(len(arrays), -1) if axis is None else arrays
        arrays = [_merged(rows, along)]
    else:
        arrays = list(arrays)
    if not all(map(is_numeric, arrays)):
        return NotImplemented
    if not arrays:
        raise ValueError("need at least one array to concatenate")
    shapes = list(map(shape_of, arrays))
    if axis is None:
        shapes = [(np.size(obj),) for obj in arrays]
    elif not shapes[0]:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    along = 0 if axis is None else normalize_axis(axis, len(shapes[0]))
    shape = _joined_shape(shapes, along)
    if isinstance(out, (VirtualQArray, np.ndarray)) and out.shape != shape:
        raise ValueError("Output array is the wrong shape")
    common = _joined_dtype(arrays, out, dtype, casting)
    if common.kind not in ELEMENT_KINDS:
        return NotImplemented
    common = element_dtype(common)
    whole = None if axis is None else _whole(arrays, along, common)
    if whole is not None:
        return delivered(VirtualQArray(whole), out)
    spectra = [cast(spectrum_of(obj), common, "unsafe") for obj in arrays]
    if axis is None:
        spectra = [join.flat(spectrum) for spectrum in spectra]
    return delivered(VirtualQArray(join.concatenate(spectra, along)), out)


@function_rule(Tier.STRUCTURAL, np.stack)
def stack(
    arrays: Sequence[Operand] | VirtualQArray,
    axis: int = 0,
    out: Output = None,
    *,
    dtype: DType = None,
    casting: Casting = "same_kind",
) -> Any:
    """Join arrays of one shape along a new axis. O(k), in any basis."""
    if isinstance(arrays, VirtualQArray) and arrays.ndim and len(arrays):
        along = normalize_axis(axis, arrays.ndim)
        rows = untyped_np.expand_dims(arrays, along + 1)
        return concatenate(rows, along, out, dtype=dtype, casting=casting)
    arrays = as_arrays(arrays)
    if not arrays:
        raise ValueError("need at least one array to stack")
    if len({x.shape for x in arrays}) != 1:
        raise ValueError("all input arrays must have the same shape")
    axis = normalize_axis(axis, arrays[0].ndim + 1)
    if not all(map(is_numeric, arrays)):
        return NotImplemented
    longer = [VirtualQArray(join.expanded(spectrum_of(x), axis)) for x in arrays]
    return concatenate(longer, axis, out, dtype=dtype, casting=casting)


def _joined(
    tup: Sequence[Operand] | VirtualQArray,
    axis: int,
    new_axes: dict[int, tuple[int, ...]],
    dtype: DType = None,
    casting: Casting = "same_kind",
) -> Any:
    """Join arrays after axes of length 1 were put in, by how many axes they have. O(k)."""
    if isinstance(tup, VirtualQArray) and tup.ndim and len(tup):
        for place in new_axes.get(tup.ndim - 1, ()):
            tup = untyped_np.expand_dims(tup, place + 1)
        return concatenate(tup, axis, dtype=dtype, casting=casting)
    arrays = as_arrays(tup)
    if not all(map(is_numeric, arrays)):
        return NotImplemented
    lifted = [join.expanded(spectrum_of(x), *new_axes.get(x.ndim, ())) for x in arrays]
    return concatenate(list(map(VirtualQArray, lifted)), axis, dtype=dtype, casting=casting)


@function_rule(Tier.STRUCTURAL, np.hstack)
def hstack(
    tup: Sequence[Operand] | VirtualQArray, *, dtype: DType = None, casting: Casting = "same_kind"
) -> Any:
    """Join arrays along the second axis, 1-D arrays along the first. O(k)."""
    axis = 0 if len(tup) and np.ndim(tup[0]) < 2 else 1
    return _joined(tup, axis, {0: (0,)}, dtype, casting)


@function_rule(Tier.STRUCTURAL, np.vstack)
def vstack(
    tup: Sequence[Operand] | VirtualQArray, *, dtype: DType = None, casting: Casting = "same_kind"
) -> Any:
    """Join arrays along the first axis, as rows where they are 1-D. O(k)."""
    return _joined(tup, 0, {0: (0, 0), 1: (0,)}, dtype, casting)


@function_rule(Tier.STRUCTURAL, np.dstack)
def dstack(tup: Sequence[Operand] | VirtualQArray) -> Any:
    """Join arrays along the third axis. O(k)."""
    return _joined(tup, 2, {0: (0, 0, 0), 1: (0, 2), 2: (2,)})


@function_rule(Tier.STRUCTURAL, np.column_stack)
def column_stack(tup: Sequence[Operand] | VirtualQArray) -> Any:
    """Join arrays along the second axis, as columns where they are 1-D. O(k)."""
    return _joined(tup, 1, {0: (0, 0), 1: (1,)})


def _leaves(arrays: Nested, make: Callable[[Any], Any]) -> Any:
    """Return nested lists with every array in them changed."""
    if isinstance(arrays, list):
        return [_leaves(part, make) for part in arrays]
    return make(arrays)


def _depth(arrays: Nested) -> int:
    return 1 + max(map(_depth, arrays), default=0) if isinstance(arrays, list) else 0


def _block(arrays: Nested, ndim: int, depth: int) -> Any:
    if not isinstance(arrays, list):
        return with_ndim(arrays, ndim)
    return concatenate([_block(part, ndim, depth - 1) for part in arrays], -depth)


@function_rule(Tier.STRUCTURAL, np.block)
def block(arrays: Nested) -> Any:
    """Join arrays as nested lists of them tell. O(k) for each depth."""
    depth = _depth(arrays)
    ndims = [depth]
    _leaves(arrays, lambda obj: ndims.append(np.ndim(obj)))
    ndim = max(ndims)

    def nothing(obj: Operand) -> Any:
        return obj if isinstance(obj, tuple) else np.zeros((0,) * ndim, as_arrays([obj])[0].dtype)

    # Arrays of no elements have the depths and dtypes that NumPy checks, and fit each other.
    if np.block(_leaves(arrays, nothing)).dtype.kind not in ELEMENT_KINDS:
        return NotImplemented
    result = _block(arrays, ndim, depth)
    fills: list[Any] = []

    def noted(obj: Operand) -> None:
        if isinstance(obj, VirtualQArray) and obj.source.is_standard:
            fills.append(obj.spectrum.fill_value)

    if result.source.is_standard and result.dtype.kind in "fc":
        _leaves(arrays, noted)
        if lost_signs(result.spectrum, fills):
            return NotImplemented
    return result
