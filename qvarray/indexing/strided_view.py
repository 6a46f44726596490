"""Where the elements of a view are in the array that it looks at.

NumPy itself knows what a view is: a shape, strides and an offset. A *window* is an ndarray with
just these, of one byte an element, whose bytes are nowhere: it is sliced, transposed and reshaped
by NumPy, and never read.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..core.budget import require_budget
from ..core.values import Array

__all__ = [
    "coordinates_in",
    "covers",
    "is_injective",
    "located",
    "offset_of",
    "positions_in",
    "window_of",
]

_BYTE = np.zeros(1, np.int8)
_START = _BYTE.__array_interface__["data"][0]
_WRAP = 1 << 64


@lru_cache(maxsize=64)
def window_of(shape: tuple[int, ...]) -> Array:
    """Return the window of a whole array, in C order. O(1)."""
    strides = tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
    return as_strided(_BYTE, shape, strides)


def offset_of(window: Array) -> int:
    """Return the C-order position of the first element of a window."""
    # Addresses are unsigned, and may wrap around.
    away: int = (window.__array_interface__["data"][0] - _START) % _WRAP
    return away


def covers(window: Array, shape: tuple[int, ...]) -> bool:
    """Tell whether a window has every element of an array of that shape, in the same order."""
    return window.size == prod(shape) and window.flags.c_contiguous and offset_of(window) == 0


def located(window: Array, positions: Array) -> Array:
    """Return the positions in the array of elements of a window.

    Parameters
    ----------
    positions : ndarray of int64, shape (m,)
        In the window, in C order.

    Returns
    -------
    ndarray of int64, shape (m,)
    """
    out = np.full(positions.size, offset_of(window), np.int64)
    along = np.unravel_index(positions, window.shape) if window.shape else ()
    for index, stride in zip(along, window.strides, strict=True):
        out += index * stride
    return out


def positions_in(window: Array) -> Array:
    """Return the position in the array of every element of a window, of its shape.

    Raises
    ------
    MaterializationError
        Where these are over the memory budget.
    """
    require_budget(window.size * 24, "write fewer elements at a time")
    out = np.full(window.shape, offset_of(window) if window.size else 0, np.int64)
    for axis, (n, stride) in enumerate(zip(window.shape, window.strides, strict=True)):
        steps = np.arange(n, dtype=np.int64) * stride
        out += steps.reshape((-1,) + (1,) * (window.ndim - axis - 1))
    return out


def _axes(window: Array) -> list[tuple[int, int, int]]:
    """Return the stride, length and number of each axis longer than 1, largest stride first."""
    found = [
        (abs(stride), n, axis)
        for axis, (stride, n) in enumerate(zip(window.strides, window.shape, strict=True))
        if n > 1
    ]
    return sorted(found, reverse=True)


def is_injective(window: Array) -> bool:
    """Tell whether no axis folds back on another, so that an element has one place in a window."""
    reach = 0
    for stride, n, _ in reversed(_axes(window)):
        if stride <= reach:
            return False
        reach += stride * (n - 1)
    return True


def coordinates_in(window: Array, positions: Array) -> tuple[Array, tuple[Array, ...]]:
    """Tell which positions in the array an injective window has, and where in it they are.

    Parameters
    ----------
    positions : ndarray of int, shape (k,)

    Returns
    -------
    inside : ndarray of bool, shape (k,)
    coordinates : tuple of ndarray of int64, shape (m,) each
        Along every axis of the window, of those that are inside.

    Notes
    -----
    O(k) for each axis.
    """
    low = offset_of(window)
    for stride, n in zip(window.strides, window.shape, strict=True):
        low += min(stride, 0) * (n - 1)
    rest = positions.astype(np.int64) - low
    inside = rest >= 0
    along: dict[int, Array] = {}
    for stride, n, axis in _axes(window):
        index, rest = np.divmod(rest, stride)
        inside &= index < n
        along[axis] = n - 1 - index if window.strides[axis] < 0 else index
    inside &= rest == 0
    count = int(np.count_nonzero(inside))
    zeros = np.zeros(count, np.int64)
    return inside, tuple(
        along[axis][inside] if axis in along else zeros for axis in range(window.ndim)
    )
