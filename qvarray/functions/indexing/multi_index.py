"""Rules of `np.ravel_multi_index` and `np.unravel_index`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ...array.densify import call_dense
from ...array.virtual_array import VirtualQArray
from ...core.rules import Tier, function_rule
from ..dtypes.dtypes import _stand_in_of_any, _wrapped

__all__: list[str] = []


def _strides(shape: tuple[int, ...], order: str) -> list[int]:
    """Positions between neighbours along each axis."""
    if order == "F":
        return [prod(shape[:axis]) for axis in range(len(shape))]
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def _bounded(index: Any, n: int, mode: str) -> Any:
    """Indices along an axis of length `n`, brought into it as `mode` says. O(k)."""
    index = np.asarray(index) if not isinstance(index, VirtualQArray) else index
    index = index.astype(np.intp, copy=False)
    if mode == "wrap":
        return np.remainder(index, n)
    if mode == "clip":
        return np.minimum(np.maximum(index, 0), n - 1)
    if np.min(index) < 0 or np.max(index) >= n:
        raise ValueError("invalid entry in coordinates array")
    return index


@function_rule(Tier.CLOSED, np.ravel_multi_index)
def ravel_multi_index(multi_index: Any, dims: Any, mode: Any = "raise", order: Any = "C") -> Any:
    """Indices along each axis to positions. O(k)."""
    if isinstance(multi_index, VirtualQArray):
        multi_index = tuple(multi_index)
    # NumPy looks at the arguments.
    np.ravel_multi_index(tuple(map(_stand_in_of_any, multi_index)), dims, mode, order)
    shape = (int(dims),) if np.ndim(dims) == 0 else tuple(map(int, dims))
    modes = (mode,) * len(shape) if isinstance(mode, str) else tuple(mode)
    # NumPy looks at no index where nothing comes of it.
    nothing = not all(np.size(index) for index in multi_index)
    out: Any = 0
    for index, n, one, stride in zip(
        multi_index, shape, modes, _strides(shape, order), strict=True
    ):
        if n == 0 and not nothing:
            raise ValueError("invalid entry in coordinates array")
        within = index if nothing else _bounded(index, n, one)
        out = np.add(out, np.multiply(within, np.intp(stride), dtype=np.intp))
    return _wrapped(out)


@function_rule(Tier.CLOSED, np.unravel_index)
def unravel_index(indices: Any, shape: Any, order: Any = "C") -> Any:
    """Positions to indices along each axis. O(k)."""
    np.unravel_index(
        _stand_in_of_any(indices), shape if np.ndim(shape) == 0 or len(shape) else 1, order
    )
    lengths = (int(shape),) if np.ndim(shape) == 0 else tuple(map(int, shape))
    if not lengths:
        return call_dense(np.unravel_index, (indices, shape, order), {})
    where = indices.astype(np.intp, copy=False)
    size = prod(lengths)
    if where.size and (np.min(where) < 0 or np.max(where) >= size):
        raise ValueError(f"an index is out of bounds for array with size {size}")
    return tuple(
        np.remainder(np.floor_divide(where, np.intp(max(stride, 1))), np.intp(max(n, 1)))
        for stride, n in zip(_strides(lengths, order), lengths, strict=True)
    )
