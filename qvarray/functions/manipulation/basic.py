"""Basic operations: shape, ndim, size, copyto."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...array.writable import exclusively
from ...core.numpy_versions import Behaviour, has
from ...core.rules import Tier, function_rule
from ...core.values import Array, Axis, Casting, Shape, zero_of
from ..common import Operand, array_of, blank, require_castable


@function_rule(Tier.STRUCTURAL, np.shape)
def shape(a: VirtualQArray) -> Shape:
    """Return the lengths of the axes. O(1)."""
    return a.shape


@function_rule(Tier.STRUCTURAL, np.ndim)
def ndim(a: VirtualQArray) -> int:
    """Return the number of axes. O(1)."""
    return a.ndim


@function_rule(Tier.STRUCTURAL, np.size)
def size(a: VirtualQArray, axis: Axis = None) -> int:
    """Return the number of elements, of the array or along an axis. O(1)."""
    if axis is None:
        return a.size
    if not has(Behaviour.SIZE_OF_AXES):
        return a.shape[axis]  # type: ignore[index]  # NumPy's exception
    axes = np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
    return prod(a.shape[i] for i in axes)


@function_rule(Tier.STRUCTURAL, np.copyto)
def copyto(
    dst: VirtualQArray | Array,
    src: Operand,
    casting: Casting = "same_kind",
    where: Operand | bool = True,
) -> Any:
    """Write the elements of one array to another, where a mask is true. O(k)."""
    if not isinstance(dst, VirtualQArray):
        return NotImplemented
    if type(src) in (bool, int, float, complex):
        # Python scalars are cast by their kind.
        np.copyto(np.empty(1, dst.dtype), src, casting=casting)
    else:
        dtype = src.dtype if isinstance(src, VirtualQArray) else np.asarray(src).dtype
        require_castable(dtype, dst.dtype, casting)
    if where is True:
        # NumPy makes an array of a scalar first, which is cast by other rules than an assignment.
        dst[...] = src if isinstance(src, VirtualQArray) else np.asarray(src)
        return None
    mask: Any = where if isinstance(where, VirtualQArray) else np.asarray(where)
    if mask.dtype.kind != "b":
        require_castable(mask.dtype, np.dtype(bool), "safe")
    for operand in (mask, src):
        np.broadcast_to(blank(np.shape(operand)), dst.shape)  # NumPy's exception
    if np.ndim(src):
        values: Any = array_of(src)
        if np.result_type(values.dtype, dst.dtype) != dst.dtype:
            # Only elements that are written are cast.
            values = np.where(mask, values, zero_of(values.dtype)).astype(dst.dtype)
        src = values

    def write() -> None:
        dst[...] = np.where(mask, src, dst)

    exclusively((dst, src, mask), write)
    return None
